//! The order in which components are started and stopped.

use std::sync::Arc;

/// A component, as far as its place in the order goes.
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    /// Those that it sends to: they are started before it and stopped after it.
    pub(super) after: &'a [Arc<str>],
}

/// Positions in the order of starting: that of the list, but for those that have to wait for others. Where some wait for each other the
/// order of the list decides. The order of stopping is its reverse.
pub(super) fn starting(places: &[Place<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = Vec::with_capacity(places.len());
    let mut left: Vec<usize> = (0..places.len()).collect();
    while !left.is_empty() {
        let waits = |&at: &usize| {
            let waits_for = |name: &Arc<str>| left.iter().any(|&other| other != at && places[other].name == &**name);
            places[at].after.iter().any(waits_for)
        };
        let next = left.iter().position(|at| !waits(at)).unwrap_or(0);
        order.push(left.remove(next));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(list: &[(&str, &[&str])]) -> String {
        let after: Vec<Vec<Arc<str>>> =
            list.iter().map(|(_, after)| after.iter().map(|name| Arc::from(*name)).collect()).collect();
        let places: Vec<Place<'_>> = list.iter().zip(&after).map(|((name, _), after)| Place { name, after }).collect();
        starting(&places).into_iter().map(|at| list[at].0).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn that_of_the_list_but_for_those_that_wait() {
        for (list, expected) in [
            (&[][..], ""),
            (&[("a", &[][..]), ("b", &[]), ("c", &[])], "a b c"),
            (&[("gateway", &["link"]), ("clock", &[]), ("link", &[])], "clock link gateway"),
            (&[("a", &["b"]), ("b", &["c"]), ("c", &[])], "c b a"),
            (&[("a", &["nobody"]), ("b", &["b"])], "a b"),
            (&[("a", &["b"]), ("b", &["a"]), ("c", &[])], "c a b"),
        ] {
            assert_eq!(order(list), expected, "{list:?}");
        }
    }
}
