//! Words for a message type, and for the values that a spec lists.

use crate::msg::{Dialect, Leaf, Sensitivity};
use crate::types::{Function, MessageClass, Mti};

/// What a value means, where it may be shown and the spec lists it.
#[must_use]
pub fn of_leaf(leaf: &Leaf<'_>, value: &str) -> Option<&'static str> {
    let field = leaf.field().filter(|field| field.sensitivity == Sensitivity::Clear)?;
    field.values.iter().find(|(code, _)| *code == value.trim_end()).map(|(_, meaning)| *meaning)
}

/// What a message type means: by the dialect where it lists the message, else by its digits.
#[must_use]
pub fn of_message_type(mti: Mti, dialect: &'static Dialect) -> String {
    let name = match dialect.message(mti) {
        Some(rule) => rule.name.replace('-', " "),
        None => format!("{} {}", class(mti.class()), function(mti.function())),
    };
    if mti.is_repeat() { format!("{name}, repeated") } else { name }
}

fn class(class: MessageClass) -> &'static str {
    match class {
        MessageClass::Authorization => "authorization",
        MessageClass::Financial => "financial",
        MessageClass::FileAction => "file action",
        MessageClass::Reversal => "reversal or chargeback",
        MessageClass::Reconciliation => "reconciliation",
        MessageClass::Administrative => "administrative",
        MessageClass::FeeCollection => "fee collection",
        MessageClass::NetworkManagement => "network management",
        _ => "reserved class",
    }
}

fn function(function: Function) -> &'static str {
    match function {
        Function::Request => "request",
        Function::RequestResponse => "response",
        Function::Advice => "advice",
        Function::AdviceResponse => "advice response",
        Function::Notification => "notification",
        Function::NotificationAcknowledgement => "notification acknowledgement",
        Function::Instruction => "instruction",
        Function::InstructionAcknowledgement => "instruction acknowledgement",
        _ => "reserved function",
    }
}
