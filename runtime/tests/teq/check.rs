//! `teq check`: a deployment is proven, or all that is wrong with it is told.

use std::path::PathBuf;

use crate::teq;

pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn what_is_right_is_listed_and_exits_with_zero() {
    let folder = folder("check-right");
    // Somebody listens there: nothing is bound, so that does not matter.
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("{{\"listen\": \"{}\"}}", taken.local_addr().unwrap());
    let descriptor = |name: &str, config: &str, enabled: &str| {
        format!("{{\"name\": \"{name}\", \"type\": \"connector\", {enabled} \"config\": {config}}}")
    };
    let enabled = "\"enabled\": true,";
    std::fs::write(folder.join("isw.json"), descriptor("isw", "{\"addr\": \"127.0.0.1:8583\"}", enabled)).unwrap();
    std::fs::write(folder.join("in.json"), descriptor("in", &listen, enabled)).unwrap();
    std::fs::write(folder.join("off.json"), descriptor("off", "{}", "")).unwrap();
    let run = teq(&["check", folder.to_str().unwrap()], "");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let place = format!("{}/", folder.display());
    assert_eq!(
        run.out.replace(&place, ""),
        "in   connector  in.json\nisw  connector  isw.json\noff is not deployed, since it does not say `enabled = true`\n"
    );
}

#[test]
fn all_that_is_wrong_is_told_and_exits_with_one() {
    let folder = folder("check-wrong");
    std::fs::write(folder.join("a.json"), "{\"name\": \"a\",\n\"typ\": 1}").unwrap();
    let toml = "name = \"b\"\ntype = \"connector\"\nenabled = true\n[config]\naddr = \"host:99999\"\n";
    std::fs::write(folder.join("b.toml"), toml).unwrap();
    let run = teq(&["check", folder.to_str().unwrap()], "");
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    let place = format!("{}/", folder.display());
    assert_eq!(
        run.err.replace(&place, ""),
        "error: a.json:2: unknown key `typ`; did you mean `type`?\n\
         error: b.toml:5: `addr`: a port is a number from 1 to 65535\n"
    );
    assert_eq!(teq(&["check", "no/such/folder"], "").code, 1);
}

#[test]
fn the_deployment_that_is_shipped_is_right() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/deploy");
    let run = teq(&["check", folder], "");
    assert_eq!((run.code, run.err.as_str()), (0, ""));
    let kinds: Vec<&str> = run.out.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(kinds, ["simulator", "simulator", "connector", "connector", "gateway"], "{}", run.out);
}
