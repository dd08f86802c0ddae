//! Clients that send whatever comes to their minds: the gateway stays, and serves the others.

use crate::gateway_common;

use gateway_common::*;
use isopace::dialects::{iso87a, iso87b, iso93a};
use isopace::gateway::{CauseKind, Gateway, Upstream};
use isopace::link::{Listen, Settings};
use isopace::{Dialect, Message};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// A message, or what is left of one.
fn mutated(random: &mut Random, whole: &[u8]) -> Vec<u8> {
    let mut wire = whole.to_vec();
    for _ in 0..random.below(4) {
        if wire.is_empty() {
            break;
        }
        let at = random.below(wire.len());
        match random.below(5) {
            0 => wire[at] = random.next() as u8,
            1 => wire[at] ^= 1 << random.below(8),
            2 => wire.truncate(at),
            3 => wire.insert(at, random.next() as u8),
            _ => wire.extend((0..random.below(40)).map(|byte| byte as u8 ^ 0x35)),
        }
    }
    wire
}

/// Something of every kind of message.
fn corpus(dialect: &'static Dialect) -> Vec<Message> {
    let year = if dialect.messages()[0].mti.starts_with('0') { '0' } else { '1' };
    ["100", "200", "420", "421", "804", "140", "210", "990"]
        .into_iter()
        .map(|mti| {
            message(dialect, &format!("{year}{mti}"), |edit| {
                edit.set_leaf("2", PAN).set(4, "000000002500").set(11, "000007").set(41, "TERM0001");
                edit.set_leaf("35", "4012345678909=30122010000000").set_leaf("48", "PRIVATE").set(49, "840");
                edit.set_leaf("55", "9F2608010203040506070895050000000000");
            })
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_messages_in_frames_that_are_whole() {
    for (seed, dialect) in [(1, &iso87a::DIALECT), (2, &iso87b::DIALECT), (3, &iso93a::DIALECT)] {
        let told = Told::default();
        let upstream = Upstream::new("host", answering(dialect, if seed == 3 { "000" } else { "00" })).own_stan();
        let gateway = builder_for(dialect).await.upstream(upstream).events(told.clone()).start().await.unwrap();
        let (mut random, corpus) = (Random(0x9E37_79B9_7F4A_7C15 + seed), corpus(dialect));
        let mut peer = Peer::of(&gateway).await;
        let mut sent = 0u64;
        let mut owed = 0u64;
        for _ in 0..600 {
            let wire = {
                let whole = &corpus[random.below(corpus.len())];
                mutated(&mut random, whole.as_bytes())
            };
            if wire.is_empty() {
                continue;
            }
            sent += 1;
            if let Ok(message) = Message::parse(dialect, wire.clone())
                && message.mti().response().is_some()
            {
                owed += 1;
            }
            peer.send(&wire).await;
        }
        // One that is whole comes last, and it is answered.
        let whole = &corpus[1];
        peer.send(whole.as_bytes()).await;
        owed += 1;
        let mut answers = 0;
        let stats = loop {
            let answer = tokio::time::timeout(200 * MS, peer.link.receive()).await;
            let Ok(answer) = answer else { break gateway.stats() };
            let answer = answer.unwrap().expect("the link is open");
            let answer = Message::parse(dialect, answer.body).expect("a message");
            assert!(answer.mti().is_response());
            answers += 1;
        };
        let salvaged = stats.declined_for(CauseKind::Undecodable);
        assert!(salvaged > 0 && stats.undecodable > salvaged, "{stats:?}");
        // Those that are the same, and came together, have one in common.
        let common = stats.repeated;
        assert_eq!(answers + common, owed + salvaged, "every request that could be read has an answer: {stats:?}");
        assert!(stats.requests + stats.undecodable + stats.unmatched >= sent, "{stats:?}");
        assert_eq!(stats.panicked, 0);
        assert!(!told.lines().iter().any(|line| line.starts_with("panicked")));
        gateway.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_frames() {
    let settings = Settings::new(FRAMING).idle_deadline(500 * MS);
    let listener = Listen::new(settings).bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway::builder("pos", &iso87a::DIALECT).listen(listener).route("host", approving());
    let gateway = gateway.start().await.unwrap();
    let address = gateway.local_address().unwrap();
    let mut hostile = Vec::new();
    for seed in 1..=24u64 {
        hostile.push(tokio::spawn(async move {
            let mut random = Random(seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
            let mut stream = TcpStream::connect(address).await.unwrap();
            for _ in 0..20 {
                let noise: Vec<u8> = (0..random.below(3000)).map(|_| random.next() as u8).collect();
                if stream.write_all(&noise).await.is_err() {
                    return;
                }
            }
            // Cut off by the time that it may be silent, at the latest.
            let mut rest = Vec::new();
            _ = tokio::time::timeout(EVER, stream.read_to_end(&mut rest)).await.expect("it is cut off");
        }));
    }
    let mut client = Peer::of(&gateway).await;
    for stan in 1..=50 {
        assert_eq!(brief(&client.ask(&purchase(stan)).await), format!("0210 {stan} 00"));
    }
    for hostile in hostile {
        hostile.await.unwrap();
    }
    gateway.stop().await;
    assert_eq!((gateway.stats().panicked, gateway.stats().in_flight, gateway.stats().clients), (0, 0, 0));
}
