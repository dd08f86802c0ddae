//! What pairs an answer with its request: lists of data elements, by message class.

use crate::msg::{Dialect, Sensitivity};
use crate::types::MessageClass;

/// Most alternatives of one class.
pub(super) const MAX_ALTERNATIVES: usize = 8;

/// What pairs an answer with its request, besides version, class, function and origin of the message type, which are
/// always compared.
///
/// Each class has a list of alternatives, each alternative a list of data elements. Of a request and an answer the
/// first alternative counts of which both have all elements; they belong together when these have equal bytes on the
/// wire.
///
/// ```
/// use isopace::mux::Correlation;
/// use isopace::types::MessageClass;
///
/// // STAN and terminal, or the STAN alone where the answer leaves the terminal out; network management by STAN and code.
/// let rule = Correlation::new([&[11, 41][..], &[11]]).class(MessageClass::NetworkManagement, [&[11, 70]]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation {
    default: Vec<Vec<u8>>,
    classes: Vec<(MessageClass, Vec<Vec<u8>>)>,
}

impl Default for Correlation {
    /// STAN and terminal (DE 11 and 41), or the STAN alone.
    fn default() -> Self {
        Correlation::new([&[11, 41][..], &[11]])
    }
}

impl From<&Dialect> for Correlation {
    /// As the spec of the dialect says.
    fn from(dialect: &Dialect) -> Self {
        dialect.correlation_rules().iter().fold(Correlation::default(), |all, rule| match rule.class {
            None => Correlation { default: owned(rule.alternatives), ..all },
            Some(class) => all.class(MessageClass::from_digit(class), rule.alternatives),
        })
    }
}

impl Correlation {
    /// The alternatives of all classes that have none of their own, the preferred one first.
    #[must_use]
    pub fn new<A: AsRef<[u8]>>(alternatives: impl IntoIterator<Item = A>) -> Self {
        Correlation { default: owned(alternatives), classes: Vec::new() }
    }

    /// Other alternatives for one class; they replace those given for it before.
    #[must_use]
    pub fn class<A: AsRef<[u8]>>(mut self, class: MessageClass, alternatives: impl IntoIterator<Item = A>) -> Self {
        self.classes.retain(|(other, _)| *other != class);
        self.classes.push((class, owned(alternatives)));
        self
    }

    /// Proves that the dialect can be paired by this.
    ///
    /// # Errors
    /// No alternatives or too many of them, an empty one, an element that the dialect does not have, one twice in an
    /// alternative, or one that may not be kept in clear.
    pub fn check(&self, dialect: &Dialect) -> Result<(), CorrelationError> {
        for alternatives in std::iter::once(&self.default).chain(self.classes.iter().map(|(_, list)| list)) {
            if alternatives.is_empty() || alternatives.len() > MAX_ALTERNATIVES {
                return Err(CorrelationError::Alternatives(alternatives.len()));
            }
            for elements in alternatives {
                if elements.is_empty() {
                    return Err(CorrelationError::Empty);
                }
                for (at, &element) in elements.iter().enumerate() {
                    let Some(field) = dialect.field(element) else { return Err(CorrelationError::Undefined(element)) };
                    if elements[..at].contains(&element) {
                        return Err(CorrelationError::Twice(element));
                    }
                    if matches!(field.sensitivity, Sensitivity::Pan | Sensitivity::Sad | Sensitivity::Key) {
                        return Err(CorrelationError::Sensitive(element));
                    }
                }
            }
        }
        Ok(())
    }
}

fn owned<A: AsRef<[u8]>>(alternatives: impl IntoIterator<Item = A>) -> Vec<Vec<u8>> {
    alternatives.into_iter().map(|elements| elements.as_ref().to_vec()).collect()
}

/// Why answers cannot be paired with requests by a [`Correlation`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CorrelationError {
    /// So many alternatives.
    #[error("{0} alternatives of elements to pair answers by; from 1 to {MAX_ALTERNATIVES} are possible")]
    Alternatives(usize),
    /// An alternative without elements would match everything.
    #[error("an alternative without elements")]
    Empty,
    /// The dialect does not have this element.
    #[error("the dialect has no data element {0}")]
    Undefined(u8),
    /// The element stands twice in one alternative.
    #[error("data element {0} stands twice in one alternative")]
    Twice(u8),
    /// The element is a PAN, authentication data or a key: it would be kept in clear.
    #[error("data element {0} is too sensitive to be kept for pairing")]
    Sensitive(u8),
}

/// The alternatives ready to hand by class digit.
#[derive(Debug)]
pub(super) struct Rules {
    lists: Vec<Vec<Vec<u8>>>,
    by_class: [u8; 10],
    /// Most alternatives of any class.
    pub(super) width: usize,
}

impl Rules {
    pub(super) fn new(correlation: &Correlation) -> Self {
        let mut lists = vec![correlation.default.clone()];
        let mut by_class = [0; 10];
        for (class, list) in &correlation.classes {
            if let Some(place) = by_class.get_mut(usize::from(class.digit())) {
                *place = lists.len() as u8;
                lists.push(list.clone());
            }
        }
        let width = lists.iter().map(Vec::len).max().unwrap_or(1);
        Rules { lists, by_class, width }
    }

    /// The alternatives of a class.
    pub(super) fn of(&self, class: MessageClass) -> &[Vec<u8>] {
        let list = self.by_class.get(usize::from(class.digit())).map_or(0, |&at| usize::from(at));
        self.lists.get(list).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso87a::DIALECT;
    use crate::msg::CorrelationRule;

    #[test]
    fn what_cannot_pair_is_refused() {
        let check = |rule: Correlation| rule.check(&DIALECT);
        assert_eq!(check(Correlation::default()), Ok(()));
        assert_eq!(check(Correlation::new::<[u8; 1]>([])), Err(CorrelationError::Alternatives(0)));
        assert_eq!(check(Correlation::new([[11]; 9])), Err(CorrelationError::Alternatives(9)));
        assert_eq!(check(Correlation::new([[]])), Err(CorrelationError::Empty));
        assert_eq!(check(Correlation::new([[1]])), Err(CorrelationError::Undefined(1)));
        assert_eq!(check(Correlation::new([[11, 41, 11]])), Err(CorrelationError::Twice(11)));
        assert_eq!(check(Correlation::new([[11, 2]])), Err(CorrelationError::Sensitive(2)));
        let network = Correlation::default().class(MessageClass::NetworkManagement, [[52]]);
        assert_eq!(check(network), Err(CorrelationError::Sensitive(52)));
    }

    #[test]
    fn a_dialect_says_what_pairs() {
        assert_eq!(Correlation::from(&DIALECT), Correlation::default());
        const RULES: &[CorrelationRule] =
            &[CorrelationRule::new(None, &[&[37]]), CorrelationRule::new(Some(8), &[&[11, 70], &[70]])];
        let dialect = Dialect::new("test", "Test", DIALECT.mti_encoding(), DIALECT.bitmap(), DIALECT.fields(), &[]);
        let rule = Correlation::from(&dialect.correlation(RULES));
        let network = [&[11, 70][..], &[70]];
        assert_eq!(rule, Correlation::new([[37]]).class(MessageClass::NetworkManagement, network));
    }

    #[test]
    fn a_class_of_its_own_replaces_the_default() {
        let rule = Correlation::new([[11]]).class(MessageClass::Financial, [[37]]);
        let rules = Rules::new(&rule.class(MessageClass::Financial, [&[11, 41][..], &[37]]));
        assert_eq!(rules.of(MessageClass::Financial), [vec![11, 41], vec![37]]);
        assert_eq!(rules.of(MessageClass::Authorization), [vec![11]]);
        assert_eq!(rules.of(MessageClass::Reserved(0)), [vec![11]]);
        assert_eq!(rules.width, 2);
    }
}
