//! Which state of files counts while somebody may be writing them: what stands still. Without I/O, with the time passed in.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// How many bytes a file has, and when it was changed last.
pub(super) type Stamp = (u64, Option<SystemTime>);

/// Some systems tell times in steps of this. What was changed longer ago than this is certain to be as it was then.
const COARSE: Duration = Duration::from_secs(2);

/// Files from one look to the next.
#[derive(Debug, Clone)]
pub(super) struct Settling<T> {
    files: BTreeMap<PathBuf, File<T>>,
}

impl<T> Default for Settling<T> {
    fn default() -> Self {
        Settling { files: BTreeMap::new() }
    }
}

#[derive(Debug, Clone)]
struct File<T> {
    /// What counts; nothing of a file that is not there.
    counts: Option<T>,
    seen: Option<(Stamp, T)>,
    /// Since when it is as it was seen.
    since: Instant,
    /// Since when it is something else than what counts.
    moving: Option<Instant>,
}

/// When a look was taken, and how long a file has to stand still.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) now: Instant,
    /// By the clock that files are stamped by.
    pub(super) clock: SystemTime,
    pub(super) still: Duration,
}

impl<T: Clone + PartialEq> Settling<T> {
    /// Takes a look in at all files there are. What has stood still counts from now on; gives what has not, and for how long.
    pub(super) fn look(&mut self, mut seen: BTreeMap<PathBuf, (Stamp, T)>, at: At) -> Vec<(PathBuf, Duration)> {
        let mut moving = Vec::new();
        for path in seen.keys() {
            let new = || File { counts: None, seen: None, since: at.now, moving: None };
            self.files.entry(path.clone()).or_insert_with(new);
        }
        for (path, file) in &mut self.files {
            let seen = seen.remove(path);
            if file.seen != seen {
                (file.seen, file.since) = (seen, at.now);
            }
            let now = file.seen.as_ref().map(|(_, what)| what);
            if now == file.counts.as_ref() {
                file.moving = None;
                continue;
            }
            if at.now - file.since >= at.still || file.seen.as_ref().is_some_and(|(stamp, _)| at.is_old(stamp)) {
                (file.counts, file.moving) = (now.cloned(), None);
            } else {
                let since = *file.moving.get_or_insert(at.now);
                moving.push((path.clone(), at.now - since));
            }
        }
        self.files.retain(|_, file| file.counts.is_some() || file.seen.is_some());
        moving
    }

    /// All files as they count, by path.
    pub(super) fn all(&self) -> impl Iterator<Item = (&PathBuf, &T)> {
        self.files.iter().filter_map(|(path, file)| Some((path, file.counts.as_ref()?)))
    }

    /// A file as it counts.
    pub(super) fn get(&self, path: &Path) -> Option<&T> {
        self.files.get(path)?.counts.as_ref()
    }

    /// A file that is known to have been so; where it is known already nothing changes.
    pub(super) fn know(&mut self, path: &Path, what: T, now: Instant) {
        let known = || File { counts: Some(what), seen: None, since: now, moving: None };
        self.files.entry(path.to_owned()).or_insert_with(known);
    }

    /// Forgets all other files.
    pub(super) fn keep(&mut self, which: impl Fn(&Path) -> bool) {
        self.files.retain(|path, _| which(path));
    }
}

impl At {
    fn is_old(&self, (_, changed): &Stamp) -> bool {
        let age = changed.and_then(|changed| self.clock.duration_since(changed).ok());
        age.is_some_and(|age| age >= self.still + COARSE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(1_000_000);

    /// Looks at one file once a second, which has to stand still for a second: what it holds, and when it was written. Gives what counts
    /// after each look, with a star while it moves.
    fn looks(files: &[Option<(&str, u64)>]) -> String {
        let (mut settling, began, mut told) = (Settling::default(), Instant::now(), Vec::new());
        for (look, file) in files.iter().enumerate() {
            let after = Duration::from_secs(look as u64);
            let clock = SystemTime::UNIX_EPOCH + START + after;
            let at = At { now: began + after, clock, still: Duration::from_secs(1) };
            let written = |second: u64| Some(SystemTime::UNIX_EPOCH + START + Duration::from_secs(second));
            let seen = file.map(|(text, second)| ("a".into(), ((text.len() as u64, written(second)), text.to_owned())));
            let moving = settling.look(seen.into_iter().collect(), at);
            let star = if moving.is_empty() { "" } else { "*" };
            told.push(format!("{}{star}", settling.get(Path::new("a")).map_or("-", |text| text)));
        }
        told.join(" ")
    }

    #[tokio::test]
    async fn what_stands_still_counts() {
        let table = [
            // New, changed, gone.
            (vec![Some(("one", 0)), Some(("one", 0)), Some(("two", 2)), Some(("two", 2))], "-* one one* two"),
            (vec![Some(("one", 0)), Some(("one", 0)), None, None], "-* one one* -"),
            // Written anew with the same text; gone for a moment.
            (vec![Some(("one", 0)), Some(("one", 0)), Some(("one", 2))], "-* one one"),
            (vec![Some(("one", 0)), Some(("one", 0)), None, Some(("one", 3))], "-* one one* one"),
            // Truncated, half written, whole.
            (
                vec![
                    Some(("one", 0)),
                    Some(("one", 0)),
                    Some(("", 2)),
                    Some(("tw", 3)),
                    Some(("two", 4)),
                    Some(("two", 4)),
                ],
                "-* one one* one* one* two",
            ),
            // Touched again and again, without a change.
            (vec![Some(("one", 0)), Some(("one", 1)), Some(("one", 2)), Some(("one", 2))], "-* -* -* one"),
        ];
        for (files, expected) in table {
            assert_eq!(looks(&files), expected, "{files:?}");
        }
    }

    #[tokio::test]
    async fn what_was_written_long_ago_counts_at_once() {
        let at = |still, ago: u64| {
            let written = SystemTime::UNIX_EPOCH + START - Duration::from_secs(ago);
            let at =
                At { now: Instant::now(), clock: SystemTime::UNIX_EPOCH + START, still: Duration::from_secs(still) };
            let mut settling = Settling::default();
            settling.look([("a".into(), ((3, Some(written)), "one"))].into(), at).is_empty()
        };
        assert!(at(1, 3) && at(0, 0) && !at(1, 2) && !at(10, 11) && at(10, 12));
        // By a clock that is ahead of ours.
        let mut settling = Settling::default();
        let ahead = Some(SystemTime::UNIX_EPOCH + START + Duration::from_secs(3600));
        let (began, clock) = (Instant::now(), SystemTime::UNIX_EPOCH + START);
        for (after, moves) in [(0, true), (1, false)] {
            let at = At { now: began + Duration::from_secs(after), clock, still: Duration::from_secs(1) };
            let moving = settling.look([("a".into(), ((3, ahead), "one"))].into(), at);
            assert_eq!(!moving.is_empty(), moves);
        }
    }

    #[tokio::test]
    async fn what_moves_is_told_with_its_time() {
        let (mut settling, began) = (Settling::default(), Instant::now());
        for second in 0..5 {
            let after = Duration::from_secs(second);
            let at = At { now: began + after, clock: SystemTime::UNIX_EPOCH, still: Duration::from_secs(1) };
            let moving = settling.look([("a".into(), ((second, None), second))].into(), at);
            assert_eq!(moving, [("a".into(), after)]);
        }
        settling.keep(|path| path != Path::new("a"));
        assert_eq!(settling.all().count(), 0);
    }

    #[tokio::test]
    async fn what_is_known_counts_until_something_else_stands_still() {
        let (mut settling, now) = (Settling::default(), Instant::now());
        settling.know(Path::new("a"), "one", now);
        settling.know(Path::new("a"), "two", now);
        assert_eq!(settling.get(Path::new("a")), Some(&"one"));
        let at = At { now, clock: SystemTime::UNIX_EPOCH, still: Duration::from_secs(1) };
        assert!(settling.look([("a".into(), ((3, None), "one"))].into(), at).is_empty());
        assert_eq!(settling.look([("a".into(), ((3, None), "two"))].into(), at).len(), 1);
    }
}
