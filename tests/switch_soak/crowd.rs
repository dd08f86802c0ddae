//! Clients that are no tills: those that sit there, and those that mean harm.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::message;
use crate::seeded::Seeded;

const CONNECT: Duration = Duration::from_secs(5);

/// Sits there, comes back when it was hung up on, and counts each of its connections. It is to be aborted.
pub(super) async fn idle(gateway: SocketAddr, mut random: Seeded, connections: Arc<AtomicU64>) {
    loop {
        if let Ok(Ok(mut stream)) = timeout(CONNECT, TcpStream::connect(gateway)).await {
            connections.fetch_add(1, Ordering::Relaxed);
            // Nothing is sent to it: whatever it reads is the end.
            _ = stream.read(&mut [0; 64]).await;
        }
        sleep(Duration::from_millis(random.below(1000) as u64)).await;
    }
}

/// Sends what nobody should until then; gives how many times.
pub(super) async fn hostile(gateway: SocketAddr, mut random: Seeded, end: Instant) -> u64 {
    let mut times = 0;
    while Instant::now() < end {
        if let Ok(Ok(stream)) = timeout(CONNECT, TcpStream::connect(gateway)).await {
            times += 1;
            harm(stream, &mut random).await;
        }
        sleep(Duration::from_millis(random.below(200) as u64)).await;
    }
    times
}

async fn harm(mut stream: TcpStream, random: &mut Seeded) {
    for _ in 0..1 + random.below(8) {
        let bytes = garbage(random);
        if !matches!(timeout(Duration::from_secs(1), stream.write_all(&bytes)).await, Ok(Ok(()))) {
            return;
        }
        // Some read their answers, others never do.
        if random.one_in(2) {
            _ = timeout(Duration::from_millis(50), stream.read(&mut [0; 512])).await;
        }
    }
    match random.below(4) {
        0 => _ = stream.set_zero_linger(),
        1 => _ = stream.shutdown().await,
        2 => sleep(Duration::from_millis(random.below(2000) as u64)).await,
        _ => {}
    }
}

/// Bytes without a frame, a frame without a message, a message with a few bytes changed, and a part of one.
fn garbage(random: &mut Seeded) -> Vec<u8> {
    let junk = |random: &mut Seeded| -> Vec<u8> { (0..1 + random.below(400)).map(|_| random.bits() as u8).collect() };
    match random.below(4) {
        0 => junk(random),
        1 => framed(&junk(random)),
        kind => {
            let purchase = message::purchase(random.below(1_000_000) as u32, "HOSTILE1").finish();
            let mut body = purchase.map(|wire| wire.to_vec()).unwrap_or_default();
            for _ in 0..random.below(4) {
                let at = random.below(body.len().max(1));
                if let Some(byte) = body.get_mut(at) {
                    *byte = random.bits() as u8;
                }
            }
            let mut frame = framed(&body);
            if kind == 3 {
                frame.truncate(random.below(frame.len()));
            }
            frame
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = (body.len() as u16).to_be_bytes().to_vec();
    frame.extend_from_slice(body);
    frame
}
