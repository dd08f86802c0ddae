//! One blocking thread at each end, one frame at a time; and the same through a thread in between that reads a frame and writes it
//! on, as the least that a switch must do.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use isopace_tests::AUTH_0200;

use crate::load::{Figures, Load, Seen, Span, processor};

/// Sends the next when one has come back.
pub(crate) fn run(load: Load) -> io::Result<Figures> {
    let (client, server) = pair()?;
    let server = thread::spawn(move || echo(server));
    ask(load, client, [server])
}

/// With one more hop.
pub(crate) fn through_a_hop(load: Load) -> io::Result<Figures> {
    let ((client, near), (far, server)) = (pair()?, pair()?);
    let server = thread::spawn(move || echo(server));
    let hop = thread::spawn(move || relay(near, far));
    ask(load, client, [hop, server])
}

fn pair() -> io::Result<(TcpStream, TcpStream)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    Ok((client, server))
}

fn ask<const N: usize>(load: Load, mut client: TcpStream, others: [JoinHandle<()>; N]) -> io::Result<Figures> {
    let mut frame = (AUTH_0200.len() as u16).to_be_bytes().to_vec();
    frame.extend_from_slice(AUTH_0200);
    let mut back = vec![0; frame.len()];
    let (span, before) = (Span::of(load), processor());
    let mut seen = Seen::new();
    let mut started = Instant::now();
    while !span.is_over(started) {
        client.write_all(&frame)?;
        client.read_exact(&mut back)?;
        let now = Instant::now();
        seen.record(now - started, 1, span.counts(now));
        started = now;
    }
    drop(client);
    for other in others {
        other.join().map_err(|_| io::Error::other("another end panicked"))?;
    }
    Ok(seen.figures(load.time, before))
}

/// Frame by frame, as a blocking server reads: the length, then the rest.
fn echo(mut stream: TcpStream) {
    let mut frame = vec![0; 2 + AUTH_0200.len()];
    while stream.read_exact(&mut frame).and_then(|()| stream.write_all(&frame)).is_ok() {}
}

/// Frame by frame there and back: one is under way at a time.
fn relay(mut near: TcpStream, mut far: TcpStream) {
    let mut frame = vec![0; 2 + AUTH_0200.len()];
    let mut pass = |from: &mut TcpStream, to: &mut TcpStream| {
        from.read_exact(&mut frame).and_then(|()| to.write_all(&frame)).is_ok()
    };
    while pass(&mut near, &mut far) && pass(&mut far, &mut near) {}
}
