//! An answer as it is kept, with what its request was for and what was given to the route.

use zeroize::Zeroizing;

use crate::msg::{Dialect, Kind, Message};
use crate::store::{SealError, Vault};
use crate::types::Track2;

const VERSION: u8 = 1;

/// Processing code, amount and currency: a repeat has the same.
const SAME: [u8; 3] = [3, 4, 49];

/// An answer that was kept.
pub(super) struct Kept {
    /// Whether the request that it is for now is the one that it was for.
    pub(super) same: bool,
    pub(super) answer: Message,
    /// The route, and what was given to it.
    pub(super) forwarded: Option<(String, Message)>,
}

/// What is kept: each part behind its length.
pub(super) fn write(
    vault: &Vault,
    request: &Message,
    answer: &Message,
    forwarded: Option<(&str, &Message)>,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let mut out = Zeroizing::new(Vec::with_capacity(1024));
    out.push(VERSION);
    for content in content(request) {
        put(&mut out, content.as_bytes());
    }
    put(&mut out, answer.dialect().name().as_bytes());
    put(&mut out, &vault.minimised(answer)?);
    // What cannot be kept of it is no reason not to keep the answer.
    if let Some((route, message)) = forwarded
        && let Ok(bytes) = vault.minimised(&with_pan(message))
    {
        put(&mut out, route.as_bytes());
        put(&mut out, &bytes);
    }
    Ok(out)
}

/// What was kept of an answer; nothing when it is none, or of another dialect. The dialect of each route is asked for
/// by its name.
pub(super) fn read(bytes: &[u8], request: &Message, route: impl Fn(&str) -> Option<&'static Dialect>) -> Option<Kept> {
    let (&VERSION, mut rest) = bytes.split_first()? else { return None };
    let mut same = true;
    for content in content(request) {
        let before = take(&mut rest)?;
        // What only one of both says says nothing.
        same &= before.is_empty() || content.is_empty() || before == content.as_bytes();
    }
    let dialect = request.dialect();
    if take(&mut rest)? != dialect.name().as_bytes() {
        return None;
    }
    let answer = Message::parse(dialect, take(&mut rest)?.to_vec()).ok()?;
    let mut forwarded = || {
        let name = std::str::from_utf8(take(&mut rest)?).ok()?;
        let message = Message::parse(route(name)?, take(&mut rest)?.to_vec()).ok()?;
        Some((name.to_owned(), message))
    };
    Some(Kept { same, answer, forwarded: forwarded() })
}

fn put(out: &mut Vec<u8>, part: &[u8]) {
    // No message is as long as that.
    out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    out.extend_from_slice(part);
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, behind) = rest.split_first_chunk::<4>()?;
    let (part, behind) = behind.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    *rest = behind;
    Some(part)
}

/// What a request is for: kind of transaction, amount, currency and card.
fn content(request: &Message) -> [Zeroizing<String>; 4] {
    let leaf = |number: u8| request.raw(number).and_then(|raw| raw.leaf().ok()).unwrap_or_default();
    let [processing, amount, currency] = SAME.map(|number| Zeroizing::new(leaf(number)));
    let pan = match request.has(2) {
        true => leaf(2),
        false => pan_of_track(request).unwrap_or_default(),
    };
    [processing, amount, currency, Zeroizing::new(pan)]
}

fn pan_of_track(message: &Message) -> Option<String> {
    let track = message.get::<Track2<'_>>(35).ok()??;
    Some(track.pan()?.expose().to_owned())
}

/// The message with the card number of its track, which is not kept, as an element of its own.
fn with_pan(message: &Message) -> Message {
    let takes = message.dialect().field(2).is_some_and(|field| field.kind == Kind::Pan);
    let with = || {
        let track = message.get::<Track2<'_>>(35).ok()??;
        let mut edit = message.edit();
        edit.set(2, &track.pan()?);
        Message::parse(message.dialect(), edit.finish().ok()?).ok()
    };
    if takes && !message.has(2) { with() } else { None }.unwrap_or_else(|| message.clone())
}
