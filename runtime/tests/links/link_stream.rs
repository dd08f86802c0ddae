//! Links over streams in memory: what comes in pieces, what is not read, what is given up, what filters do.

use std::time::Duration;

use isopace::Bytes;
use isopace::frame::{self, Framing, Header, HeaderBytes};
use isopace::link::{Direction, Error, Fault, Filter, Link, Refused, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::{Instant, timeout};

const FRAMING: Framing = Framing::new(Header::Binary2);

/// A link, and the bytes of its peer.
fn link(settings: impl Into<Settings>, room: usize) -> (Link, DuplexStream) {
    let (near, far) = duplex(room);
    (Link::new(near, settings), far)
}

fn framing(text: &str) -> Framing {
    text.parse().unwrap()
}

#[tokio::test]
async fn frames_come_whole_whatever_the_pieces() {
    let (mut link, mut far) = link(framing("length2,tpdu=6000010002"), 3);
    let writer = tokio::spawn(async move {
        for _ in 0..100 {
            far.write_all(b"\x00\x09\x60\x00\x01\x00\x020800").await.unwrap();
        }
    });
    for _ in 0..100 {
        let frame = link.receive().await.unwrap().unwrap();
        assert_eq!((&frame.header[..], &frame.body[..]), (&b"\x60\x00\x01\x00\x02"[..], &b"0800"[..]));
    }
    writer.await.unwrap();
    assert!(link.receive().await.unwrap().is_none());
    assert!(link.receive().await.unwrap().is_none());
}

#[tokio::test]
async fn one_read_brings_many_frames() {
    let (link, mut far) = link(FRAMING, 1 << 16);
    let (mut reader, _writer) = link.split();
    far.write_all(&b"\x00\x040800".repeat(1000)).await.unwrap();
    far.write_all(b"\x00\x04").await.unwrap();
    assert!(reader.fill().await.unwrap());
    let mut count = 0;
    while let Some(frame) = reader.next_frame().unwrap() {
        assert_eq!(frame.body, "0800");
        count += 1;
    }
    assert_eq!(count, 1000);
    far.write_all(b"0810").await.unwrap();
    drop(far);
    assert_eq!(reader.read().await.unwrap().unwrap().body, "0810");
    assert!(!reader.fill().await.unwrap() || !reader.fill().await.unwrap());
    assert_eq!(reader.next_frame().unwrap(), None);
}

#[tokio::test]
async fn a_stream_that_ends_within_a_frame_is_told() {
    let (mut link, mut far) = link(FRAMING, 100);
    far.write_all(b"\x00\x04080").await.unwrap();
    drop(far);
    for _ in 0..2 {
        let error = link.receive().await.unwrap_err();
        assert!(matches!(error, Error::Frame(frame::Error::Truncated { needed: 6, left: 5 })), "{error}");
        assert!(error.ends_link() && error.fault() == Fault::Peer && error.name() == "frame-truncated");
    }
}

#[tokio::test]
async fn a_stream_can_be_one_message() {
    let (mut link, mut far) = link(framing("none"), 100);
    far.write_all(b"0800").await.unwrap();
    drop(far);
    assert_eq!(link.receive().await.unwrap().unwrap().body, "0800");
    assert!(link.receive().await.unwrap().is_none());
}

/// What can be given up is not half done: no byte is lost, none is sent twice.
#[tokio::test]
async fn reading_and_writing_can_be_given_up() {
    let (mut link, mut far) = link(FRAMING, 4);
    far.write_all(b"\x00\x0408").await.unwrap();
    assert!(timeout(Duration::from_millis(10), link.receive()).await.is_err());
    far.write_all(b"00").await.unwrap();
    assert_eq!(link.receive().await.unwrap().unwrap().body, "0800");

    let (_reader, mut writer) = link.split();
    writer.push(None, b"0123456789").unwrap();
    assert!(timeout(Duration::from_millis(10), writer.flush()).await.is_err());
    assert_eq!((writer.written(), writer.queued()), (4, 8));
    writer.push(None, b"0800").unwrap();
    let mut more = Vec::new();
    writer.encoder().encode(None, b"0810", &mut more).unwrap();
    writer.load(&mut more);
    assert!(more.is_empty());
    let mut wire = vec![0; 24];
    let (flushed, read) = tokio::join!(writer.flush(), far.read_exact(&mut wire));
    flushed.unwrap();
    read.unwrap();
    assert_eq!(wire, b"\x00\x0A0123456789\x00\x040800\x00\x040810");
    assert_eq!((writer.written(), writer.queued()), (24, 0));
}

#[tokio::test]
async fn a_buffer_is_taken_over_and_given_back() {
    let (link, mut far) = link(FRAMING, 1000);
    let (_reader, mut writer) = link.split();
    let encoder = writer.encoder().clone();
    let mut shared = Vec::with_capacity(512);
    for _ in 0..3 {
        let mark = encoder.begin(None, &mut shared).unwrap();
        shared.extend_from_slice(b"0800");
        encoder.end(mark, &mut shared).unwrap();
        writer.load(&mut shared);
        assert_eq!((shared.len(), writer.queued()), (0, 6));
        writer.flush().await.unwrap();
    }
    let mut wire = [0; 18];
    far.read_exact(&mut wire).await.unwrap();
    assert_eq!(wire[..], b"\x00\x040800".repeat(3));
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_does_not_read_is_not_waited_for() {
    let settings = Settings::new(FRAMING).write_deadline(Duration::from_secs(5));
    let (link, mut far) = link(settings, 8);
    let (_reader, mut writer) = link.split();
    writer.push(None, b"0123456789").unwrap();
    let start = Instant::now();
    let error = writer.flush().await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 5);
    assert!(matches!(error, Error::WriteTimeout { after } if after.as_secs() == 5));
    assert!(error.ends_link() && !error.nothing_sent() && error.fault() == Fault::Peer);
    // How far it came is known: the second message would be certain not to have been sent.
    assert_eq!((writer.written(), writer.queued()), (8, 4));
    let mut wire = [0; 8];
    far.read_exact(&mut wire).await.unwrap();
    assert_eq!(&wire, b"\x00\x0A012345");
    // Closing has an end too.
    writer.push(None, b"0123456789").unwrap();
    assert!(matches!(writer.close().await, Err(Error::WriteTimeout { .. })));
}

/// Giving up and calling again does not put the end off, unless the peer has been reading.
#[tokio::test(start_paused = true)]
async fn the_write_deadline_goes_on() {
    let settings = Settings::new(FRAMING).write_deadline(Duration::from_secs(5));
    let (link, mut far) = link(settings, 8);
    let (_reader, mut writer) = link.split();
    writer.push(None, &[b'x'; 100]).unwrap();
    let (start, step) = (Instant::now(), Duration::from_secs(2));
    for _ in 0..2 {
        assert!(timeout(step, writer.flush()).await.is_err());
    }
    far.read_exact(&mut [0; 8]).await.unwrap();
    for _ in 0..2 {
        assert!(timeout(step, writer.flush()).await.is_err());
    }
    assert!(matches!(timeout(step, writer.flush()).await, Ok(Err(Error::WriteTimeout { .. }))));
    assert_eq!(start.elapsed().as_secs(), 9);
}

#[tokio::test(start_paused = true)]
async fn a_peer_that_says_nothing_is_not_waited_for() {
    let settings = Settings::new(FRAMING).idle_deadline(Duration::from_secs(60));
    let (mut link, mut far) = link(settings, 100);
    let start = Instant::now();
    let talker = tokio::spawn(async move {
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_secs(50)).await;
            far.write_all(b"\x00\x040800").await.unwrap();
        }
        far
    });
    for _ in 0..3 {
        assert_eq!(link.receive().await.unwrap().unwrap().body, "0800");
    }
    let error = link.receive().await.unwrap_err();
    assert_eq!(start.elapsed().as_secs(), 210);
    assert!(matches!(error, Error::Idle { after } if after.as_secs() == 60));
    drop(talker.await.unwrap());
}

#[tokio::test]
async fn keep_alives_are_answered() {
    let (mut link, mut far) = link(framing("length2,keep-alive=answer"), 100);
    far.write_all(b"\x00\x00\x00\x00\x00\x040800").await.unwrap();
    assert_eq!(link.receive().await.unwrap().unwrap().body, "0800");
    let mut wire = [0; 4];
    far.read_exact(&mut wire).await.unwrap();
    assert_eq!(wire, [0; 4]);
}

#[tokio::test]
async fn answers_carry_the_header_swapped() {
    let (mut link, mut far) = link(framing("length2,tpdu=6000010002"), 100);
    far.write_all(b"\x00\x09\x60\x12\x34\x56\x780800").await.unwrap();
    let frame = link.receive().await.unwrap().unwrap();
    link.reply(&frame, b"0810").await.unwrap();
    let mut wire = [0; 11];
    far.read_exact(&mut wire).await.unwrap();
    assert_eq!(&wire, b"\x00\x09\x60\x56\x78\x12\x340810");
}

/// Puts a letter behind each message and takes it away again.
struct Tag(u8);

impl Filter for Tag {
    fn outgoing(&self, body: &mut Vec<u8>) -> Result<(), Refused> {
        if body.starts_with(b"bad") {
            return Err(Refused::new("no bad ones"));
        }
        body.push(self.0);
        Ok(())
    }

    fn incoming(&self, body: Bytes) -> Result<Bytes, Refused> {
        match body.split_last() {
            Some((tag, rest)) if *tag == self.0 => Ok(body.slice(..rest.len())),
            _ => Err(Refused::new("the tag is wrong")),
        }
    }
}

#[tokio::test]
async fn filters_stand_in_order_and_in_reverse() {
    let header = HeaderBytes::new(b"ISO").unwrap();
    let settings = Settings::new(FRAMING.fixed(header)).filter(Tag(b'a')).filter(Tag(b'b'));
    let (near, mut far) = duplex(100);
    let mut link = Link::new(near, settings.clone());
    link.send(b"0800").await.unwrap();
    let mut wire = [0; 11];
    far.read_exact(&mut wire).await.unwrap();
    assert_eq!(&wire, b"\x00\x09ISO0800ab");
    far.write_all(&wire).await.unwrap();
    assert_eq!(link.receive().await.unwrap().unwrap().body, "0800");

    // What is refused leaves the link as it was, both ways.
    let error = link.send(b"bad one").await.unwrap_err();
    assert!(
        matches!(error, Error::Filter { direction: Direction::Outgoing, refused } if refused.reason() == "no bad ones")
    );
    assert!(error.nothing_sent() && !error.ends_link() && error.fault() == Fault::Ours);
    far.write_all(b"\x00\x09ISO0800ba\x00\x09ISO0810ab").await.unwrap();
    let error = link.receive().await.unwrap_err();
    assert!(matches!(error, Error::Filter { direction: Direction::Incoming, .. }));
    assert!(!error.ends_link() && error.fault() == Fault::Peer);
    assert_eq!(error.to_string(), "incoming message refused: the tag is wrong");
    assert_eq!(link.receive().await.unwrap().unwrap().body, "0810");
    link.send(b"0820").await.unwrap();
    far.read_exact(&mut wire).await.unwrap();
    assert_eq!(&wire, b"\x00\x09ISO0820ab");
}

/// What a filter adds counts.
#[tokio::test]
async fn messages_that_cannot_be_framed_leave_the_link_as_it_was() {
    let (link, _far) = link(Settings::new(FRAMING.max(5)).filter(Tag(b'a')), 100);
    let (_reader, mut writer) = link.split();
    writer.push(None, b"0800").unwrap();
    let error = writer.push(None, b"08000").unwrap_err();
    assert!(matches!(error, Error::Encode(frame::Error::TooLong { max: 5, found: 6 })), "{error}");
    assert!(error.nothing_sent() && !error.ends_link() && error.fault() == Fault::Ours);
    assert!(matches!(writer.push(Some(b"x"), b"0800"), Err(Error::Encode(frame::Error::Transport))));
    assert_eq!(writer.queued(), 7);
}

#[tokio::test]
async fn a_closed_half_leaves_the_other() {
    let (one, other) = duplex(100);
    let ((mut reader, mut writer), mut other) = (Link::new(one, FRAMING).split(), Link::new(other, FRAMING));
    writer.push(None, b"0800").unwrap();
    writer.close().await.unwrap();
    assert_eq!(other.receive().await.unwrap().unwrap().body, "0800");
    assert!(other.receive().await.unwrap().is_none());
    other.send(b"0810").await.unwrap();
    assert_eq!(reader.read().await.unwrap().unwrap().body, "0810");
    drop(other);
    assert!(reader.read().await.unwrap().is_none());
    writer.push(None, b"0800").unwrap();
    assert!(matches!(writer.flush().await, Err(Error::Closed)));
}

#[tokio::test]
async fn nothing_is_shown_of_messages() {
    let (mut link, mut far) = link(Settings::new(framing("ascii4,max=1000")).filter(Tag(b'a')), 100);
    far.write_all(b"4111111111111111").await.unwrap();
    let error = link.receive().await.unwrap_err();
    link.send(b"4012345678909").await.unwrap();
    let shown = format!("{error} {error:?} {link:?}");
    assert!(!shown.contains("1111") && !shown.contains("4012"), "{shown}");
}
