//! Members by their place: paths that share a beginning are in one group, so that a composite is opened once.

use syn::Ident;

use crate::ast::Member;
use crate::attr::Place;
use crate::ctxt::Ctxt;

/// A place in the message: a field of the struct, or a composite of which values are fields.
pub(crate) struct Node<'i> {
    /// Its number or tag within its parent.
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

/// The parts of a path: numbers and tags, with upper-case hex. A path from the message starts with a data element.
pub(crate) fn parts(place: &Place, from_message: bool, ctxt: &mut Ctxt) -> Option<Vec<String>> {
    let mut parts: Vec<String> = place.text.split('.').map(str::to_ascii_uppercase).collect();
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
    let is_key = |part: &String| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if parts.iter().all(is_key) {
        return Some(parts);
    }
    let message = format!("`{}` is no path: numbers and tags with dots between, such as \"55.9F26\"", place.text);
    ctxt.error_at(place.span, message);
    None
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

/// Orders by number or tag, at every level.
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

/// What tells keys apart: the number, where it can be one, or the tag.
fn order(key: &str) -> (Option<u16>, &str) {
    match key.parse() {
        Ok(number) if key.len() <= 3 => (Some(number), ""),
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
    fn what_is_no_path_is_refused() {
        for text in ["", "0", "1", "193", "256", "2.", ".2", "55.", "55..1", "55.9G", "55.123456789", "x", "+2", "-2"] {
            let mut ctxt = Ctxt::default();
            let place = Place { text: text.to_owned(), span: Span::call_site() };
            assert!(parts(&place, true, &mut ctxt).is_none(), "{text}");
            assert!(ctxt.into_errors().is_some(), "{text}");
        }
    }
}
