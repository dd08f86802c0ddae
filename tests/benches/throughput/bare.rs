//! The least that a mux does: a buffer shared by the callers, answers by the number of their place. No messages, no keys,
//! no deadlines, no bounds; the other end gives back what comes.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use isopace_tests::AUTH_0200;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;

use crate::batch;
use crate::load::{self, Caller, Figures, Load};

/// Callers that each wait for their own.
pub(crate) fn run(load: Load) -> io::Result<Figures> {
    load::ends(load, batch::serve, move |address| ask(address, load))
}

async fn ask(address: SocketAddr, load: Load) -> io::Result<Figures> {
    let mut links = Vec::new();
    for _ in 0..load.connections {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        let mut shared = Shared::default();
        shared.inner.get_mut().expect("no lock is held").places.resize_with(load.in_flight, || Place::Free);
        let shared = Arc::new(shared);
        tokio::spawn(write(Arc::clone(&shared), writer));
        tokio::spawn(read(Arc::clone(&shared), reader));
        links.push(shared);
    }
    let mut links = links.iter().cycle();
    load::callers(load, |place| Some(Bare { shared: Arc::clone(links.next()?), place })).await
}

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    wake: Notify,
}

#[derive(Default)]
struct Inner {
    out: Vec<u8>,
    places: Vec<Place>,
}

#[derive(Default)]
enum Place {
    #[default]
    Free,
    Waiting(Waker),
    Answered,
}

struct Bare {
    shared: Arc<Shared>,
    place: u32,
}

impl Caller for Bare {
    async fn call(&mut self) -> bool {
        let mut sent = false;
        std::future::poll_fn(|context| {
            let place = self.place as usize;
            let mut inner = self.shared.inner.lock().expect("nobody panicked");
            if matches!(inner.places[place], Place::Answered) {
                inner.places[place] = Place::Free;
                return Poll::Ready(());
            }
            inner.places[place] = Place::Waiting(context.waker().clone());
            if !std::mem::replace(&mut sent, true) {
                let wake = inner.out.is_empty();
                inner.out.extend_from_slice(&(AUTH_0200.len() as u16).to_be_bytes());
                inner.out.extend_from_slice(&self.place.to_be_bytes());
                inner.out.extend_from_slice(&AUTH_0200[4..]);
                drop(inner);
                if wake {
                    self.shared.wake.notify_one();
                }
            }
            Poll::Pending
        })
        .await;
        true
    }
}

async fn write(shared: Arc<Shared>, mut writer: OwnedWriteHalf) {
    let mut taken = Vec::new();
    loop {
        std::mem::swap(&mut shared.inner.lock().expect("nobody panicked").out, &mut taken);
        if taken.is_empty() {
            shared.wake.notified().await;
            tokio::task::yield_now().await;
            continue;
        }
        if writer.write_all(&taken).await.is_err() {
            return;
        }
        taken.clear();
    }
}

async fn read(shared: Arc<Shared>, mut reader: OwnedReadHalf) {
    let (mut bytes, mut filled, mut wakers) = (vec![0; 256 * 1024], 0, Vec::new());
    let length = 2 + AUTH_0200.len();
    while let Ok(count) = reader.read(&mut bytes[filled..]).await
        && count > 0
    {
        filled += count;
        let whole = filled / length * length;
        let mut inner = shared.inner.lock().expect("nobody panicked");
        for frame in bytes[..whole].chunks(length) {
            let place = u32::from_be_bytes([frame[2], frame[3], frame[4], frame[5]]) as usize;
            if let Place::Waiting(waker) = std::mem::replace(&mut inner.places[place], Place::Answered) {
                wakers.push(waker);
            }
        }
        drop(inner);
        wakers.drain(..).for_each(Waker::wake);
        bytes.copy_within(whole..filled, 0);
        filled -= whole;
    }
}
