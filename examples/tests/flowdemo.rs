//! What `flowdemo` prints.

use std::process::Command;

#[test]
fn outcomes_balances_and_journal_are_shown_and_no_card() {
    let output = Command::new(env!("CARGO_BIN_EXE_flowdemo")).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && err.is_empty(), "{err}");
    for card in ["4012345678909", "4111111111111111", "5399410000000000", "345678", "994100"] {
        assert!(!out.contains(card), "{out}");
    }
    let (profiles, lines): (Vec<&str>, Vec<&str>) = out.lines().partition(|line| line.starts_with("    profile: "));
    let expected = [
        "== Isopace flowdemo: transactions in two phases ==",
        "approve              -> 0210 rc=00 auth=\"000001\" COMMIT",
        "no funds             -> 0210 rc=51 auth=\"\"     ABORT (insufficient funds: pan=****8909 need=99900 have=6000)",
        "rollback             -> 0210 rc=96 auth=\"\"     ABORT (downstream loyalty service unreachable)",
        "mastercard           -> 0210 rc=00 auth=\"000003\" COMMIT",
        "blocked              -> 0210 rc=05 auth=\"\"     ABORT (card blocked)",
        "retransmit           -> 0210 rc=00 auth=\"000001\" COMMIT (replay)",
        "== Ledger balances (minor units) ==",
        "  ****8909 available=6000",
        "  ****1111 available=10000",
        "  ****0000 available=7000",
        "== Journal ==",
    ];
    assert_eq!(&lines[..expected.len()], expected, "{out}");
    let events: Vec<_> = lines[expected.len()..].iter().map(|line| line.trim_start()).collect();
    let of = |stan: u32, end: &str| {
        let decided = if end == "committed" { "decided-commit" } else { "decided-abort" };
        ["begin", decided, end].map(|event| format!("transaction id=TERM0001:{stan} event={event}"))
    };
    let ends = ["committed", "aborted", "aborted", "committed", "aborted"];
    let expected: Vec<_> = (1..).zip(ends).flat_map(|(stan, end)| of(stan, end)).collect();
    assert_eq!(events, expected, "{out}");

    // Each call of a stage and its time; the retransmission has none, since nothing was called.
    let calls = |profile: &str| {
        let calls = profile.trim_start().trim_start_matches("profile: ").split(' ');
        calls.map(|call| call.split('=').next().unwrap_or_default().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        profiles.into_iter().map(calls).collect::<Vec<_>>(),
        [
            "card/prepare funds/prepare approve/prepare visa/prepare \
             card/commit funds/commit approve/commit visa/commit total",
            "card/prepare funds/prepare card/abort total",
            "card/prepare funds/prepare approve/prepare visa/prepare points/prepare \
             visa/abort approve/abort funds/abort card/abort total",
            "card/prepare funds/prepare approve/prepare mastercard/prepare \
             card/commit funds/commit approve/commit mastercard/commit total",
            "card/prepare total",
        ]
    );
}
