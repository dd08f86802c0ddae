//! `teq simulate`: what it prints, and how it ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::{Run, teq};

/// `teq simulate` on a free port.
pub(crate) struct Host {
    child: Child,
    out: BufReader<ChildStdout>,
    pub(crate) address: String,
    first: String,
}

impl Host {
    pub(crate) fn start(options: &[&str]) -> Host {
        let mut child = Command::new(env!("CARGO_BIN_EXE_teq"))
            .args(["simulate", "--listen", "127.0.0.1:0"])
            .args(options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        out.read_line(&mut first).unwrap();
        assert!(first.starts_with("listening at "), "it does not run: {first}");
        let address = first.split_whitespace().nth(2).unwrap_or_default().trim_end_matches(',').to_owned();
        Host { child, out, address, first }
    }

    /// Interrupts it and gives all that it said.
    pub(crate) fn end(mut self) -> Run {
        let killed = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let (mut out, mut err) = (self.first, String::new());
        self.out.read_to_string(&mut out).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        Run { code: self.child.wait().unwrap().code().expect("ended by itself"), out, err }
    }
}

#[test]
fn messages_masked_and_totals_in_the_end() {
    let host = Host::start(&["--limit", "5000"]);
    let send = |amount: &str| {
        let amount = format!("4={amount}");
        teq(
            &[
                "send",
                "--to",
                &host.address,
                "0200",
                "2=4012345678909",
                "3=000000",
                "11=000007",
                &amount,
                "41=TERM0001",
            ],
            "",
        )
    };
    assert_eq!((send("5000").code, send("5001").code), (0, 1));
    let run = host.end();
    assert_eq!((run.code, run.err.as_str()), (0, ""), "{}", run.out);
    let request = "1 <- 0200 2=401234***8909 3=000000 4=000000005000 7=";
    assert!(run.out.lines().any(|line| line.starts_with(request)), "{}", run.out);
    assert!(run.out.lines().any(|line| line.starts_with("2 -> 0210 ") && line.contains(" 39=51 ")), "{}", run.out);
    for total in ["connections    2", "received       2", "answered       2", "declined       1"] {
        assert!(run.out.lines().any(|line| line == total), "{total}\n{}", run.out);
    }
}

#[test]
fn rules_are_named_and_traces_have_an_element_a_line() {
    let scenario = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("named.toml");
    std::fs::write(&scenario, "[[rule]]\nname = \"no way\"\nmatch = { mti = \"0200\" }\ncode = \"05\"\n").unwrap();
    let host = Host::start(&["--trace", "--scenario", scenario.to_str().unwrap()]);
    let run = teq(&["send", "--to", &host.address, "0200", "3=000000", "41=TERM0001"], "");
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.out.contains("39  Response code"), "{}", run.out);
    let run = host.end();
    assert!(run.out.contains("  rule: no way\n") && run.out.contains("\nrule           1  no way\n"), "{}", run.out);
    assert!(run.out.contains("\n39  Response code"), "{}", run.out);
    let quiet = Host::start(&["--quiet"]);
    teq(&["send", "--to", &quiet.address, "0800", "70=301"], "");
    assert!(!quiet.end().out.contains("<-"));
}

#[test]
fn what_cannot_be_run_exits_with_two() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let scenario = folder.join("wrong.toml");
    std::fs::write(&scenario, "[[rule]]\ndealy = 5\n").unwrap();
    let record = folder.join("never.txt");
    let table: [(&[&str], &str); 6] = [
        (&["--scenario", scenario.to_str().unwrap()], "wrong.toml:2:1: unknown key `dealy`; did you mean `delay`?"),
        (&["--scenario", "no/such.toml"], "no/such.toml: cannot be opened"),
        (&["--record", record.to_str().unwrap()], "say --reveal"),
        (&["--reveal", "--record", "no/such/folder/file"], "cannot make"),
        (&["--listen", "192.0.2.1:1"], "cannot listen"),
        (&["--listen", "127.0.0.1:0", "--connect", "127.0.0.1:1"], "cannot be used with"),
    ];
    for (options, part) in table {
        let run = teq(&[&["simulate"], options].concat(), "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{options:?}");
        assert!(run.err.contains(part), "{options:?}: {}", run.err);
    }
    assert!(!record.exists());
}

#[test]
fn a_recording_is_made_when_it_may_be() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("traffic-{}.txt", std::process::id()));
    _ = std::fs::remove_file(&file);
    let host = Host::start(&["--reveal", "--record", file.to_str().unwrap()]);
    assert_eq!(teq(&["send", "--to", &host.address, "0800", "70=301"], "").code, 0);
    assert_eq!(host.end().code, 0);
    let recorded = std::fs::read_to_string(&file).unwrap();
    let directions: Vec<_> = recorded.lines().filter_map(|line| line.split(' ').nth(1)).collect();
    assert_eq!(directions, ["in", "out"]);
    std::fs::remove_file(&file).unwrap();
}
