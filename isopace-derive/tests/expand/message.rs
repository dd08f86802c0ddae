/// What a terminal sends.
#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0600")]
pub struct Inquiry<'a> {
    #[iso8583(unlisted)]
    pub rest: Unlisted<'a>,
    #[iso8583("55.9F26")]
    pub cryptogram: Option<[u8; 8]>,
    #[iso8583("55.9f10")]
    pub issuer_application_data: &'a [u8],
    #[iso8583(11)]
    pub stan: Stan,
    #[iso8583(2)]
    pub pan: Option<Pan<'a>>,
    #[iso8583(mti)]
    pub mti: Mti,
}
