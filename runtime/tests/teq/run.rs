//! `teq run`: the daemon as it is called, and as it is ended.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::check::folder;
use crate::teq;

/// The daemon, ended with the test.
pub(crate) struct Daemon {
    child: Child,
    lines: Receiver<String>,
}

impl Daemon {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_teq"))
            .args(["run", "--deploy", folder.to_str().unwrap()])
            .args(arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = lines(child.stderr.take().unwrap());
        Daemon { child, lines }
    }

    /// Waits for a line with this in it; no longer than half a minute.
    pub(crate) fn until(&self, wanted: &str) -> String {
        let (end, mut seen) = (Instant::now() + Duration::from_secs(30), String::new());
        while let Ok(line) = self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if line.contains(wanted) {
                return line;
            }
            seen.push_str(&line);
        }
        panic!("waited in vain for `{wanted}`:\n{seen}");
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits until it has ended; gives how.
    pub(crate) fn ended(&mut self) -> i32 {
        let end = Instant::now() + Duration::from_secs(45);
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().unwrap() {
                let mut out = String::new();
                self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
                assert_eq!(out, "", "the log goes to standard error");
                return status.code().expect("ended by itself");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("it does not end");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn lines(err: ChildStderr) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let mut err = BufReader::new(err);
        let mut line = String::new();
        while err.read_line(&mut line).is_ok_and(|read| read > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                return;
            }
        }
    });
    lines
}

pub(crate) fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let (new, path) = (folder.join(".new"), folder.join(name));
    std::fs::write(&new, text).unwrap();
    std::fs::rename(&new, &path).unwrap();
    path
}

fn connector(name: &str, more: &str) -> String {
    format!("name = \"{name}\"\ntype = \"connector\"\nenabled = true\n[config]\naddr = \"127.0.0.1:1\"\n{more}\n")
}

#[test]
fn it_runs_what_the_directory_says_until_it_is_told_to_end() {
    for signal in ["-TERM", "-INT"] {
        let folder = folder(&format!("run{signal}"));
        write(&folder, "isw.toml", &connector("isw", ""));
        let mut daemon = Daemon::start(&folder, &["--scan", "10m", "--log-format", "json"]);
        let line = daemon.until("teq starting");
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(json["level"], "INFO", "{line}");
        assert!(daemon.until("deployed").contains("\"isw\""));
        // A scan on demand: a file that is broken, and one that is new.
        write(&folder, "isw.toml", "name = \"isw\"\n");
        daemon.signal("-HUP");
        assert!(daemon.until("`type` is missing").contains("isw.toml"));
        write(&folder, "up.toml", &connector("up", ""));
        daemon.signal("-HUP");
        assert!(daemon.until("\"deployed\"").contains("\"up\""));
        daemon.signal(signal);
        daemon.until("stopping");
        daemon.until("teq stopped");
        assert_eq!(daemon.ended(), 0);
    }
}

#[test]
fn it_looks_by_itself() {
    let folder = folder("run-scan");
    let mut daemon = Daemon::start(&folder, &["--scan", "20ms", "--log-level", "debug"]);
    daemon.until("teq starting");
    let path = write(&folder, "isw.toml", &connector("isw", ""));
    daemon.until("deployed");
    write(&folder, "isw.toml", &connector("isw", "timeout_ms = 5"));
    daemon.until("replaced");
    std::fs::remove_file(path).unwrap();
    daemon.until("undeployed");
    daemon.signal("-TERM");
    assert_eq!(daemon.ended(), 0);
}

#[test]
fn told_twice_it_ends_at_once() {
    let folder = folder("run-twice");
    // A peer that takes the link and the sign-off, and says nothing: stopping takes its time.
    let peer = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let quiet = "network = { sign_off = \"002\", sign_off_timeout_ms = 20000 }";
    let text = connector("isw", quiet).replace("127.0.0.1:1", &address.to_string());
    write(&folder, "isw.toml", &text);
    let mut daemon = Daemon::start(&folder, &["--shutdown", "25s"]);
    let _link = peer.accept().unwrap();
    daemon.until("health=\"up\"");
    let began = Instant::now();
    daemon.signal("-TERM");
    daemon.until("stopping");
    daemon.signal("-INT");
    assert_eq!(daemon.ended(), 1);
    assert!(began.elapsed() < Duration::from_secs(15), "it was told to end at once");
}

#[test]
fn a_second_that_hangs_does_not_hold_the_end() {
    let folder = folder("run-hangs");
    let peer = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap();
    let quiet = "network = { sign_off = \"002\", sign_off_timeout_ms = 600000 }";
    write(&folder, "isw.toml", &connector("isw", quiet).replace("127.0.0.1:1", &address.to_string()));
    let mut daemon = Daemon::start(&folder, &["--shutdown", "500ms"]);
    let _link = peer.accept().unwrap();
    daemon.until("health=\"up\"");
    daemon.signal("-TERM");
    assert!(daemon.until("did not stop as it should").contains("isw"));
    assert_eq!(daemon.ended(), 1);
}

#[test]
fn wrong_command_lines() {
    let folder = folder("run-wrong");
    for line in [
        &["run", "--deploy", "no/such/folder"][..],
        &["run", "--deploy", folder.to_str().unwrap(), "--scan", "5"],
        &["run", "--deploy", folder.to_str().unwrap(), "--scan", "0s"],
        &["run", "--deploy", folder.to_str().unwrap(), "--log-format", "xml"],
        &["run", "--deploy", folder.to_str().unwrap(), "--log-level", "loud=very"],
    ] {
        let run = teq(line, "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{line:?}: {}", run.err);
        assert!(!run.err.is_empty());
    }
}

/// One GET, by hand.
fn get(address: &str, path: &str, lines: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{lines}\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_shows_over_http_how_it_is() {
    let folder = folder("run-admin");
    let token = folder.join("token.txt");
    std::fs::write(&token, "0123456789abcdef0123\n").unwrap();
    let token = token.to_str().unwrap();
    let mut daemon = Daemon::start(&folder, &["--admin", "127.0.0.1:0", "--admin-token-file", token]);
    let line = daemon.until("admin listens");
    let address = line.split("local=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(get(&address, "/healthz", "").ends_with("\r\n\r\nok\n"));
    assert!(get(&address, "/info", "").starts_with("HTTP/1.1 401"));
    let info = get(&address, "/info", "Authorization: Bearer 0123456789abcdef0123\r\n");
    assert!(info.starts_with("HTTP/1.1 200") && info.contains("\"deploy\"") && info.contains("\"admin\""), "{info}");
    let end = Instant::now() + Duration::from_secs(30);
    let metrics = || get(&address, "/metrics", "Authorization: Bearer 0123456789abcdef0123\r\n");
    while !metrics().contains("isopace_component_up{name=\"deployer\"") {
        assert!(Instant::now() < end, "{}", metrics());
        std::thread::sleep(Duration::from_millis(50));
    }
    daemon.signal("-TERM");
    assert_eq!(daemon.ended(), 0);

    let directory = folder.to_str().unwrap();
    for (wrong, told) in [
        (&["--admin", "0.0.0.0:8584"][..], "token"),
        (&["--admin", "nowhere"], "host:port"),
        (&["--admin", "0.0.0.0:8584", "--admin-token-file", "no/such/file"], "no/such/file"),
        (&["--admin-token-file", token], "--admin"),
    ] {
        let run = teq(&[&["run", "--deploy", directory], wrong].concat(), "");
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{wrong:?}");
        assert!(run.err.contains(told), "{}", run.err);
    }
}
