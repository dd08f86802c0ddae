//! A disk that fills up: what was not stored is told, what was confirmed is there, and with room again it goes on.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::Arc;

use isopace::store::{EntryState, Moment, NewEntry, Sealed, StoreError};

use crate::{Scratch, child};

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime can be built")
}

fn entry(id: &str) -> NewEntry<'_> {
    let (now, body) = (Moment::now(), Sealed::from_stored(vec![0xA5; 700]));
    NewEntry { queue: "q", id, body, accepted: now, due: now, expires: None }
}

/// Puts in what it can, and says what was confirmed: the process for which files can be no larger than so much.
pub(crate) fn fill(words: &[String]) -> ExitCode {
    let [path] = words else { return ExitCode::from(2) };
    runtime().block_on(async {
        let Ok(store) = child::open(&format!("sqlite:{path}")).await else { return ExitCode::FAILURE };
        let mut tasks = Vec::new();
        for producer in 0..8 {
            let store = Arc::clone(&store);
            tasks.push(tokio::spawn(async move {
                for number in 0..20_000 {
                    let id = format!("{producer}-{number}");
                    match store.append(entry(&id)).await {
                        Ok(_) => println!("accepted {id}"),
                        Err(error) => return Some((id, error)),
                    }
                }
                None
            }));
        }
        let mut refused = 0;
        for task in tasks {
            if let Ok(Some((id, error))) = task.await {
                println!("refused {id} {}", error.name());
                refused += 1;
            }
        }
        // It still answers what takes no room.
        let answers = store.queue_status("q").await.is_ok();
        println!("ended {refused} {answers}");
        ExitCode::SUCCESS
    })
}

/// A file system, taken away in the end.
struct Mount(PathBuf);

impl Drop for Mount {
    fn drop(&mut self) {
        _ = Command::new("umount").arg(&self.0).status();
    }
}

pub(crate) fn main() -> ExitCode {
    let scratch = Scratch::new();
    let disk = scratch.0.join("disk");
    std::fs::create_dir_all(&disk).expect("a directory can be made");
    // A file system of its own where that is allowed, else a bound on the size of a file.
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"]).arg(&disk).status();
    let mount = mounted.is_ok_and(|status| status.success()).then(|| Mount(disk.clone()));
    let mounted = mount.is_some();
    let path = disk.join("store.db");
    let program = std::env::current_exe().expect("this program has a path");
    let bound = if mounted { "" } else { "ulimit -f 3000; trap '' XFSZ; " };
    let filled =
        Command::new("sh").arg("-c").arg(format!("{bound}exec \"$0\" fill \"$1\"")).arg(program).arg(&path).output();
    let said = String::from_utf8(filled.expect("it can be run").stdout).unwrap_or_default();
    if mounted {
        let grown = Command::new("mount").args(["-o", "remount,size=64m"]).arg(&disk).status();
        assert!(grown.is_ok_and(|status| status.success()), "the file system can be made larger");
    }
    let wrong = runtime().block_on(check(&said, &path.display().to_string()));
    drop(mount);
    let how = if mounted { "a full file system" } else { "a file that may not grow" };
    match wrong {
        Ok(count) => {
            println!("{how}: {count} confirmed, all there, and more when there was room");
            ExitCode::SUCCESS
        }
        Err(wrong) => {
            eprintln!("WRONG ({how}): {wrong}");
            ExitCode::FAILURE
        }
    }
}

async fn check(said: &str, path: &str) -> Result<usize, String> {
    let accepted: Vec<&str> = said.lines().filter_map(|line| line.strip_prefix("accepted ")).collect();
    if accepted.is_empty() {
        return Err("nothing was accepted".to_owned());
    }
    if !said.lines().any(|line| line == "ended 8 true") {
        return Err(format!("not all were refused: {:?}", said.lines().last()));
    }
    let store = child::open(&format!("sqlite:{path}")).await.map_err(|error| error.to_string())?;
    let (mut stored, mut after) = (std::collections::HashSet::new(), 0);
    loop {
        let page = store.entries("q", EntryState::Pending, after, 1000).await.map_err(|error| error.to_string())?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for entry in page {
            if entry.body.as_bytes().len() != 700 || !stored.insert(entry.id.clone()) {
                return Err(format!("{} is not whole, or twice there", entry.id));
            }
        }
    }
    if let Some(lost) = accepted.iter().find(|id| !stored.contains(**id)) {
        return Err(format!("{lost} was accepted and is not there"));
    }
    for refused in said.lines().filter_map(|line| line.strip_prefix("refused ")) {
        let (id, why) = refused.split_once(' ').unwrap_or_default();
        if why == StoreError::Full.name() && stored.contains(id) {
            return Err(format!("{id} was refused for want of room and is there"));
        }
        store.append(entry(id)).await.map_err(|error| format!("with room again: {error}"))?;
    }
    store.close().await;
    Ok(accepted.len())
}
