//! Which elements the messages have, how they are answered, and an example of each.

use super::example;
use super::page::{Block, Table, Text};
use super::reference;
use crate::model::{Message, Spec};
use crate::print::words;

/// Anchor of a message.
pub(super) fn anchor(message: &Message) -> String {
    format!("message-{}", message.name)
}

/// The matrix of elements and messages.
pub(super) fn overview(spec: &Spec) -> Vec<Block> {
    let numbers = listed(spec);
    let mut head = vec![Text::default(), Text::from("Element")];
    head.extend(spec.messages.iter().map(|message| Text::link(format!("#{}", anchor(message)), message.mti.clone())));
    let rows = numbers.into_iter().map(|number| {
        let name = spec.field(number).map(|field| field.name.clone()).unwrap_or_default();
        let link = Text::link(format!("#{}", reference::anchor(&number.to_string())), number.to_string());
        let cells = spec.messages.iter().map(|message| Text::from(presence(message, number)));
        [link, Text::from(name)].into_iter().chain(cells).collect()
    });
    let legend =
        "M mandatory, C conditional, O optional. Elements in no list are read, kept and forwarded all the same.";
    let pairs = spec.correlation.iter().map(|rule| {
        // What holds where a spec says nothing may name elements that it does not have.
        let element = |number: &u16| match spec.field(*number) {
            Some(_) => link_to(*number),
            None => Text::from(number.to_string()),
        };
        let elements = |alternative: &Vec<u16>| Text::joined(alternative.iter().map(element), " and ");
        (words::correlated(rule.class), Text::joined(rule.alternatives.iter().map(elements), ", else "))
    });
    let matched = "A response belongs to the request of the same version, class and function of the message type that \
                   has the same content in:";
    let matching = [Block::Line(Text::from(matched)), Block::Facts(pairs.collect())];
    let mut blocks =
        vec![Block::Line(Text::from(legend)), Block::Table(Table { class: "matrix", head, rows: rows.collect() })];
    blocks.extend(matching);
    blocks
}

/// Elements that any message lists, ascending.
fn listed(spec: &Spec) -> Vec<u16> {
    let lists = spec.messages.iter().flat_map(|one| [&one.mandatory, &one.conditional, &one.optional]);
    let mut numbers: Vec<u16> = lists.flatten().copied().collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// How a message has an element: M, C, O, or not at all.
pub(super) fn presence(message: &Message, number: u16) -> &'static str {
    if message.mandatory.contains(&number) {
        "M"
    } else if message.conditional.contains(&number) {
        "C"
    } else if message.optional.contains(&number) {
        "O"
    } else {
        ""
    }
}

/// The section of a message.
pub(super) fn message(spec: &Spec, message: &Message) -> Block {
    let title = Text::code(message.mti.clone()).and(format!(" {}", message.name.replace('-', " ")));
    let mut blocks = vec![Block::Heading(3, anchor(message), title)];
    if !message.doc.is_empty() {
        blocks.push(Block::Prose(message.doc.clone()));
    }
    let lists =
        [("Mandatory", &message.mandatory), ("Conditional", &message.conditional), ("Optional", &message.optional)];
    let mut facts: Vec<(&'static str, Text)> =
        lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(word, list)| (word, links(list))).collect();
    if let Some(reply) = &message.reply {
        let mut text = match spec.message(&reply.message) {
            Some(answer) => {
                Text::default().and_link(format!("#{}", anchor(answer)), format!("{} {}", answer.mti, reply.message))
            }
            None => Text::from(reply.message.clone()),
        };
        if !reply.echo.is_empty() {
            text = Text::joined([text, links(&reply.echo)], ", with these copied as they stand: ");
        }
        facts.push(("Answered by", text));
    }
    let asks = spec.messages.iter().filter(|one| one.reply.as_ref().is_some_and(|reply| reply.message == message.name));
    let asks = Text::joined(asks.map(|one| Text::link(format!("#{}", anchor(one)), one.mti.clone())), " ");
    if !asks.0.is_empty() {
        facts.push(("Answers", asks));
    }
    blocks.push(Block::Facts(facts));
    let which = if message.mandatory.is_empty() { "every listed element" } else { "the mandatory elements" };
    blocks.push(Block::Line(Text::from(format!("An example with {which}:"))));
    blocks.push(Block::Dump(example::example(spec, message)));
    Block::Section(blocks)
}

fn links(numbers: &[u16]) -> Text {
    Text::joined(numbers.iter().map(|number| link_to(*number)), " ")
}

fn link_to(number: u16) -> Text {
    Text::link(format!("#{}", reference::anchor(&number.to_string())), number.to_string())
}
