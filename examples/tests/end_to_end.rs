//! Issuer and acquirer over loopback, as libraries and as programs; and clients that do not keep to the rules.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use isopace::iso87a::Message;
use isopace_examples::acquirer::Acquirer;
use isopace_examples::connection::Connection;
use isopace_examples::issuer::Issuer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

/// An issuer on a free port, until the end of the test.
async fn issuer(limit: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(Issuer::new(limit).serve(listener, std::future::pending()));
    address
}

/// What the issuer answers to these bytes, framed.
async fn answer(connection: &mut Connection, request: &[u8]) -> Message {
    connection.send(request).await.unwrap();
    let reply = timeout(Duration::from_secs(5), connection.receive()).await.unwrap().unwrap().unwrap();
    Message::parse(reply).unwrap()
}

fn numbers(message: &Message) -> Vec<u8> {
    message.numbers().collect()
}

#[tokio::test]
async fn approved_up_to_the_limit() {
    let address = issuer(5000).await;
    let mut first = Acquirer::connect(&address).await.unwrap();
    let mut second = Acquirer::connect(&address).await.unwrap();
    let line = |purchase: isopace_examples::acquirer::Purchase| purchase.line().unwrap();
    assert_eq!(line(first.purchase(1, 5000).await.unwrap()), "stan 1 -> 0210 rc=00 auth=\"000001\"");
    assert_eq!(line(first.purchase(2, 5001).await.unwrap()), "stan 2 -> 0210 rc=51 auth=\"\"");
    // Approval codes are the issuer's, not a connection's.
    assert_eq!(line(second.purchase(1, 1).await.unwrap()), "stan 1 -> 0210 rc=00 auth=\"000002\"");
    let all = issuer(0).await;
    let mut acquirer = Acquirer::connect(&all).await.unwrap();
    assert_eq!(line(acquirer.purchase(7, 999_999_999_999).await.unwrap()), "stan 7 -> 0210 rc=00 auth=\"000001\"");
}

#[tokio::test]
async fn any_message_type_is_answered_with_what_there_is_to_echo() {
    let mut connection = Connection::open(&issuer(0).await).await.unwrap();
    let reply = answer(&mut connection, b"080080200000000000000400000000000000000042301").await;
    assert_eq!((reply.mti().to_string().as_str(), numbers(&reply)), ("0210", vec![11, 38, 39]));
    assert_eq!(reply.stan().unwrap().unwrap().get(), 42);
    let reply = answer(&mut connection, b"04200000000000800000TERM0009").await;
    assert_eq!((reply.mti().to_string().as_str(), numbers(&reply)), ("0210", vec![38, 39, 41]));
    assert_eq!(reply.terminal_id().unwrap().unwrap(), "TERM0009");
}

#[tokio::test]
async fn what_cannot_be_read_is_declined() {
    let mut connection = Connection::open(&issuer(0).await).await.unwrap();
    for garbage in [&b"0"[..], b"hello", &[0xFF; 300], b"0200FFFFFFFFFFFFFFFF"] {
        let reply = answer(&mut connection, garbage).await;
        assert_eq!(numbers(&reply), [11, 39]);
        assert_eq!(reply.stan().unwrap().unwrap().get(), 0);
        assert_eq!(reply.response_code().unwrap().unwrap().as_str(), "30");
    }
    // Lengths hold but an amount has a letter: the STAN can be told all the same.
    let reply = answer(&mut connection, b"0200102000000000000000000000A500000042").await;
    assert_eq!((numbers(&reply), reply.stan().unwrap().unwrap().get()), (vec![11, 39], 42));
    assert_eq!(reply.response_code().unwrap().unwrap().as_str(), "30");
}

#[tokio::test]
async fn one_bad_client_does_not_touch_the_others() {
    let address = issuer(0).await;
    let mut good = Acquirer::connect(&address).await.unwrap();
    good.purchase(1, 1000).await.unwrap();

    // Announces more than it sends, and goes.
    let mut short = TcpStream::connect(&address).await.unwrap();
    short.write_all(b"\x01\x000200").await.unwrap();
    drop(short);
    // Sends byte by byte, and stays.
    let mut slow = TcpStream::connect(&address).await.unwrap();
    for byte in b"\x00\x04" {
        slow.write_all(&[*byte]).await.unwrap();
        slow.flush().await.unwrap();
    }
    // Sends without end and never reads.
    let mut flood = TcpStream::connect(&address).await.unwrap();
    let garbage = b"\0\x02xx".repeat(1 << 14);
    while let Ok(Ok(_)) = timeout(Duration::from_millis(200), flood.write(&garbage)).await {}

    let purchase = timeout(Duration::from_secs(5), good.purchase(2, 1000)).await.unwrap().unwrap();
    assert_eq!(purchase.line().unwrap(), "stan 2 -> 0210 rc=00 auth=\"000002\"");
    let mut other = Acquirer::connect(&address).await.unwrap();
    other.purchase(1, 1000).await.unwrap();
    // The slow one is answered when it has said all.
    slow.write_all(b"0200").await.unwrap();
    let mut length = [0; 2];
    timeout(Duration::from_secs(5), slow.read_exact(&mut length)).await.unwrap().unwrap();
    assert_ne!(length, [0, 0]);
}

#[tokio::test]
async fn a_stranger_s_answer_is_not_taken_and_a_closed_connection_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut connection = Connection::new(listener.accept().await.unwrap().0).unwrap();
        for turn in 0.. {
            let Ok(Some(request)) = connection.receive().await else { return };
            let good = Issuer::new(0).answer(request).unwrap();
            match turn {
                // Answers to somebody else first: another STAN, another terminal, another message type.
                0 => {
                    let mut mine = Message::build();
                    mine.mti("0210").stan(isopace::types::Stan::new(77).unwrap()).terminal_id("TERM0001");
                    connection.send(&mine.finish().unwrap()).await.unwrap();
                    let parsed = Message::parse(good.clone()).unwrap();
                    connection.send(&parsed.edit().terminal_id("TERM0002").finish().unwrap()).await.unwrap();
                    connection.send(&parsed.edit().mti("0810").finish().unwrap()).await.unwrap();
                    connection.send(&good).await.unwrap();
                }
                1 => connection.send(b"0210 is no message").await.unwrap(),
                _ => return,
            }
        }
    });
    let mut acquirer = Acquirer::connect(&address).await.unwrap();
    assert_eq!(acquirer.purchase(1, 1).await.unwrap().line().unwrap(), "stan 1 -> 0210 rc=00 auth=\"000001\"");
    assert!(acquirer.purchase(2, 1).await.unwrap_err().to_string().starts_with("decode failed: "));
    assert!(acquirer.purchase(3, 1).await.unwrap_err().to_string().starts_with("request failed: "));
}

/// The issuer as a program, ended with the test.
struct Program {
    child: Child,
    err: BufReader<std::process::ChildStderr>,
    address: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Self {
        let mut child =
            Command::new(env!("CARGO_BIN_EXE_issuer")).args(arguments).stderr(Stdio::piped()).spawn().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        err.read_line(&mut line).unwrap();
        let address =
            line.strip_prefix("issuer listening on ").and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
        assert!(line.contains("(approve limit "), "{line}");
        Program { child, err, address }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn acquirer(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_acquirer")).args(arguments).output().unwrap();
    assert!(output.stdout.is_empty());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_programs_talk() {
    let issuer = Program::start(&["-addr", "127.0.0.1:0", "-limit", "1500"]);
    let expected = "stan 1 -> 0210 rc=00 auth=\"000001\"\nstan 2 -> 0210 rc=00 auth=\"000002\"\nstan 3 -> 0210 rc=00 auth=\"000003\"\n";
    assert_eq!(acquirer(&["-addr", &issuer.address]), (Some(0), expected.to_owned()));
    let line = "stan 1 -> 0210 rc=51 auth=\"\"\n".to_owned();
    assert_eq!(acquirer(&["--addr", &issuer.address, "-n=1", "--amount=1501"]), (Some(0), line));
}

#[test]
fn nobody_there_is_told() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (code, err) = acquirer(&["-addr", &address]);
    assert_eq!(code, Some(1));
    assert!(err.contains("cannot connect"), "{err}");
    assert_eq!(acquirer(&["-port", "1"]).0, Some(2));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_issuer_with_open_connections() {
    let mut issuer = Program::start(&["-addr", "127.0.0.1:0"]);
    let _open = std::net::TcpStream::connect(&issuer.address).unwrap();
    let interrupt = Command::new("kill").args(["-INT", &issuer.child.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    let mut rest = String::new();
    issuer.err.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "issuer shutting down\n");
    assert_eq!(issuer.child.wait().unwrap().code(), Some(0));
}

#[test]
fn the_programs_for_reading_run_and_show_no_card() {
    for program in [
        env!("CARGO_BIN_EXE_exchange"),
        env!("CARGO_BIN_EXE_01_decode"),
        env!("CARGO_BIN_EXE_02_build"),
        env!("CARGO_BIN_EXE_03_edit_and_reply"),
    ] {
        let output = Command::new(program).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && err.is_empty(), "{program}: {err}");
        assert!(out.contains("401234***8909"), "{program}: {out}");
        assert!(!out.contains("4012345678909") && !out.contains("3456789"), "{program}: {out}");
    }
}
