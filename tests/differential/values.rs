//! Random values for an element: of its class and length, and of what it means.

use isopace::msg::{CompositeKind, Field, Kind};
use isopace::wire::{Class, Counts, Encoding, Length, Policy, Rule};
use isopace_tests::seeded::Seeded;

/// The card numbers of this project, and no others.
const PANS: [&str; 3] = ["4012345678909", "4111111111111111", "5399410000000000"];

/// What a peer can take.
pub(crate) struct Sayable {
    /// Fewest units of a variable element.
    pub(crate) least: u32,
    /// Characters of text that it reads as we do.
    pub(crate) character: fn(char) -> bool,
}

impl Sayable {
    /// A value of this element, as text or, for bytes, as upper-case hex.
    pub(crate) fn value(&self, seeded: &mut Seeded, field: &Field) -> String {
        if let Some(composite) = field.composite
            && composite.kind == CompositeKind::Positional
        {
            return composite.fields.iter().map(|child| self.value(seeded, child)).collect();
        }
        let pair = |seeded: &mut Seeded, from: usize, to: usize| format!("{:02}", from + seeded.below(to - from + 1));
        let pairs = |seeded: &mut Seeded, bounds: &[(usize, usize)]| -> String {
            bounds.iter().map(|(from, to)| pair(seeded, *from, *to)).collect()
        };
        match field.kind {
            Kind::MonthDayTime => pairs(seeded, &[(1, 12), (1, 28), (0, 23), (0, 59), (0, 59)]),
            Kind::MonthDay => pairs(seeded, &[(1, 12), (1, 28)]),
            Kind::Time => pairs(seeded, &[(0, 23), (0, 59), (0, 59)]),
            Kind::YearMonth => pairs(seeded, &[(0, 99), (1, 12)]),
            Kind::Date => pairs(seeded, &[(0, 99), (1, 12), (1, 28)]),
            Kind::DateTime => pairs(seeded, &[(0, 99), (1, 12), (1, 28), (0, 23), (0, 59), (0, 59)]),
            Kind::Currency => (*seeded.pick(&["840", "978", "566", "036"])).to_owned(),
            Kind::SignedAmount => {
                let digits = text(seeded, b"0123456789".map(char::from).as_slice(), field.rule.max() - 1);
                format!("{}{digits}", seeded.pick(&["C", "D"]))
            }
            Kind::Pan if field.rule.max() >= 16 => match seeded.below(4) {
                // Other lengths, with what cannot be the number of a card.
                0 => "0".repeat(1 + seeded.below(field.rule.max() as usize)),
                _ => (*seeded.pick(&PANS)).to_owned(),
            },
            Kind::Track2 => {
                let discretionary = "0123456789".repeat(2);
                let rest = seeded.below(14);
                format!("{}=2812201{}", seeded.pick(&PANS), &discretionary[..rest])
            }
            Kind::Track1 => format!("B{}^CARDHOLDER/TEST^2812201", seeded.pick(&PANS)),
            _ => self.plain(seeded, &field.rule),
        }
    }

    fn plain(&self, seeded: &mut Seeded, rule: &Rule) -> String {
        let units = self.units(seeded, rule);
        if rule.class == Class::B {
            return (0..units).map(|_| format!("{:02X}", seeded.bits() as u8)).collect();
        }
        if rule.class == Class::Xn {
            let digits = text(seeded, b"0123456789".map(char::from).as_slice(), units.saturating_sub(1));
            return format!("{}{digits}", seeded.pick(&["C", "D"]));
        }
        let characters = self.characters(rule);
        match rule.encoding {
            // Units are bytes.
            Encoding::Utf8 => {
                let mut value = String::new();
                while value.len() < units as usize {
                    let character = *seeded.pick(&characters);
                    let fits = value.len() + character.len_utf8() <= units as usize;
                    value.push(if fits { character } else { characters[0] });
                }
                value
            }
            _ => text(seeded, &characters, units),
        }
    }

    /// The bounds often, something short mostly.
    fn units(&self, seeded: &mut Seeded, rule: &Rule) -> u32 {
        let (min, max) = match rule.length {
            Length::Fixed(units) => return units,
            Length::Variable { min, max, .. } => (min.max(self.least), max),
            Length::Rest { max } => (self.least, max),
        };
        let units = match seeded.below(12) {
            0 => min,
            1 => max.min(999),
            2 => min + seeded.below((max.min(400) - min + 1) as usize) as u32,
            _ => min + seeded.below((max.min(min + 30) - min + 1) as usize) as u32,
        };
        if odd_is_lost(rule, units) { units - 1 } else { units }
    }

    fn characters(&self, rule: &Rule) -> Vec<char> {
        let packed = matches!(rule.encoding, Encoding::Bcd { .. });
        let printable = (b' '..=b'~').map(char::from).filter(|character| match rule.class {
            Class::N | Class::Xn => character.is_ascii_digit(),
            Class::A => character.is_ascii_alphabetic(),
            Class::An => character.is_ascii_alphanumeric(),
            Class::As => !character.is_ascii_digit(),
            Class::Ns => !character.is_ascii_alphabetic(),
            Class::Anp => character.is_ascii_alphanumeric() || *character == ' ',
            Class::Ans | Class::B => true,
            Class::Z if packed => character.is_ascii_digit() || *character == '=',
            Class::Z => ('0'..='?').contains(character) || *character == 'D',
        });
        // What is read as it stands may be any character that the encoding has.
        let others = match (rule.policy, rule.class, rule.encoding) {
            (Policy::Lenient, Class::Ans, Encoding::Latin1 | Encoding::Cp037) => Some('\0'..='\u{FF}'),
            (Policy::Lenient, Class::Ans, Encoding::Utf8) => Some('\u{A0}'..='\u{20AC}'),
            _ => None,
        };
        printable.chain(others.into_iter().flatten()).filter(|character| (self.character)(*character)).collect()
    }
}

fn text(seeded: &mut Seeded, characters: &[char], units: u32) -> String {
    (0..units).map(|_| *seeded.pick(characters)).collect()
}

/// Whether nothing on the wire tells this odd number of packed digits from one more.
fn odd_is_lost(rule: &Rule, units: u32) -> bool {
    let Encoding::Bcd { .. } = rule.encoding else { return false };
    matches!(rule.length, Length::Variable { prefix, .. } if prefix.counts == Counts::Bytes) && units % 2 == 1
}
