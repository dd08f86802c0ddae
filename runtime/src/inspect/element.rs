//! One value of a message, as it may be shown.

use std::ops::Range;

use super::meaning;
use crate::msg::{Leaf, Sensitivity};

/// One value of a message, as it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Element {
    /// `2`, `55.9F26`, `54.2.5`.
    pub path: String,
    /// Name for people, or a word that there is none.
    pub name: &'static str,
    /// Byte offsets in the message, tag and length prefix included.
    pub span: Range<usize>,
    /// The value, masked as the spec says.
    pub value: String,
    /// What the value means, where it is one of a list in the spec.
    pub meaning: Option<&'static str>,
    /// Who may see it. What the spec does not list is [`Sensitivity::Opaque`].
    pub sensitivity: Sensitivity,
    /// Whether the value stands there as it is: anyone may see it, it is what the spec says, and nobody has hidden it.
    pub shown: bool,
}

impl Element {
    pub(super) fn of(leaf: &Leaf<'_>) -> Self {
        let value = leaf.masked();
        let sensitivity = leaf.field().map_or(Sensitivity::Opaque, |field| field.sensitivity);
        Element {
            path: leaf.path().to_owned(),
            name: leaf.name(),
            span: leaf.span(),
            meaning: meaning::of_leaf(leaf, &value),
            sensitivity,
            shown: sensitivity == Sensitivity::Clear && leaf.expose().is_ok_and(|clear| clear == value),
            value,
        }
    }

    /// Does not show the value, only how long it is. One that is masked stays as it is.
    pub(super) fn hide(&mut self) {
        if self.shown {
            self.value = format!("[NOT SHOWN len={}]", self.value.chars().count());
            self.meaning = None;
            self.shown = false;
        }
    }

    /// Does not show a value that has more digits in a row than any but a long number: where it is only a guess how the
    /// bytes are to be read, that may be a card number.
    pub(crate) fn hide_card_number(&mut self) {
        let runs = self.value.split(|character: char| !character.is_ascii_digit());
        if runs.map(str::len).any(|digits| digits > DIGITS) {
            self.hide();
        }
    }
}

/// Most digits in a row that are shown of a value: a card number may be longer.
const DIGITS: usize = 12;
