//! A proxy before the host that does to its connections what it is told.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::sleep;

use super::faults::{Fault, Way};
use crate::seeded::Seeded;

/// Takes connections and passes them on to the host.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
    cut: broadcast::Sender<Cut>,
    task: JoinHandle<()>,
}

/// How a connection is ended.
#[derive(Debug, Clone, Copy)]
enum Cut {
    Kill,
    Reset,
}

/// What is done to connections now. Times are milliseconds since the start.
#[derive(Default)]
struct State {
    stalled: [AtomicU64; 2],
    silent: [AtomicU64; 2],
    slow: [AtomicU64; 2],
    closed: AtomicU64,
    /// Rounds of garbage and of half-closing that there have been: each connection does what it has not done yet.
    garbage: [AtomicUsize; 2],
    half_closed: [AtomicUsize; 2],
}

fn now(epoch: Instant) -> u64 {
    epoch.elapsed().as_millis() as u64
}

impl Proxy {
    pub(crate) async fn start(host: SocketAddr, seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (state, (cut, _)) = (Arc::<State>::default(), broadcast::channel(16));
        let task = tokio::spawn(accept(listener, host, Arc::clone(&state), cut.clone(), seed));
        Ok(Proxy { address, state, cut, task })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Does this to all connections that there are.
    pub(crate) fn inflict(&self, fault: Fault, epoch: Instant) {
        let until = |time: Duration| now(epoch) + time.as_millis() as u64;
        let state = &self.state;
        match fault {
            // There may be no connection.
            Fault::Kill => _ = self.cut.send(Cut::Kill),
            Fault::Reset => _ = self.cut.send(Cut::Reset),
            Fault::Refuse(time) => {
                state.closed.store(until(time), Ordering::SeqCst);
                _ = self.cut.send(Cut::Kill);
            }
            Fault::Stall(way, time) => state.stalled[way as usize].store(until(time), Ordering::SeqCst),
            Fault::Silence(way, time) => state.silent[way as usize].store(until(time), Ordering::SeqCst),
            Fault::Delay(way, time) => state.slow[way as usize].store(until(time), Ordering::SeqCst),
            Fault::Garbage(way) => _ = state.garbage[way as usize].fetch_add(1, Ordering::SeqCst),
            Fault::HalfClose(way) => _ = state.half_closed[way as usize].fetch_add(1, Ordering::SeqCst),
        }
    }

    pub(crate) async fn stop(self) {
        self.task.abort();
        drop(self.task.await);
    }
}

/// When the times of all proxies begin.
pub(crate) fn epoch() -> Instant {
    static EPOCH: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    *EPOCH.get_or_init(Instant::now)
}

async fn accept(listener: TcpListener, host: SocketAddr, state: Arc<State>, cut: broadcast::Sender<Cut>, seed: u64) {
    let mut connections = JoinSet::new();
    let mut number = seed << 32;
    loop {
        let Ok((client, _)) = listener.accept().await else {
            sleep(Duration::from_millis(20)).await;
            continue;
        };
        number += 1;
        if state.closed.load(Ordering::SeqCst) <= now(epoch()) {
            connections.spawn(pass(client, host, Arc::clone(&state), cut.subscribe(), number));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn pass(
    mut client: TcpStream,
    host: SocketAddr,
    state: Arc<State>,
    mut cut: broadcast::Receiver<Cut>,
    seed: u64,
) {
    let Ok(mut server) = TcpStream::connect(host).await else { return };
    // Whether a packet waits for more is not what is looked at here.
    _ = (client.set_nodelay(true), server.set_nodelay(true));
    let cut = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let out = pump(Way::Out, from_client, to_server, &state, Seeded::new(seed));
        let back = pump(Way::Back, from_server, to_client, &state, Seeded::new(seed ^ u64::MAX));
        tokio::select! {
            _ = async { tokio::join!(out, back) } => Cut::Kill,
            cut = cut.recv() => cut.unwrap_or(Cut::Kill),
        }
    };
    if matches!(cut, Cut::Reset) {
        _ = (client.set_zero_linger(), server.set_zero_linger());
    }
}

/// Passes on what comes, as far as it may, until one side closes.
async fn pump(way: Way, mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, state: &State, mut random: Seeded) {
    let at = way as usize;
    let rounds = |counters: &[AtomicUsize; 2]| counters[at].load(Ordering::SeqCst);
    let (mut garbage, half_closed) = (rounds(&state.garbage), rounds(&state.half_closed));
    let left = |times: &[AtomicU64; 2]| times[at].load(Ordering::SeqCst).saturating_sub(now(epoch()));
    let mut buffer = vec![0; 4096];
    loop {
        let stalled = left(&state.stalled);
        if stalled > 0 {
            sleep(Duration::from_millis(stalled.min(50))).await;
            continue;
        }
        // A look at what is to be done every now and then.
        let Ok(read) = tokio::time::timeout(Duration::from_millis(50), from.read(&mut buffer)).await else {
            if rounds(&state.half_closed) > half_closed {
                break;
            }
            continue;
        };
        let Ok(read @ 1..) = read else { break };
        if rounds(&state.half_closed) > half_closed {
            break;
        }
        if left(&state.silent) > 0 {
            continue;
        }
        if left(&state.slow) > 0 {
            sleep(Duration::from_millis(random.below(100) as u64)).await;
        }
        if rounds(&state.garbage) > garbage {
            garbage = rounds(&state.garbage);
            let junk: Vec<u8> = (0..1 + random.below(200)).map(|_| random.bits() as u8).collect();
            if to.write_all(&junk).await.is_err() {
                break;
            }
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
    // It may be closed already.
    _ = to.shutdown().await;
}
