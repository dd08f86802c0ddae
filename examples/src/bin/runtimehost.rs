//! A host of components: one that the program brings, others from a directory of descriptors that changes while it runs.

use std::error::Error;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use isopace::host::{BoxFuture, Component, Health, Host, StartError, Status};
use isopace::teq::{Context, Deployer, Descriptor, DescriptorError, Registry};
use serde::Deserialize;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A component that says at an interval that it is alive.
struct Worker {
    name: String,
    label: String,
    interval: Duration,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// Its configuration in a descriptor.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    #[serde(default = "usual_interval")]
    interval_ms: u64,
    #[serde(default)]
    label: String,
}

const fn usual_interval() -> u64 {
    1000
}

impl Worker {
    fn new(name: &str, label: &str, interval_ms: u64) -> Self {
        let interval = Duration::from_millis(interval_ms.max(1));
        Worker { name: name.to_owned(), label: label.to_owned(), interval, task: Mutex::default() }
    }

    /// As a type of descriptor.
    fn factory(descriptor: &Descriptor, _: &Context<'_>) -> Result<Arc<dyn Component>, DescriptorError> {
        let Config { interval_ms, label } = descriptor.config()?;
        Ok(Arc::new(Worker::new(descriptor.name(), &label, interval_ms)))
    }

    fn task(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.task.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Component for Worker {
    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &'static str {
        "worker"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        let (name, label, interval) = (self.name.clone(), self.label.clone(), self.interval);
        let beat = async move {
            loop {
                sleep(interval).await;
                metrics::counter!("isopace_worker_heartbeats_total", "worker" => name.clone()).increment(1);
                tracing::info!(name, label, "heartbeat");
            }
        };
        *self.task() = Some(tokio::spawn(beat));
        Box::pin(async { Ok(()) })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        if let Some(task) = self.task().take() {
            task.abort();
        }
        Box::pin(async {})
    }

    fn status(&self) -> Status {
        match &*self.task() {
            Some(task) if !task.is_finished() => Status::new(Health::Up, "beats"),
            _ => Status::new(Health::Stopped, "stopped"),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    println!("== Isopace runtime.Host demo: component container (Q2-style) ==");
    let directory = std::env::temp_dir().join(format!("isopace-runtimehost-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let shown = demonstrate(&directory).await;
    std::fs::remove_dir_all(&directory)?;
    shown
}

async fn demonstrate(directory: &Path) -> Result<(), Box<dyn Error>> {
    let mut registry = Registry::empty();
    registry.register("worker", Worker::factory);
    let host = Host::new();
    host.register(Worker::new("clock", "of the program", 100))?;
    host.register(Deployer::new(&host, registry, directory).interval(Duration::from_millis(150)))?;
    host.start().await?;
    show(&host, "started: what the program has registered", "clock deployer").await?;

    put(directory, "alpha", "first")?;
    show(&host, "alpha.json is there: deployed", "clock deployer alpha").await?;
    put(directory, "beta", "second")?;
    show(&host, "beta.json is there: deployed", "clock deployer alpha beta").await?;
    put(directory, "alpha", "changed")?;
    show(&host, "alpha.json has changed: redeployed", "clock deployer beta alpha").await?;
    std::fs::remove_file(directory.join("beta.json"))?;
    show(&host, "beta.json is gone: undeployed", "clock deployer alpha").await?;

    println!(">> stopped in reverse");
    host.stop().await?;
    Ok(())
}

/// Writes a descriptor whole, so that it is never seen half written.
fn put(directory: &Path, name: &str, label: &str) -> std::io::Result<()> {
    let text = format!(
        "{{\"name\": \"{name}\", \"type\": \"worker\", \"enabled\": true, \"config\": {{\"interval_ms\": 50, \"label\": \"{label}\"}}}}"
    );
    let new = directory.join(format!(".{name}.new"));
    std::fs::write(&new, text)?;
    std::fs::rename(new, directory.join(format!("{name}.json")))
}

/// Waits for these components, no longer than ten seconds, and shows those there are.
async fn show(host: &Host, title: &str, expected: &str) -> Result<(), Box<dyn Error>> {
    let names = || host.components().iter().map(|listed| listed.name.to_string()).collect::<Vec<_>>().join(" ");
    for _ in 0..1000 {
        if names() == expected {
            println!(">> {title}\n   components: [{}]", names());
            return Ok(());
        }
        sleep(Duration::from_millis(10)).await;
    }
    Err(format!("components are [{}] and not [{expected}]", names()).into())
}
