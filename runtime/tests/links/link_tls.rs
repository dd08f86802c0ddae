//! Links under TLS, with certificates made here.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use isopace::frame::{self, Framing, Header};
use isopace::link::{ClientTls, Connect, Error, Fault, Link, Listen, Listener, ServerTls, Settings, Tls};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

const FRAMING: Framing = Framing::new(Header::Binary2);
const LOCAL: &str = "127.0.0.1:0";
const SOON: Duration = Duration::from_secs(10);
const NOT_YET: Duration = Duration::from_millis(50);

/// An authority and the folder of its files: `authority.pem`, and `<name>.pem` and `<name>.key` of those it vouches for.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    folder: PathBuf,
}

impl Authority {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tls-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(&name);
        std::fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        std::fs::write(folder.join("authority.pem"), params.self_signed(&key).unwrap().pem()).unwrap();
        Authority { issuer: Issuer::new(params, key), folder }
    }

    /// Makes the files of somebody who has these names.
    fn vouch(&self, name: &str, names: &[&str]) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        std::fs::write(self.file(&format!("{name}.pem")), certificate.pem()).unwrap();
        std::fs::write(self.file(&format!("{name}.key")), key.serialize_pem()).unwrap();
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn client(&self) -> ClientTls {
        Tls::client(self.file("authority.pem")).unwrap()
    }

    fn server(&self) -> ServerTls {
        Tls::server(self.file("switch.pem"), self.file("switch.key")).unwrap()
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// An authority that vouches for a server with the name `switch.example` and the address it listens at, and a client.
fn authority() -> Authority {
    let authority = Authority::new();
    authority.vouch("switch", &["switch.example", "127.0.0.1"]);
    authority.vouch("terminal", &["terminal.example"]);
    authority
}

async fn listen(tls: ServerTls) -> Listener {
    Listen::new(FRAMING).tls(tls).bind(LOCAL).await.unwrap()
}

/// What becomes of both ends: of the client when it has got an answer, of the server when it has given one.
async fn exchange(listener: &Listener, client: ClientTls) -> (Result<Link, Error>, Result<Link, Error>) {
    let connect = Connect::to(listener.local_address().to_string(), FRAMING).tls(client);
    let client = async {
        let mut link = connect.open().await?;
        link.send(b"0800").await?;
        let frame = link.receive().await?.ok_or(Error::Closed)?;
        assert_eq!(frame.body, "0810");
        Ok(link)
    };
    let server = async {
        let mut link = listener.accept().await.open().await?;
        let frame = link.receive().await?.ok_or(Error::Closed)?;
        link.reply(&frame, b"0810").await?;
        Ok(link)
    };
    timeout(SOON, async { tokio::join!(client, server) }).await.unwrap()
}

fn assert_tls(error: &Error, says: &str) {
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    assert!(error.to_string().contains(says), "{error}");
    assert!(error.ends_link() && error.fault() == Fault::Peer && error.name() == "tls");
}

#[tokio::test]
async fn a_server_that_is_trusted() {
    let authority = authority();
    let listener = listen(authority.server()).await;
    // By the address, and by a name that is given.
    for tls in [authority.client(), authority.client().server_name("switch.example").unwrap()] {
        let (client, server) = exchange(&listener, tls).await;
        let (client, mut server) = (client.unwrap(), server.unwrap());
        assert_eq!((client.peer_certificates().len(), server.peer_certificates().len()), (1, 0));
        assert_eq!(client.peer(), Some(listener.local_address()));
        client.close().await.unwrap();
        assert!(server.receive().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn both_ends_prove_themselves() {
    let authority = authority();
    let listener = listen(authority.server().clients(authority.file("authority.pem")).unwrap()).await;
    let tls = authority.client().identity(authority.file("terminal.pem"), authority.file("terminal.key")).unwrap();
    let (client, server) = exchange(&listener, tls.server_name("switch.example").unwrap()).await;
    client.unwrap();
    assert_eq!(server.unwrap().peer_certificates().len(), 1);
}

#[tokio::test]
async fn a_client_that_does_not_prove_itself() {
    let (authority, stranger) = (authority(), authority());
    let listener = listen(authority.server().clients(authority.file("authority.pem")).unwrap()).await;
    let strange = authority.client().identity(stranger.file("terminal.pem"), stranger.file("terminal.key")).unwrap();
    for tls in [authority.client(), strange] {
        let (client, server) = exchange(&listener, tls).await;
        assert_tls(&server.unwrap_err(), "TLS: ");
        // The client may get the alert, or find the connection gone.
        let error = client.unwrap_err();
        assert!(matches!(error, Error::Tls { .. } | Error::Reset { .. } | Error::Closed), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_of_another_authority() {
    let (authority, stranger) = (authority(), authority());
    let listener = listen(stranger.server()).await;
    let (client, server) = exchange(&listener, authority.client()).await;
    let error = client.unwrap_err();
    assert_tls(&error, "UnknownIssuer");
    server.unwrap_err();
}

#[tokio::test]
async fn a_server_of_another_name() {
    let authority = authority();
    let listener = listen(authority.server()).await;
    let (client, server) = exchange(&listener, authority.client().server_name("other.example").unwrap()).await;
    assert_tls(&client.unwrap_err(), "other.example");
    server.unwrap_err();
}

#[tokio::test]
async fn a_plain_client_at_a_tls_port() {
    let authority = authority();
    let listener = listen(authority.server()).await;
    let address = listener.local_address();
    let mut plain = Connect::to(address.to_string(), FRAMING).open().await.unwrap();
    let (sent, accepted) = tokio::join!(plain.send(b"0800"), async { listener.accept().await.open().await });
    sent.unwrap();
    let error = accepted.unwrap_err();
    assert!(matches!(error, Error::Tls { .. }), "{error:?}");
    // What it gets is no message.
    let got = timeout(SOON, plain.receive()).await.unwrap();
    assert!(!matches!(got, Ok(Some(_))), "{got:?}");
    // And the next client is served.
    let (client, server) = exchange(&listener, authority.client()).await;
    client.unwrap();
    server.unwrap();
}

#[tokio::test]
async fn a_tls_client_at_a_plain_port() {
    let authority = authority();
    let listener = TcpListener::bind(LOCAL).await.unwrap();
    let connect = Connect::to(listener.local_addr().unwrap().to_string(), FRAMING).tls(authority.client());
    let server = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"\x00\x040800").await.unwrap();
        stream
    };
    let (error, _stream) = tokio::join!(connect.open(), server);
    assert_tls(&error.unwrap_err(), "TLS: ");
}

#[tokio::test]
async fn a_handshake_has_an_end() {
    let authority = authority();
    let deadline = Duration::from_millis(100);
    let listen = Listen::new(FRAMING).tls(authority.server()).deadline(deadline);
    let listener = listen.bind(LOCAL).await.unwrap();
    let address = listener.local_address();
    let (stream, accepted) = tokio::join!(TcpStream::connect(address), listener.accept());
    let error = timeout(SOON, accepted.open()).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::ConnectTimeout { after, .. } if after == deadline), "{error:?}");
    let gone = stream.unwrap().read(&mut [0; 1]).await.unwrap();
    assert_eq!(gone, 0);

    let silent = TcpListener::bind(LOCAL).await.unwrap();
    let connect = Connect::to(silent.local_addr().unwrap().to_string(), FRAMING).tls(authority.client());
    let error = timeout(SOON, connect.deadline(deadline).open()).await.unwrap().unwrap_err();
    assert!(matches!(error, Error::ConnectTimeout { after, .. } if after == deadline), "{error:?}");
    assert!(error.nothing_sent());
}

/// A connection that is cut instead of closed: fine where a length tells the end of a message, told where only the end
/// of the stream does.
#[tokio::test]
async fn a_connection_that_is_cut() {
    let authority = authority();
    for (framing, good) in [(FRAMING, true), (Framing::new(Header::None), false)] {
        let listener = Listen::new(Settings::new(framing)).tls(authority.server()).bind(LOCAL).await.unwrap();
        let connect = Connect::to(listener.local_address().to_string(), framing).tls(authority.client());
        let (client, server) = tokio::join!(connect.open(), async { listener.accept().await.open().await });
        let (mut client, mut server) = (client.unwrap(), server.unwrap());
        // What is unread would turn the cut into a reset.
        server.send(b"0810").await.unwrap();
        if good {
            assert_eq!(client.receive().await.unwrap().unwrap().body, "0810");
        } else {
            assert!(timeout(NOT_YET, client.receive()).await.is_err());
        }
        client.send(b"0800").await.unwrap();
        // Dropped, it sends no farewell.
        drop(client);
        if good {
            assert_eq!(server.receive().await.unwrap().unwrap().body, "0800");
            assert!(server.receive().await.unwrap().is_none());
        } else {
            let error = server.receive().await.unwrap_err();
            assert!(matches!(error, Error::Frame(frame::Error::Truncated { .. })), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_lot_of_data_both_ways() {
    let authority = authority();
    let listener = listen(authority.server()).await;
    let (client, server) = exchange(&listener, authority.client()).await;
    let (client, mut server) = (client.unwrap(), server.unwrap());
    let echo = tokio::spawn(async move {
        while let Some(frame) = server.receive().await? {
            server.send(&frame.body).await?;
        }
        server.close().await
    });
    let (mut reader, mut writer) = client.split();
    let message = vec![b'x'; 60_000];
    (0..50).for_each(|_| writer.push(None, &message).unwrap());
    let reading = async {
        let mut count = 0;
        while let Some(frame) = reader.read().await.unwrap() {
            assert!(frame.body == message);
            count += 1;
        }
        count
    };
    let (closed, count) = timeout(SOON, async { tokio::join!(writer.close(), reading) }).await.unwrap();
    closed.unwrap();
    assert_eq!(count, 50);
    echo.await.unwrap().unwrap();
}

#[test]
fn files_that_will_not_do() {
    let (authority, stranger) = (authority(), authority());
    let file = |name: &str| authority.file(name);
    let results = [
        Tls::client(file("none.pem")).map(drop),
        Tls::client(file("switch.key")).map(drop),
        Tls::server(file("switch.key"), file("switch.key")).map(drop),
        Tls::server(file("switch.pem"), file("switch.pem")).map(drop),
        Tls::server(file("switch.pem"), stranger.file("switch.key")).map(drop),
        authority.client().identity(file("terminal.pem"), stranger.file("terminal.key")).map(drop),
        authority.client().identity(file("terminal.pem"), file("none.key")).map(drop),
        authority.client().server_name("not a name").map(drop),
        authority.server().clients(file("switch.key")).map(drop),
    ];
    for (place, result) in results.into_iter().enumerate() {
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Configuration { .. }), "{place}: {error:?}");
        assert_eq!(error.fault(), Fault::Ours);
        assert!(!error.to_string().contains("PRIVATE"));
    }
}
