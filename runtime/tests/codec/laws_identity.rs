//! Law 1: what was accepted is written out again as it came, byte for byte; and what the leaves say is all there is.

use crate::common;

use common::dialects;
use common::messages::{Sample, message};
use common::{cases, leaves};
use isopace::{Dialect, Edit, Error, Message};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// Runs a check over random messages of every dialect.
fn over_all(count: u32, check: impl Fn(&'static Dialect, &Sample) -> Result<(), TestCaseError>) {
    let failures: Vec<String> = dialects::all()
        .into_iter()
        .filter_map(|dialect| {
            let run = TestRunner::new(cases(count)).run(&message(dialect), |sample| check(dialect, &sample));
            run.err().map(|failure| format!("{}: {failure}", dialect.name()))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What an edit gives when every leaf is set.
fn with_all(mut edit: Edit<'_>, leaves: &[(String, String)]) -> Result<isopace::Bytes, Error> {
    for (path, value) in leaves {
        edit.set_leaf(path, value);
    }
    edit.finish()
}

/// A message written anew from its leaves.
fn rebuilt(dialect: &'static Dialect, mti: &str, leaves: &[(String, String)]) -> Result<isopace::Bytes, Error> {
    let mut edit = Edit::build(dialect);
    edit.mti(mti);
    with_all(edit, leaves)
}

#[test]
fn an_edit_that_changes_nothing_changes_nothing() {
    over_all(200, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        prop_assert_eq!(&message.edit().finish()?, &sample.wire);
        let mut behind = b"before".to_vec();
        message.edit().finish_into(&mut behind)?;
        prop_assert_eq!(&behind[6..], &sample.wire[..]);
        Ok(())
    });
}

#[test]
fn an_edit_that_says_the_same_again_changes_nothing() {
    over_all(100, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        prop_assert_eq!(&message.edit().mti(&sample.mti).finish()?, &sample.wire);
        let kept: Vec<u8> = message.numbers().collect();
        prop_assert_eq!(&message.edit().mti(&sample.mti).keep(&kept).finish()?, &sample.wire);
        Ok(())
    });
}

#[test]
fn an_element_put_in_and_taken_out_leaves_what_was() {
    over_all(100, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        let Some(absent) = dialect.fields().iter().find(|field| match field.key {
            isopace::msg::Key::Number(number) => !message.has(number as u8) && field.composite.is_none(),
            _ => false,
        }) else {
            return Ok(());
        };
        let isopace::msg::Key::Number(number) = absent.key else { return Ok(()) };
        prop_assert_eq!(&message.edit().put(absent, &Anything).remove(number as u8).finish()?, &sample.wire);
        Ok(())
    });
}

/// A value of any element: zeros, as many as there must be.
struct Anything;

impl isopace::msg::Encode for Anything {
    fn units(&self, rule: &isopace::wire::Rule) -> usize {
        rule.max() as usize
    }

    fn encode<O: isopace::wire::Buffer>(&self, body: isopace::wire::Body<'_, O>) -> Result<(), isopace::wire::Fault> {
        use isopace::wire::Class;
        let units = body.rule().max() as usize;
        match body.rule().class {
            Class::B => body.leaf(&"00".repeat(units)),
            Class::Xn => body.text(&format!("C{}", "0".repeat(units - 1))),
            Class::A | Class::As => body.text(&"A".repeat(units)),
            _ => body.text(&"0".repeat(units)),
        }
    }
}

#[test]
fn what_was_written_is_what_is_read() {
    over_all(200, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        prop_assert_eq!(message.mti(), sample.mti.as_str());
        message.validate()?;
        prop_assert_eq!(&leaves(&message)?, &sample.leaves);
        Ok(())
    });
}

#[test]
fn a_message_written_anew_from_its_leaves_is_the_same() {
    over_all(200, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        let leaves = leaves(&message)?;
        let anew = rebuilt(dialect, &sample.mti, &leaves)?;
        let again = Message::parse(dialect, anew.clone())?;
        prop_assert_eq!(common::leaves(&again)?, leaves);
        if sample.canonical {
            prop_assert_eq!(&anew, &sample.wire);
        }
        Ok(())
    });
}

#[test]
fn spans_follow_one_another_and_cover_the_message() {
    over_all(100, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        let mut end = None;
        let mut spans: Vec<_> = message.numbers().map(|number| message.span(number).unwrap()).collect();
        // A bitmap may stand among the elements.
        spans.extend(message.span(65));
        spans.sort_by_key(|span| span.start);
        for span in spans {
            if let Some(end) = end {
                prop_assert_eq!(span.start, end);
            }
            end = Some(span.end);
        }
        prop_assert_eq!(end.unwrap_or(sample.wire.len()), sample.wire.len());
        Ok(())
    });
}

#[test]
fn a_repeated_edit_is_the_same_as_one() {
    over_all(100, |dialect, sample| {
        let message = Message::parse(dialect, sample.wire.clone())?;
        let leaves = leaves(&message)?;
        // Everything set over the message as it is: what is not canonical is written in its canonical form.
        let over = with_all(message.edit(), &leaves)?;
        let again = Message::parse(dialect, over.clone())?;
        prop_assert_eq!(common::leaves(&again)?, leaves.clone());
        let twice = with_all(again.edit(), &leaves)?;
        prop_assert_eq!(&twice, &over);
        if sample.canonical {
            prop_assert_eq!(&over, &sample.wire);
        }
        Ok(())
    });
}
