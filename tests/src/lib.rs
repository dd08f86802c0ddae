//! What the tests, benchmarks and fuzz targets of this project share: elements as the standard has them, a slow checker
//! written from them, seeded messages, and the hand-written codec that benchmarks measure against.
//!
//! Nothing here is used by the library.
#![forbid(unsafe_code)]

pub mod cases;
/// A decoder, packer and splicer written by hand for one dialect: as fast as safe Rust goes.
#[path = "../benches/ceiling/mod.rs"]
pub mod ceiling;
pub mod elements;
pub mod oracle;
pub mod peers;
pub mod seeded;
#[path = "../soak/mod.rs"]
pub mod soak;
#[cfg(feature = "host")]
#[path = "../switch_soak/mod.rs"]
pub mod switch_soak;
pub mod traffic;

/// A financial request of 18 elements, 215 bytes less the three digits that its PAN is short of sixteen.
pub const AUTH_0200: &[u8] =
    b"0200723C448128E080001340123456789090000000000000025001120072155123456072155112028125411051\
00059900133\
4012340000008909=2812201123456789000000123456TERM0001MERCHANT0000001ACME SUPERMARKET 0042  SPRINGFIELD  ILUS840";
