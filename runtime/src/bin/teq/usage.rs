//! What is told of a wrong command line, without what might be a message on it.

use std::ffi::OsStr;

/// Stands for an argument that is not repeated.
const HIDDEN: &str = "[not shown]";

/// Digits in a row from which on an argument may hold a card number, as it stands or as hex.
const DIGITS: usize = 7;

/// A text about the command line in which no argument stands that may be a message.
pub(crate) fn without_messages(text: &str, arguments: impl Iterator<Item = impl AsRef<OsStr>>) -> String {
    let mut shown = text.to_owned();
    for argument in arguments {
        let argument = argument.as_ref().to_string_lossy().into_owned();
        let value = argument.split_once('=').map_or(argument.as_str(), |(_, value)| value);
        for part in [argument.as_str(), value] {
            if may_be_message(part) {
                shown = shown.replace(part, HIDDEN);
            }
        }
    }
    shown
}

/// Text that names an element, when it can be nothing else.
pub(crate) fn path(path: &str) -> &str {
    let is_key = |key: &str| key.len() <= 8 && key.chars().all(|character| character.is_ascii_hexdigit());
    let keys = |part: &str| part.split('#').all(is_key);
    if path.split('.').all(keys) && !may_be_message(path) { path } else { HIDDEN }
}

fn may_be_message(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_digit()).any(|digits| digits.len() >= DIGITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_may_be_messages_are_not_repeated() {
        let shown = |text: &str, argument: &str| without_messages(text, [argument].iter());
        assert_eq!(shown("unknown '4012345678909'", "4012345678909"), "unknown '[not shown]'");
        assert_eq!(shown("bad '34303132333435'", "--frame=34303132333435"), "bad '[not shown]'");
        assert_eq!(
            shown("cannot open {\"2\":\"4012345678909\"}", "{\"2\":\"4012345678909\"}"),
            "cannot open [not shown]"
        );
        assert_eq!(shown("unknown '--jason'", "--jason"), "unknown '--jason'");
    }

    #[test]
    fn paths_are_shown_and_nothing_else() {
        for good in ["2", "127.25.9F26", "55.DF01#2", "300", "55.DF812345"] {
            assert_eq!(path(good), good);
        }
        for bad in ["4012345678909", "2.4012345678909", "name", "55.5A#4012345678909", "pan 2"] {
            assert_eq!(path(bad), HIDDEN, "{bad}");
        }
    }
}
