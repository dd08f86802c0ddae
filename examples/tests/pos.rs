//! The point of sale end to end, and the playground as it is called.

use std::process::Command;
use std::time::Duration;

use isopace::types::{Pan, Stan};
use isopace_examples::connection::Connection;
use isopace_examples::issuer::Issuer;
use isopace_examples::posdemo::{AuthRequest, AuthResponse};
use tokio::net::TcpListener;
use tokio::time::timeout;

fn request(stan: u32, amount: u64) -> AuthRequest {
    let pan = Pan::new("4012345678909").unwrap().into_owned();
    AuthRequest { pan, amount, stan: Stan::new(stan).unwrap(), terminal: "TERM0001".to_owned() }
}

#[test]
fn a_request_comes_back_as_it_went() {
    let request = request(7, 2500);
    let wire = request.encode().unwrap();
    assert_eq!(AuthRequest::decode(wire.clone()).unwrap(), request);
    assert!(!format!("{request:?}").contains("2345678"));
    for end in 0..wire.len() {
        AuthRequest::decode(wire.slice(..end)).unwrap_err();
    }
    let long = AuthRequest { terminal: "TERMINAL1".to_owned(), ..request };
    assert!(long.encode().unwrap_err().to_string().starts_with("41"));
    let bare = isopace::Bytes::from_static(b"02100020000002000000000007");
    assert!(AuthResponse::decode(bare).is_err());
    let lacking = isopace::Bytes::from_static(b"02100020000000000000000007");
    assert_eq!(AuthResponse::decode(lacking).unwrap_err().to_string(), "data element 39 is missing");
}

#[tokio::test]
async fn over_loopback() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(Issuer::new(5000).serve(listener, std::future::pending()));
    let mut connection = Connection::open(&address).await.unwrap();
    for (stan, amount, code, approval) in [(1, 5000, "00", Some("000001")), (2, 5001, "51", None)] {
        connection.send(&request(stan, amount).encode().unwrap()).await.unwrap();
        let answer = timeout(Duration::from_secs(5), connection.receive()).await.unwrap().unwrap().unwrap();
        let response = AuthResponse::decode(answer).unwrap();
        assert_eq!((response.stan.get(), response.code.as_str(), response.approval.as_deref()), (stan, code, approval));
        assert_eq!(response.is_approved(), code == "00");
    }
}

#[test]
fn the_program_shows_no_card() {
    let output = Command::new(env!("CARGO_BIN_EXE_posdemo")).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        text,
        "card 401234***8909 for 2500: approved, code 00, approval 000001\n\
         card 401234***8909 for 9900: declined, code 51, approval none\n"
    );
}

fn playground(arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_playground")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

const SHOWN: &str = r#"PACK (build -> wire)
profile : iso87-a
length  : 70 bytes
hex     : 3032303037303230303030303030383038303030******************************3030303030303030303030303030323530303030303030315445524D30303031383430
ascii   : 02007020000000808000***************000000000000002500000001TERM0001840

packed · profile iso87-a
  MTI     : 0200
  bitmap  : 7020000000808000  (6 field(s): 2 3 4 11 41 49)
  ────────────────────────────────────────────
  2   Primary account number                = 401234***8909
  3   Processing code                       = 000000
  4   Amount, transaction                   = 000000002500
  11  System trace audit number             = 000001
  41  Card acceptor terminal identification = "TERM0001"
"#;

#[test]
fn the_playground_packs_and_unpacks_masked() {
    let (good, out, err) = playground(&[]);
    assert!(good && err.is_empty(), "{err}");
    for line in SHOWN.lines().filter(|line| !line.starts_with("  ──")) {
        assert!(out.lines().any(|shown| shown.trim_end() == line.trim_end()), "{line}\n{out}");
    }
    assert!(out.contains("json    : {\"mti\":\"0200\",\"fields\":{\"2\":\"401234***8909\",\"3\":\"000000\","), "{out}");
    assert!(out.contains("\nUNPACK (wire -> fields)\ninput   : 3032303037"), "{out}");
    for mark in ["2345678", "3132333435"] {
        assert!(!out.contains(mark), "{out}");
    }
    let (_, raw, _) = playground(&["-raw", "-amount", "7"]);
    assert!(
        raw.contains("= 401234***8909  raw=[redacted]") && raw.contains("= 000000000007  raw=303030303030303030303037")
    );
    let (_, clear, _) = playground(&["-unmask"]);
    assert!(
        clear.contains("= 4012345678909\n") && clear.contains("02007020000000808000134012345678909000000"),
        "{clear}"
    );
}

#[test]
fn the_playground_takes_hex() {
    let wire = request(7, 2500).encode().unwrap();
    let hex: String = wire.iter().map(|byte| format!("{byte:02X}")).collect();
    let (good, out, _) = playground(&["-hex", &hex]);
    assert!(good && out.starts_with("UNPACK") && out.contains("11  System trace audit number"), "{out}");
    assert!(!out.contains("2345678") && !out.contains("3132333435"), "{out}");
    let (good, out, err) = playground(&["-hex", &hex[..90]]);
    assert!(!good && out.is_empty() && err.starts_with("playground: ") && !err.contains("401234"), "{err}");
    let (good, _, err) = playground(&["-amount", "4012345678909X"]);
    assert!(!good && err.contains("-amount cannot be") && !err.contains("401234"), "{err}");
}
