//! Sign-on, echo test, sign-off: a host that sends the first message, a terminal that is not used before it has signed on,
//! and a host that is gone without a word.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use isopace::Edit;
use isopace::connector::{Connector, Events, Failure, NetworkManagement, State};
use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::{Connect, Listen};

const FRAMING: Framing = Framing::new(Header::Binary2);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The host waits for the terminal to sign on before it takes the link for ready.
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await?;
    let address = listener.local_address().to_string();
    let awaits = NetworkManagement::new().await_sign_on(["001"], Duration::from_secs(5));
    let host = Connector::builder(&DIALECT).name("host").accept(listener).network(awaits).events(Tells).start()?;

    let network = NetworkManagement::iso87()
        .set(41, "TERM0001")
        .echo_when_idle(Duration::from_millis(200))
        .echo_timeout(Duration::from_millis(300));
    let terminal = Connector::builder(&DIALECT)
        .name("terminal")
        .dial(Connect::to(&address, FRAMING))
        .network(network)
        .events(Tells)
        .start()?;
    host.ready().await;
    terminal.ready().await;

    // The host begins: an echo test over the link that the terminal has opened. The terminal answers by itself.
    let mut echo = Edit::build(&DIALECT);
    echo.mti("0800").set(7, "1120072155").set(11, "000001").set(70, "301");
    let answer = host.request(&echo).await.response().ok_or("no answer")?;
    println!("the terminal answers {} with DE 39 {:?}", answer.mti(), answer.get::<isopace::types::Text>(39)?);

    // Idle, so the terminal sends echo tests.
    tokio::time::sleep(Duration::from_millis(700)).await;
    println!("echo tests of the terminal: {}", terminal.stats().echoes > 0);
    terminal.stop().await;
    host.stop().await;

    // A host that takes the connection and says nothing any more after the sign-on.
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await?;
    let address = listener.local_address().to_string();
    let silent = tokio::spawn(async move {
        let mut link = listener.accept().await.open().await?;
        if let Some(frame) = link.receive().await? {
            let sign_on = isopace::Message::parse(&DIALECT, frame.body)?;
            let mut reply = sign_on.reply()?;
            reply.set(39, "00");
            link.send(&reply.finish()?).await?;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok::<_, Box<dyn Error + Send + Sync>>(())
    });
    let network =
        NetworkManagement::iso87().echo_when_idle(Duration::from_millis(200)).echo_timeout(Duration::from_millis(300));
    let terminal = Connector::builder(&DIALECT)
        .name("terminal")
        .dial(Connect::to(&address, FRAMING))
        .network(network)
        .events(Tells)
        .start()?;
    let mut changes = terminal.changes();
    changes.until(|status| status.state == State::Backoff).await;
    terminal.abort();
    terminal.stopped().await;
    silent.abort();
    // What is told last.
    tokio::time::sleep(Duration::from_millis(50)).await;
    Ok(())
}

/// Prints what happens. It might as well use the connector.
struct Tells;

impl Events for Tells {
    async fn established(&self, connector: &Connector, _: Option<SocketAddr>) {
        println!("{}: connected", connector.name());
    }

    async fn signed_on(&self, connector: &Connector) {
        println!("{}: signed on", connector.name());
    }

    async fn peer_signed_on(&self, connector: &Connector) {
        println!("{}: the peer has signed on", connector.name());
    }

    async fn peer_signed_off(&self, connector: &Connector) {
        println!("{}: the peer has signed off", connector.name());
    }

    async fn ready(&self, connector: &Connector) {
        println!("{}: ready", connector.name());
    }

    async fn failed(&self, connector: &Connector, failure: &Failure) {
        println!("{}: {failure}", connector.name());
    }

    async fn stopped(&self, connector: &Connector) {
        println!("{}: stopped", connector.name());
    }
}
