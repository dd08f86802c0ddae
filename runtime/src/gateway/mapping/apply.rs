//! Mapping a message.

use zeroize::Zeroizing;

use super::{MapError, Mapping, Rule};
use crate::msg::message::wrong;
use crate::msg::{Edit, Leaf, Message};
use crate::types::Mti;

impl Mapping {
    /// The message in the new dialect.
    ///
    /// # Errors
    /// Content that is not what the spec says or that the new dialect does not allow; a value without a place; one that
    /// is not converted.
    pub fn apply(&self, message: &Message) -> Result<Message, MapError> {
        let mut edit = Edit::build(self.to);
        edit.message_type(self.message_type(message.mti()));
        let mut inside = false;
        for number in message.numbers() {
            let rule = self.elements.get(usize::from(number)).unwrap_or(&Rule::None);
            if let Rule::Inside = rule {
                inside = true;
                continue;
            }
            let value = || match message.raw(number) {
                Some(raw) => {
                    let at = message.span(number).map_or(0, |span| span.start);
                    raw.leaf().map(Zeroizing::new).map_err(|fault| wrong(number, at, fault).into())
                }
                None => Ok(Zeroizing::new(String::new())),
            };
            put(&mut edit, rule, || number.to_string(), value)?;
        }
        if inside {
            self.leaves(message, &mut edit)?;
        }
        Ok(Message::parse(self.to, edit.finish()?)?)
    }

    fn message_type(&self, from: Mti) -> Mti {
        if let Some((_, to)) = self.types.iter().find(|(other, _)| *other == from) {
            return *to;
        }
        let mut digits = from.digits();
        digits[0] = self.version.unwrap_or(digits[0]);
        Mti::from_digits(&digits).unwrap_or(from)
    }

    /// Elements that are mapped value by value.
    fn leaves(&self, message: &Message, edit: &mut Edit<'_>) -> Result<(), MapError> {
        let mut result = Ok(());
        message.leaves(|leaf| {
            if result.is_ok() {
                result = leaf.map_err(MapError::from).and_then(|leaf| self.leaf(&leaf, edit));
            }
        });
        result
    }

    fn leaf(&self, leaf: &Leaf<'_>, edit: &mut Edit<'_>) -> Result<(), MapError> {
        let path = leaf.path();
        let element = path.split('.').next().and_then(|head| head.parse::<usize>().ok()).unwrap_or(0);
        if !matches!(self.elements.get(element), Some(Rule::Inside)) {
            return Ok(());
        }
        let value = || leaf.expose().map(Zeroizing::new).map_err(MapError::from);
        // The rule of the value, or of what it is inside of.
        let (plain, occurrence) = path.rsplit_once('#').map_or((path, ""), |(plain, _)| (plain, &path[plain.len()..]));
        let mut known = plain;
        loop {
            match self.inside.get(known) {
                Some(Rule::Inside) | None => {}
                Some(Rule::Copy(to)) if known == plain => {
                    let rule = Rule::Copy(format!("{to}{occurrence}"));
                    return put(edit, &rule, || path.to_owned(), value);
                }
                Some(rule @ (Rule::Convert(..) | Rule::Drop)) if known == plain || matches!(rule, Rule::Drop) => {
                    return put(edit, rule, || path.to_owned(), value);
                }
                Some(_) => break,
            }
            match known.rsplit_once('.') {
                Some((parent, _)) => known = parent,
                None => break,
            }
        }
        // Not listed in the spec: it stays where it is, if there is such a place.
        if leaf.field().is_none() && plain.contains('.') {
            return put(edit, &Rule::Copy(path.to_owned()), || path.to_owned(), value);
        }
        Err(MapError::NoPlace(path.to_owned()))
    }
}

fn put(
    edit: &mut Edit<'_>,
    rule: &Rule,
    path: impl Fn() -> String,
    value: impl Fn() -> Result<Zeroizing<String>, MapError>,
) -> Result<(), MapError> {
    match rule {
        Rule::Drop => {}
        Rule::Copy(to) => {
            edit.set_leaf(to, &value()?);
        }
        Rule::Convert(to, convert) => {
            let value = Zeroizing::new(convert(&value()?).ok_or_else(|| MapError::NoValue(path()))?);
            edit.set_leaf(to, &value);
        }
        Rule::None | Rule::Inside => return Err(MapError::NoPlace(path())),
    }
    Ok(())
}
