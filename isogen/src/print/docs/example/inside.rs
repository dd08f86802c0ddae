//! The inside of a composite: children that fit in it and, where its length is fixed, fill it.

use super::value::Want;
use super::{Encoded, Part, content};
use crate::model::{Class, Composite, CompositeKind, Encoding, Field, Key, Length, Sensitivity};
use crate::print::words;

/// How many children an example shows where not all of them have to be there.
const SHOWN: usize = 8;

/// One child in its place.
struct Child<'a> {
    field: &'a Field,
    path: String,
    encoded: Encoded,
}

/// Fewest and most bytes of the inside.
fn room(field: &Field) -> (usize, usize) {
    let bytes = |units: u32| match field.encoding {
        // What stands in packed digits fills whole bytes.
        Encoding::Bcd { .. } if field.class != Class::B => units as usize / 2,
        _ => units as usize,
    };
    match field.length {
        Length::Fixed(units) => (bytes(units), bytes(units)),
        Length::Variable { min, max, .. } => (bytes(min), bytes(max)),
        Length::Rest { max } => (0, bytes(max)),
    }
}

/// A composite with children in it.
///
/// `want` counts bytes of the inside here, and it takes no more of them than `space` where its length allows.
pub(super) fn encoded(field: &Field, composite: &Composite, path: &str, want: Want, space: usize) -> Encoded {
    let (least, most) = room(field);
    let most = most.min(space).max(least);
    let (least, most) = match want {
        Want::Usual => (least, most),
        Want::Least => (least, least),
        Want::Units(bytes) => (least.max((bytes as usize).min(most)), most),
    };
    let mut children = chosen(composite, path, (least, most));
    grow(&mut children, composite, least);
    let mut inside = lead(composite, &children);
    let mut parts: Vec<Part> = Vec::new();
    for child in children {
        let at = inside.len();
        inside.extend_from_slice(&child.encoded.header);
        inside.extend_from_slice(&child.encoded.content);
        parts.extend(child.encoded.into_parts(child.field, &child.path, at));
    }
    if inside.len() < least {
        inside.extend(filler(field, least - inside.len()));
    }
    finish(field, inside, parts)
}

/// Which children an example has, each as it reads well, or as short as may be where there is no room.
fn chosen<'a>(composite: &'a Composite, path: &str, (least, most): (usize, usize)) -> Vec<Child<'a>> {
    if let (CompositeKind::Repeat { most: limit }, Some(group)) = (composite.kind, composite.group()) {
        // Two show that it repeats; a fixed length is filled.
        let count = if least > 0 { usize::MAX } else { 2 };
        return groups(group, path, most, count.min(limit.map_or(usize::MAX, usize::from)));
    }
    let mut children: Vec<Child<'a>> = Vec::new();
    let candidates = candidates(composite);
    for (place, &field) in candidates.iter().enumerate() {
        let reserved = reserved(composite.kind, candidates.get(place + 1..).unwrap_or_default());
        let path = words::path(path, &field.key);
        let taken: usize = children.iter().map(|child| child.encoded.len()).sum();
        let lead = lead_of(composite, children.iter().map(|child| &child.field.key).chain([&field.key])).len();
        let left = most.saturating_sub(lead + taken);
        // Where all positions fit, none takes the place of those after it.
        let left = left.checked_sub(reserved).unwrap_or(left);
        // A composite knows itself how to do with less.
        let wants: &[Want] = if field.composite.is_some() { &[Want::Usual] } else { &[Want::Usual, Want::Least] };
        let fitting = wants.iter().find_map(|want| {
            let encoded = child(composite.kind, field, &path, *want, left);
            (encoded.len() <= left).then_some(encoded)
        });
        match (fitting, composite.kind) {
            (Some(encoded), _) => children.push(Child { field, path, encoded }),
            // Trailing positions may be missing, but none before them.
            (None, CompositeKind::Positional | CompositeKind::Repeat { .. }) => break,
            (
                None,
                CompositeKind::Bitmap(_)
                | CompositeKind::BerTlv
                | CompositeKind::Tlv(_)
                | CompositeKind::Ltv(_)
                | CompositeKind::Pairs,
            ) => {}
        }
    }
    children
}

/// Fewest bytes of the positions that come after one.
fn reserved(kind: CompositeKind, later: &[&Field]) -> usize {
    match kind {
        CompositeKind::Positional => {
            later.iter().map(|field| child(kind, field, "", Want::Least, usize::MAX).len()).sum()
        }
        _ => 0,
    }
}

/// Groups of a `repeat`, each with all its children.
fn groups<'a>(group: &'a Field, path: &str, most: usize, count: usize) -> Vec<Child<'a>> {
    let whole = group.composite.as_ref().map_or(0, |composite| composite.fields.len());
    let mut children: Vec<Child<'a>> = Vec::new();
    let mut left = most;
    while children.len() < count {
        let path = format!("{path}.{}", children.len() + 1);
        let encoded = super::encoded(group, &path, Want::Usual, left);
        let own = |part: &&Part| part.path.strip_prefix(&path).is_some_and(|rest| rest.matches('.').count() == 1);
        if encoded.parts.iter().filter(own).count() < whole || encoded.len() == 0 || encoded.len() > left {
            break;
        }
        left -= encoded.len();
        children.push(Child { field: group, path, encoded });
    }
    children
}

/// The children that may be shown, in the order of the wire.
fn candidates(composite: &Composite) -> Vec<&Field> {
    match composite.kind {
        CompositeKind::Positional | CompositeKind::Repeat { .. } => composite.fields.iter().collect(),
        CompositeKind::Bitmap(_)
        | CompositeKind::BerTlv
        | CompositeKind::Tlv(_)
        | CompositeKind::Ltv(_)
        | CompositeKind::Pairs => {
            let shown = |field: &&Field| field.sensitivity == Sensitivity::Clear;
            let clear: Vec<&Field> = composite.fields.iter().filter(shown).take(SHOWN).collect();
            if clear.is_empty() { composite.fields.iter().take(SHOWN).collect() } else { clear }
        }
    }
}

/// A child with what stands before its content.
pub(super) fn child(kind: CompositeKind, field: &Field, path: &str, want: Want, space: usize) -> Encoded {
    let mut encoded = super::encoded(field, path, want, space);
    let length = encoded.content.len();
    match (kind, &field.key) {
        (CompositeKind::BerTlv, Key::Tag(tag)) => encoded.header = content::ber_header(tag, length),
        (CompositeKind::Tlv(rule) | CompositeKind::Ltv(rule), key) => {
            let ltv = matches!(kind, CompositeKind::Ltv(_));
            match (content::object_header(rule, key, encoded.units, length, ltv), want) {
                (Some(header), _) => encoded.header = header,
                // Longer than its length can say.
                (None, Want::Least) => {}
                (None, Want::Usual | Want::Units(_)) => return child(kind, field, path, Want::Least, space),
            }
        }
        (CompositeKind::Pairs, Key::Name(name)) => encoded.header = content::pair_header(name, length),
        (
            CompositeKind::BerTlv
            | CompositeKind::Pairs
            | CompositeKind::Positional
            | CompositeKind::Bitmap(_)
            | CompositeKind::Repeat { .. },
            _,
        ) => {}
    }
    encoded
}

/// What stands before all children: a bitmap where there is one.
fn lead(composite: &Composite, children: &[Child<'_>]) -> Vec<u8> {
    lead_of(composite, children.iter().map(|child| &child.field.key))
}

fn lead_of<'a>(composite: &Composite, keys: impl Iterator<Item = &'a Key>) -> Vec<u8> {
    match composite.kind {
        CompositeKind::Bitmap(rule) => {
            let numbers: Vec<u16> = keys
                .filter_map(|key| match key {
                    Key::Number(number) => Some(*number),
                    Key::Tag(_) | Key::Text(_) | Key::Name(_) => None,
                })
                .collect();
            content::bitmaps(&numbers, rule)
        }
        CompositeKind::Positional
        | CompositeKind::BerTlv
        | CompositeKind::Tlv(_)
        | CompositeKind::Ltv(_)
        | CompositeKind::Pairs
        | CompositeKind::Repeat { .. } => Vec::new(),
    }
}

/// Lengthens children, the last ones first, until there are so many bytes.
fn grow(children: &mut [Child<'_>], composite: &Composite, least: usize) {
    let lead = lead(composite, children).len();
    for place in (0..children.len()).rev() {
        let length = lead + children.iter().map(|child| child.encoded.len()).sum::<usize>();
        let Some(child) = children.get_mut(place).filter(|_| length < least) else {
            return;
        };
        let target = child.encoded.len() + least - length;
        let longer = match &child.field.composite {
            Some(_) => {
                let bytes = u32::try_from(target.saturating_sub(child.encoded.header.len())).unwrap_or(u32::MAX);
                Some(self::child(composite.kind, child.field, &child.path, Want::Units(bytes), target))
            }
            None => longest(composite.kind, child, target),
        };
        if let Some(longer) = longer.filter(|longer| (child.encoded.len() + 1..=target).contains(&longer.len())) {
            child.encoded = longer;
        }
    }
}

/// The longest value of a child that takes no more than so many bytes.
fn longest(kind: CompositeKind, child: &Child<'_>, target: usize) -> Option<Encoded> {
    // No unit takes less than half a byte.
    let (mut fits, mut beyond) = (0, u32::try_from(2 * target + 1).unwrap_or(u32::MAX));
    let mut found = None;
    while fits < beyond {
        let middle = fits + (beyond - fits).div_ceil(2);
        let encoded = self::child(kind, child.field, &child.path, Want::Units(middle), target);
        if encoded.len() <= target {
            (fits, found) = (middle, Some(encoded));
        } else {
            beyond = middle - 1;
        }
    }
    found
}

/// Bytes for what no child fills.
fn filler(field: &Field, count: usize) -> Vec<u8> {
    let fill = match (field.class, field.pad) {
        (Class::B, _) => 0,
        (Class::N | Class::Xn | Class::Z, None) => b'0',
        (_, Some(pad)) => pad.fill,
        (_, None) => b' ',
    };
    match field.encoding {
        Encoding::Bcd { .. } => vec![0; count],
        _ if field.class == Class::B => vec![0; count],
        encoding => {
            let text = char::from(fill).to_string().repeat(count);
            content::of_field(&text, field, encoding)
        }
    }
}

/// The composite around its inside: written as hex where it stands so, and with its prefix.
fn finish(field: &Field, inside: Vec<u8>, parts: Vec<Part>) -> Encoded {
    let doubled = field.class == Class::B && matches!(field.encoding, Encoding::Hex | Encoding::EbcdicHex);
    let units = match field.encoding {
        Encoding::Bcd { .. } if field.class != Class::B => inside.len() * 2,
        _ => inside.len(),
    };
    let (content, parts) = if doubled {
        (content::bytes(&inside, field.encoding), parts.into_iter().map(Part::doubled).collect())
    } else {
        (inside, parts)
    };
    let header = content::prefix(field.length, units, content.len());
    Encoded { header, content, units, value: String::new(), parts }
}
