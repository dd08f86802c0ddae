//! Members by their place: paths that share a beginning are in one group, so that a composite is opened once.

use syn::Ident;

use crate::ast::Member;
use crate::attr::Place;
use crate::ctxt::Ctxt;

/// A place in the message: a field of the struct, or a composite of which values are fields.
pub(crate) struct Node<'i> {
    /// Its number, tag or name within its parent.
    key: String,
    /// Its path from the message down.
    pub(crate) path: String,
    pub(crate) what: What<'i>,
}

/// What is at a place.
pub(crate) enum What<'i> {
    Member(Member<'i>),
    Group(Vec<Node<'i>>),
}

impl Node<'_> {
    /// The data element that it is or is in; only where the path starts from the message.
    pub(crate) fn number(&self) -> u8 {
        self.key.parse().unwrap_or_default()
    }

    /// Whether a member here borrows from the message.
    pub(crate) fn borrows(&self) -> bool {
        match &self.what {
            What::Member(member) => crate::types::borrows(member.ty),
            What::Group(nodes) => nodes.iter().any(Node::borrows),
        }
    }

    /// The first field at or below this place.
    fn first(&self) -> Option<&Ident> {
        match &self.what {
            What::Member(member) => Some(member.name),
            What::Group(nodes) => nodes.first().and_then(Node::first),
        }
    }
}

/// The parts of a path: numbers, tags and names, tags of bytes in upper case. A path from the message starts with a data
/// element.
pub(crate) fn parts(place: &Place, from_message: bool, ctxt: &mut Ctxt) -> Option<Vec<String>> {
    let mut parts: Vec<String> = place.text.split('.').map(canonical).collect();
    if from_message {
        let first = parts.first_mut()?;
        let number = Some(&*first).filter(|first| first.bytes().all(|byte| byte.is_ascii_digit()));
        match number.and_then(|number| number.parse::<u8>().ok()).filter(|number| (2..=192).contains(number)) {
            Some(number) => *first = number.to_string(),
            None => {
                let message = format!("`{}` is no data element: they are 2 to 192", place.text);
                ctxt.error_at(place.span, message);
                return None;
            }
        }
    }
    // Another one of a tag is no field of a dialect.
    let is_key =
        |part: &String| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'#');
    if parts.iter().all(is_key) {
        return Some(parts);
    }
    let message = "numbers, tags and names with dots between, such as \"55.9F26\" or \"127.22.FleetCardData\"";
    ctxt.error_at(place.span, format!("`{}` is no path: {message}", place.text));
    None
}

/// A tag of bytes in upper case, since it may be written in either. What has no digit or no even count of them may be a
/// name, to which case matters.
fn canonical(part: &str) -> String {
    let has_digit = part.bytes().any(|byte| byte.is_ascii_digit());
    let is_tag = part.len() <= 8 && part.len().is_multiple_of(2) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_tag && has_digit { part.to_ascii_uppercase() } else { part.to_owned() }
}

/// A path as a part of an identifier, in just one way for each.
pub(crate) fn in_identifier(path: &str) -> String {
    path.chars().fold(String::with_capacity(path.len()), |mut name, character| {
        match character {
            '.' => name.push('_'),
            _ if character.is_ascii_alphanumeric() => name.push(character),
            _ => name += &format!("__{:02X}", u32::from(character)),
        }
        name
    })
}

/// Puts a member where its path says. `above` is the path of the parent, with a dot, or nothing.
pub(crate) fn insert<'i>(
    nodes: &mut Vec<Node<'i>>,
    above: &str,
    parts: &[String],
    member: Member<'i>,
    ctxt: &mut Ctxt,
) {
    let [key, rest @ ..] = parts else { return };
    let path = format!("{above}{key}");
    let at = nodes.iter().position(|node| order(&node.key) == order(key));
    match (at.map(|at| &mut nodes[at]), rest) {
        (None, []) => nodes.push(Node { key: key.clone(), path, what: What::Member(member) }),
        (None, rest) => {
            let mut inner = Vec::new();
            insert(&mut inner, &format!("{path}."), rest, member, ctxt);
            nodes.push(Node { key: key.clone(), path, what: What::Group(inner) });
        }
        (Some(Node { what: What::Group(inner), .. }), [_, ..]) => {
            insert(inner, &format!("{path}."), rest, member, ctxt);
        }
        (Some(node), rest) => {
            let other = node.first().map(ToString::to_string).unwrap_or_default();
            let message = match (&node.what, rest) {
                (What::Member(_), []) => format!("`{path}` is field `{other}` already"),
                (What::Member(_), _) => {
                    format!("`{path}` is field `{other}` as a whole: a value inside it cannot be a field as well")
                }
                (What::Group(_), _) => {
                    format!("a value inside `{path}` is field `{other}`: the whole cannot be a field as well")
                }
            };
            ctxt.error_at(member.span, message);
        }
    }
}

/// Orders by number, tag or name, at every level.
pub(crate) fn sort(nodes: &mut [Node<'_>]) {
    // Of a composite with numbers every key is a number; tags of two digits sort alike as either.
    let numbered = nodes.iter().all(|node| order(&node.key).0.is_some());
    nodes.sort_by(|one, other| match numbered {
        true => order(&one.key).0.cmp(&order(&other.key).0),
        false => one.key.cmp(&other.key),
    });
    for node in nodes {
        if let What::Group(inner) = &mut node.what {
            sort(inner);
        }
    }
}

/// What tells keys apart: the number, where it can be one, or the tag or name.
fn order(key: &str) -> (Option<u16>, &str) {
    match key.parse() {
        Ok(number) if key.len() <= 3 && key.bytes().all(|byte| byte.is_ascii_digit()) => (Some(number), ""),
        _ => (None, key),
    }
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::parse_quote;

    use super::*;

    fn paths(nodes: &[Node<'_>], found: &mut Vec<String>) {
        for node in nodes {
            match &node.what {
                What::Member(_) => found.push(node.path.clone()),
                What::Group(inner) => paths(inner, found),
            }
        }
    }

    #[test]
    fn members_come_in_the_order_of_the_wire() {
        let table = [
            (&["11", "2", "127", "41"][..], &["2", "11", "41", "127"][..]),
            (&["55.9F26", "4", "55.95", "55.5f2a", "60"], &["4", "55.5F2A", "55.95", "55.9F26", "60"]),
            (&["127.25.3", "127.10", "127.9", "127.25.21"], &["127.9", "127.10", "127.25.3", "127.25.21"]),
            (
                &["127.22.Type", "127.22.Postilion:MetaData.Fleet", "127.22.ab", "127.22.AB", "127.22.+2", "127.22.2"],
                &["127.22.+2", "127.22.2", "127.22.AB", "127.22.Postilion:MetaData.Fleet", "127.22.Type", "127.22.ab"],
            ),
        ];
        let (name, ty): (Ident, syn::Type) = (parse_quote!(x), parse_quote!(u64));
        for (written, sorted) in table {
            let mut ctxt = Ctxt::default();
            let mut nodes = Vec::new();
            for text in written {
                let place = Place { text: (*text).to_owned(), span: Span::call_site() };
                let parts = parts(&place, true, &mut ctxt).unwrap();
                let member = Member { name: &name, ty: &ty, is_optional: false, span: place.span };
                insert(&mut nodes, "", &parts, member, &mut ctxt);
            }
            sort(&mut nodes);
            let mut found = Vec::new();
            paths(&nodes, &mut found);
            assert_eq!(found, sorted);
            assert!(ctxt.into_errors().is_none());
        }
    }

    #[test]
    fn paths_are_told_apart_as_identifiers() {
        let paths =
            ["127.22.A.B", "127.22.A_B", "127.22.A:B", "127.22.A B", "127.22.A__5FB", "127.22.A5FB", "127.22.AB"];
        let mut names: Vec<String> = paths.iter().map(|path| in_identifier(path)).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), paths.len());
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')));
        assert_eq!(in_identifier("55.9F26"), "55_9F26");
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in
            ["", "0", "1", "193", "256", "2.", ".2", "55.", "55..1", "55.9F#2", "55.9F\n", "127.22.ä", "x", "+2", "-2"]
        {
            let mut ctxt = Ctxt::default();
            let place = Place { text: text.to_owned(), span: Span::call_site() };
            assert!(parts(&place, true, &mut ctxt).is_none(), "{text}");
            assert!(ctxt.into_errors().is_some(), "{text}");
        }
    }
}
