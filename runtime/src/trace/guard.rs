//! What text of a step may look like: one line, of a bounded length, without what could be a PAN or a track.
//!
//! Masking of messages is decided by the spec. This is for text that code of the user's hands over: it should hold no
//! secrets, and this is the net below.

/// Fewest digits of a PAN that is hidden.
const SHORTEST_PAN: usize = 13;
/// Most digits of a PAN.
const LONGEST_PAN: usize = 19;

/// The text as it may be kept, cut to so many characters.
pub(crate) fn shown(text: &str, most: usize) -> String {
    // Hidden first: the part of a PAN that is left at a cut must not pass for a shorter number.
    let text = hidden(text);
    let printable = |character: char| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character };
    if text.chars().count() <= most {
        return text.chars().map(printable).collect();
    }
    text.chars().take(most.saturating_sub(1)).map(printable).chain(['…']).collect()
}

/// The same with every run of digits that could be a PAN reduced to its first six and last four; of what follows as in
/// a track, and of longer runs, the length is left.
fn hidden(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let (run, after) = split_digits(rest);
        rest = after;
        match run.len() {
            0..SHORTEST_PAN => out.push_str(run),
            SHORTEST_PAN..=LONGEST_PAN => {
                out.push_str(&run[..6]);
                out.extend(std::iter::repeat_n('*', run.len() - 10));
                out.push_str(&run[run.len() - 4..]);
                // A track goes on behind a separator: with more digits, or with a name.
                if let Some(separator @ ('=' | 'D' | 'd' | '^')) = rest.chars().next() {
                    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    out.push(separator);
                    out.push_str(&format!("[SAD len={}]", rest[1..end].chars().count()));
                    rest = &rest[end..];
                }
            }
            length => out.push_str(&format!("[OPAQUE len={length}]")),
        }
    }
    out.push_str(rest);
    out
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_card_is_hidden() {
        let table = [
            ("", ""),
            ("fee=1000 of 000000002500", "fee=1000 of 000000002500"),
            ("4012345678909", "401234***8909"),
            ("pan 4111111111111111.", "pan 411111******1111."),
            ("4111111111111111=25121010000", "411111******1111=[SAD len=11]"),
            ("4111111111111111D2512 x", "411111******1111D[SAD len=4] x"),
            ("B5399410000000000^A/B^2512", "B539941******0000^[SAD len=8]"),
            ("12345678901234567890", "[OPAQUE len=20]"),
            ("one\ntwo", "one\u{fffd}two"),
            ("·4012345678909·", "·401234***8909·"),
        ];
        for (text, expected) in table {
            assert_eq!(shown(text, 100), expected);
        }
    }

    #[test]
    fn cutting_leaves_no_part_of_a_card() {
        let text = "x 4111111111111111 y";
        for most in 0..=20 {
            let shown = shown(text, most);
            assert!(shown.chars().count() <= most.max(1), "{shown}");
            assert!(!shown.contains("41111111"), "{shown}");
        }
    }
}
