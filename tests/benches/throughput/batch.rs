//! Frames written all at once and read back all at once.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use isopace_tests::AUTH_0200;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::load::{self, Figures, Load, Seen, Span, processor};

/// As many frames as may be in flight, over and over.
pub(crate) fn run(load: Load) -> io::Result<Figures> {
    load::ends(load, serve, move |address| ask(address, load))
}

/// Gives back whatever comes.
pub(crate) async fn serve(listener: std::net::TcpListener) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    let mut connections = JoinSet::new();
    while let Ok((mut stream, _)) = listener.accept().await {
        stream.set_nodelay(true).expect("an option of the socket");
        connections.spawn(async move {
            let mut bytes = vec![0; 256 * 1024];
            while let Ok(count) = stream.read(&mut bytes).await
                && count > 0
                && stream.write_all(&bytes[..count]).await.is_ok()
            {}
        });
    }
}

async fn ask(address: SocketAddr, load: Load) -> io::Result<Figures> {
    let (span, before) = (Span::of(load), processor());
    let all = Arc::new(Mutex::new(Seen::new()));
    let mut connections = JoinSet::new();
    for connection in 0..load.connections {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let frames = load.in_flight / load.connections + usize::from(connection < load.in_flight % load.connections);
        let mut frame = (AUTH_0200.len() as u16).to_be_bytes().to_vec();
        frame.extend_from_slice(AUTH_0200);
        let out = frame.repeat(frames);
        let all = Arc::clone(&all);
        connections.spawn(async move {
            let mut back = vec![0; out.len()];
            let mut started = Instant::now();
            while !span.is_over(started) {
                stream.write_all(&out).await?;
                stream.read_exact(&mut back).await?;
                let now = Instant::now();
                all.lock().expect("nobody panicked").record(now - started, frames as u64, span.counts(now));
                started = now;
            }
            io::Result::Ok(())
        });
    }
    while let Some(ended) = connections.join_next().await {
        ended??;
    }
    let all = all.lock().expect("nobody panicked");
    Ok(all.figures(load.time, before))
}
