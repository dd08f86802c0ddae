//! What is measured: each row an operation, each column somebody who does it, over the same messages.
//!
//! A case makes one pass over all messages of a kind of traffic. Inputs and outputs go through `black_box`, so that nothing
//! is worked out beforehand and nothing left out.

mod names;
mod pass;
mod shared;
mod work;

pub use names::{Column, Row, Traffic};
use shared::{Shared, shared};
use work::{edited, reply_i8583, reply_iso_8583_rs};

use crate::ceiling::splice;
use crate::peers::{pack_i8583, pack_iso_8583_rs};

/// The amount and response code that every edit sets.
const AMOUNT: u64 = 1_999;
const CODE: &[u8; 2] = b"51";

/// One cell of the table.
pub struct Case {
    /// What is done.
    pub row: Row,
    /// By whom.
    pub column: Column,
    /// Messages of one pass.
    pub messages: usize,
    /// One pass over all messages.
    pub pass: Box<dyn FnMut()>,
}

/// All cells for one kind of traffic.
///
/// # Errors
/// Two columns that do not give the same bytes, or one that refuses a message.
pub fn cases(traffic: Traffic) -> Result<Vec<Case>, String> {
    let shared = shared(traffic)?;
    let mut cases = Vec::new();
    for row in Row::ALL {
        for column in Column::ALL {
            if let Some((messages, pass)) = pass::case(shared, row, column) {
                cases.push(Case { row, column, messages, pass });
            }
        }
    }
    agree(shared)?;
    Ok(cases)
}

/// Holds all columns to the same output.
fn agree(shared: &Shared) -> Result<(), String> {
    for (nth, message) in shared.parsed.iter().enumerate() {
        let differs = |what: &str| format!("message {nth}: {what} differs");
        let (owned, mut out) = (&shared.indexed[nth], Vec::new());
        let ours = edited!(message).finish().map_err(|error| error.to_string())?;
        splice(&owned.wire, &owned.index, b"0210", AMOUNT, CODE, &mut out).ok_or_else(|| differs("splice"))?;
        (ours == out).then_some(()).ok_or_else(|| differs("splice"))?;
        reply_iso_8583_rs(&owned.wire, &mut out).ok_or_else(|| differs("iso_8583_rs, edited"))?;
        (ours == out).then_some(()).ok_or_else(|| differs("iso_8583_rs, edited"))?;
        (Some(&ours[..]) == reply_i8583(&owned.wire).as_deref())
            .then_some(())
            .ok_or_else(|| differs("i8583, edited"))?;

        let ours = shared.typed[nth].pack().map_err(|error| error.to_string())?;
        (Some(&ours) == shared.wide[nth].pack().as_ref())
            .then_some(())
            .ok_or_else(|| differs("the ceiling, packed"))?;
        if shared.one_shape {
            let narrow = shared.narrow[nth].pack();
            (Some(&ours) == narrow.as_ref()).then_some(()).ok_or_else(|| differs("the ceiling, packed narrow"))?;
        }
        pack_iso_8583_rs(*b"0200", &shared.values[nth], &mut out).ok_or_else(|| differs("iso_8583_rs, packed"))?;
        (ours == out).then_some(()).ok_or_else(|| differs("iso_8583_rs, packed"))?;
        let packed = pack_i8583(*b"0200", &shared.values[nth], Vec::new());
        (Some(&ours[..]) == packed.as_deref()).then_some(()).ok_or_else(|| differs("i8583, packed"))?;
    }
    Ok(())
}
