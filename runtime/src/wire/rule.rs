//! The wire facts of one element, each on its own axis, as constants of generated code.

/// Which characters an element may hold, in the standard's notation (ISO 8583:1987, 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// `n`: decimal digits.
    N,
    /// `a`: letters.
    A,
    /// `an`: letters and digits.
    An,
    /// `as`: letters and special characters.
    As,
    /// `ns`: digits and special characters.
    Ns,
    /// `anp`: letters, digits and blanks.
    Anp,
    /// `ans`: printable characters.
    Ans,
    /// `z`: code set of tracks 2 and 3 (ISO/IEC 7813), with `=` or `D` as separator.
    Z,
    /// `x+n`: `C` or `D`, then decimal digits.
    Xn,
    /// `b`: bytes.
    B,
}

impl Class {
    /// The standard's notation: `n`, `ans`, `x+n`.
    #[must_use]
    pub const fn notation(self) -> &'static str {
        match self {
            Class::N => "n",
            Class::A => "a",
            Class::An => "an",
            Class::As => "as",
            Class::Ns => "ns",
            Class::Anp => "anp",
            Class::Ans => "ans",
            Class::Z => "z",
            Class::Xn => "x+n",
            Class::B => "b",
        }
    }

    /// What may stand in it, for an error message.
    #[must_use]
    pub const fn expected(self) -> &'static str {
        match self {
            Class::N => "a digit 0-9 (class n)",
            Class::A => "a letter (class a)",
            Class::An => "a letter or digit (class an)",
            Class::As => "a letter or special character (class as)",
            Class::Ns => "a digit or special character (class ns)",
            Class::Anp => "a letter, digit or blank (class anp)",
            Class::Ans => "a printable character (class ans)",
            Class::Z => "a digit or separator of the track code set (class z)",
            Class::Xn => "C or D, then digits (class x+n)",
            Class::B => "a byte (class b)",
        }
    }
}

/// How decimal digits of the message type indicator stand on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigitEncoding {
    /// One ASCII character a digit.
    Ascii,
    /// One EBCDIC character a digit.
    Ebcdic,
    /// Two digits a byte.
    Bcd,
}

/// How content stands on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// ASCII characters.
    Ascii,
    /// EBCDIC code page 037.
    Cp037,
    /// EBCDIC code page 1047.
    Cp1047,
    /// ISO 8859-1.
    Latin1,
    /// UTF-8; units are bytes.
    Utf8,
    /// Packed decimal, two digits a byte; an odd count leaves a filler nibble.
    Bcd {
        /// Side of the filler nibble.
        pad_side: Side,
        /// Value of the filler nibble, 0 to 15.
        pad_nibble: u8,
    },
    /// Bytes as they are.
    Raw,
    /// Two ASCII hex characters a byte.
    Hex,
    /// Two EBCDIC hex characters a byte.
    EbcdicHex,
}

/// A side of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Before the value.
    Left,
    /// After the value.
    Right,
}

/// What fills a fixed-length value that is too short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pad {
    /// Where the filler stands.
    pub side: Side,
    /// The filler: an ASCII character, before encoding.
    pub fill: u8,
}

/// How strictly content is held to its class and padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Policy {
    /// Every departure is an error.
    Strict,
    /// Content outside the class and odd filler nibbles are read as they stand. Lengths are never lenient.
    Lenient,
}

/// How a length prefix is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PrefixEncoding {
    /// ASCII decimal digits.
    Ascii,
    /// EBCDIC decimal digits.
    Ebcdic,
    /// Packed decimal, right-aligned.
    Bcd,
    /// Unsigned binary, most significant byte first.
    BinaryBe,
    /// Unsigned binary, least significant byte first.
    BinaryLe,
    /// ASCII hex digits.
    Hex,
}

/// What a length prefix counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counts {
    /// Digits, characters or bytes of the value.
    Units,
    /// Bytes on the wire.
    Bytes,
}

/// A length prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prefix {
    /// How it is written.
    pub encoding: PrefixEncoding,
    /// Its width: decimal digits, hex digits or, in binary, bytes.
    pub width: u8,
    /// What it counts.
    pub counts: Counts,
    /// Whether it counts its own bytes too.
    pub inclusive: bool,
}

impl Prefix {
    /// This many ASCII digits, counting units: `LL` is `ascii(2)`.
    #[must_use]
    pub const fn ascii(width: u8) -> Self {
        Self::new(PrefixEncoding::Ascii, width)
    }

    /// A prefix that counts units and not itself.
    #[must_use]
    pub const fn new(encoding: PrefixEncoding, width: u8) -> Self {
        Prefix { encoding, width, counts: Counts::Units, inclusive: false }
    }

    /// Counts bytes on the wire.
    #[must_use]
    pub const fn counting_bytes(mut self) -> Self {
        self.counts = Counts::Bytes;
        self
    }

    /// Counts its own bytes too.
    #[must_use]
    pub const fn inclusive(mut self) -> Self {
        self.inclusive = true;
        self
    }

    /// Bytes it takes on the wire.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self.encoding {
            PrefixEncoding::Bcd => (self.width as usize).div_ceil(2),
            _ => self.width as usize,
        }
    }
}

/// How many units an element has and how that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Length {
    /// Always this many units.
    Fixed(u32),
    /// A length prefix, then `min` to `max` units.
    Variable {
        /// The length prefix.
        prefix: Prefix,
        /// Fewest units.
        min: u32,
        /// Most units.
        max: u32,
    },
    /// No prefix: what is left of the parent, at most `max` units.
    Rest {
        /// Most units.
        max: u32,
    },
}

/// The wire facts of one element. Units are digits, characters or bytes, as its class has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Which characters it may hold.
    pub class: Class,
    /// How they stand on the wire.
    pub encoding: Encoding,
    /// How many there are.
    pub length: Length,
    /// Filler of a fixed-length value.
    pub pad: Option<Pad>,
    /// How strictly content is held to the above.
    pub policy: Policy,
    /// Whether the sign before packed digits (class `x+n`) is written in EBCDIC. Either is read.
    pub ebcdic_sign: bool,
}

impl Rule {
    /// A fixed number of units, with the usual padding of its class: zeros on the left of digits, blanks on the
    /// right of text, none for tracks and bytes.
    #[must_use]
    pub const fn fixed(class: Class, units: u32, encoding: Encoding) -> Self {
        let pad = match class {
            Class::N | Class::Xn => Some(Pad { side: Side::Left, fill: b'0' }),
            Class::Z | Class::B => None,
            _ => Some(Pad { side: Side::Right, fill: b' ' }),
        };
        Rule { class, encoding, length: Length::Fixed(units), pad, policy: Policy::Strict, ebcdic_sign: false }
    }

    /// A length prefix and up to `max` units.
    #[must_use]
    pub const fn variable(class: Class, max: u32, encoding: Encoding, prefix: Prefix) -> Self {
        Rule {
            class,
            encoding,
            length: Length::Variable { prefix, min: 0, max },
            pad: None,
            policy: Policy::Strict,
            ebcdic_sign: false,
        }
    }

    /// What is left of the parent, up to `max` units.
    #[must_use]
    pub const fn rest(class: Class, max: u32, encoding: Encoding) -> Self {
        Rule { class, encoding, length: Length::Rest { max }, pad: None, policy: Policy::Strict, ebcdic_sign: false }
    }

    /// At least this many units.
    #[must_use]
    pub const fn at_least(mut self, units: u32) -> Self {
        if let Length::Variable { prefix, max, .. } = self.length {
            self.length = Length::Variable { prefix, min: units, max };
        }
        self
    }

    /// With this padding instead of the usual.
    #[must_use]
    pub const fn padded(mut self, side: Side, fill: u8) -> Self {
        self.pad = Some(Pad { side, fill });
        self
    }

    /// Without padding: a short value is an error.
    #[must_use]
    pub const fn unpadded(mut self) -> Self {
        self.pad = None;
        self
    }

    /// The sign before packed digits is written in EBCDIC.
    #[must_use]
    pub const fn with_ebcdic_sign(mut self) -> Self {
        self.ebcdic_sign = true;
        self
    }

    /// Content is read as it stands.
    #[must_use]
    pub const fn lenient(mut self) -> Self {
        self.policy = Policy::Lenient;
        self
    }

    /// The rule of content that may be shorter yet than it must be in the end, where this one has a least length.
    pub(crate) fn unfinished(mut self) -> Option<Self> {
        self.length = match self.length {
            Length::Fixed(max) => Length::Rest { max },
            Length::Variable { prefix, min: 1.., max } => Length::Variable { prefix, min: 0, max },
            Length::Variable { .. } | Length::Rest { .. } => return None,
        };
        Some(self)
    }

    /// Fewest units it may have.
    pub(crate) const fn min(&self) -> u32 {
        match self.length {
            Length::Fixed(units) => units,
            Length::Variable { min, .. } => min,
            Length::Rest { .. } => 0,
        }
    }

    /// Most units it may have.
    #[must_use]
    #[inline(always)]
    pub const fn max(&self) -> u32 {
        match self.length {
            Length::Fixed(units) => units,
            Length::Variable { max, .. } | Length::Rest { max } => max,
        }
    }

    /// Bytes on the wire of this many units, without a prefix.
    #[must_use]
    #[inline(always)]
    pub const fn wire_bytes(&self, units: u32) -> u32 {
        match self.encoding {
            Encoding::Bcd { .. } => match self.class {
                // The sign stays a byte of its own.
                Class::Xn => 1 + units.saturating_sub(1).div_ceil(2),
                _ => units.div_ceil(2),
            },
            Encoding::Hex | Encoding::EbcdicHex => units.saturating_mul(2),
            _ => units,
        }
    }

    /// Bytes of its length prefix.
    #[must_use]
    #[inline(always)]
    pub const fn prefix_bytes(&self) -> usize {
        match self.length {
            Length::Variable { prefix, .. } => prefix.bytes(),
            _ => 0,
        }
    }
}

/// The bitmaps of a message or of a bitmap composite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BitmapRule {
    /// How each is written.
    pub encoding: BitmapEncoding,
    /// How many there may be, 1 to 3, of 64 bits each.
    pub maps: u8,
}

/// How a bitmap is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BitmapEncoding {
    /// Eight bytes.
    Binary,
    /// Sixteen ASCII hex characters: upper case when written, either case when read.
    Hex,
    /// Sixteen EBCDIC hex characters.
    EbcdicHex,
}
