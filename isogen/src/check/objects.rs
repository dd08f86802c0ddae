//! Objects of `tlv` and `ltv`: lengths that can say how long a child may be.

use super::prefixes::{reach, unit};
use super::visit::{Visit, bytes, extent};
use crate::diagnostic::Report;
use crate::model::{CompositeKind, Counts, Covers, Field, Tagged};
use crate::source::Datum;

pub(super) fn check(visit: &Visit<'_>, report: &mut Report) {
    let Some(composite) = &visit.field.composite else {
        return;
    };
    let (CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule)) = composite.kind else {
        return;
    };
    let most = reach(rule.length.prefix, rule.length.width);
    for child in composite.declared() {
        let place = visit.table.at(&["field", &child.key.to_string(), "format"]);
        // What is left of the whole is bounded by the length itself.
        let to_the_end =
            matches!(place.map(|entry| &entry.value.datum), Some(Datum::String(format)) if format.ends_with('*'));
        if to_the_end || counted(child, rule) <= most {
            continue;
        }
        let place = place.map_or_else(|| visit.place("composite"), |entry| entry.value.span);
        let counted = counted(child, rule);
        let what = if rule.length.counts == Counts::Units { "units" } else { "bytes" };
        let also = match rule.length.covers {
            Covers::Value => "",
            Covers::TagValue => ", its tag included",
            Covers::All => ", tag and length included",
        };
        let wider =
            (1..=9).find(|&wider| self::counted(child, widened(rule, wider)) <= reach(rule.length.prefix, wider));
        report
            .error(
                "object-length-too-narrow",
                place,
                format!("no length in field {} says {counted} {what} for its child {}", visit.path, child.key),
            )
            .label(format!("up to {counted} {what}{also}"))
            .also(visit.place("composite"), format!("{} {most}", unit(rule.length.prefix, rule.length.width)))
            .help(match wider {
                Some(wider) => format!("`length = {{ width = {wider} }}` in the composite, or a shorter child"),
                None => "a shorter child".to_owned(),
            });
    }
}

fn widened(mut rule: Tagged, width: u8) -> Tagged {
    rule.length.width = width;
    rule
}

/// The highest number that the length of this child has to say.
fn counted(child: &Field, rule: Tagged) -> u64 {
    let (_, max) = extent(child.length);
    if rule.length.counts == Counts::Units {
        return max.into();
    }
    let value = bytes(max, child.encoding);
    let (tag, length) = (u64::from(rule.tag.bytes()), u64::from(rule.length.bytes()));
    match rule.length.covers {
        Covers::Value => value,
        Covers::TagValue => value + tag,
        Covers::All => value + tag + length,
    }
}
