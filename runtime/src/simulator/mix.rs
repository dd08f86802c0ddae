//! A mix of messages, by weight, for whoever makes load.

use std::sync::Arc;

use super::problem::ScenarioError;
use super::random::Random;
use super::reader::{Reader, Table};
use super::scenario::name;
use super::template::Template;
use super::value::{Set, Source, read_all};
use crate::msg::{Dialect, Error};
use crate::types::{Mti, Stan};

/// A source of messages: several kinds by weight, with elements made anew for each.
///
/// ```toml
/// seed = 7
///
/// [[message]]
/// name = "purchase"
/// weight = 80
/// mti = "0200"
/// set = { 2 = ["4012345678909", "4111111111111111"], 3 = "000000", 4 = { from = 100, to = 50000 }, 41 = "TERM0001" }
/// ```
///
/// A value is a text or number that stands, a list to choose from by chance, `{ from, to }` for a number by chance, `{ sequence = 1 }`
/// for one number after the other, or `{ now = true }` for date and time (UTC). The audit number (DE 11) and the mandatory and
/// conditional elements of date and time (DE 7, 12, 13) are filled in unless they are set. The same seed gives the same messages,
/// times aside.
pub struct Mix {
    dialect: &'static Dialect,
    parts: Vec<Part>,
    weights: u64,
    choice: Random,
    source: Source,
}

struct Part {
    name: Arc<str>,
    /// The sum of the weights up to this one.
    end: u64,
    template: Template,
}

impl Mix {
    /// From a text of TOML; `name` is what errors call it.
    ///
    /// # Errors
    /// Everything that is wrong with it: keys that are none, values that do not fit the dialect.
    pub fn parse(dialect: &'static Dialect, name: &str, toml: &str) -> Result<Self, ScenarioError> {
        Reader::new(name, toml).read(|table| {
            let seed = table.get("seed").map_or(Some(0), |seed| seed.number(0, i64::MAX as u64))?;
            let Some(messages) = table.get("message") else {
                table.problem("there is no [[message]]");
                return None;
            };
            let mut mix =
                Mix { dialect, parts: Vec::new(), weights: 0, choice: Random::new(seed), source: Source::new(!seed) };
            for message in messages.tables() {
                mix.part(&message);
                message.finish();
            }
            (mix.weights > 0).then_some(mix).or_else(|| messages.problem("no message has a weight"))
        })
    }

    /// Purchases with a test card, where there is no mix of one's own.
    ///
    /// # Errors
    /// The dialect has no such message.
    pub fn purchases(dialect: &'static Dialect) -> Result<Self, ScenarioError> {
        let edition = dialect.messages().iter().any(|message| message.mti == "1200");
        let set = PURCHASE.iter().filter(|(number, _)| dialect.field(*number).is_some());
        let set: Vec<String> = set.map(|(number, value)| format!("{number} = {value}")).collect();
        let mti = if edition { "1200" } else { "0200" };
        let toml = format!("[[message]]\nname = \"purchase\"\nmti = \"{mti}\"\nset = {{ {} }}\n", set.join(", "));
        Mix::parse(dialect, "the built-in mix", &toml)
    }

    fn part(&mut self, table: &Table<'_, '_>) -> Option<()> {
        let template = read_template(table, self.dialect);
        let name = name(table, "message", self.parts.len() + 1);
        let weight = table.get("weight").map_or(Some(1), |weight| weight.number(0, 1_000_000))?;
        let template = template?;
        self.weights += weight;
        self.parts.push(Part { name: name?, end: self.weights, template });
        Some(())
    }

    /// The names of the messages, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|part| &*part.name)
    }

    /// Whether each message has the audit number that [`Mix::write`] is given.
    #[must_use]
    pub fn fills_stans(&self) -> bool {
        self.parts.iter().all(|part| part.template.fills_stan())
    }

    /// Takes the date and time of now for the messages that come: call it now and then, since asking the system for the time of
    /// each message costs more than writing it.
    pub fn renew_time(&mut self) {
        self.source.moment.renew();
    }

    /// Appends the next message, with this audit number. Gives which one it is, by its place among [`Mix::names`].
    ///
    /// # Errors
    /// It cannot be written; nothing is appended then.
    pub fn write(&mut self, stan: Stan, out: &mut Vec<u8>) -> Result<usize, Error> {
        let drawn = self.choice.up_to(self.weights - 1);
        let at = self.parts.partition_point(|part| part.end <= drawn).min(self.parts.len() - 1);
        let start = out.len();
        let written = self.parts[at].template.write(&mut self.source, stan, out);
        if written.is_err() {
            out.truncate(start);
        }
        written.map(|()| at)
    }
}

impl std::fmt::Debug for Mix {
    /// The dialect and the names of the messages.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.names().collect();
        f.debug_struct("Mix").field("dialect", &self.dialect.name()).field("messages", &names).finish_non_exhaustive()
    }
}

/// Elements of the built-in purchase.
const PURCHASE: [(u8, &str); 11] = [
    (2, "[\"4012345678909\", \"4111111111111111\", \"5399410000000000\"]"),
    (3, "\"000000\""),
    (4, "{ from = 100, to = 50000 }"),
    (7, "{ now = true }"),
    (12, "{ now = true }"),
    (18, "\"5411\""),
    (32, "\"123456\""),
    (37, "{ sequence = 1 }"),
    (41, "\"TERM0001\""),
    (42, "\"MERCHANT0000001\""),
    (49, "\"840\""),
];

/// The keys `mti`, `set` and `fill` of a table: a message made to a pattern.
pub(super) fn read_template(table: &Table<'_, '_>, dialect: &'static Dialect) -> Option<Template> {
    let sets = table.get("set").map_or(Some(Vec::new()), |set| read_all(set, dialect));
    let fill = table.get("fill").map_or(Some(true), |fill| fill.flag());
    let Some(mti) = table.get("mti") else {
        table.problem("`mti` is missing");
        return None;
    };
    let Ok(digits) = Mti::new(mti.text()?) else { return mti.problem("expected a message type of four digits") };
    let sets: Vec<Set> = sets?;
    match Template::new(dialect, digits, sets, fill?) {
        Ok(template) => Some(template),
        Err(error) => {
            table.problem(format!("{}: {}", error.path(), error.kind()));
            None
        }
    }
}
