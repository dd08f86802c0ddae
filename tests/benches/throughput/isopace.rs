//! The mux of this project at both ends: purchases of 18 elements written from a typed struct, read and approved by the
//! other end, and the approvals read.

use std::io;
use std::sync::LazyLock;
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::iso87a::{self, DIALECT, FinancialRequest};
use isopace::link::{Connect, Link};
use isopace::mux::{Inbound, Mux, Outcome};
use isopace::types::{Amount, Pan, Stan, Text};
use isopace_tests::AUTH_0200;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::load::{self, Caller, Figures, Load};

pub(crate) const FRAMING: Framing = Framing::new(Header::Binary2);

/// Both ends here.
pub(crate) fn run(load: Load) -> io::Result<Figures> {
    load::ends(load, move |listener| accept(listener, load.batch), move |address| callers(address.to_string(), load))
}

/// The answering end alone, until it is stopped.
pub(crate) fn serve(address: &str, batch: usize) -> io::Result<()> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    load::one_thread()?.block_on(accept(listener, batch));
    Ok(())
}

/// The asking end alone.
pub(crate) fn ask(address: &str, load: Load) -> io::Result<Figures> {
    let asked = callers(address.to_owned(), load);
    load::one_thread()?.block_on(async { tokio::spawn(asked).await })?
}

pub(crate) async fn accept(listener: std::net::TcpListener, batch: usize) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("an option of the socket");
        let (_, driver) =
            Mux::builder(&DIALECT).batch(batch).serve(approve).start(Link::new(stream, FRAMING)).expect("a rule");
        connections.spawn(driver);
    }
}

/// Reads what an issuer decides by, and approves.
async fn approve(inbound: Inbound) {
    let request = &inbound.message;
    let read = || {
        let pan = request.get::<Pan>(2)?.is_some();
        let amount = request.get::<Amount>(4)?.is_some();
        let terminal = request.get::<Text>(41)?.is_some();
        Ok::<_, isopace::Error>(pan && amount && terminal)
    };
    let Ok(mut reply) = request.reply() else { return };
    match read() {
        Ok(true) => reply.set(38, "000001").set(39, "00"),
        _ => reply.set(39, "30"),
    };
    // The link may end before.
    drop(inbound.replier.reply(&reply).await);
}

pub(crate) async fn callers(address: String, load: Load) -> io::Result<Figures> {
    let mut links = Vec::new();
    for _ in 0..load.connections {
        let link = Connect::to(&address, FRAMING).open().await.map_err(io::Error::other)?;
        let (mux, driver) = Mux::builder(&DIALECT)
            .timeout(Duration::from_secs(30))
            .batch(load.batch)
            .start(link)
            .map_err(io::Error::other)?;
        tokio::spawn(driver);
        links.push(mux);
    }
    let purchases = (0..load.in_flight).map(|_| purchase()).collect::<io::Result<Vec<_>>>()?;
    let mut callers = links.iter().cycle().zip(purchases);
    load::callers(load, |number| {
        let (mux, purchase) = callers.next()?;
        Some(Cashier { mux: mux.clone(), number, count: 0, purchase })
    })
    .await
}

/// A terminal that sells one thing after the other.
struct Cashier {
    mux: Mux,
    number: u32,
    count: u32,
    purchase: FinancialRequest<'static>,
}

impl Caller for Cashier {
    async fn call(&mut self) -> bool {
        // No two that are under way have the same.
        self.count += 1;
        let stan = (self.number + self.count * 1000) % 1_000_000;
        let Ok(number) = Stan::new(stan) else { return false };
        (self.purchase.stan, self.purchase.amount) = (number, Amount::minor(u64::from(stan)));
        match self.mux.request(&self.purchase).await {
            Outcome::Response(answer) => {
                matches!(answer.get::<Text>(39), Ok(Some(code)) if code == "00")
                    && matches!(answer.get::<Stan>(11), Ok(Some(echoed)) if echoed == number)
            }
            other => {
                eprintln!("{other:?}");
                false
            }
        }
    }
}

static TEMPLATE: LazyLock<iso87a::Message> =
    LazyLock::new(|| iso87a::Message::parse(AUTH_0200).expect("a message of this dialect"));

fn purchase() -> io::Result<FinancialRequest<'static>> {
    FinancialRequest::try_from(&*TEMPLATE).map_err(io::Error::other)
}
