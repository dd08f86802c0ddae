//! Links over TCP.

use std::time::Duration;

use isopace::frame::{self, Framing, Header};
use isopace::link::{Connect, Error, Fault, Link, Listen, Listener, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

const FRAMING: Framing = Framing::new(Header::Binary2);
const LOCAL: &str = "127.0.0.1:0";
/// Longer than anything here takes, and shorter than anybody waits.
const SOON: Duration = Duration::from_secs(5);
/// Long enough to be sure that nothing happens.
const NOT_YET: Duration = Duration::from_millis(50);

async fn listener() -> Listener {
    Listen::new(FRAMING).bind(LOCAL).await.unwrap()
}

/// Both ends of a connection.
async fn pair(listener: &Listener) -> (Link, Link) {
    let address = listener.local_address().to_string();
    let connect = Connect::to(address, FRAMING);
    let (client, server) = tokio::join!(connect.open(), async { listener.accept().await.open().await });
    (client.unwrap(), server.unwrap())
}

/// An address that is taken and at which nobody listens.
fn deaf() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(LOCAL.parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

#[tokio::test]
async fn messages_go_both_ways() {
    let listener = listener().await;
    let (mut client, mut server) = pair(&listener).await;
    assert_eq!(client.peer(), Some(listener.local_address()));
    assert!(server.peer().is_some());
    for message in ["0800", "0200", "0400"] {
        client.send(message.as_bytes()).await.unwrap();
        let frame = server.receive().await.unwrap().unwrap();
        assert_eq!(frame.body, message);
        server.reply(&frame, b"0810").await.unwrap();
        assert_eq!(client.receive().await.unwrap().unwrap().body, "0810");
    }
    client.close().await.unwrap();
    assert!(server.receive().await.unwrap().is_none());
}

#[tokio::test]
async fn many_messages_at_once() {
    let listener = listener().await;
    let (client, mut server) = pair(&listener).await;
    let echo = tokio::spawn(async move {
        while let Some(frame) = server.receive().await? {
            server.send(&frame.body).await?;
        }
        server.close().await
    });
    let (mut reader, mut writer) = client.split();
    let sent: Vec<String> = (0..20_000).map(|number| format!("0800{number:06}")).collect();
    for message in &sent {
        writer.push(None, message.as_bytes()).unwrap();
    }
    let reading = async {
        let mut received = Vec::new();
        while let Some(frame) = reader.read().await.unwrap() {
            received.push(String::from_utf8(frame.body.to_vec()).unwrap());
        }
        received
    };
    let (closed, received) = tokio::join!(writer.close(), reading);
    closed.unwrap();
    assert!(received == sent);
    echo.await.unwrap().unwrap();
}

#[tokio::test]
async fn nobody_there() {
    let (_deaf, address) = deaf();
    let error = Connect::to(&address, FRAMING).open().await.unwrap_err();
    assert!(matches!(&error, Error::Connect { address: tried, .. } if *tried == address), "{error}");
    assert!(error.nothing_sent() && error.fault() == Fault::Network && error.name() == "connect");
    for address in ["no port", "127.0.0.1:99999", ""] {
        let error = Connect::to(address, FRAMING).open().await.unwrap_err();
        assert!(matches!(error, Error::Connect { .. }), "{error}");
    }
}

#[tokio::test]
async fn the_next_address_is_tried() {
    let ((_deaf, address), there) = (deaf(), listener().await);
    let connect = Connect::to(address, FRAMING).or(there.local_address().to_string());
    let link = connect.open().await.unwrap();
    assert_eq!(link.peer(), Some(there.local_address()));
}

#[tokio::test]
async fn an_address_that_is_taken() {
    let listener = listener().await;
    let error = Listen::new(FRAMING).bind(&listener.local_address().to_string()).await.unwrap_err();
    assert!(matches!(error, Error::Bind { .. }) && error.fault() == Fault::Ours, "{error}");
}

#[tokio::test]
async fn no_more_links_than_there_may_be() {
    let listener = Listen::new(FRAMING).limit(2).bind(LOCAL).await.unwrap();
    let (_first, one) = pair(&listener).await;
    let (_second, other) = pair(&listener).await;
    let third = Connect::to(listener.local_address().to_string(), FRAMING).open().await.unwrap();
    assert!(timeout(NOT_YET, listener.accept()).await.is_err());
    // A place is free when both halves are gone.
    let (reader, writer) = one.split();
    drop(reader);
    assert!(timeout(NOT_YET, listener.accept()).await.is_err());
    drop(writer);
    let accepted = timeout(SOON, listener.accept()).await.unwrap();
    let mut late = accepted.open().await.unwrap();
    drop(other);
    let (mut third, sent) = (third, late.send(b"0800").await);
    sent.unwrap();
    assert_eq!(third.receive().await.unwrap().unwrap().body, "0800");
}

#[tokio::test]
async fn a_listener_that_is_gone_leaves_its_links() {
    let listener = listener().await;
    let (mut client, mut server) = pair(&listener).await;
    let address = listener.local_address().to_string();
    drop(listener);
    assert!(Connect::to(address, FRAMING).open().await.is_err());
    client.send(b"0800").await.unwrap();
    assert_eq!(server.receive().await.unwrap().unwrap().body, "0800");
}

#[tokio::test]
async fn a_connection_that_is_cut_off() {
    let listener = listener().await;
    let address = listener.local_address();
    let (mut stream, accepted) = tokio::join!(async { TcpStream::connect(address).await.unwrap() }, listener.accept());
    let mut link = accepted.open().await.unwrap();
    link.send(b"0800").await.unwrap();
    // Closed with bytes unread, which resets the connection.
    stream.write_all(b"\x00\x040800").await.unwrap();
    stream.readable().await.unwrap();
    drop(stream);
    assert_eq!(link.receive().await.unwrap().unwrap().body, "0800");
    let error = link.receive().await.unwrap_err();
    assert!(matches!(error, Error::Reset { .. }), "{error}");
    assert!(error.ends_link() && error.fault() == Fault::Network);
    let error = loop {
        if let Err(error) = link.send(b"0800").await {
            break error;
        }
    };
    assert!(matches!(error, Error::Closed | Error::Reset { .. }), "{error}");
    assert!(!error.nothing_sent());
}

#[tokio::test]
async fn a_peer_that_does_not_read() {
    let deadline = Duration::from_millis(200);
    let settings = Settings::new(FRAMING).write_deadline(deadline);
    let listener = Listen::new(settings).bind(LOCAL).await.unwrap();
    let address = listener.local_address();
    let (stream, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let _stream = stream.unwrap();
    let (_reader, mut writer) = accepted.open().await.unwrap().split();
    let start = Instant::now();
    let error = loop {
        writer.push(None, &[b'x'; 60_000]).unwrap();
        if let Err(error) = writer.flush().await {
            break error;
        }
        assert!(start.elapsed() < SOON);
    };
    assert!(matches!(error, Error::WriteTimeout { after } if after == deadline), "{error}");
    assert!(writer.queued() > 0);
}

#[tokio::test]
async fn what_is_no_frame_ends_the_link_and_nothing_else() {
    let listener = Listen::new("ascii4".parse::<Framing>().unwrap()).bind(LOCAL).await.unwrap();
    for wire in [&b"-001"[..], b"+005", b"GET / HTTP/1.1\r\n"] {
        let address = listener.local_address();
        let (stream, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
        let mut stream = stream.unwrap();
        let mut link = accepted.open().await.unwrap();
        stream.write_all(wire).await.unwrap();
        let error = link.receive().await.unwrap_err();
        assert!(matches!(error, Error::Frame(frame::Error::Header)), "{error}");
        drop(link);
        // Bytes that were not read may turn the end into a reset; it ends either way.
        _ = timeout(SOON, stream.read(&mut [0; 8])).await.unwrap();
    }
}

#[tokio::test]
async fn addresses_of_both_families() {
    for address in ["127.0.0.1:0", "localhost:0", "[::1]:0"] {
        let Ok(listener) = Listen::new(FRAMING).bind(address).await else {
            assert_eq!(address, "[::1]:0", "a machine without IPv6");
            continue;
        };
        let (mut client, mut server) = pair(&listener).await;
        client.send(b"0800").await.unwrap();
        assert_eq!(server.receive().await.unwrap().unwrap().body, "0800");
    }
}
