//! What `09_reversals` prints.

use std::process::Command;

#[test]
fn what_nobody_knows_is_reversed_once_and_repeated_until_it_is_answered() {
    let output = Command::new(env!("CARGO_BIN_EXE_09_reversals")).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && err.is_empty(), "{out}{err}");
    for card in ["4012345678909", "345678"] {
        assert!(!out.contains(card), "{out}");
    }
    // Of the first reversal all elements are shown, each behind its number.
    let numbered = |line: &&str| line.starts_with("  ") && line[2..].starts_with(|digit: char| digit.is_ascii_digit());
    let (elements, lines): (Vec<&str>, Vec<&str>) = out.lines().partition(numbered);
    let lines: Vec<&str> = lines.into_iter().map(str::trim_start).collect();
    let expected = [
        "left from an earlier run: 0",
        "purchase 1: 0210 00, nothing to reverse",
        "delivered: true",
        "host: 0200",
        "purchase 2: timed-out, its reversal is on the disk",
        "delivered: true",
        "host: 0200, and forgets it",
        "host: 0420, and forgets its reversal twice",
        "host: 0421, and forgets its reversal twice",
        "host: 0421",
        "purchase 3: unknown, its reversal is on the disk",
        "delivered: true",
        "host: 0200, and hangs up",
        "host: 0420",
        "purchase 4: timed-out, its reversal is on the disk",
        "its approval comes late: it is reversed already",
        "delivered: true",
        "host: 0200, and approves it too late",
        "host: 0420",
    ];
    assert_eq!(lines, expected, "{out}");
    let element = |path: &str| {
        let line = elements.iter().find(|line| line.split_whitespace().next() == Some(path));
        line.map(|line| line.split_whitespace().last().unwrap_or_default().to_owned())
    };
    for (path, value) in [("2", "401234***8909"), ("90.1", "0200"), ("90.2", "000002"), ("90.3", "1120072155")] {
        assert_eq!(element(path).as_deref(), Some(value), "{out}");
    }
}
