//! Which route a request takes: rows of conditions, compiled into a table that is looked up without allocation.

mod condition;
mod error;
mod facts;
mod row;
mod table;

pub use error::{RouteError, RouteErrors};
pub use row::Row;

use crate::msg::{Dialect, Message};
use condition::Conditions;
use table::{Line, Table};

/// Which route a request takes.
///
/// Of all rows whose conditions a request meets, that with the longest prefix of the PAN wins; of several with equally
/// long ones, the first. A row without conditions takes what is left.
///
/// ```
/// use isopace::gateway::{Routes, Row};
/// use isopace::iso87a::DIALECT;
///
/// let routes = Routes::new(&DIALECT, [
///     Row::to("visa").pan_prefix("4"),
///     Row::to("own-cards").pan_prefix("401234"),
///     Row::to("cash").mti("02xx").processing_code("01"),
///     Row::to("default"),
/// ])?;
/// # Ok::<(), isopace::gateway::RouteErrors>(())
/// ```
#[derive(Debug, Clone)]
pub struct Routes {
    dialect: &'static Dialect,
    /// Names of the routes, each once.
    names: Vec<String>,
    table: Table,
}

impl Routes {
    /// Compiles these rows for requests of a dialect.
    ///
    /// # Errors
    /// All that is wrong with them: values that cannot be, elements that the dialect does not have, rows that no
    /// request can reach.
    pub fn new(dialect: &'static Dialect, rows: impl IntoIterator<Item = Row>) -> Result<Self, RouteErrors> {
        let (mut errors, mut names, mut lines) = (Vec::new(), Vec::<String>::new(), Vec::new());
        for (at, row) in rows.into_iter().enumerate() {
            let conditions = match Conditions::of(&row, dialect, at + 1) {
                Ok(conditions) => conditions,
                Err(wrong) => {
                    errors.extend(wrong);
                    continue;
                }
            };
            let target = names.iter().position(|name| *name == row.to).unwrap_or(names.len());
            if target == names.len() {
                names.push(row.to);
            }
            for prefix in conditions.prefixes() {
                let line = Line { row: at + 1, prefix, conditions: conditions.clone(), target };
                if let Some(first) = lines.iter().find(|first: &&Line| first.covers(&line)) {
                    errors.push(RouteError::Unreachable { row: at + 1, by: first.row });
                }
                lines.push(line);
            }
        }
        if lines.is_empty() && errors.is_empty() {
            errors.push(RouteError::Empty);
        }
        if !errors.is_empty() {
            return Err(RouteErrors::new(errors));
        }
        Ok(Routes { dialect, names, table: Table::new(lines) })
    }

    /// All of it to one route.
    pub(super) fn all_to(dialect: &'static Dialect, name: &str) -> Result<Self, RouteErrors> {
        Routes::new(dialect, [Row::to(name)])
    }

    /// The dialect of the requests.
    #[must_use]
    pub const fn dialect(&self) -> &'static Dialect {
        self.dialect
    }

    /// The routes that there are rows for, in the order of their first one.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// The route of this request.
    #[must_use]
    pub fn find(&self, request: &Message) -> Option<&str> {
        self.place(request).and_then(|place| self.names.get(place)).map(String::as_str)
    }

    /// Where the name of its route stands in the list of [names](Routes::names).
    pub(super) fn place(&self, request: &Message) -> Option<usize> {
        self.table.find(request)
    }
}
