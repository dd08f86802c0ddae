//! Scenarios: what a test host does with what comes in, and what it sends by itself.

use std::path::Path;
use std::sync::Arc;

use super::action::{Action, LONGEST};
use super::condition::Conditions;
use super::mix::read_template;
use super::problem::{ScenarioError, shown};
use super::reader::{Reader, Table};
use super::recording::Recording;
use super::template::Template;
use crate::msg::Dialect;

/// Largest file that is read.
const MOST: u64 = 16 << 20;

/// What a test host does: rules tried in order, messages sent unasked, recorded traffic.
///
/// ```
/// use isopace::iso87a::DIALECT;
/// use isopace::simulator::Scenario;
///
/// let scenario = Scenario::parse(&DIALECT, "slow.toml", r#"
///     seed = 7
///
///     [[rule]]
///     name = "large amounts are declined, slowly"
///     match = { mti = "0x00", 4 = { from = 1000000 } }
///     code = "61"
///     delay = { from = 100, to = 900 }
///
///     [[rule]]
///     name = "every tenth answer is lost"
///     match = { mti = "0200" }
///     every = 10
///     drop = true
/// "#)?;
/// assert_eq!(scenario.rules().count(), 2);
/// # Ok::<(), isopace::simulator::ScenarioError>(())
/// ```
#[derive(Clone)]
pub struct Scenario(pub(super) Arc<Parts>);

/// What a scenario consists of.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) dialect: &'static Dialect,
    pub(super) seed: u64,
    /// Largest amount approved; all where there is none.
    pub(super) limit: Option<u64>,
    /// Whether what no rule is for is answered.
    pub(super) answers: bool,
    pub(super) rules: Vec<Rule>,
    pub(super) unsolicited: Vec<Unsolicited>,
    pub(super) replay: Option<Replay>,
}

/// When something is done, and what.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: Arc<str>,
    pub(super) conditions: Conditions,
    /// Most uses.
    pub(super) times: Option<u64>,
    /// Every so many messages that it is for.
    pub(super) every: u64,
    /// In millionths.
    pub(super) probability: u32,
    pub(super) action: Action,
}

/// A message sent unasked over each connection.
#[derive(Debug)]
pub(super) struct Unsolicited {
    pub(super) name: Arc<str>,
    pub(super) template: Template,
    /// Milliseconds from the start of the connection.
    pub(super) after: u64,
    /// Milliseconds from one to the next.
    pub(super) every: Option<u64>,
    pub(super) times: u64,
}

/// Answers from a recording.
#[derive(Debug)]
pub(super) struct Replay {
    pub(super) recording: Recording,
    /// Whether answers take as long as they took.
    pub(super) timed: bool,
}

impl std::fmt::Debug for Scenario {
    /// The dialect and the names of the rules.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let rules: Vec<&str> = self.rules().collect();
        f.debug_struct("Scenario")
            .field("dialect", &self.0.dialect.name())
            .field("rules", &rules)
            .finish_non_exhaustive()
    }
}

impl Scenario {
    /// The scenario of a file, for this dialect. A recording that it names is looked for beside it.
    ///
    /// # Errors
    /// The file cannot be read, or everything that is wrong with it.
    pub fn file(dialect: &'static Dialect, path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let text = read(path).map_err(|error| ScenarioError::whole(&name, error))?;
        Scenario::within(dialect, &name, &text, path.parent())
    }

    /// A scenario given as text; `name` is what errors call it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(dialect: &'static Dialect, name: &str, toml: &str) -> Result<Self, ScenarioError> {
        Scenario::within(dialect, name, toml, None)
    }

    /// The names of the rules, in the order in which they are tried.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.0.rules.iter().map(|rule| &*rule.name)
    }

    /// The dialect it was read for.
    #[must_use]
    pub fn dialect(&self) -> &'static Dialect {
        self.0.dialect
    }

    /// One without rules: everything is answered.
    pub(super) fn empty(dialect: &'static Dialect) -> Self {
        Scenario(Arc::new(Parts {
            dialect,
            seed: 0,
            limit: None,
            answers: true,
            rules: Vec::new(),
            unsolicited: Vec::new(),
            replay: None,
        }))
    }

    fn within(dialect: &'static Dialect, name: &str, toml: &str, folder: Option<&Path>) -> Result<Self, ScenarioError> {
        Reader::new(name, toml).read(|table| Parts::read(table, dialect, folder)).map(|parts| Scenario(Arc::new(parts)))
    }
}

impl Parts {
    fn read(table: &Table<'_, '_>, dialect: &'static Dialect, folder: Option<&Path>) -> Option<Self> {
        let seed = table.get("seed").map_or(Some(0), |seed| seed.number(0, i64::MAX as u64));
        let limit = table.get("limit").and_then(|limit| limit.number(0, 999_999_999_999));
        let answers = table.get("otherwise").map_or(Some(true), |value| match value.text()? {
            "answer" => Some(true),
            "drop" => Some(false),
            _ => value.problem("expected answer or drop"),
        });
        let replay = table.get("replay").map(|value| value.table());
        let replay = replay.map(|table| Replay::read(&table?, dialect, folder));
        let mut rules = Vec::new();
        for rule in table.get("rule").map(|value| value.tables()).unwrap_or_default() {
            rules.push(Rule::read(&rule, dialect, rules.len() + 1));
            rule.finish();
        }
        let mut unsolicited = Vec::new();
        for message in table.get("send").map(|value| value.tables()).unwrap_or_default() {
            unsolicited.push(Unsolicited::read(&message, dialect, unsolicited.len() + 1));
            message.finish();
        }
        Some(Parts {
            dialect,
            seed: seed?,
            limit,
            answers: answers?,
            rules: rules.into_iter().collect::<Option<_>>()?,
            unsolicited: unsolicited.into_iter().collect::<Option<_>>()?,
            replay: match replay {
                Some(replay) => Some(replay?),
                None => None,
            },
        })
    }
}

impl Rule {
    fn read(table: &Table<'_, '_>, dialect: &'static Dialect, number: usize) -> Option<Self> {
        let name = name(table, "rule", number);
        let conditions =
            table.get("match").map_or(Some(Conditions::default()), |value| Conditions::read(value, dialect));
        let times = table.get("times").map(|times| times.number(1, i64::MAX as u64));
        let every = table.get("every").map_or(Some(1), |every| every.number(1, i64::MAX as u64));
        let probability = table.get("probability").map_or(Some(1_000_000), |value| value.share());
        let action = Action::read(table, dialect);
        Some(Rule {
            name: name?,
            conditions: conditions?,
            times: match times {
                Some(times) => Some(times?),
                None => None,
            },
            every: every?,
            probability: probability?,
            action: action?,
        })
    }
}

impl Unsolicited {
    fn read(table: &Table<'_, '_>, dialect: &'static Dialect, number: usize) -> Option<Self> {
        let name = name(table, "send", number);
        let template = read_template(table, dialect);
        let after = table.get("after").map_or(Some(0), |after| after.number(0, LONGEST));
        let every = table.get("every").map(|every| every.number(1, LONGEST));
        let times = table.get("times").map(|times| times.number(1, i64::MAX as u64));
        let every = match every {
            Some(every) => Some(every?),
            None => None,
        };
        let times = match times {
            Some(times) => times?,
            None if every.is_some() => u64::MAX,
            None => 1,
        };
        Some(Unsolicited { name: name?, template: template?, after: after?, every, times })
    }
}

impl Replay {
    fn read(table: &Table<'_, '_>, dialect: &'static Dialect, folder: Option<&Path>) -> Option<Self> {
        let timed = table.get("timing").map_or(Some(true), |value| match value.text()? {
            "recorded" => Some(true),
            "at-once" => Some(false),
            _ => value.problem("expected recorded or at-once"),
        });
        let Some(file) = table.get("file") else {
            table.problem("`file` is missing: the recording");
            return None;
        };
        let path = folder.unwrap_or_else(|| Path::new("")).join(file.text()?);
        table.finish();
        let text = match read(&path) {
            Ok(text) => text,
            Err(error) => return file.problem(error),
        };
        match Recording::parse(dialect, "the recording", &text) {
            Ok(recording) => Some(Replay { recording, timed: timed? }),
            Err(error) => file.problem(error.to_string()),
        }
    }
}

/// A name for logs and figures; a number where there is none.
pub(super) fn name(table: &Table<'_, '_>, kind: &str, number: usize) -> Option<Arc<str>> {
    let numbered = || format!("{kind} {number}").into();
    let Some(name) = table.get("name") else { return Some(numbered()) };
    let text = name.text()?;
    // It is printed beside messages.
    if shown(text) == text {
        Some(text.into())
    } else {
        name.problem("a name has at most 40 characters and no numbers of cards")
    }
}

/// A file as text, if it is not too long.
fn read(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|error| format!("cannot be opened: {error}"))?;
    let mut text = String::new();
    let length = file.take(MOST + 1).read_to_string(&mut text).map_err(|error| format!("cannot be read: {error}"))?;
    if length as u64 > MOST { Err(format!("is longer than {MOST} bytes")) } else { Ok(text) }
}
