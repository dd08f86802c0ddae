//! What a directory of descriptors comes to: components, built and not started, in the order of starting.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use super::context::Context;
use super::descriptor::{Descriptor, DescriptorError, Files};
use super::kinds;
use super::registry::Registry;
use super::rerouting::Rerouting;
use crate::host::{Component, Host};
use crate::mistyped::did_you_mean;
use crate::msg::Dialect;

/// A component that a descriptor comes to.
#[derive(Clone)]
pub(super) struct Planned {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) component: Arc<dyn Component>,
    /// The texts it is made of: its own, and for a pool those of its members.
    pub(super) made_of: Vec<Arc<str>>,
    /// The files that these name and it is made of too, as they were then.
    pub(super) files: Files,
    pub(super) after: Vec<(String, &'static Dialect)>,
    /// The queues among these, and what each of them sends to.
    pub(super) queues: Vec<(String, Option<String>)>,
    pub(super) listens: Vec<(String, DescriptorError)>,
    /// What of it can be changed while it runs.
    pub(super) rerouting: Option<Rerouting>,
    /// The host is ready only with it.
    pub(super) required: bool,
    /// It runs already, as it should.
    pub(super) kept: bool,
}

/// All that a directory comes to.
pub(super) struct Plan {
    /// In the order of starting.
    pub(super) components: Vec<Planned>,
    pub(super) problems: Vec<DescriptorError>,
    /// Names that descriptors claim which are wrong: what runs under them stays as it is.
    pub(super) wrong: Vec<String>,
}

/// What a name stands for.
pub(super) enum Resolved {
    Component(Arc<dyn Component>),
    /// Its own descriptor is wrong.
    Wrong,
    /// It is being resolved: it needs itself.
    Circle,
    /// It is run by this pool.
    Member(String),
    Disabled,
    Nothing,
}

impl Planned {
    pub(super) fn sends_to(&self, name: &str) -> bool {
        self.after.iter().any(|(other, _)| other == name)
    }

    /// Whether it listens where another one does.
    pub(super) fn collides_with(&self, other: &Planned) -> bool {
        let theirs = |ours: &str| other.listens.iter().any(|(theirs, _)| kinds::collide(theirs, ours));
        self.name != other.name && self.listens.iter().any(|(ours, _)| theirs(ours))
    }

    /// Whether it is made of the same, to the byte.
    pub(super) fn is_made_of(&self, (texts, files): &(Vec<Arc<str>>, Files)) -> bool {
        self.made_of == *texts && self.files == *files
    }
}

/// How far a name is.
#[derive(Clone)]
enum Visit {
    Open,
    Wrong,
    Done(Arc<dyn Component>),
}

/// Builds the components of descriptors, each after those that it sends to.
pub(super) struct Planner<'a> {
    descriptors: BTreeMap<&'a str, &'a Descriptor>,
    disabled: Vec<&'a str>,
    /// Which pool runs a connector.
    members: BTreeMap<String, String>,
    registry: &'a Registry,
    host: &'a Host,
    running: &'a [Planned],
    /// Names of what runs and is made of files that hold something else by now.
    outdated: &'a [String],
    visits: RefCell<BTreeMap<String, Visit>>,
    components: RefCell<Vec<Planned>>,
    problems: RefCell<Vec<DescriptorError>>,
}

/// Builds what these descriptors come to, beside what runs: of that, whatever is made of the same texts and is not outdated is kept as
/// it is.
pub(super) fn plan(
    all: &[Descriptor],
    registry: &Registry,
    host: &Host,
    running: &[Planned],
    outdated: &[String],
) -> Plan {
    let mut planner = Planner {
        descriptors: BTreeMap::new(),
        disabled: all.iter().filter(|descriptor| !descriptor.enabled()).map(Descriptor::name).collect(),
        members: BTreeMap::new(),
        registry,
        host,
        running,
        outdated,
        visits: RefCell::default(),
        components: RefCell::default(),
        problems: RefCell::default(),
    };
    let mut wrong = Vec::new();
    for descriptor in all.iter().filter(|descriptor| descriptor.enabled()) {
        let name = descriptor.name();
        let first = planner.descriptors.get(name).map(|first| first.path().display().to_string());
        let elsewhere = host.get(name).is_some() && !running.iter().any(|planned| planned.name == name);
        let what = match first {
            Some(first) => format!("{first} has this name too"),
            None if elsewhere => "the program has a component of this name".to_owned(),
            None => {
                planner.descriptors.insert(name, descriptor);
                continue;
            }
        };
        planner.problems.get_mut().push(descriptor.error("name", format!("`{name}`: {what}")));
    }
    for (name, descriptor) in planner.descriptors.clone() {
        for member in if descriptor.kind() == "pool" { kinds::members_of_pool(descriptor) } else { Vec::new() } {
            planner.members.entry(member).or_insert_with(|| name.to_owned());
        }
    }
    // In the order of the files.
    for descriptor in all {
        let name = descriptor.name();
        let own = planner.descriptors.get(name).is_some_and(|own| std::ptr::eq(*own, descriptor));
        if own && !planner.members.contains_key(name) && !matches!(planner.visit(name), Visit::Done(_)) {
            wrong.push(name.to_owned());
        }
    }
    planner.refuse_ports_twice(&mut wrong);
    Plan { components: planner.components.into_inner(), problems: planner.problems.into_inner(), wrong }
}

impl<'a> Planner<'a> {
    pub(super) const fn host(&self) -> &'a Host {
        self.host
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.descriptors.keys().copied()
    }

    /// What a name stands for; its component is built for it if need be.
    pub(super) fn resolve(&self, name: &str) -> Resolved {
        if let Some(pool) = self.members.get(name) {
            return Resolved::Member(pool.clone());
        }
        if !self.descriptors.contains_key(name) {
            return match self.host.get(name) {
                // Of the program; what this deployment runs and has no descriptor any more is about to go.
                Some(component) if !self.running.iter().any(|planned| planned.name == name) => {
                    Resolved::Component(component)
                }
                _ if self.disabled.contains(&name) => Resolved::Disabled,
                _ => Resolved::Nothing,
            };
        }
        match self.visit(name) {
            Visit::Done(component) => Resolved::Component(component),
            Visit::Open => Resolved::Circle,
            // What runs under the name goes on doing so.
            Visit::Wrong => match self.running.iter().find(|planned| planned.name == name) {
                Some(planned) => Resolved::Component(Arc::clone(&planned.component)),
                None => Resolved::Wrong,
            },
        }
    }

    /// What the first thing is that a component sends to, if that is known.
    #[cfg(feature = "store")]
    pub(super) fn sends_to(&self, name: &str) -> Option<String> {
        let first = |planned: &Planned| planned.after.first().map(|(name, _)| name.clone());
        let planned = self.components.borrow().iter().find(|planned| planned.name == name).map(first);
        planned.or_else(|| self.running.iter().find(|planned| planned.name == name).map(first)).flatten()
    }

    /// The descriptor of a member.
    pub(super) fn member(&self, pool: &str, name: &str) -> Result<Option<&'a Descriptor>, String> {
        let Some(descriptor) = self.descriptors.get(name) else {
            if self.disabled.contains(&name) {
                return Ok(None);
            }
            let connectors = self.descriptors.values().filter(|other| other.kind() == "connector");
            let meant = did_you_mean(name, connectors.map(|descriptor| descriptor.name()));
            return Err(format!("there is no connector called `{name}`{meant}"));
        };
        match self.members.get(name) {
            Some(other) if other != pool => Err(format!("`{name}` is a member of the pool `{other}` already")),
            _ if descriptor.kind() != "connector" => Err(format!("`{name}` is no connector")),
            _ => Ok(Some(descriptor)),
        }
    }

    fn visit(&self, name: &str) -> Visit {
        if let Some(visit) = self.visits.borrow().get(name) {
            return visit.clone();
        }
        let Some(descriptor) = self.descriptors.get(name).copied() else { return Visit::Wrong };
        self.visits.borrow_mut().insert(name.to_owned(), Visit::Open);
        let visit = match self.kept(descriptor).map_or_else(|| self.build(descriptor), Ok) {
            Ok(planned) => {
                let component = Arc::clone(&planned.component);
                self.components.borrow_mut().push(planned);
                Visit::Done(component)
            }
            Err(error) => {
                self.problems.borrow_mut().push(error);
                Visit::Wrong
            }
        };
        self.visits.borrow_mut().insert(name.to_owned(), visit.clone());
        visit
    }

    /// A descriptor, and where it is a pool those of its members.
    fn descriptors_of(&self, descriptor: &'a Descriptor) -> Vec<&'a Descriptor> {
        let members = self.members.iter().filter(|(_, pool)| *pool == descriptor.name());
        let members = members.filter_map(|(member, _)| self.descriptors.get(member.as_str()).copied());
        std::iter::once(descriptor).chain(members).collect()
    }

    fn made_of(&self, descriptor: &'a Descriptor) -> Vec<Arc<str>> {
        self.descriptors_of(descriptor).into_iter().map(|descriptor| Arc::clone(descriptor.text())).collect()
    }

    /// What runs, if that is what the descriptor says.
    fn kept(&self, descriptor: &'a Descriptor) -> Option<Planned> {
        let running = self.running.iter().find(|planned| planned.name == descriptor.name())?;
        let same = running.path == descriptor.path() && running.made_of == self.made_of(descriptor);
        let same = same && !self.outdated.contains(&running.name);
        let still = |(name, dialect): &(String, &'static Dialect)| match self.resolve(name) {
            Resolved::Component(component) => {
                taken_by(&*component).is_some_and(|now| std::ptr::eq(now, *dialect) || now == *dialect)
            }
            _ => false,
        };
        // In this order: what those names stand for has been found then.
        let kept = same && running.after.iter().all(still) && self.queues_lead_there(running);
        kept.then(|| Planned { kept: true, ..running.clone() })
    }

    /// Whether its queues send to what they did: a reversal that went elsewhere would undo nothing.
    fn queues_lead_there(&self, running: &Planned) -> bool {
        #[cfg(feature = "store")]
        return running.queues.iter().all(|(queue, to)| self.sends_to(queue) == *to);
        #[cfg(not(feature = "store"))]
        return running.queues.is_empty();
    }

    fn build(&self, descriptor: &'a Descriptor) -> Result<Planned, DescriptorError> {
        let context = Context::new(self);
        let built = catch_unwind(AssertUnwindSafe(|| self.registry.build(descriptor, &context)));
        let component = built.unwrap_or_else(|_| Err(descriptor.error("type", "its factory panicked")))?;
        if component.name() != descriptor.name() {
            let what = format!("the factory of `{}` made a component of another name", descriptor.kind());
            return Err(descriptor.error("type", what));
        }
        let notes = context.into_notes();
        Ok(Planned {
            name: descriptor.name().to_owned(),
            path: descriptor.path().to_owned(),
            component,
            made_of: self.made_of(descriptor),
            files: self.descriptors_of(descriptor).into_iter().flat_map(Descriptor::files).collect(),
            after: notes.after,
            queues: notes.queues,
            listens: notes.listens,
            rerouting: notes.rerouting,
            required: descriptor.required(),
            kept: false,
        })
    }

    /// Takes out what would listen where another one does; what runs comes first.
    fn refuse_ports_twice(&self, wrong: &mut Vec<String>) {
        let mut components = self.components.borrow_mut();
        let mut order: Vec<usize> = (0..components.len()).collect();
        order.sort_by_key(|&at| !components[at].kept);
        let mut taken: Vec<String> = Vec::new();
        let mut refused: Vec<String> = Vec::new();
        for at in order {
            let planned = &components[at];
            for (address, twice) in &planned.listens {
                if taken.iter().any(|other| kinds::collide(other, address)) {
                    self.problems.borrow_mut().push(twice.clone());
                    refused.push(planned.name.clone());
                } else {
                    taken.push(address.clone());
                }
            }
        }
        components.retain(|planned| !refused.contains(&planned.name));
        wrong.append(&mut refused);
    }
}

/// The dialect of the messages that it takes: of the requests that are sent by it, or of those that it keeps.
fn taken_by(component: &dyn Component) -> Option<&'static Dialect> {
    let dialect = component.dialect();
    #[cfg(feature = "store")]
    let dialect = dialect.or_else(|| component.queue().map(|queue| queue.dialect()));
    dialect
}
