//! A PostgreSQL server of the tests' own, in a temporary directory, reached over a socket in there.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part of it")]

use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// A server that stops when it is dropped.
pub struct Server {
    directory: PathBuf,
    programs: PathBuf,
    /// Who runs it: root may not.
    user: Option<(u32, u32)>,
    child: Mutex<Option<Child>>,
    /// The port of its socket, and of 127.0.0.1 where it listens there too.
    port: u16,
    settings: Vec<String>,
}

impl Server {
    /// One that the tests of a program share; nothing where PostgreSQL is not installed. With `REQUIRE_POSTGRES` that
    /// is an error.
    pub fn shared() -> Option<Arc<Server>> {
        static SHARED: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(server) = shared.upgrade() {
            return Some(server);
        }
        let server = Arc::new(Server::start()?);
        *shared = Arc::downgrade(&server);
        Some(server)
    }

    /// One of its own; nothing where PostgreSQL is not installed. With `REQUIRE_POSTGRES` that is an error.
    pub fn start() -> Option<Server> {
        let server = Server::make(5432)?;
        server.run();
        Some(server)
    }

    /// One of its own that also listens at 127.0.0.1, under TLS with this certificate and key (PEM) if there are any.
    pub fn listening(tls: Option<(&str, &str)>) -> Option<Server> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Server::make(port)?;
        server.settings.push("listen_addresses=127.0.0.1".to_owned());
        if let Some((certificate, key)) = tls {
            for (name, text) in [("server.crt", certificate), ("server.key", key)] {
                let path = server.data().join(name);
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
                if let Some((uid, gid)) = server.user {
                    chown(&path, Some(uid), Some(gid)).unwrap();
                }
            }
            server.settings.push("ssl=on".to_owned());
        }
        server.run();
        Some(server)
    }

    fn make(port: u16) -> Option<Server> {
        let (Some(programs), Some(user)) = (programs(), user()) else {
            assert!(std::env::var_os("REQUIRE_POSTGRES").is_none(), "PostgreSQL is required and not installed");
            eprintln!("SKIPPED: PostgreSQL is not installed, and so not tested");
            return None;
        };
        static COUNT: Mutex<u32> = Mutex::new(0);
        let count = {
            let mut count = COUNT.lock().unwrap_or_else(PoisonError::into_inner);
            *count += 1;
            *count
        };
        let directory = std::env::temp_dir().join(format!("isopace-pg-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        if let Some((uid, gid)) = user {
            chown(&directory, Some(uid), Some(gid)).unwrap();
        }
        let (child, settings) = (Mutex::new(None), Vec::new());
        let server = Server { directory, programs, user, child, port, settings };
        let data = server.data();
        let made = server
            .command("initdb")
            .args(["--auth=trust", "--username=isopace", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        Some(server)
    }

    /// How a client reaches it.
    pub fn config(&self) -> String {
        format!("host={} port={} user=isopace dbname=postgres", self.directory.display(), self.port)
    }

    /// How a client reaches it over TCP, where it listens there.
    pub fn over_tcp(&self) -> String {
        format!("host=127.0.0.1 port={} user=isopace dbname=postgres", self.port)
    }

    /// The path of its socket.
    pub fn socket(&self) -> PathBuf {
        self.directory.join(format!(".s.PGSQL.{}", self.port))
    }

    /// Starts it, and waits until it takes connections.
    pub fn run(&self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut held = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let mut child = self
                .command("postgres")
                .arg("-D")
                .arg(self.data())
                .arg("-k")
                .arg(&self.directory)
                .args(["-c", "listen_addresses=", "-c", "max_connections=100", "-c", "log_min_messages=fatal"])
                .args(["-p", &self.port.to_string()])
                .args(self.settings.iter().flat_map(|setting| ["-c", setting]))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // After a kill the memory of the last one may be in use for a moment: it ends at once then.
            while child.try_wait().unwrap().is_none() {
                if self.is_ready() {
                    *held = Some(child);
                    return;
                }
                assert!(Instant::now() < deadline, "PostgreSQL has not started");
                std::thread::sleep(Duration::from_millis(20));
            }
            assert!(Instant::now() < deadline, "PostgreSQL does not start");
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn is_ready(&self) -> bool {
        let host = self.directory.display().to_string();
        let asked = self.command("pg_isready").args(["-q", "-h", &host, "-p", &self.port.to_string()]).status();
        asked.is_ok_and(|status| status.success())
    }

    /// Stops it in order, its clients notwithstanding.
    pub fn stop(&self) {
        self.end("fast");
    }

    /// Kills it where it stands.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    fn end(&self, mode: &str) {
        if let Some(mut child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let stop = self.command("pg_ctl").args(["stop", "-s", "-w", "-m", mode, "-D"]).arg(self.data()).status();
            if !stop.is_ok_and(|status| status.success()) {
                _ = child.kill();
            }
            _ = child.wait();
        }
    }

    fn data(&self) -> PathBuf {
        self.directory.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        if let Some((uid, gid)) = self.user {
            command.uid(uid).gid(gid);
        }
        command.current_dir(&self.directory).env("LC_ALL", "C");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end("immediate");
        _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Where the programs of the server are.
fn programs() -> Option<PathBuf> {
    let has = |directory: &Path| {
        ["initdb", "postgres", "pg_ctl", "pg_isready"].iter().all(|name| directory.join(name).is_file())
    };
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    std::env::split_paths(&path).chain(debian).find(|directory| has(directory))
}

/// Who may run the server: nobody in particular, or the user `postgres` where we are root.
fn user() -> Option<Option<(u32, u32)>> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    if !root {
        return Some(None);
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    let user = users.lines().find(|line| line.starts_with("postgres:"))?;
    let mut parts = user.split(':').skip(2);
    Some(Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)))
}
