//! The layout keeps what a spec says, and its comments.

use proptest::prelude::*;

use super::*;

const RICH: &str = include_str!("../../../tests/specs/rich.toml");

const INSIDE: &str = include_str!("../../../tests/specs/inside.toml");

/// Lays a text out, and proves that it says the same as before and is laid out for good.
fn laid(text: &str) -> String {
    let laid = layout(text).unwrap();
    assert_eq!(layout(&laid).unwrap(), laid, "not laid out for good");
    let load = |text: &str| isogen::load_str("spec", text).map(|loaded| loaded.spec).map_err(|errors| errors.len());
    assert_eq!(load(&laid), load(text));
    let comments = |text: &str| {
        let mut lines: Vec<String> =
            text.lines().filter(|line| line.contains('#')).map(|line| line.trim().to_owned()).collect();
        lines.sort();
        lines
    };
    assert_eq!(comments(&laid).len(), comments(text).len(), "a comment is lost");
    laid
}

#[test]
fn shipped_specs_say_the_same() {
    for name in isogen::shipped::names() {
        laid(isogen::shipped::text(name).unwrap());
    }
    assert_eq!(laid(INSIDE), INSIDE);
}

#[test]
fn tables_keys_and_comments() {
    let text = r##"
# About the file.

# About the wire.
[ wire ]
length={counts="units",encoding="ascii"}   # how long
mti   = "ascii"


# Above bitmap.
bitmap = {maps=2,encoding="hex"}
[message.reply]
optional = [ 2,3 ]
mti = "0210"
[message.ask]
reply.message = "reply"
mti = '0200'
mandatory = [
  3, # kept
  2 ]
# ---- Private ----

# About 48.
[field.48]
length.width = 3
name = "A"
[field.127.field.10]
[field.127.field.2]
[field.127]
[field.60]
xml = "X"
composite = { xml = true, length = { covers = "all", width = 1, encoding = "bcd" }, tag = { width = 2, encoding = "bcd" }, unknown = "skip", kind = "tlv" }
[field.60.field.10]
[field.60.field.01]
[correlation]
network-management = [70]
default = [[11,41],[11]]
[field.55.field.9F26]
[field.55.field.95]
[field.55.field.5F2A]
[field.39]
values = {b="x",a={ident="Y",meaning="y"}}
[field.4.values]
pad = "x"
encoding = "y"
[spec]
title = "t"
# At the end.
"##;
    let expected = r##"# About the file.

[spec]
title = "t"

# About the wire.
[wire]
mti = "ascii"
# Above bitmap.
bitmap = { encoding = "hex", maps = 2 }
length = { encoding = "ascii", counts = "units" } # how long

[correlation]
default = [[11, 41], [11]]
network-management = [70]

[field.4.values]
pad = "x"
encoding = "y"

[field.39]
values = { b = "x", a = { meaning = "y", ident = "Y" } }

# ---- Private ----

# About 48.
[field.48]
name = "A"
length.width = 3

[field.55.field.5F2A]

[field.55.field.95]

[field.55.field.9F26]

[field.60]
xml = "X"
composite = { kind = "tlv", tag = { encoding = "bcd", width = 2 }, length = { encoding = "bcd", covers = "all", width = 1 }, unknown = "skip", xml = true }

[field.60.field.01]

[field.60.field.10]

[field.127]

[field.127.field.2]

[field.127.field.10]

[message.reply]
mti = "0210"
optional = [2, 3]

[message.ask]
mti = '0200'
mandatory = [
  3, # kept
  2 ]
reply.message = "reply"

# At the end.
"##;
    let laid = layout(text).unwrap();
    assert_eq!(laid, expected);
    assert_eq!(layout(expected).unwrap(), expected);
}

#[test]
fn line_ends_of_another_system_and_a_byte_order_mark() {
    let laid = laid(&format!("\u{FEFF}{}", RICH.replace('\n', "\r\n")));
    assert!(!laid.replace("\r\nFor tests.\r\n", "").contains('\r'), "{laid:?}");
}

#[test]
fn long_lists_are_wrapped() {
    let list: Vec<String> = (2..128).map(|number| number.to_string()).collect();
    let text = format!("[spec]\nname = \"x\"\n\n[message.a]\nmandatory = [{}]\n", list.join(","));
    let laid = layout(&text).unwrap();
    assert!(laid.lines().count() > 8 && laid.lines().all(|line| line.len() <= values::WIDTH), "{laid}");
    assert_eq!(layout(&laid).unwrap(), laid);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// Tables and the keys in them in any order, with comments and blanks anywhere.
    #[test]
    fn any_order_says_the_same(seed in any::<u64>()) {
        let mut seed = seed | 1;
        let mut next = |below: usize| {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed % 65_521).unwrap() % below.max(1)
        };
        // The description is of several lines, and stays together.
        let text = RICH.replace("doc = \"\"\"\nFor tests.\n\"\"\"", "doc = \"For tests.\"");
        let mut tables: Vec<String> = Vec::new();
        for table in text.split("\n[").skip(1) {
            let mut lines: Vec<&str> = table.trim_end().lines().filter(|line| !line.starts_with('#')).collect();
            let header = lines.remove(0);
            let mut body = String::new();
            // Values keep their order: it is part of what they say.
            let shuffled = !header.contains("values");
            while !lines.is_empty() {
                let at = if shuffled { next(lines.len()) } else { 0 };
                let noise = ["", "", "\n", "# above\n", "  ", "\n# a\n\n# b\n"][next(6)];
                body += &format!("{noise}{}{}\n", lines.remove(at), ["", "", "  # behind"][next(3)]);
            }
            tables.push(format!("{}[{header}\n{body}", ["", "\n", "# of the table\n", "# far\n\n\n"][next(4)]));
        }
        let mut text = String::new();
        // Messages too: so they stand in their own order already.
        let (messages, mut others): (Vec<String>, Vec<String>) =
            tables.into_iter().partition(|table| table.contains("[message."));
        let mut messages = messages.into_iter();
        while !others.is_empty() {
            if next(8) == 0 {
                text += &messages.next().unwrap_or_default();
            }
            text += &others.remove(next(others.len()));
        }
        text.extend(messages);
        laid(&text);
    }
}
