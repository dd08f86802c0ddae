//! The same purchase in each shipped dialect: nanoseconds of parsing it and reading every element, and of packing it.
//!
//! `cargo run --profile bench -p isopace-tests --bin dialects [--rounds N]`
//!
//! A packed message is about half as long as the same one in ASCII and says as much, so figures are given per byte and per
//! value as well, beside those of `iso87-a` in the same run. Samples of all dialects are taken in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

use isopace::dialects::{iso87a, iso87b, iso87c, postilion};
use isopace::{Bytes, Edit};

/// About how long one sample takes.
const SAMPLE: Duration = Duration::from_micros(200);

/// What the purchase says, in every dialect.
const PURCHASE: [(&str, &str); 18] = [
    ("2", "4012345678909"),
    ("3", "000000"),
    ("4", "000000002500"),
    ("7", "1120072155"),
    ("11", "123456"),
    ("12", "072155"),
    ("13", "1120"),
    ("14", "2812"),
    ("18", "5411"),
    ("22", "051"),
    ("25", "00"),
    ("32", "990010"),
    ("35", "4012345678909=2812201123456789"),
    ("37", "000000123456"),
    ("41", "TERM0001"),
    ("42", "MERCHANT0000001"),
    ("43", "ACME SUPERMARKET 0042  SPRINGFIELD  ILUS"),
    ("49", "840"),
];

/// What Postilion adds to it.
const PRIVATE: [(&str, &str); 7] = [
    ("59", "0000804058"),
    ("123", "211201213041001"),
    ("127.2", "0007713856"),
    ("127.3", "SrcNode     SnkNode     804058804058TotalsGroup "),
    ("127.20", "20280604"),
    ("127.22.ORIGINAL_RID", "627629"),
    ("127.33", "6000"),
];

/// A dialect, its message, and a pass over it.
struct Case {
    name: &'static str,
    bytes: usize,
    values: usize,
    read: Box<dyn FnMut()>,
    pack: Box<dyn FnMut()>,
}

macro_rules! case {
    ($module:ident, $values:expr, $also:expr) => {{
        let mut edit = Edit::build(&$module::DIALECT);
        edit.mti("0200");
        let mut values = 0;
        for (path, value) in $values {
            edit.set_leaf(path, value);
            values += 1;
        }
        let wire: Bytes = edit.finish().map_err(|error| format!("{}: {error}", stringify!($module)))?;
        let read_wire = wire.clone();
        let read = move || {
            let Ok(message) = $module::Message::parse(black_box(&read_wire).clone()) else { return };
            _ = black_box((
                message.pan(),
                message.processing_code(),
                message.amount(),
                message.transmission_date_time(),
            ));
            _ = black_box((message.stan(), message.local_time(), message.local_date(), message.expiration_date()));
            _ = black_box((message.merchant_type(), message.pos_entry_mode(), message.pos_condition_code()));
            _ = black_box((message.acquiring_institution(), message.track2(), message.rrn(), message.terminal_id()));
            _ = black_box((message.card_acceptor_id(), message.card_acceptor_name_location(), message.currency()));
            $also(&message);
        };
        // Packed from typed values; those of a message stay in it.
        let source: &'static $module::Message =
            Box::leak(Box::new($module::Message::parse(wire.clone()).map_err(|error| error.to_string())?));
        let request = $module::FinancialRequest::try_from(source).map_err(|error| error.to_string())?;
        if request.pack().as_ref() != Ok(&wire) {
            return Err(format!("{} does not come back as it was", stringify!($module)));
        }
        let pack = move || _ = black_box(black_box(&request).pack());
        Case { name: $module::DIALECT.name(), bytes: wire.len(), values, read: Box::new(read), pack: Box::new(pack) }
    }};
}

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let rounds = match words.iter().position(|word| word == "--rounds") {
        Some(at) => words.get(at + 1).and_then(|word| word.parse().ok()).ok_or("--rounds takes a number")?,
        None => 301,
    };
    let nothing = |_: &isopace::Message| {};
    let private = |message: &postilion::Message| {
        _ = black_box((message.echo_data(), message.pos_data_code()));
        let Ok(Some(inside)) = message.private_data() else { return };
        _ = black_box((inside.switch_key(), inside.routing_information(), inside.structured_data().map(drop)));
    };
    let with_private = PURCHASE.iter().chain(&PRIVATE);
    let mut cases = [
        case!(iso87a, PURCHASE, |message: &iso87a::Message| nothing(message)),
        case!(iso87b, PURCHASE, |message: &iso87b::Message| nothing(message)),
        case!(iso87c, PURCHASE, |message: &iso87c::Message| nothing(message)),
        case!(postilion, with_private, private),
    ];
    let mut read = vec![Vec::with_capacity(rounds); cases.len()];
    let mut pack = read.clone();
    for _ in 0..rounds {
        for (at, case) in cases.iter_mut().enumerate() {
            read[at].push(sample(&mut case.read));
            pack[at].push(sample(&mut case.pack));
        }
    }
    println!(
        "| dialect | bytes | values | read all, ns | per byte, of iso87-a | per value | pack, ns | per byte | per value |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut first = None;
    for ((case, read), pack) in cases.iter().zip(&mut read).zip(&mut pack) {
        let (bytes, values) = (case.bytes as f64, case.values as f64);
        let [read, pack] = [median(read), median(pack)].map(|spent| (spent, spent / bytes, spent / values));
        let (read_first, pack_first) = *first.get_or_insert((read, pack));
        println!(
            "| {} | {} | {} | {:.0} | {:.2} | {:.2} | {:.0} | {:.2} | {:.2} |",
            case.name,
            case.bytes,
            case.values,
            read.0,
            read.1 / read_first.1,
            read.2 / read_first.2,
            pack.0,
            pack.1 / pack_first.1,
            pack.2 / pack_first.2
        );
    }
    Ok(())
}

/// Nanoseconds of one pass.
fn sample(pass: &mut dyn FnMut()) -> f64 {
    let (start, mut passes) = (Instant::now(), 0u32);
    loop {
        (0..64).for_each(|_| pass());
        passes += 64;
        let spent = start.elapsed();
        if spent >= SAMPLE {
            return spent.as_nanos() as f64 / f64::from(passes);
        }
    }
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}
