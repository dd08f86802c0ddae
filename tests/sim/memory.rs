//! What is held does not grow with what has been done: a mux is asked for much, and little of it is answered in time.

use std::sync::Arc;
use std::time::Duration;

use isopace::frame::{Framing, Header};
use isopace::iso87a::DIALECT;
use isopace::link::Link;
use isopace::mux::{Events, Mux, Wire};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::sleep;

use crate::wire::{Frames, Text, framed};

const CALLERS: usize = 50;

struct Nobody;

impl Events for Nobody {}

/// The most bytes that were held at a time, on all of which the numbers of the requests have no bearing.
fn held(each: usize) -> u64 {
    let measured = allocation_counter::measure(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let (ours, theirs) = tokio::io::duplex(4096);
            let host = tokio::spawn(answer_late(theirs));
            let builder = Mux::builder(&DIALECT).max_in_flight(CALLERS / 2).max_buffered(2000).events(Nobody);
            let builder = builder.remember(64, Duration::from_secs(3600)).remember_answered(64);
            let (mux, driver) = builder.start(Link::new(ours, Framing::new(Header::Binary2))).unwrap();
            let driver = tokio::spawn(driver);
            let mux = Arc::new(mux);
            let callers: Vec<_> =
                (0..CALLERS).map(|caller| tokio::spawn(ask(Arc::clone(&mux), caller, each))).collect();
            for caller in callers {
                caller.await.unwrap();
            }
            mux.close(Duration::ZERO).await;
            driver.await.unwrap();
            host.abort();
        });
    });
    measured.bytes_max
}

async fn ask(mux: Arc<Mux>, caller: usize, each: usize) {
    for at in 0..each {
        let stan = (caller * each + at) % 1_000_000;
        let message = Text::new("0200").set(11, format!("{stan:06}")).set(41, format!("TERM{caller:04}"));
        let timeout = Duration::from_millis(3 + (stan % 5) as u64);
        drop(mux.request(Wire(&message.body())).timeout(timeout).await);
    }
}

/// Some in time, most late.
async fn answer_late(mut stream: tokio::io::DuplexStream) {
    let (mut frames, mut buffer) = (Frames::default(), [0; 1024]);
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        for body in frames.push(&buffer[..count]) {
            let Some(message) = Text::read(&body) else { return };
            let answer = Text { mti: "0210".to_owned(), ..message }.set(39, "00").body();
            if stream.write_all(&framed(&answer)).await.is_err() {
                return;
            }
        }
        sleep(Duration::from_millis(2)).await;
    }
}

#[test]
fn what_is_held_does_not_grow_with_what_was_asked() {
    held(10);
    let (little, much) = (held(40), held(400));
    println!("{} requests: {little} bytes at most, {}: {much}", CALLERS * 40, CALLERS * 400);
    assert!(much < little + little / 4 + 4096, "{little} bytes grew to {much}");
}
