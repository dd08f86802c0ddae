/// What a reversal says of the message that it reverses.
#[derive(Iso8583)]
#[iso8583(dialect = iso87a, composite = "90")]
pub struct Original {
    #[iso8583(2)]
    pub stan: Stan,
    #[iso8583(1)]
    pub mti: String,
    #[iso8583(3)]
    pub sent_at: Option<String>,
}
