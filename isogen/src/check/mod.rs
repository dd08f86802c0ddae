//! The lints: what reads well and still cannot be, or is hardly meant. One file for each family.
//!
//! They read the model, and find their places in the tree it came from. A field that could not be resolved is in the
//! tree only, so whatever asks "is it declared?" asks the tree.

mod children;
mod correlation;
mod encodings;
mod kinds;
mod messages;
mod names;
mod numbers;
mod objects;
mod prefixes;
mod replies;
mod secrets;
mod values;
mod visit;
mod xml;

use crate::diagnostic::Report;
use crate::model::Spec;
use crate::source::Table;

/// Runs every lint over a spec and the tree it came from.
pub(crate) fn check(spec: &Spec, tree: &Table, report: &mut Report) {
    numbers::check(spec, tree, report);
    names::check(spec, tree, report);
    for visit in visit::fields(spec, tree) {
        encodings::check(&visit, report);
        prefixes::check(&visit, report);
        kinds::check(&visit, report);
        values::check(&visit, report);
        children::check(&visit, report);
        objects::check(&visit, report);
        xml::check(&visit, report);
        secrets::check(&visit, report);
    }
    correlation::check(spec, tree, report);
    messages::check(tree, report);
    replies::check(tree, report);
}
