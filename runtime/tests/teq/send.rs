//! `teq send`: what it takes, shows, and exits with.

use std::net::TcpListener;

use crate::simulate::Host;
use crate::{Run, hex, teq};

const SCENARIO: &str = r#"
[[rule]]
match = { 11 = "000002" }
code = "51"
[[rule]]
match = { 11 = "000003" }
drop = true
[[rule]]
match = { 11 = "000004" }
close = "before"
[[rule]]
match = { 11 = "000005" }
remove = [39]
"#;

fn host() -> Host {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("outcomes.toml");
    std::fs::write(&file, SCENARIO).unwrap();
    Host::start(&["--scenario", file.to_str().unwrap()])
}

fn send(host: &Host, words: &[&str], input: &str) -> Run {
    teq(&[&["send", "--to", &host.address, "--timeout", "1"], words].concat(), input)
}

#[test]
fn the_exit_code_is_the_outcome() {
    let host = host();
    let table = [("000001", 0), ("000002", 1), ("000003", 4), ("000004", 5), ("000005", 1)];
    for (stan, code) in table {
        let run = send(&host, &["0200", &format!("11={stan}"), "41=TERM0001"], "");
        assert_eq!(run.code, code, "{stan}: {}{}", run.out, run.err);
    }
    // Nobody listens there any more.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let run = teq(&["send", "--to", &free, "0800", "70=301"], "");
    assert_eq!((run.code, run.out.as_str()), (3, ""));
    assert!(run.err.starts_with("not sent: "), "{}", run.err);
    host.end();
}

#[test]
fn of_several_the_highest_and_each_is_sent() {
    let host = host();
    let json = r#"{"mti":"0200","fields":{"11":"000002","41":"TERM0001"}}"#;
    let wire = hex("02000020000000800000000001TERM0001");
    let run = send(&host, &["-"], &format!("{json}\n\n{wire}\n"));
    assert_eq!((run.code, run.out.matches("request: ").count()), (1, 2), "{}", run.err);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("messages.txt");
    std::fs::write(&file, &wire).unwrap();
    let run = send(&host, &["--file", file.to_str().unwrap(), "--count", "3"], "");
    // The number of one that has been answered may be used again.
    assert_eq!((run.code, run.out.matches("answer after ").count()), (0, 3), "{}", run.err);
    host.end();
}

#[test]
fn what_is_missing_is_filled_in_unless_told_otherwise() {
    let host = host();
    let run = send(&host, &["0200", "4=2500", "41=TERM0001", "--count", "2"], "");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    for part in ["\n7   Transmission", "\n11  System", "\n12  Time", "\n13  Date", "  000000002500\n"] {
        assert_eq!(run.out.matches(part).count(), 4, "{part}{}", run.out);
    }
    let bare = send(&host, &["--fill", "false", "0200", "11=000009", "41=TERM0001"], "");
    assert_eq!((bare.code, bare.out.contains("Transmission")), (0, false));
    // Without an audit number no answer could be told to be its own.
    let none = send(&host, &["--fill", "false", "0200", "41=TERM0001"], "");
    assert_eq!(none.code, 3, "{}", none.err);
    host.end();
}

#[test]
fn what_is_no_message_exits_with_two() {
    let host = host();
    let words: [(&[&str], &str); 8] = [
        (&[], "required"),
        (&["0200", "4"], "PATH=VALUE"),
        (&["0200", "65=1"], "65"),
        (&["0200", "4=12X"], "4 (Amount, transaction)"),
        (&["200", "4=1"], "mti"),
        (&["0200", "2=401234***8909"], "2: masked value"),
        (&["0200", "55.ZZ=00"], "names nothing"),
        (&["--file", "no/such/file"], "cannot open"),
    ];
    for (words, part) in words {
        let run = send(&host, words, "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{words:?}");
        assert!(run.err.contains(part), "{words:?}: {}", run.err);
    }
    for (input, part) in [("", "no message"), ("0x", "line 1: "), ("\n{\"mti\"", "line 2: "), ("3032", "line 1: ")] {
        let run = send(&host, &["-"], input);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{input}");
        assert!(run.err.contains(part), "{input}: {}", run.err);
    }
    host.end();
}
