//! Length prefixes: what they reach, and what the language allows.

use super::draft::{Extent, Field, Prefix};

impl Prefix {
    pub(super) fn new(encoding: &'static str, width: u8) -> Prefix {
        Prefix { encoding, width, bytes: false, inclusive: false }
    }

    /// The highest number it can say.
    fn reach(self) -> u64 {
        let base: u64 = match self.encoding {
            "hex" => 16,
            "binary-be" | "binary-le" => 256,
            _ => 10,
        };
        base.saturating_pow(u32::from(self.width)) - 1
    }

    /// Wider than the language has it.
    fn is_too_wide(self) -> bool {
        let widest = match self.encoding {
            "binary-be" | "binary-le" => 4,
            "hex" => 8,
            _ => 9,
        };
        self.width == 0 || self.width > widest
    }

    /// How many bytes it takes.
    pub(super) fn size(self) -> u32 {
        match self.encoding {
            "bcd" => u32::from(self.width).div_ceil(2),
            _ => u32::from(self.width),
        }
    }
}

/// The longest value the language has.
const LONGEST: u32 = 99_999_999;

/// Holds a length to what its prefix can say and the language can hold.
pub(super) fn fit(field: &mut Field) {
    let most = field.most();
    if most == 0 {
        field.drop("it has no length");
        return;
    }
    let Extent::UpTo { prefix, .. } = field.extent else {
        if most > LONGEST {
            field.drop(format!("a length of {most}, more than {LONGEST}"));
        }
        return;
    };
    let Some(prefix) = prefix else { return };
    if prefix.is_too_wide() {
        field.drop(format!("a length prefix {} wide", prefix.width));
        return;
    }
    let own = if prefix.inclusive { u64::from(prefix.size()) } else { 0 };
    let reach = u32::try_from(prefix.reach().saturating_sub(own)).unwrap_or(u32::MAX).min(LONGEST);
    if reach < most {
        field.lost(format!("a maximum of {most}: its length prefix reaches {reach}"));
        field.extent = Extent::UpTo { prefix: Some(prefix), max: reach.max(1) };
    }
}
