//! How often the codec asks for memory: never while it reads, once for a message it writes, not at all into a buffer that
//! is used again. In a program of its own, since the allocator that counts is that of the whole program.

use std::hint::black_box;

use isopace::Bytes;
use isopace::iso87a::{Edit, FinancialRequest, Message, ResponseCode};
use isopace::types::Amount;
use isopace_tests::{AUTH_0200, traffic};

/// What `work` gives, and how often it asked for memory.
fn counted<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let mut result = None;
    let info = allocation_counter::measure(|| result = Some(black_box(work())));
    (result.unwrap(), info.count_total)
}

/// All eighteen getters.
fn read(message: &Message) -> Result<(), isopace::Error> {
    black_box((message.pan()?, message.processing_code()?, message.amount()?, message.transmission_date_time()?));
    black_box((message.stan()?, message.local_time()?, message.local_date()?, message.expiration_date()?));
    black_box((message.merchant_type()?, message.pos_entry_mode()?, message.pos_condition_code()?));
    black_box((message.acquiring_institution()?, message.track2()?, message.rrn()?, message.terminal_id()?));
    black_box((message.card_acceptor_id()?, message.card_acceptor_name_location()?, message.currency()?));
    Ok(())
}

fn edited<T>(message: &Message, finish: impl FnOnce(&Edit<'_>) -> T) -> T {
    let mut edit = message.edit();
    edit.mti("0210").amount(Amount::minor(1_999)).response_code(ResponseCode::NOT_SUFFICIENT_FUNDS);
    finish(&edit)
}

#[test]
fn memory_is_asked_for_once_per_message_written_and_never_to_read() {
    assert_eq!(counted(|| vec![1, 2, 3]).1, 1, "the counter counts");
    let mut wires = vec![AUTH_0200.to_vec()];
    wires.extend(traffic::mix(32, 32, 256));
    wires.extend(traffic::random(7, 256));
    // As after the first message of a connection: the buffer has grown, and the thread has memory for an index, which a
    // message gives back when it is dropped.
    let mut out = Vec::with_capacity(4096);
    let first = counted(|| Message::parse(AUTH_0200).unwrap());
    assert!(first.1 <= 2, "the first parse of a thread: {}", first.1);
    drop(first);
    for wire in wires {
        let elements = |message: &Message| message.numbers().collect::<Vec<_>>();
        let bytes = Bytes::from(wire);
        // The first clone of bytes that came from a `Vec` allocates their counter; that is not the codec's.
        let input = bytes.clone();
        let (message, count) = counted(|| Message::parse(input).unwrap());
        assert_eq!(count, 0, "parse, {:?}", elements(&message));
        assert_eq!(counted(|| read(&message).unwrap()).1, 0, "getters, {:?}", elements(&message));
        let (request, count) = counted(|| FinancialRequest::try_from(&message).unwrap());
        assert_eq!(count, 0, "typed struct, {:?}", elements(&message));

        let (packed, count) = counted(|| request.pack().unwrap());
        assert_eq!(count, 1, "pack, {:?}", elements(&message));
        assert_eq!(packed, bytes, "pack, {:?}", elements(&message));
        out.clear();
        assert_eq!(counted(|| request.pack_into(&mut out).unwrap()).1, 0, "pack_into, {:?}", elements(&message));
        assert_eq!(out, bytes, "pack_into, {:?}", elements(&message));

        let (finished, count) = counted(|| edited(&message, |edit| edit.finish().unwrap()));
        assert_eq!(count, 1, "finish, {:?}", elements(&message));
        out.clear();
        let (_, count) = counted(|| edited(&message, |edit| edit.finish_into(&mut out).unwrap()));
        assert_eq!(count, 0, "finish_into, {:?}", elements(&message));
        assert_eq!(out, finished, "finish_into, {:?}", elements(&message));

        // Nothing changed: the same bytes, shared.
        let (finished, count) = counted(|| message.edit().finish().unwrap());
        assert_eq!((count, finished), (0, bytes), "finish of nothing changed");
    }
}

/// Memory for an index comes back to the thread that drops the message. Where messages are read on one thread and dropped
/// on another, or many are alive at once, each takes one allocation: that is what a server does, so it is asserted too.
#[test]
fn a_message_dropped_elsewhere_or_kept_takes_one_allocation() {
    let wires: Vec<Bytes> = traffic::mix(32, 32, 256).into_iter().map(Bytes::from).collect();
    drop(Message::parse(AUTH_0200).unwrap());
    let mut kept = Vec::with_capacity(wires.len());
    for wire in &wires {
        let input = wire.clone();
        let (message, count) = counted(|| Message::parse(input).unwrap());
        assert!(count <= 1, "kept: {count}");
        kept.push(message);
    }
    // Handed to another thread, none comes back.
    std::thread::spawn(move || drop(kept)).join().unwrap();
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Message>(wires.len());
    let dropper = std::thread::spawn(move || receiver.iter().for_each(drop));
    for wire in &wires {
        let input = wire.clone();
        let (message, count) = counted(|| Message::parse(input).unwrap());
        assert!(count <= 1, "handed on: {count}");
        sender.send(message).unwrap();
    }
    drop(sender);
    dropper.join().unwrap();
}

#[test]
fn a_pin_block_in_hex_is_read_without_allocating() {
    let with_pin = traffic::mix(32, 32, 256).into_iter().find(|wire| Message::parse(wire.clone()).unwrap().has(52));
    let message = Message::parse(with_pin.unwrap()).unwrap();
    assert_eq!(counted(|| message.pin_data().unwrap()).1, 0);
    assert_eq!(counted(|| FinancialRequest::try_from(&message).unwrap()).1, 0);
}
