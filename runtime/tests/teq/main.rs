//! The `teq` binary as it is called: what it prints, where, and how it exits.

mod check;
mod decode;
mod doctor;
mod encode;
#[path = "../host_common/mod.rs"]
mod host_common;
mod load;
mod run;
mod saf;
mod secrets;
mod secrets_sent;
mod send;
mod simulate;
mod terminate;
mod vectors;

use std::io::Write;
use std::process::{Command, Stdio};

/// What a run of the binary gave.
struct Run {
    code: i32,
    out: String,
    err: String,
}

/// Runs `teq` with this on standard input.
fn teq(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_teq"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes the pipe early.
    _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let run = Run {
        code: output.status.code().expect("ended by itself"),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run
}

/// Decodes this hex by the dialect of the shipped vectors.
fn decode(hex: &str, options: &[&str]) -> Run {
    teq(&[&["decode", "--spec", "iso87-a"], options].concat(), hex)
}

/// Encodes this JSON by the dialect of the shipped vectors.
fn encode(json: &str) -> Run {
    teq(&["encode", "--spec", "iso87-a"], json)
}

fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02X}")).collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn wrong_command_lines_exit_with_two() {
    let lines: [&[&str]; 10] = [
        &[],
        &["undo"],
        &["decode"],
        &["decode", "--spec"],
        &["decode", "--spec", "iso87-z", "30"],
        &["decode", "--spec", "no/such/file.toml", "30"],
        &["decode", "--spec", "iso87-a", "--frame", "length5", "30"],
        &["decode", "--spec", "iso87-a", "--jsno", "30"],
        &["encode", "--spec", "iso87-z"],
        &["encode", "--spec", "iso87-a", "no/such/file.json"],
    ];
    for line in lines {
        let run = teq(line, "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{line:?}");
        assert!(!run.err.is_empty(), "{line:?}");
    }
    let unknown = teq(&["decode", "--spec", "iso87-z", "30"], "").err;
    assert!(unknown.contains("`iso87-z`") && unknown.contains("iso87-a"), "{unknown}");
    let framing = teq(&["decode", "--spec", "iso87-a", "--frame", "length5", "30"], "").err;
    assert!(framing.contains("length2-le"), "{framing}");
}

#[test]
fn help_and_version_exit_with_zero() {
    for line in [&["--help"][..], &["--version"], &["decode", "--help"], &["encode", "-h"]] {
        let run = teq(line, "");
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{line:?}");
        assert!(!run.out.is_empty(), "{line:?}");
    }
}

#[test]
fn a_spec_file_is_a_dialect_and_its_mistakes_are_drawn() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (good, bad) = (folder.join("partner.toml"), folder.join("mistaken.toml"));
    let spec =
        "[spec]\nname = \"partner\"\ntitle = \"A partner\"\nextends = \"iso87-a\"\n[field.11]\nformat = \"n 4\"\n";
    // Four digits are no STAN, so that its type must change too.
    std::fs::write(&good, format!("{spec}type = \"digits\"\n")).unwrap();
    std::fs::write(&bad, spec.replace("n 4", "n four")).unwrap();

    let run = teq(&["decode", "--spec", good.to_str().unwrap(), "--json"], &hex("080000200000000000000042"));
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    assert_eq!(run.out, "{\"mti\":\"0800\",\"fields\":{\"11\":\"0042\"}}\n");

    let run = teq(&["decode", "--spec", bad.to_str().unwrap()], &hex("080000200000000000000042"));
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.starts_with("error[bad-format]") && run.err.contains("mistaken.toml:6"), "{}", run.err);
}
