//! Nothing sensitive comes out of what sends and answers either.

use crate::secrets::{PLANTED, assert_clean, message};
use crate::simulate::Host;
use crate::{Run, teq};

fn file(name: &str, text: &str) -> String {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

/// Answers that hold secrets too, whole and corrupt.
fn scenario() -> String {
    let set: Vec<String> = PLANTED.iter().map(|(path, value)| format!("\"{path}\" = \"{value}\"")).collect();
    let set = set.join(", ");
    let rules: Vec<String> = ["corrupt = \"flip\"", "corrupt = \"garbage\"", "duplicate = 0", "delay = 1"]
        .iter()
        .map(|action| {
            format!("[[rule]]\nmatch = {{ 2 = \"4012345678909\" }}\ntimes = 2\n{action}\nset = {{ {set} }}\n")
        })
        .collect();
    rules.concat()
}

#[test]
fn nothing_is_shown_of_what_is_sent_and_answered() {
    let scenario = file("planted.toml", &scenario());
    for options in [&["--trace"][..], &[]] {
        let host = Host::start(&[options, &["--scenario", &scenario]].concat());
        let words: Vec<String> = PLANTED.iter().map(|(path, value)| format!("{path}={value}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for _ in 0..9 {
            let line = [&["send", "--to", &host.address, "--timeout", "1", "0200"], words.as_slice()].concat();
            assert_clean(&teq(&line, ""), "a message that is sent");
        }
        let shown = host.end();
        assert!(shown.out.contains("401234***8909"), "{}", shown.out);
        assert_clean(&shown, "a host");
    }
}

#[test]
fn nothing_is_shown_of_load() {
    let set: Vec<String> = PLANTED.iter().map(|(path, value)| format!("\"{path}\" = [\"{value}\"]")).collect();
    let mix = file("planted.mix.toml", &format!("[[message]]\nmti = \"0200\"\nset = {{ {} }}\n", set.join(", ")));
    let scenario = file("planted.toml", &scenario());
    let host = Host::start(&["--scenario", &scenario]);
    for options in [&["--json", "-"][..], &[]] {
        let line =
            ["load", "--to", &host.address, "--rate", "30", "--duration", "300ms", "--timeout", "200ms", "--mix", &mix];
        assert_clean(&teq(&[&line, options].concat(), ""), "load");
    }
    assert_clean(&host.end(), "a host under load");
}

#[test]
fn wrong_input_is_not_repeated() {
    let wire = message();
    let pan = "4012345678909";
    let broken = format!("{}07{}", &wire[..40], &wire[42..]);
    let host = Host::start(&[]);
    let to = host.address.clone();
    let send = |words: &[&str], input: &str| -> Run { teq(&[&["send", "--to", &to], words].concat(), input) };
    let runs = [
        send(&["0200", &format!("2={pan}X")], ""),
        send(&["0200", &format!("{pan}=2")], ""),
        send(&["0200", &format!("2.{pan}=2")], ""),
        send(&["0200", pan], ""),
        send(&[pan, "4=1"], ""),
        send(&[&wire, "4=1"], ""),
        send(&["--file", &wire], ""),
        send(&["-"], &wire[1..]),
        send(&["-"], &broken),
        send(&["-"], &format!("{{\"mti\":\"0200\",\"fields\":{{\"2\":{pan}}}}}")),
        send(&["-"], &format!("{{\"mti\":\"0200\",\"fields\":{{\"2\":\"{pan}X\"}}}}")),
        teq(&["send", "--to", pan, "0800"], ""),
        teq(&["load", "--to", pan, "--rate", "1", "--mix", pan], ""),
        teq(&["load", "--to", &to, "--rate", pan], ""),
        teq(&["simulate", "--listen", pan], ""),
        teq(&["simulate", "--scenario", &wire], ""),
        teq(&["simulate", "--scenario", &file("w1.toml", &format!("[[rule]]\nset = {{ 2 = \"{pan}X\" }}\n"))], ""),
        teq(&["simulate", "--scenario", &file("w2.toml", &format!("[[rule]]\nmatch = {{ {pan} = 1 }}\n"))], ""),
        teq(&["simulate", "--scenario", &file("w3.toml", &format!("{pan} = 1\n"))], ""),
        teq(&["simulate", "--scenario", &file("w4.toml", &format!("[[rule]]\ndelay = {pan}\n"))], ""),
        teq(&["simulate", "--scenario", &file("w5.toml", &format!("[[rule]]\ncode = \"{pan}\"\n"))], ""),
        teq(&["simulate", "--scenario", &file("w6.toml", &format!("seed = 1 {pan}\n"))], ""),
        teq(&["simulate", "--scenario", &file("w7.toml", &format!("[[rule]]\ncorrupt = \"{pan}\"\n"))], ""),
        teq(&["simulate", "--scenario", &file("w8.toml", "[replay]\nfile = \"w8.txt\"\n")], ""),
    ];
    for (at, run) in runs.iter().enumerate() {
        assert_ne!(run.code, 0, "{at}: {}", run.out);
        assert_clean(run, &format!("wrong input {at}"));
    }
    host.end();
}
