//! Types that do not fit the class or the length they are put on.

use super::visit::{Visit, extent};
use crate::diagnostic::Report;
use crate::model::{Class, Kind, Length};
use crate::resolve::kind_word;

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let kind = visit.field.kind;
    let Some(needs) = misfit(kind, visit.field.class, visit.field.length) else {
        return;
    };
    let word = kind_word(kind);
    let place = visit.place(if visit.stated("type") { "type" } else { "format" });
    let diagnostic = report.error(
        "type-misfit",
        place,
        format!("`{}` of field {} cannot hold the type `{word}`", visit.format(), visit.path),
    );
    let diagnostic = if visit.stated("type") {
        diagnostic.label(format!("needs {needs}")).also(visit.place("format"), "but the format is this")
    } else {
        diagnostic.label(format!("taken for `{word}`, which needs {needs}"))
    };
    diagnostic.help(help(kind, visit.field.class));
}

fn help(kind: Kind, class: Class) -> String {
    match (kind, class) {
        (Kind::Track2, Class::Z) => {
            "for track 3 and other longer ones: `type = \"text\"`, `sensitive = \"sad\"`".to_owned()
        }
        (Kind::PinBlock, _) => "a PIN block in hex characters is `b 8` with `encoding = \"hex\"`".to_owned(),
        _ => "change the format, or choose another `type`".to_owned(),
    }
}

/// What a type needs, if it is not given.
fn misfit(kind: Kind, class: Class, length: Length) -> Option<&'static str> {
    let (_, max) = extent(length);
    let fixed = |wanted: u32| length == Length::Fixed(wanted);
    let digits = class == Class::N;
    let letters = matches!(class, Class::A | Class::An | Class::As | Class::Anp | Class::Ans);
    let (fits, needs) = match kind {
        Kind::Text => (class != Class::B, "characters; bytes are `type = \"bytes\"`"),
        Kind::Digits => (digits, "class `n`"),
        Kind::Number => (digits && max <= 19, "class `n` with at most 19 digits"),
        Kind::Bytes => (class == Class::B, "class `b`"),
        Kind::Amount => (digits && max <= 19, "class `n` with at most 19 digits"),
        // The sign and what fits in 64 bits.
        Kind::SignedAmount => (class == Class::Xn && max <= 19, "class `x+n` with at most 18 digits"),
        Kind::Pan => {
            let held = digits || matches!(class, Class::An | Class::Ans | Class::Ns | Class::Anp);
            (held && (12..=28).contains(&max), "class `n`, `an` or `ans` for about 19 digits")
        }
        Kind::Track1 => (letters && max <= 80, "class `ans` with at most 80 characters"),
        Kind::Track2 => {
            let held = matches!(class, Class::Z | Class::Ns | Class::An | Class::Ans | Class::Anp);
            (held && max <= 40, "class `z` or `ans` with at most 40 characters")
        }
        Kind::Stan => (digits && fixed(6), "`n 6`"),
        Kind::ProcessingCode => (digits && fixed(6), "`n 6`"),
        Kind::Currency => (matches!(class, Class::N | Class::A | Class::An) && fixed(3), "`n 3`, `a 3` or `an 3`"),
        Kind::PinBlock => (class == Class::B && (fixed(8) || fixed(16)), "`b 8` or `b 16`"),
        Kind::MonthDayTime => (digits && fixed(10), "`n 10`"),
        Kind::MonthDay => (digits && fixed(4), "`n 4`"),
        Kind::Time => (digits && fixed(6), "`n 6`"),
        Kind::YearMonth => (digits && fixed(4), "`n 4`"),
        Kind::Date => (digits && fixed(6), "`n 6`"),
        Kind::DateTime => (digits && fixed(12), "`n 12`"),
        Kind::Code => (!matches!(class, Class::B | Class::Xn | Class::Z), "characters or digits"),
    };
    (!fits).then_some(needs)
}
