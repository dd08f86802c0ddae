//! Changes of bytes.

use super::{Change, compare, paired};
use crate::model::{Class, CompositeKind, Encoding, Field, Spec, TagEncoding, ThirdBitmap};
use crate::print::words;

pub(super) fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let mut changes = Vec::new();
    compare("mti", "encoding", words::digits(old.mti), words::digits(new.mti), &mut changes);
    compare("bitmap", "encoding", words::bitmap(old.bitmap), words::bitmap(new.bitmap), &mut changes);
    // Where there are not three, that is told already.
    if old.bitmap.maps == 3 && new.bitmap.maps == 3 {
        let (before, after) = (words::third_bitmap(old.third_bitmap), words::third_bitmap(new.third_bitmap));
        compare("bitmap", "third", before.to_owned(), after.to_owned(), &mut changes);
    } else if new.third_bitmap == ThirdBitmap::Element65 || old.third_bitmap == ThirdBitmap::Element65 {
        let third = |spec: &Spec| (spec.bitmap.maps == 3).then(|| words::third_bitmap(spec.third_bitmap).to_owned());
        let (path, aspect) = ("bitmap".to_owned(), "third");
        changes.push(Change { path, aspect, old: third(old), new: third(new) });
    }
    fields("", None, &old.fields, &new.fields, &mut changes);
    changes
}

fn fields(parent: &str, within: Option<CompositeKind>, old: &[Field], new: &[Field], changes: &mut Vec<Change>) {
    let mut pairs = paired(old, new, |field| &field.key);
    pairs.sort_by_key(|(old, new)| old.or(*new).map(|field: &Field| field.key.clone()));
    for (old, new) in pairs {
        let Some(path) = old.or(new).map(|field| words::path(parent, &field.key)) else {
            continue;
        };
        match (old, new) {
            (Some(old), Some(new)) => field(&path, within, old, new, changes),
            (old, new) => {
                let whole = |field: &Field| summary(field, within);
                changes.push(Change { path, aspect: "element", old: old.map(whole), new: new.map(whole) });
            }
        }
    }
}

/// What stands on the wire for an element, in one line.
fn summary(field: &Field, within: Option<CompositeKind>) -> String {
    let format = words::format(field, within);
    let mut text = format!("{}, {format}, {}", field.name, words::encoding(field.encoding));
    if let Some(prefix) = words::length_prefix(field.length) {
        text = format!("{text}, prefix of {prefix}");
    }
    match &field.composite {
        Some(composite) => format!("{text}, inside {}", words::composite(composite)),
        None => text,
    }
}

fn field(path: &str, within: Option<CompositeKind>, old: &Field, new: &Field, changes: &mut Vec<Change>) {
    compare(path, "class", words::class(old.class), words::class(new.class), changes);
    // Six digits that become six characters are told by their class.
    if words::extent(old, within).replace(words::unit(old.class), "")
        != words::extent(new, within).replace(words::unit(new.class), "")
    {
        compare(path, "length", words::extent(old, within), words::extent(new, within), changes);
    }
    let prefix = |field: &Field| words::length_prefix(field.length).unwrap_or_else(|| "none".to_owned());
    compare(path, "length prefix", prefix(old), prefix(new), changes);
    compare(path, "encoding", words::encoding(old.encoding), words::encoding(new.encoding), changes);
    let sign = |field: &Field| if field.ebcdic_sign { "EBCDIC" } else { "ASCII" }.to_owned();
    if [old, new].iter().all(|field| field.class == Class::Xn && matches!(field.encoding, Encoding::Bcd { .. })) {
        compare(path, "sign", sign(old), sign(new), changes);
    }
    compare(path, "padding", words::pad(old.pad), words::pad(new.pad), changes);
    compare(path, "policy", words::policy(old.policy), words::policy(new.policy), changes);
    let inside = |field: &Field| field.composite.as_ref().map_or_else(|| "nothing".to_owned(), words::composite);
    compare(path, "inside", inside(old), inside(new), changes);
    let element = |field: &Field| field.xml.clone().unwrap_or_else(|| "none".to_owned());
    compare(path, "XML element", element(old), element(new), changes);
    match (&old.composite, &new.composite) {
        (Some(before), Some(after)) if keys(before.kind) == keys(after.kind) => {
            let path = words::path_inside(path, after);
            fields(&path, Some(words::within(after)), before.declared(), after.declared(), changes);
        }
        // Keys of another kind are other children.
        (before, after) => {
            for (composite, is_new) in before.iter().map(|one| (one, false)).chain(after.iter().map(|one| (one, true)))
            {
                let children = composite.declared();
                let (old, new) = if is_new { (&[][..], children) } else { (children, &[][..]) };
                let path = words::path_inside(path, composite);
                fields(&path, Some(words::within(composite)), old, new, changes);
            }
        }
    }
}

/// What tells children apart.
#[derive(PartialEq, Eq)]
enum Keys {
    Numbers,
    Bytes,
    Characters,
    Names,
}

fn keys(kind: CompositeKind) -> Keys {
    match kind {
        CompositeKind::Positional | CompositeKind::Bitmap(_) | CompositeKind::Repeat { .. } => Keys::Numbers,
        CompositeKind::BerTlv => Keys::Bytes,
        CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule) => match rule.tag.encoding {
            TagEncoding::Binary => Keys::Bytes,
            TagEncoding::Ascii | TagEncoding::Ebcdic | TagEncoding::Bcd => Keys::Characters,
        },
        CompositeKind::Pairs => Keys::Names,
    }
}
