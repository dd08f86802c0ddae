//! The examples of containers, by what they print.

use std::process::Command;

/// What a program prints, and what it logs.
fn run(program: &str) -> (String, String) {
    let output = Command::new(program).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{program}: {out}{err}");
    assert!(!format!("{out}{err}").contains("4012345678909"), "{program} shows a card");
    (out, err)
}

#[test]
fn a_container_with_two_switches() {
    let (out, err) = run(env!("CARGO_BIN_EXE_container"));
    let expected = "== Isopace teq demo: container with self-healing switch links ==\n\
                    switches up: [isw up]\n\
                    stan 1 via isw -> 0210 rc=00 auth=\"000001\"\n\
                    stan 2 via up  -> 0210 rc=51 auth=\"\"\n\
                    stan 3 via up  -> 0210 rc=00 auth=\"000001\"\n\
                    stopped: what was in flight has ended, and both links are closed\n";
    assert_eq!((out.as_str(), err.as_str()), (expected, ""));
}

#[test]
fn a_host_whose_directory_changes() {
    let (out, err) = run(env!("CARGO_BIN_EXE_runtimehost"));
    let lines: Vec<&str> = out.lines().filter(|line| !line.starts_with(">>")).collect();
    assert_eq!(
        lines,
        [
            "== Isopace runtime.Host demo: component container (Q2-style) ==",
            "   components: [clock deployer]",
            "   components: [clock deployer alpha]",
            "   components: [clock deployer alpha beta]",
            "   components: [clock deployer beta alpha]",
            "   components: [clock deployer alpha]",
        ]
    );
    for said in ["heartbeat", "deployed", "replaced", "undeployed", "stopped"] {
        assert!(err.contains(said), "{said}: {err}");
    }
}
