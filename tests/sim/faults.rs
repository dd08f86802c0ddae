//! A faulty stand-in: the runtime with one thing wrong, so that it shows whether the checker can tell.

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// An answer is paired with the request of another.
    PairsWrongly,
    /// A caller gets the answer that another has had.
    StaleAnswer,
    /// An answer is forgotten, and its request times out.
    LosesAnswer,
    /// What timed out is said not to have been sent.
    ClaimsNotSent,
    /// What timed out is said to have been lost with the link.
    ClaimsUnknown,
    /// A request times out before its deadline.
    EndsEarly,
    /// A request ends some time behind its deadline.
    EndsLate,
    /// A request that times out never ends.
    NeverEnds,
    /// Nobody is told of late answers.
    SwallowsLate,
    /// A late answer is told twice.
    TellsTwice,
    /// A late answer is told as one to nothing.
    TellsWrongly,
    /// Messages of the peer are dropped before the service.
    DropsInbound,
    /// One counter is wrong.
    Miscounts,
    /// More is in flight than may be.
    Overfills,
    /// What timed out is sent once more.
    SendsTwice,
    /// Closing takes longer than it may.
    ClosesLate,
    /// A task is left behind.
    LeavesTask,
    /// A connector lets requests in without a sign-on.
    SkipsSignOn,
    /// A connector sends no echo tests.
    SkipsEcho,
    /// A connector does not connect again.
    StaysDown,
    /// A connector takes longer to stop than it may.
    StopsLate,
    /// A pool gives what may have been sent to a second member.
    TriesAnother,
}

/// Of one link, and the laws one of which is to be found broken.
pub(crate) const OF_A_LINK: &[(Fault, &[&str])] = &[
    (Fault::PairsWrongly, &["answer to another"]),
    (Fault::StaleAnswer, &["delivered twice", "answer to another"]),
    (Fault::LosesAnswer, &["answer lost"]),
    (Fault::ClaimsNotSent, &["not sent, but sent"]),
    (Fault::ClaimsUnknown, &["unknown on a link that is up"]),
    (Fault::EndsEarly, &["timed out early"]),
    (Fault::EndsLate, &["ended late"]),
    (Fault::NeverEnds, &["never ended"]),
    (Fault::SwallowsLate, &["dropped silently"]),
    (Fault::TellsTwice, &["delivered twice"]),
    (Fault::TellsWrongly, &["delivered wrongly"]),
    (Fault::DropsInbound, &["dropped silently"]),
    (Fault::Miscounts, &["counted wrongly"]),
    (Fault::Overfills, &["unbounded"]),
    (Fault::SendsTwice, &["sent twice"]),
    (Fault::ClosesLate, &["closed late"]),
    (Fault::LeavesTask, &["left a task"]),
];

/// Of a connector.
pub(crate) const OF_A_CONNECTOR: &[(Fault, &[&str])] = &[
    (Fault::SkipsSignOn, &["published before sign-on"]),
    (Fault::SkipsEcho, &["half-open peer not found"]),
    (Fault::StaysDown, &["not connected again"]),
    (Fault::StopsLate, &["stopped late"]),
    (Fault::LeavesTask, &["left a task"]),
];

/// Of a pool.
pub(crate) const OF_A_POOL: &[(Fault, &[&str])] = &[(Fault::TriesAnother, &["sent twice"])];
