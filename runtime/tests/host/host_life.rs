//! A host: order of starting and stopping, failures, bounds, calls from within.

use crate::host_common;

use std::sync::Arc;
use std::time::Duration;

use host_common::{Journal, MS, Manner, SECOND, Worker, eventually, names};
use isopace::host::{BoxFuture, Component, Fault, Health, Host, HostError, Part, StartError, Status};
use tokio::time::{Instant, timeout};

fn host(list: &[(&str, Manner, Manner)], journal: &Journal) -> Host {
    let host = Host::builder().shutdown_timeout(2 * SECOND).start_timeout(SECOND).watch_interval(5 * MS).build();
    for (name, start, stop) in list {
        host.register(Worker::new(name, journal).starting(*start).stopping(*stop)).unwrap();
    }
    host
}

#[tokio::test]
async fn started_in_order_and_stopped_in_reverse_again_and_again() {
    use Manner::Well;
    let journal = Journal::default();
    let host = host(&[("a", Well, Well), ("b", Well, Well), ("c", Well, Well)], &journal);
    for _ in 0..3 {
        assert!(!host.readiness().ready);
        host.start().await.unwrap();
        assert!(host.is_running() && host.readiness().ready);
        host.stop().await.unwrap();
        host.stop().await.unwrap();
        assert_eq!(journal.take(), "+a +b +c -c -b -a");
    }
}

#[tokio::test]
async fn what_sends_to_another_starts_after_it_and_stops_before_it() {
    let journal = Journal::default();
    let host = host(&[], &journal);
    let gateway: Arc<dyn Component> = Arc::new(Worker::new("gateway", &journal));
    host.register(Part::new(gateway).after(["link"])).unwrap();
    host.register(Worker::new("clock", &journal)).unwrap();
    host.register(Worker::new("link", &journal)).unwrap();
    host.start().await.unwrap();
    assert_eq!(journal.take(), "+clock +link +gateway");
    // Replaced it stands at the end of the list; it still stops after what sends to it.
    host.replace(Worker::new("link", &journal), None).await.unwrap();
    assert_eq!((journal.take().as_str(), names(&host).as_str()), ("-link +link", "clock gateway link"));
    host.stop().await.unwrap();
    assert_eq!(journal.take(), "-gateway -link -clock");
}

#[tokio::test]
async fn a_failure_stops_those_that_were_started_and_all_errors_are_told() {
    use Manner::{Fails, Panics, Well};
    let journal = Journal::default();
    let broken = host(&[("a", Well, Well), ("b", Well, Panics), ("c", Fails, Well), ("d", Well, Well)], &journal);
    let error = broken.start().await.unwrap_err();
    assert_eq!(journal.take(), "+a +b +c -b -a");
    let told = error.to_string();
    assert_eq!(told, "`c`: no such device; `b`: it panicked; the panic stands in the log of the program");
    let HostError::Start(troubles) = error else { panic!("{error:?}") };
    assert!(matches!(troubles[1].fault, Fault::Panicked));
    assert!(!broken.is_running());

    let panics = host(&[("a", Well, Well), ("b", Panics, Well)], &journal);
    panics.start().await.unwrap_err();
    // What it has begun is undone.
    assert_eq!(journal.take(), "+a +b -b -a");
}

#[tokio::test(start_paused = true)]
async fn a_start_that_hangs_is_given_up() {
    let journal = Journal::default();
    let host = host(&[("a", Manner::Well, Manner::Well), ("b", Manner::Hangs, Manner::Well)], &journal);
    let error = host.start().await.unwrap_err();
    assert_eq!(error.to_string(), "`b`: it did not end within 1s and was given up");
    assert_eq!(journal.take(), "+a +b -b -a");
}

#[tokio::test(start_paused = true)]
async fn stopping_has_an_end_whatever_hangs_and_nobody_is_left_out() {
    use Manner::{Hangs, Panics, Well};
    let journal = Journal::default();
    let host = host(&[("a", Well, Well), ("b", Well, Hangs), ("c", Well, Panics), ("d", Well, Hangs)], &journal);
    host.start().await.unwrap();
    let (began, tasks) = (Instant::now(), tokio::runtime::Handle::current().metrics().num_alive_tasks());
    let error = host.stop().await.unwrap_err();
    assert!(began.elapsed() <= 2 * SECOND + 100 * MS, "{:?}", began.elapsed());
    assert_eq!(journal.take(), "+a +b +c +d -d -c -b -a");
    let HostError::Stop(troubles) = error else { panic!("{error:?}") };
    let mut names: Vec<_> = troubles.iter().map(|trouble| &*trouble.name).collect();
    names.sort_unstable();
    assert_eq!(names, ["b", "c", "d"]);
    tokio::time::sleep(SECOND).await;
    assert!(tokio::runtime::Handle::current().metrics().num_alive_tasks() < tasks, "tasks are left behind");
}

#[tokio::test]
async fn names_are_unique_and_changes_have_their_time() {
    let journal = Journal::default();
    let host = host(&[("a", Manner::Well, Manner::Well)], &journal);
    let other = || Worker::new("a", &journal);
    assert!(matches!(host.register(other()).unwrap_err(), HostError::Duplicate(name) if &*name == "a"));
    assert!(matches!(host.deploy(Worker::new("b", &journal)).await.unwrap_err(), HostError::NotRunning));
    host.start().await.unwrap();
    assert!(matches!(host.start().await.unwrap_err(), HostError::Running));
    assert!(matches!(host.register(Worker::new("b", &journal)).unwrap_err(), HostError::Running));
    assert!(matches!(host.deploy(other()).await.unwrap_err(), HostError::Duplicate(_)));
    assert!(matches!(host.undeploy("b").await.unwrap_err(), HostError::NotFound(_)));
    assert!(matches!(host.replace(Worker::new("b", &journal), None).await.unwrap_err(), HostError::NotFound(_)));
    host.deploy(Worker::new("b", &journal)).await.unwrap();
    assert_eq!(names(&host), "a b");
    host.undeploy("a").await.unwrap();
    assert_eq!(names(&host), "b");
    host.stop().await.unwrap();
    assert_eq!(journal.take(), "+a +b -a -b");
}

#[tokio::test]
async fn a_component_that_cannot_be_deployed_is_not_there() {
    let journal = Journal::default();
    let host = host(&[], &journal);
    host.start().await.unwrap();
    let error = host.deploy(Worker::new("a", &journal).starting(Manner::Fails)).await.unwrap_err();
    assert_eq!((error.to_string().as_str(), names(&host).as_str()), ("`a`: no such device", ""));
    host.deploy(Worker::new("a", &journal)).await.unwrap();
    host.stop().await.unwrap();
}

#[tokio::test]
async fn a_replacement_that_fails_brings_the_old_one_back() {
    let journal = Journal::default();
    let host = host(&[("a", Manner::Well, Manner::Well)], &journal);
    host.start().await.unwrap();
    let old = host.get("a").unwrap();
    for (start, told) in [
        (Manner::Fails, "`a`: no such device; the one before runs again"),
        (Manner::Panics, "`a`: it panicked; the panic stands in the log of the program; the one before runs again"),
    ] {
        let error = host.replace(Worker::new("a", &journal).starting(start), None).await.unwrap_err();
        assert_eq!(error.to_string(), told);
        assert!(Arc::ptr_eq(&host.get("a").unwrap(), &old) && host.readiness().ready);
    }
    journal.take();
    // It starts, and never gets ready.
    struct Lazy;
    impl Component for Lazy {
        fn name(&self) -> &str {
            "a"
        }
        fn kind(&self) -> &'static str {
            "lazy"
        }
        fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
            Box::pin(async { Ok(()) })
        }
        fn stop(&self) -> BoxFuture<'_, ()> {
            Box::pin(async {})
        }
        fn status(&self) -> Status {
            Status::new(Health::Starting, "thinks")
        }
    }
    let error = host.replace(Lazy, Some(50 * MS)).await.unwrap_err();
    assert_eq!(error.to_string(), "`a`: it was not ready within 50ms: thinks; the one before runs again");
    assert_eq!(journal.take(), "-a +a");
    // Where that is not asked for it takes its place.
    host.replace(Lazy, None).await.unwrap();
    assert_eq!(host.components()[0].kind, "lazy");
    host.stop().await.unwrap();
}

/// Calls its host from within its start and its stop.
struct Inquisitive {
    host: Host,
    journal: Journal,
}

impl Component for Inquisitive {
    fn name(&self) -> &str {
        "inquisitive"
    }

    fn kind(&self) -> &'static str {
        "worker"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async {
            assert_eq!(names(&self.host), "inquisitive");
            assert!(!self.host.readiness().ready && self.host.get("inquisitive").is_some());
            self.host.deploy(Worker::new("child", &self.journal)).await.map_err(StartError::new)?;
            for refused in [
                self.host.start().await.unwrap_err(),
                self.host.undeploy("inquisitive").await.unwrap_err(),
                self.host.replace(Worker::new("inquisitive", &self.journal), None).await.unwrap_err(),
            ] {
                assert!(matches!(refused, HostError::Within(_) | HostError::Busy(_)), "{refused}");
            }
            Ok(())
        })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {
            assert!(matches!(self.host.stop().await, Err(HostError::Within(_))));
            _ = self.host.components();
            self.journal.note("asked");
        })
    }

    fn status(&self) -> Status {
        Status::new(Health::Up, "")
    }
}

#[tokio::test]
async fn a_component_may_call_its_host_from_within() {
    let journal = Journal::default();
    let host = Host::new();
    host.register(Inquisitive { host: host.clone(), journal: journal.clone() }).unwrap();
    timeout(10 * SECOND, host.start()).await.unwrap().unwrap();
    assert_eq!(names(&host), "inquisitive child");
    timeout(10 * SECOND, host.stop()).await.unwrap().unwrap();
    assert_eq!(journal.take(), "+child -child asked");
}

#[tokio::test]
async fn a_component_may_end_the_host() {
    let journal = Journal::default();
    let host = host(&[("a", Manner::Well, Manner::Well)], &journal);
    host.start().await.unwrap();
    let inside = host.clone();
    tokio::spawn(async move { inside.shut_down() });
    timeout(10 * SECOND, host.stopped()).await.ok();
    eventually("it stops", || !host.is_running()).await;
    timeout(10 * SECOND, host.stopped()).await.unwrap();
    assert_eq!(journal.take(), "+a -a");
}

#[tokio::test]
async fn stopped_while_it_starts() {
    let journal = Journal::default();
    let host = host(&[("a", Manner::Well, Manner::Well), ("b", Manner::Hangs, Manner::Well)], &journal);
    let (starting, outer) = (host.clone(), host.clone());
    let starting = tokio::spawn(async move { starting.start().await });
    eventually("b is started", || names(&outer).contains('b') && outer.get("b").is_some()).await;
    tokio::time::sleep(50 * MS).await;
    let began = std::time::Instant::now();
    timeout(10 * SECOND, host.stop()).await.unwrap().unwrap();
    assert!(began.elapsed() < Duration::from_secs(8));
    assert!(matches!(starting.await.unwrap(), Err(HostError::Interrupted)));
    assert_eq!(journal.take(), "+a +b -b -a");
}

#[tokio::test]
async fn calls_go_on_when_nobody_waits_for_them() {
    let journal = Journal::default();
    let host = host(&[("a", Manner::Well, Manner::Well), ("b", Manner::Well, Manner::Well)], &journal);
    // Polled once and dropped.
    _ = timeout(Duration::ZERO, host.start()).await;
    eventually("it runs", || host.is_running()).await;
    _ = timeout(Duration::ZERO, host.replace(Worker::new("a", &journal), None)).await;
    _ = timeout(Duration::ZERO, host.stop()).await;
    timeout(10 * SECOND, host.stopped()).await.unwrap();
    let said = journal.take();
    assert!(said.starts_with("+a +b") && said.matches("+a").count() == said.matches("-a").count(), "{said}");
}
