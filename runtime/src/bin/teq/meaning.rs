//! Words for a message type.

use isopace::Dialect;
use isopace::types::{Function, MessageClass, Mti};

/// What a message type means: by the dialect where it lists the message, else by its digits.
pub(crate) fn of(mti: Mti, dialect: &'static Dialect) -> String {
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
