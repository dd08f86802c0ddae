//! Requests a second over loopback, and how long they take: the mux of this project with both ends decoding and
//! encoding, beside what the machine gives without.
//!
//! `cargo run --profile bench -p isopace-tests --bin throughput [echo|hop|batch|bare|isopace|gateway]... [--rounds N] [--milliseconds N]
//! [--in-flight N,N] [--connections N,N] [--rate N,N] [--threads N] [--batch N]`
//!
//! With a rate, requests are due at even distances and measured from when they were due, by as many callers as there may be in
//! flight: what a stall costs shows in all that became due meanwhile.
//!
//! Client, gateway and server are in one process, each on a runtime of its own with one thread, or with `--threads N` on one of
//! so many. Rounds are interleaved and medians shown, so that drift of the machine cancels.
//!
//! `throughput serve ADDRESS` and `throughput ask ADDRESS` are the two ends of `isopace` apart, for other peers.

mod bare;
mod batch;
mod echo;
mod flags;
mod gateway;
mod isopace;
mod load;
mod schedule;
mod table;

use std::process::ExitCode;

use crate::flags::Flags;
use crate::load::{Figures, Load};

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One blocking thread at each end, one frame at a time: what the machine takes for a round trip.
    Echo,
    /// The same with one more such thread in between.
    Hop,
    /// Frames written all at once and read back all at once: the ceiling of the network.
    Batch,
    /// Calls over a shared buffer, answers by their number, no messages: the ceiling of a mux.
    Bare,
    /// Purchases of 18 elements and their approvals.
    Isopace,
    /// The same through a gateway.
    Gateway,
}

impl Kind {
    const ALL: [Kind; 6] = [Kind::Echo, Kind::Hop, Kind::Batch, Kind::Bare, Kind::Isopace, Kind::Gateway];

    const fn word(self) -> &'static str {
        match self {
            Kind::Echo => "echo",
            Kind::Hop => "hop",
            Kind::Batch => "batch",
            Kind::Bare => "bare",
            Kind::Isopace => "isopace",
            Kind::Gateway => "gateway",
        }
    }

    /// Whether it can be measured so.
    fn does(self, load: Load) -> bool {
        match self {
            Kind::Echo | Kind::Hop | Kind::Batch | Kind::Bare if load.rate > 0 => false,
            Kind::Echo | Kind::Hop => load.in_flight == load.connections && load.connections == 1,
            _ => load.in_flight >= load.connections,
        }
    }

    fn run(self, load: Load) -> std::io::Result<Figures> {
        match self {
            Kind::Echo => echo::run(load),
            Kind::Hop => echo::through_a_hop(load),
            Kind::Batch => batch::run(load),
            Kind::Bare => bare::run(load),
            Kind::Isopace => isopace::run(load),
            Kind::Gateway => gateway::run(load),
        }
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match Flags::parse(&words).and_then(|flags| measure(&flags)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(flags: &Flags) -> Result<(), String> {
    let plain = |error: std::io::Error| error.to_string();
    match &flags.apart {
        Some((flags::End::Serve, address)) => return isopace::serve(address, flags.batch).map_err(plain),
        Some((flags::End::Ask, address)) => {
            for load in flags.loads() {
                println!("{}", table::line("isopace", load, &[isopace::ask(address, load).map_err(plain)?]));
            }
            return Ok(());
        }
        None => {}
    }
    println!("{}", table::heading());
    for load in flags.loads() {
        let kinds: Vec<Kind> = flags.kinds().into_iter().filter(|kind| kind.does(load)).collect();
        let mut figures = vec![Vec::new(); kinds.len()];
        for _ in 0..flags.rounds {
            for (kind, figures) in kinds.iter().zip(&mut figures) {
                figures.push(kind.run(load).map_err(plain)?);
            }
        }
        for (kind, figures) in kinds.iter().zip(&figures) {
            println!("{}", table::line(kind.word(), load, figures));
        }
    }
    Ok(())
}
