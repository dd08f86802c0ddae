//! A short run of the program that kills: twenty times for each store. The long one is
//! `cargo run -p isopace-tests --features store --bin crash sqlite`.

use std::process::Command;

fn crash(arguments: &[&str]) {
    let run = Command::new(env!("CARGO_BIN_EXE_crash")).args(arguments).output().expect("it can be run");
    let said = format!("{}{}", String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{said}");
    println!("{said}");
}

#[test]
fn sqlite_keeps_what_it_has_confirmed() {
    crash(&["sqlite", "--kills", "20"]);
}

#[test]
fn postgres_keeps_what_it_has_confirmed() {
    crash(&["postgres", "--kills", "20"]);
}

#[test]
fn of_two_nodes_the_other_takes_over() {
    crash(&["nodes", "--kills", "8"]);
}

#[test]
fn a_switch_on_sqlite_carries_on_once_and_reverses_once() {
    crash(&["switch", "sqlite", "--kills", "10"]);
}

#[test]
fn a_switch_on_postgres_carries_on_once_and_reverses_once() {
    crash(&["switch", "postgres", "--kills", "10"]);
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    crash(&["full"]);
}
