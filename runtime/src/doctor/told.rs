//! What is told of a reading: problems as reports, values masked, the spec by which the bytes read.

use super::{MAX_BYTES, Problem, Reading};
use crate::frame;
use crate::inspect::{self, Element, Report};
use crate::wire::{BitmapEncoding, DigitEncoding};

impl Problem {
    /// As a report, and which message it is in, counted from 1. A length of a framing that was only tried may be
    /// anything that stands in the bytes, so its number is not told.
    #[must_use]
    pub fn report(&self, reading: &Reading) -> (Report, Option<usize>) {
        match self {
            Problem::Message { message, error, hint } => {
                let mut report = Report::message(reading.dialect, error);
                report.hint = hint.map(|hint| hint.to_string());
                (report, Some(*message))
            }
            Problem::Frame { position, error } => (Report::tried_frame(error, *position), None),
        }
    }
}

impl Report {
    /// About a framing that is only tried: the length that it found may be anything, so it is not told.
    #[must_use]
    pub fn tried_frame(error: &frame::Error, position: u64) -> Self {
        let mut report = Report::frame(error, position);
        match error {
            frame::Error::TooLong { max, .. } => report.message = format!("a message of more than {max} bytes"),
            frame::Error::TooShort { min, .. } => report.message = format!("the length is less than {min}"),
            frame::Error::Truncated { needed, left } if *needed > MAX_BYTES => {
                report.message = format!("the stream ended within a frame: {left} bytes there, far from enough");
            }
            _ => {}
        }
        report
    }
}

impl Reading {
    /// The values of the first message, masked; none unless everything fits. A spec that was guessed may take for
    /// harmless what is not, so nothing is shown that may be a card number.
    #[must_use]
    pub fn values(&self) -> Vec<Element> {
        if !self.fits {
            return Vec::new();
        }
        let mut elements = inspect::elements(&self.first);
        elements.iter_mut().for_each(Element::hide_card_number);
        elements
    }

    /// The spec by which the bytes read, as TOML over the one given, where that had to be changed. `base` is the name
    /// or the file of the one given.
    #[must_use]
    pub fn overlay(&self, base: &str) -> Option<String> {
        if !self.is_changed() {
            return None;
        }
        let mut lines = String::new();
        if self.dialect.mti_encoding() != self.base.mti_encoding() {
            let name = match self.dialect.mti_encoding() {
                DigitEncoding::Ascii => "ascii",
                DigitEncoding::Ebcdic => "ebcdic",
                DigitEncoding::Bcd => "bcd",
            };
            lines.push_str(&format!("mti = \"{name}\"\n"));
        }
        let bitmap = self.dialect.bitmap();
        if bitmap != self.base.bitmap() {
            let name = match bitmap.encoding {
                BitmapEncoding::Binary => "binary",
                BitmapEncoding::Hex => "hex",
                BitmapEncoding::EbcdicHex => "ebcdic-hex",
            };
            lines.push_str(&format!("bitmap = {{ encoding = \"{name}\", maps = {} }}\n", bitmap.maps));
        }
        let base = toml_text(base);
        let head = format!("[spec]\nname = \"partner\"\ntitle = \"The partner's dialect\"\nextends = {base}\n");
        Some(format!("{head}\n[wire]\n{lines}"))
    }
}

/// As a basic string of TOML.
fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
