//! Recorded traffic: lines of text, one a message, and the answers in it by the requests that they belong to.
//!
//! A line is `ms direction hex`: milliseconds since the recording began, `in` for what came to the host and `out` for what it sent,
//! and the message without its frame, in hex. Blank lines and lines that begin with `#` are passed over. A recording holds what was
//! sent, card data included.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;

use super::problem::{Problem, ScenarioError};
use crate::msg::{Dialect, Message};
use crate::types::Mti;

/// Most answers to one key.
const MOST_ANSWERS: usize = 1024;

/// The answers of a recording.
#[derive(Default)]
pub(super) struct Recording {
    answers: HashMap<Vec<u8>, Vec<Recorded>>,
}

/// An answer, and how long it took.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Recorded {
    pub(super) after: u64,
    pub(super) body: Bytes,
}

impl std::fmt::Debug for Recorded {
    /// No content.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recorded({} bytes after {} ms)", self.body.len(), self.after)
    }
}

impl std::fmt::Debug for Recording {
    /// How many keys there are; keys are what messages held.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Recording({} keys)", self.answers.len())
    }
}

impl Recording {
    /// Pairs the answers with their requests by what the dialect pairs them by. What was sent unasked is passed over.
    pub(super) fn parse(dialect: &'static Dialect, name: &str, text: &str) -> Result<Self, ScenarioError> {
        let mut recording = Recording::default();
        let mut asked: HashMap<Vec<u8>, u64> = HashMap::new();
        let mut problems = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
        {
            let read = read(line).and_then(|(ms, inward, body)| {
                let message = Message::parse(dialect, body).map_err(|error| error.to_string())?;
                Ok((ms, inward, message))
            });
            match read {
                Ok((ms, true, message)) => _ = request_keys(&message).map(|key| asked.insert(key, ms)).count(),
                Ok((ms, false, message)) => {
                    let keys: Vec<Vec<u8>> = keys(message.mti().original(), &message).collect();
                    let known = keys.iter().filter_map(|key| Some((key, asked.get(key)?)));
                    for (key, sent) in known {
                        let answers = recording.answers.entry(key.clone()).or_default();
                        if answers.len() < MOST_ANSWERS {
                            let body = message.as_bytes().clone();
                            answers.push(Recorded { after: ms.saturating_sub(*sent), body });
                        }
                    }
                }
                Err(what) => problems.push(Problem { place: Some((at + 1, 1)), what }),
            }
        }
        if problems.is_empty() { Ok(recording) } else { Err(ScenarioError::new(name, problems)) }
    }

    /// The key and the answers of a request.
    pub(super) fn answers(&self, request: &Message) -> Option<(Vec<u8>, &[Recorded])> {
        request_keys(request).find_map(|key| {
            let answers = self.answers.get(&key)?;
            Some((key, answers.as_slice()))
        })
    }
}

/// The keys that answers to this request have.
fn request_keys(request: &Message) -> impl Iterator<Item = Vec<u8>> {
    request.mti().response().into_iter().flat_map(|answer| keys(answer.original(), request))
}

/// Message type of the answer and the elements of each alternative that are all there, as they stand.
fn keys(answer: Mti, message: &Message) -> impl Iterator<Item = Vec<u8>> {
    let rules = message.dialect().correlation_rules();
    let class = answer.digits()[1] - b'0';
    let own = rules.iter().find(|rule| rule.class == Some(class));
    let rule = own.or_else(|| rules.iter().find(|rule| rule.class.is_none()));
    let alternatives = rule.map_or(&[][..], |rule| rule.alternatives);
    alternatives.iter().enumerate().filter_map(move |(at, elements)| {
        let mut key = answer.digits().to_vec();
        key.push(at as u8);
        for &number in *elements {
            let content = message.as_bytes().get(message.span(number)?)?;
            key.extend_from_slice(&(content.len() as u32).to_be_bytes());
            key.extend_from_slice(content);
        }
        Some(key)
    })
}

/// One line. What is wrong with it is told without it.
fn read(line: &str) -> Result<(u64, bool, Bytes), String> {
    let mut words = line.split_whitespace();
    let (Some(ms), Some(direction), Some(hex), None) = (words.next(), words.next(), words.next(), words.next()) else {
        return Err("expected: milliseconds, in or out, and hex".to_owned());
    };
    let ms = ms.parse().map_err(|_| "the first word is no number of milliseconds".to_owned())?;
    let inward = match direction {
        "in" => true,
        "out" => false,
        _ => return Err("the second word is neither in nor out".to_owned()),
    };
    let digit = |byte: u8| (byte as char).to_digit(16);
    let (pairs, []) = hex.as_bytes().as_chunks::<2>() else { return Err("an odd number of hex digits".to_owned()) };
    let byte = |&[high, low]: &[u8; 2]| Some((digit(high)? << 4 | digit(low)?) as u8);
    let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    bytes.map(|bytes| (ms, inward, bytes.into())).ok_or_else(|| "the third word is no hex".to_owned())
}

/// Writes traffic to a file as it goes over the wire, card data included.
#[derive(Debug)]
pub struct Recorder {
    file: Mutex<Option<std::io::BufWriter<std::fs::File>>>,
    begun: Instant,
}

impl Recorder {
    /// Makes the file, for its owner alone to read (mode 0600 where there are modes). One that is there is not written over.
    ///
    /// # Errors
    /// What the system says.
    pub fn create(path: impl AsRef<Path>) -> std::io::Result<Self> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = Mutex::new(Some(std::io::BufWriter::new(options.open(path)?)));
        Ok(Recorder { file, begun: Instant::now() })
    }

    /// Writes a message. When the disk takes no more, that is told to the log once and nothing is written any more.
    pub(super) fn note(&self, inward: bool, body: &[u8]) {
        let elapsed = self.begun.elapsed().as_millis();
        let mut line = format!("{elapsed} {} ", if inward { "in" } else { "out" });
        for byte in body {
            _ = write!(line, "{byte:02X}");
        }
        line.push('\n');
        self.with(|file| file.write_all(line.as_bytes()));
    }

    /// Hands all of it to the system.
    pub(super) fn flush(&self) {
        self.with(Write::flush);
    }

    fn with(&self, write: impl FnOnce(&mut std::io::BufWriter<std::fs::File>) -> std::io::Result<()>) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = file.as_mut()
            && let Err(error) = write(open)
        {
            tracing::error!(%error, "the recording ends here: it cannot be written");
            *file = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iso87a::DIALECT;

    fn hex(text: &str) -> String {
        text.bytes().map(|byte| format!("{byte:02X}")).collect()
    }

    #[test]
    fn answers_are_found_by_the_key_of_the_request() {
        let request = "02000020000000800000000123TERM0001";
        let other = "02000020000000800000000124TERM0001";
        let answer = "0210002000000280000000012300TERM0001";
        let text = format!("# two\n\n5 in {}\n30 out {}\n40 out {}\n", hex(request), hex(answer), hex(answer));
        let recording = Recording::parse(&DIALECT, "r", &text).unwrap();
        let found = |wire: &str| {
            let message = Message::parse(&DIALECT, wire.as_bytes().to_vec()).unwrap();
            recording
                .answers(&message)
                .map(|(_, answers)| answers.iter().map(|answer| answer.after).collect::<Vec<_>>())
        };
        assert_eq!(found(request), Some(vec![25, 35]));
        assert_eq!(found(other), None);
    }

    #[test]
    fn what_is_wrong_is_told_by_line_and_not_shown() {
        let text = "x in 30\n1 up 30\n1 in 3\n1 in 3X\n1 in\n1 in 4012345678909F\n";
        let error = Recording::parse(&DIALECT, "r", text).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 6, "{error}");
        assert!(error.starts_with("r:1:1: the first word") && !error.contains("40123"), "{error}");
    }
}
