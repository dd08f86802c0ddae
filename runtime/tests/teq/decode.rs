//! `teq decode`: forms of input and output.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::{decode, hex, json, teq};

const ECHO: &str = "080080200000000000000400000000000000000001301";

#[test]
fn the_text_form() {
    let run = decode(&hex("02107020000002800000164111111111111111000000000000001099000123005 TERM01"), &[]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let expected = "\
iso87-a, 0210 financial response, 72 bytes
bitmap [4..20)  7020000002800000  2 3 4 11 39 41
2   Primary account number                 [20..38)  411111******1111
3   Processing code                        [38..44)  000000
4   Amount, transaction                    [44..56)  000000001099
11  System trace audit number              [56..62)  000123
39  Response code                          [62..64)  00  approved
41  Card acceptor terminal identification  [64..72)  \"5 TERM01\"
";
    assert_eq!(run.out, expected.replace("\"5 TERM01\"", "5 TERM01"));
}

#[test]
fn values_that_would_not_be_seen_are_in_quotes() {
    let run = decode(&hex("08000000000000800000TERM    "), &[]);
    assert!(run.out.ends_with("[20..28)  \"TERM    \"\n"), "{}", run.out);
}

#[test]
fn both_bitmaps_are_one_line() {
    let run = decode(&hex(ECHO), &[]);
    assert_eq!(run.out.lines().next(), Some("iso87-a, 0800 network management request, 45 bytes"));
    assert_eq!(run.out.lines().nth(1), Some("bitmap [4..36)  8020000000000000 0400000000000000  11 70"));
}

#[test]
fn a_repeat_is_called_one() {
    let run = decode(&hex("04210000000000000000"), &[]);
    assert!(run.out.starts_with("iso87-a, 0421 reversal advice, repeated, 20 bytes\n"), "{}", run.out);
    // Not listed by the dialect: by its digits.
    let run = decode(&hex("16440000000000000000"), &[]);
    assert!(run.out.starts_with("iso87-a, 1644 administrative notification, 20 bytes\n"), "{}", run.out);
}

#[test]
fn hex_in_every_shape() {
    let wire = hex(ECHO);
    let spaced: String =
        wire.as_bytes().chunks(2).map(|pair| format!("{}\n ", String::from_utf8_lossy(pair))).collect();
    let expected = decode(&wire, &["--json"]).out;
    assert_eq!(expected, "{\"mti\":\"0800\",\"fields\":{\"11\":\"000001\",\"70\":\"301\"}}\n");
    assert_eq!(decode(&spaced, &["--json"]).out, expected);
    assert_eq!(decode(&wire.to_lowercase(), &["--json", "-"]).out, expected);
    assert_eq!(decode("", &["--json", &wire]).out, expected);
    assert_eq!(decode("", &["--json", &wire[..10], &wire[10..]]).out, expected);
}

#[test]
fn what_is_no_hex_is_refused() {
    for (text, offset) in [("30 3x", 4), ("303", 3)] {
        let run = decode(text, &["--json"]);
        assert_eq!(run.code, 1);
        let refused = json(&run.out);
        assert_eq!(refused["error"]["path"], "input");
        assert_eq!(refused["error"]["offset"], offset);
        assert_eq!(refused["error"]["kind"], "hex");
        assert!(refused["fields"].as_object().unwrap().is_empty());
        let run = decode(text, &[]);
        assert_eq!((run.code, run.out.as_str()), (1, ""));
        assert!(run.err.starts_with(&format!("error: input at character {offset}: ")), "{}", run.err);
    }
}

#[test]
fn every_truncation_is_refused_and_shows_what_came_before() {
    let wire = hex(ECHO);
    for bytes in 0..ECHO.len() {
        let run = decode(&wire[..2 * bytes], &["--json"]);
        assert_eq!(run.code, 1, "{bytes} bytes");
        let refused = json(&run.out);
        assert_eq!(refused["error"]["kind"], "truncated", "{bytes} bytes");
        assert_eq!(refused["fields"].get("11").is_some(), bytes >= 42, "{bytes} bytes");
    }
    let run = decode(&wire[..2 * 43], &[]);
    assert!(!run.out.contains("000001") && run.out.contains("[NOT SHOWN len=6]"), "{}", run.out);
    assert!(run.out.contains("--reveal shows them"), "{}", run.out);
    let run = decode(&wire[..2 * 43], &["--reveal"]);
    assert!(run.out.contains("000001") && !run.out.contains("301"), "{}", run.out);
    assert!(run.out.contains("8020000000000000 0400000000000000  11 70"), "{}", run.out);
    assert_eq!(run.err, "error: 70 (Network management information code) at byte 42: needs 3 bytes, 1 left\n");
}

#[test]
fn all_that_is_wrong_is_listed_and_json_has_the_first() {
    // DE 3 has a letter, DE 7 a month 13.
    let wire = hex("0800220000000000000000000A1301000000");
    let run = decode(&wire, &[]);
    assert_eq!(run.code, 1);
    let lines: Vec<&str> = run.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.err);
    assert!(lines[0].starts_with("error: 3 (Processing code) at byte 2"), "{}", run.err);
    assert!(lines[1].starts_with("error: 7 (Transmission date and time) at byte 26: "), "{}", run.err);
    assert_eq!(json(&decode(&wire, &["--json"]).out)["error"]["path"], "3");
}

#[test]
fn a_hint_is_told() {
    let framed = format!("002D{}", hex(ECHO));
    let run = decode(&framed, &[]);
    assert!(run.err.contains("\nhint: ") && run.err.contains("byte 2"), "{}", run.err);
    assert!(json(&decode(&framed, &["--json"]).out)["error"]["hint"].as_str().unwrap().contains("byte 2"));
}

#[test]
fn frames_come_one_after_the_other() {
    let message = hex(ECHO);
    let wire = format!("002D {message} 002D {message}\n");
    let run = decode(&wire, &["--frame", "length2", "--json"]);
    assert_eq!((run.code, run.out.lines().count()), (0, 2), "{}", run.out);
    assert!(run.out.lines().all(|line| line.contains("\"70\":\"301\"")));
    assert_eq!(decode(&wire, &["--frame", "length2"]).out.matches("iso87-a, 0800").count(), 2);
    let inclusive = format!("{}{message}", hex("0049"));
    assert_eq!(decode(&inclusive, &["--frame", "ascii4-inclusive", "--json"]).code, 0);

    // One bad message does not hide the next, a bad header ends it all.
    let run = decode(&format!("0001 30 002D {message}"), &["--frame", "length2", "--json"]);
    assert_eq!((run.code, run.out.lines().count()), (1, 2), "{}", run.out);
    assert_eq!(json(run.out.lines().nth(1).unwrap())["mti"], "0800");
    let run = decode(&format!("002D {message} 002D 30"), &["--frame", "length2", "--json"]);
    let last = json(run.out.lines().nth(1).unwrap());
    assert_eq!(run.code, 1);
    assert_eq!((&last["error"]["path"], &last["error"]["offset"]), (&json("\"frame\""), &json("47")));
    assert_eq!(last["error"]["kind"], "frame-truncated");
    assert_eq!(decode("", &["--frame", "length2", "--json"]).code, 1);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let wire = format!("002D{}", hex(ECHO)).repeat(3000);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("many.hex");
    std::fs::write(&file, wire).unwrap();
    for form in [&[][..], &["--json"]] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_teq"))
            .args(["decode", "--spec", "iso87-a", "--frame", "length2"])
            .args(form)
            .stdin(std::fs::File::open(&file).unwrap())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
    }
}

#[test]
fn a_pipe_has_no_colours() {
    let run = teq(&["decode", "--spec", "iso87-a"], "30");
    assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'));
}
