//! `teq run`: the daemon.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};
use isopace::admin::{Admin, HostSource, install_metrics};
use isopace::teq::{Teq, TeqError};
use tracing_subscriber::EnvFilter;

use crate::{Failure, Outcome};

/// Run a switch from a directory of descriptors
///
/// The directory is looked at again and again; what has changed in it is redeployed while the rest goes on. SIGTERM or SIGINT stops it in
/// order: what is in flight ends first. A second one ends it at once. SIGHUP has the directory looked at. It exits 0 when it has
/// stopped in order, 1 when not.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The directory of descriptors
    #[arg(long, default_value = "deploy")]
    deploy: PathBuf,
    /// What is logged: error, warn, info, debug, trace, or a filter such as `info,isopace::mux=debug`
    #[arg(long, default_value = "info")]
    log_level: String,
    /// How it is logged, on standard error
    #[arg(long, default_value = "text")]
    log_format: LogFormat,
    /// How often the directory is looked at: 500ms, 5s, 1m
    #[arg(long, default_value = "5s", value_parser = time)]
    scan: Duration,
    /// How long stopping may take
    #[arg(long, default_value = "30s", value_parser = time)]
    shutdown: Duration,
    /// Show over HTTP how it is, with a page for the operator: at this address, such as 127.0.0.1:8584
    #[arg(long, value_name = "ADDRESS")]
    admin: Option<String>,
    /// Answer there only those who bring the token in this file, at least 16 characters; needed for an address that others can reach
    #[arg(long, value_name = "FILE", requires = "admin")]
    admin_token_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    Text,
    Json,
}

/// A time as it is written on a command line.
fn time(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let each = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => return Err("a time is a number with ms, s or m behind it".to_owned()),
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(each)) {
        Some(millis @ 1..=86_400_000) => Ok(Duration::from_millis(millis)),
        _ => Err("a time is from 1ms to a day".to_owned()),
    }
}

/// What shows how it is. It is registered first, so that it is stopped last.
fn admin(arguments: &Arguments, address: &str, teq: &Teq) -> Result<Admin, Failure> {
    let source = HostSource::new(teq.host()).info("deploy", arguments.deploy.display().to_string());
    let mut admin = Admin::builder(source).service("teq").listen(address);
    if let Some(file) = &arguments.admin_token_file {
        let failed = |error| Failure::new(format!("--admin-token-file: cannot read {}: {error}", file.display()));
        admin = admin.token(std::fs::read_to_string(file).map_err(failed)?.trim());
    }
    admin.build().map_err(|error| Failure::new(format!("--admin: {error}")))
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let filter = EnvFilter::try_new(&arguments.log_level)
        .map_err(|_| Failure::new("--log-level: error, warn, info, debug, trace, or a filter of targets"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match arguments.log_format {
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).init(),
        LogFormat::Json => log.json().init(),
    }
    if !arguments.deploy.is_dir() {
        return Err(Failure::new(format!("--deploy: {} is no directory", arguments.deploy.display())));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(format!("no threads: {error}")))?;
    // Before anything is built that counts.
    let metrics = arguments.admin.as_ref().map(|_| install_metrics());
    let teq = Teq::builder()
        .deploy_dir(&arguments.deploy)
        .scan_interval(arguments.scan)
        .shutdown_timeout(arguments.shutdown)
        .build();
    if let Some(address) = &arguments.admin {
        let admin = admin(arguments, address, &teq)?;
        teq.component(admin).map_err(Failure::new)?;
        tracing::debug!(metrics, "an admin shows how it is");
    }
    let (deploy, scan) = (arguments.deploy.display(), arguments.scan);
    tracing::info!(%deploy, ?scan, version = env!("CARGO_PKG_VERSION"), "teq starting");
    let ended = runtime.block_on(teq.listen_and_serve());
    // What has been given up may hang on a thread of its own.
    runtime.shutdown_timeout(Duration::from_secs(1));
    match ended {
        Ok(()) => {
            tracing::info!("teq stopped");
            Ok(Outcome::Good)
        }
        Err(error @ TeqError::Signals(_)) => Err(Failure::new(error)),
        Err(error) => {
            tracing::error!(%error, "teq stopped");
            Ok(Outcome::Refused)
        }
    }
}
