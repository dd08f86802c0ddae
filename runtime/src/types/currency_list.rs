//! The currencies of ISO 4217: list one (active codes), as of February 2026.
//!
//! A table and nothing else; [`Currency`](super::Currency) looks things up in it. Codes that were withdrawn are not in it, so
//! that 532 is the Caribbean guilder (XCG) and no longer the Netherlands Antillean one.

/// One row of the list.
pub(crate) struct Row {
    /// Numeric code, 0 to 999.
    pub(crate) numeric: u16,
    /// Alphabetic code.
    pub(crate) alpha: &'static str,
    /// Decimal places of the minor unit; `None` where the list says N.A.
    pub(crate) exponent: Option<u8>,
}

const fn row(numeric: u16, alpha: &'static str, exponent: u8) -> Row {
    Row { numeric, alpha, exponent: Some(exponent) }
}

/// Metals, units of account, and codes for testing and for no currency at all.
const fn unit(numeric: u16, alpha: &'static str) -> Row {
    Row { numeric, alpha, exponent: None }
}

/// Ascending by numeric code.
#[rustfmt::skip]
pub(crate) const LIST: &[Row] = &[
    row(8, "ALL", 2), row(12, "DZD", 2), row(32, "ARS", 2), row(36, "AUD", 2), row(44, "BSD", 2),
    row(48, "BHD", 3), row(50, "BDT", 2), row(51, "AMD", 2), row(52, "BBD", 2), row(60, "BMD", 2),
    row(64, "BTN", 2), row(68, "BOB", 2), row(72, "BWP", 2), row(84, "BZD", 2), row(90, "SBD", 2),
    row(96, "BND", 2), row(104, "MMK", 2), row(108, "BIF", 0), row(116, "KHR", 2),
    row(124, "CAD", 2), row(132, "CVE", 2), row(136, "KYD", 2), row(144, "LKR", 2),
    row(152, "CLP", 0), row(156, "CNY", 2), row(170, "COP", 2), row(174, "KMF", 0),
    row(188, "CRC", 2), row(192, "CUP", 2), row(203, "CZK", 2), row(208, "DKK", 2),
    row(214, "DOP", 2), row(222, "SVC", 2), row(230, "ETB", 2), row(232, "ERN", 2),
    row(238, "FKP", 2), row(242, "FJD", 2), row(262, "DJF", 0), row(270, "GMD", 2),
    row(292, "GIP", 2), row(320, "GTQ", 2), row(324, "GNF", 0), row(328, "GYD", 2),
    row(332, "HTG", 2), row(340, "HNL", 2), row(344, "HKD", 2), row(348, "HUF", 2),
    row(352, "ISK", 0), row(356, "INR", 2), row(360, "IDR", 2), row(364, "IRR", 2),
    row(368, "IQD", 3), row(376, "ILS", 2), row(388, "JMD", 2), row(392, "JPY", 0),
    row(396, "XAD", 2), row(398, "KZT", 2), row(400, "JOD", 3), row(404, "KES", 2),
    row(408, "KPW", 2), row(410, "KRW", 0), row(414, "KWD", 3), row(417, "KGS", 2),
    row(418, "LAK", 2), row(422, "LBP", 2), row(426, "LSL", 2), row(430, "LRD", 2),
    row(434, "LYD", 3), row(446, "MOP", 2), row(454, "MWK", 2), row(458, "MYR", 2),
    row(462, "MVR", 2), row(480, "MUR", 2), row(484, "MXN", 2), row(496, "MNT", 2),
    row(498, "MDL", 2), row(504, "MAD", 2), row(512, "OMR", 3), row(516, "NAD", 2),
    row(524, "NPR", 2), row(532, "XCG", 2), row(533, "AWG", 2), row(548, "VUV", 0),
    row(554, "NZD", 2), row(558, "NIO", 2), row(566, "NGN", 2), row(578, "NOK", 2),
    row(586, "PKR", 2), row(590, "PAB", 2), row(598, "PGK", 2), row(600, "PYG", 0),
    row(604, "PEN", 2), row(608, "PHP", 2), row(634, "QAR", 2), row(643, "RUB", 2),
    row(646, "RWF", 0), row(654, "SHP", 2), row(682, "SAR", 2), row(690, "SCR", 2),
    row(702, "SGD", 2), row(704, "VND", 0), row(706, "SOS", 2), row(710, "ZAR", 2),
    row(728, "SSP", 2), row(748, "SZL", 2), row(752, "SEK", 2), row(756, "CHF", 2),
    row(760, "SYP", 2), row(764, "THB", 2), row(776, "TOP", 2), row(780, "TTD", 2),
    row(784, "AED", 2), row(788, "TND", 3), row(800, "UGX", 0), row(807, "MKD", 2),
    row(818, "EGP", 2), row(826, "GBP", 2), row(834, "TZS", 2), row(840, "USD", 2),
    row(858, "UYU", 2), row(860, "UZS", 2), row(882, "WST", 2), row(886, "YER", 2),
    row(901, "TWD", 2), row(924, "ZWG", 2), row(925, "SLE", 2), row(926, "VED", 2),
    row(927, "UYW", 4), row(928, "VES", 2), row(929, "MRU", 2), row(930, "STN", 2),
    row(933, "BYN", 2), row(934, "TMT", 2), row(936, "GHS", 2), row(938, "SDG", 2),
    row(940, "UYI", 0), row(941, "RSD", 2), row(943, "MZN", 2), row(944, "AZN", 2),
    row(946, "RON", 2), row(947, "CHE", 2), row(948, "CHW", 2), row(949, "TRY", 2),
    row(950, "XAF", 0), row(951, "XCD", 2), row(952, "XOF", 0), row(953, "XPF", 0),
    unit(955, "XBA"), unit(956, "XBB"), unit(957, "XBC"), unit(958, "XBD"), unit(959, "XAU"),
    unit(960, "XDR"), unit(961, "XAG"), unit(962, "XPT"), unit(963, "XTS"), unit(964, "XPD"),
    unit(965, "XUA"), row(967, "ZMW", 2), row(968, "SRD", 2), row(969, "MGA", 2),
    row(970, "COU", 2), row(971, "AFN", 2), row(972, "TJS", 2), row(973, "AOA", 2),
    row(976, "CDF", 2), row(977, "BAM", 2), row(978, "EUR", 2), row(979, "MXV", 2),
    row(980, "UAH", 2), row(981, "GEL", 2), row(984, "BOV", 2), row(985, "PLN", 2),
    row(986, "BRL", 2), row(990, "CLF", 4), unit(994, "XSU"), row(997, "USN", 2), unit(999, "XXX"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn is_in_order_and_has_no_doubles() {
        assert!(LIST.is_sorted_by(|a, b| a.numeric < b.numeric));
        assert!(LIST.last().is_some_and(|row| row.numeric <= 999));
        let names: HashSet<&str> = LIST.iter().map(|row| row.alpha).collect();
        assert_eq!(names.len(), LIST.len());
        assert!(names.iter().all(|name| name.len() == 3 && name.bytes().all(|b| b.is_ascii_uppercase())));
        assert!(LIST.iter().filter_map(|row| row.exponent).all(|exponent| exponent <= 4));
    }

    /// The odd ones, written down a second time: everything else has two decimal places.
    #[test]
    fn unusual_exponents() {
        let with = |wanted| -> Vec<&str> {
            let mut names: Vec<&str> = LIST.iter().filter(|row| row.exponent == wanted).map(|row| row.alpha).collect();
            names.sort_unstable();
            names
        };
        assert_eq!(with(Some(0)).join(" "), "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF");
        assert_eq!(with(Some(1)).join(" "), "");
        assert_eq!(with(Some(3)).join(" "), "BHD IQD JOD KWD LYD OMR TND");
        assert_eq!(with(Some(4)).join(" "), "CLF UYW");
        assert_eq!(with(None).join(" "), "XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX");
        assert_eq!(with(Some(2)).len(), 139);
    }
}
