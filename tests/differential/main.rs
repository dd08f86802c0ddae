//! The codec held against implementations that nobody here wrote: the dissector of Wireshark, `pyiso8583` and the
//! `iso_8583` of npm. README.md beside this file says how to run them and what each is asked.
//!
//! Messages are random, from a seed that every failure names. Each peer is one process for thousands of messages.
#![forbid(unsafe_code)]

mod batch;
mod iso_8583;
mod ours;
mod peer;
mod pyiso8583;
mod tshark;
mod values;
