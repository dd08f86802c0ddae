//! A client and a server: many requests at a time over one connection, each answered by its deadline at the latest.

use std::error::Error;
use std::time::Duration;

use isopace::Bytes;
use isopace::connector::{Connector, NetworkManagement};
use isopace::frame::{Framing, Header};
use isopace::iso87a::{DIALECT, Message};
use isopace::link::{Connect, Listen};
use isopace::mux::{Inbound, Outcome};
use isopace::types::{Amount, Currency, Pan, ProcessingCode, Stan};
use isopace_examples::show;

/// Each message stands behind two bytes that say how long it is.
const FRAMING: Framing = Framing::new(Header::Binary2);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    // The server: whatever comes is approved, but one amount that nobody answers.
    let listener = Listen::new(FRAMING).bind("127.0.0.1:0").await?;
    let address = listener.local_address().to_string();
    let server = Connector::builder(&DIALECT).name("server").accept(listener).serve(approve).start()?;

    // The client: signs on, and sends an echo test when nothing has come in for a minute.
    let network = NetworkManagement::iso87().echo_when_idle(Duration::from_secs(60));
    let connect = Connect::to(address, FRAMING).deadline(Duration::from_secs(10));
    let client = Connector::builder(&DIALECT).name("client").dial(connect).network(network).start()?;
    println!("ready: {}", client.ready().await);

    // One request, and its answer.
    let request = purchase(1, 2500)?;
    if let Outcome::Response(answer) = client.request(&request).await {
        println!("answered:");
        print!("{}", show::values(&answer));
    }

    // A hundred at the same time.
    let asked: Vec<_> = (2..=101)
        .map(|stan| {
            let client = client.clone();
            tokio::spawn(async move {
                let Ok(request) = purchase(stan, 1000) else { return false };
                client.request(&request).await.response().is_some()
            })
        })
        .collect();
    let mut answered = 0;
    for asked in asked {
        answered += usize::from(asked.await?);
    }
    println!("{answered} of 100 answered");

    // What has no answer in time ends as well, and says whether it is safe to send it again.
    let outcome = client.request(&purchase(102, 6600)?).timeout(Duration::from_millis(200)).await;
    println!("{}, to be sent again as it is: {}", outcome.name(), outcome.retry_safe());

    // In order: what is in flight is waited for, then comes the sign-off.
    client.stop().await;
    let outcome = client.request(&purchase(103, 1000)?).await;
    println!("stopped: {}, to be sent again as it is: {}", outcome.name(), outcome.retry_safe());
    println!("the server has answered {} network management messages", server.stats().answered);
    server.stop().await;
    Ok(())
}

async fn approve(inbound: Inbound) {
    if matches!(inbound.message.get::<Amount>(4), Ok(Some(amount)) if amount == Amount::minor(6600)) {
        return;
    }
    let Ok(mut reply) = inbound.message.reply() else { return };
    reply.set(39, "00").set(38, "000001");
    if let Err(error) = inbound.replier.reply(&reply).await {
        eprintln!("not answered: {error}");
    }
}

/// A purchase with a test card.
fn purchase(stan: u32, amount: u64) -> Result<isopace::Message, Box<dyn Error + Send + Sync>> {
    let wire: Bytes = Message::build()
        .mti("0200")
        .pan(&Pan::new("4012345678909")?)
        .processing_code(ProcessingCode::new("000000")?)
        .amount(Amount::minor(amount))
        .stan(Stan::new(stan)?)
        .terminal_id("TERM0001")
        .currency(Currency::USD)
        .finish()?;
    Ok(isopace::Message::parse(&DIALECT, wire)?)
}
