//! Clients that are slow, greedy or wrong hold nobody else; starting again and stopping always work.

use crate::admin_common;

use std::net::SocketAddr;
use std::time::Duration;

use admin_common::*;
use isopace::admin::{Admin, Limits};
use isopace::host::{Component, Health};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

const SHORT: Duration = Duration::from_millis(300);

fn tight() -> Limits {
    Limits::default().connections(4).head(SHORT).request(SHORT).connection(2 * SHORT).body(2000).grace(SHORT)
}

async fn connected(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    _ = stream.write_all(bytes).await;
    stream
}

/// Waits until the server has closed.
async fn closed(mut stream: TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    _ = timeout(END, stream.read_to_end(&mut bytes)).await.expect("closed in time");
    bytes
}

#[tokio::test]
async fn clients_that_dribble_are_cut_off_and_others_served() {
    let (admin, address) = started(Admin::builder(Switch::new()).limits(tight())).await;
    // More than there are places, none of which gets to the end of its head.
    let mut slow = Vec::new();
    for _ in 0..12 {
        // They are all there before the one that is to be served: who comes later may take its place.
        let mut stream = connected(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n").await;
        slow.push(tokio::spawn(async move {
            // A byte now and then, as long as somebody takes it.
            for _ in 0..1000 {
                if stream.write_all(b"X").await.is_err() {
                    return;
                }
                sleep(Duration::from_millis(20)).await;
            }
            panic!("never cut off");
        }));
    }
    assert_eq!(get(address, "/healthz").await.status, 200);
    for slow in slow {
        timeout(END, slow).await.unwrap().unwrap();
    }
    admin.stop().await;
}

#[tokio::test]
async fn connections_that_are_only_held_make_room() {
    // Patience enough to keep everybody out for longer than the test may take.
    let patient = Limits::default().connections(4).head(10 * END).request(10 * END).connection(10 * END);
    let (admin, address) = started(Admin::builder(Switch::new()).limits(patient)).await;
    let mut held = Vec::new();
    for place in 0..12 {
        let begun = ["", "GET / HT", "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"][place % 3];
        held.push(connected(address, begun.as_bytes()).await);
    }
    for _ in 0..8 {
        assert_eq!(get(address, "/healthz").await.status, 200);
    }
    // The first to come was the first to go.
    closed(held.remove(0)).await;
    timeout(END, admin.stop()).await.unwrap();
}

#[tokio::test]
async fn a_body_that_never_comes_and_an_answer_that_nobody_takes() {
    let (admin, address) = started(Admin::builder(Switch::new()).limits(tight())).await;
    let head =
        "POST /inspect HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    let answer = closed(connected(address, head.as_bytes()).await).await;
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&answer));

    // Requests without end, and none of the answers read.
    let greedy: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let requests = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100);
                while stream.write_all(requests.as_bytes()).await.is_ok() {}
            })
        })
        .collect();
    for greedy in greedy {
        timeout(END, greedy).await.expect("cut off").unwrap();
    }
    assert_eq!(get(address, "/healthz").await.status, 200);
    admin.stop().await;
}

#[tokio::test]
async fn idle_connections_end() {
    let (admin, address) = started(Admin::builder(Switch::new()).limits(tight())).await;
    let answer = closed(connected(address, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await).await;
    assert!(answer.ends_with(b"ok\n"));
    assert!(closed(connected(address, b"").await).await.is_empty());
    admin.stop().await;
}

#[tokio::test]
async fn what_is_too_long_or_no_http_is_refused() {
    let (admin, address) = started(Admin::builder(Switch::new()).limits(tight())).await;
    let body = format!("{{\"hex\":\"{}\"}}", "30".repeat(2000));
    let answer = post(address, "/doctor", &body).await;
    assert_eq!((answer.status, &answer.json()["error"]["kind"]), (413, &json!("body")));
    // Without a length in its head, too.
    let chunk = format!("{:X}\r\n{body}\r\n0\r\n\r\n", body.len());
    let head = "POST /doctor HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    let answer = raw(address, format!("{head}{chunk}").as_bytes()).await;
    assert_eq!(answer.status, 413, "{answer:?}");

    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "y".repeat(20_000)), "431"),
        (format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "y".repeat(20_000)), "4"),
        (format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(100)), "431"),
        ("\u{0}\u{1}\u{2}\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), "4"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), ""),
    ] {
        let answer = String::from_utf8(closed(connected(address, request.as_bytes()).await).await).unwrap();
        let wanted = format!("HTTP/1.1 {status}");
        assert!(answer.is_empty() || answer.starts_with(&wanted), "{}: {answer}", &request[..20]);
    }
    assert_eq!(get(address, "/healthz").await.status, 200);
    admin.stop().await;
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}

#[tokio::test]
async fn whoever_is_there_when_it_stops_is_let_go() {
    let limits = Limits::default().grace(SHORT);
    let admin = Admin::builder(Switch::new()).listen("127.0.0.1:0").limits(limits).build().unwrap();
    for _ in 0..3 {
        admin.start().await.unwrap();
        let address = admin.local_address().unwrap();
        assert_eq!(get(address, "/healthz").await.status, 200);
        // One in the middle of a head, one in the middle of a body, one that does nothing, one with requests and no ears.
        let head =
            "POST /doctor HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
        let _held = [
            connected(address, b"GET /").await,
            connected(address, head.as_bytes()).await,
            connected(address, b"").await,
            connected(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1000).as_bytes()).await,
        ];
        let all = async {
            while admin.status().figures[0].1 < 4 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(END, all).await.expect("all are let in");
        let both = async { tokio::join!(admin.stop(), admin.stop()) };
        timeout(END, both).await.expect("stops in time");
        assert_eq!((admin.status().health, admin.local_address()), (Health::Stopped, None));
        assert_eq!(admin.status().figures[0], ("connections", 0));
        assert_eq!(tasks(), 0, "no task is left behind");
        assert!(TcpStream::connect(address).await.is_err());
        admin.stop().await;
    }
}

#[tokio::test]
async fn it_starts_once_at_a_time_and_not_where_another_is() {
    let (admin, address) = started(Admin::builder(Switch::new())).await;
    let again = admin.start().await.unwrap_err().to_string();
    assert!(again.contains("admin runs already"), "{again}");
    assert_eq!(get(address, "/healthz").await.status, 200, "that has changed nothing");

    let other = Admin::builder(Switch::new()).listen(address.to_string()).build().unwrap();
    let told = other.start().await.unwrap_err().to_string();
    assert!(told.contains(&address.to_string()), "{told}");
    assert_eq!((other.status().health, other.local_address()), (Health::Stopped, None));
    timeout(END, other.stop()).await.expect("one that does not run has stopped");

    admin.stop().await;
    other.start().await.unwrap();
    assert_eq!(get(address, "/healthz").await.status, 200);
    // Nobody could stop it any more.
    drop(other);
    let gone = async {
        while tasks() > 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(END, gone).await.expect("one that is dropped stops");
    assert!(TcpStream::connect(address).await.is_err());
}
