//! The directory of descriptors, and what they say now.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use crate::seeded::Seeded;

/// The hosts: the connector to each, and its test host.
pub(super) const HOSTS: [&str; 2] = ["isw", "up"];
/// The dialect of each: one that is shipped, and one from a spec beside the descriptors.
const DIALECTS: [&str; 2] = ["iso87-a", "specs/up.toml"];

const SPEC: &str = "[spec]\nname = \"up\"\ntitle = \"The second host\"\nextends = \"iso87-a\"\n";

/// A host that forgets, is late and hangs up now and then.
const USUAL: &str = r#"
[[rule]]
name = "echo tests are answered"
match = { mti = "0800" }

[[rule]]
name = "some answers end the link"
match = { mti = "0x00" }
every = 400
close = "after"

[[rule]]
name = "some are never answered"
match = { mti = "0x00" }
every = 150
drop = true

[[rule]]
name = "some come too late"
match = { mti = "0x00" }
every = 90
late = 3500
"#;

/// A host that takes its time, and more than the gateway has for some.
const SLOW: &str = r#"
[[rule]]
name = "echo tests are answered"
match = { mti = "0800" }

[[rule]]
name = "all take their time"
match = { mti = "0x00" }
delay = { from = 100, to = 2600 }
"#;

/// How a test host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    Usual,
    Slow,
    /// Not deployed.
    Down,
    /// Answers all.
    Good,
}

/// A directory of descriptors. It is removed with this.
pub(super) struct Site {
    folder: PathBuf,
    gateway: u16,
    hosts: [u16; 2],
    links: [SocketAddr; 2],
    /// When clients of the gateway have their answers, in milliseconds.
    pub(super) timeout: u32,
    /// The longest wait of each connector between attempts, in milliseconds.
    pub(super) backoff: [u32; 2],
    pub(super) manner: [Manner; 2],
}

impl Site {
    /// A gateway and test hosts at these ports; connectors dial `links`.
    pub(super) fn new(folder: PathBuf, gateway: u16, hosts: [u16; 2], links: [SocketAddr; 2]) -> io::Result<Self> {
        for inner in ["specs", "scenarios"] {
            fs::create_dir_all(folder.join(inner))?;
        }
        let (timeout, backoff, manner) = (2000, [500; 2], [Manner::Usual; 2]);
        let site = Site { folder, gateway, hosts, links, timeout, backoff, manner };
        fs::write(site.folder.join("specs/up.toml"), SPEC)?;
        fs::write(site.folder.join("scenarios/usual.toml"), USUAL)?;
        fs::write(site.folder.join("scenarios/slow.toml"), SLOW)?;
        site.write_all()?;
        Ok(site)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn gateway(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.gateway).into()
    }

    pub(super) fn write_all(&self) -> io::Result<()> {
        self.write_gateway()?;
        (0..HOSTS.len()).try_for_each(|host| self.write_connector(host).and_then(|()| self.write_host(host)))
    }

    pub(super) fn write_gateway(&self) -> io::Result<()> {
        let Site { gateway, timeout, .. } = self;
        let text = format!(
            "name = \"pos\"\ntype = \"gateway\"\nenabled = true\n\n[config]\naddr = \"127.0.0.1:{gateway}\"\n\
             dialect = \"iso87-a\"\nframing = \"length2\"\ntimeout_ms = {timeout}\ngrace_ms = 4000\n\
             max_clients = 4096\nroute_to = \"isw\"\nroutes = [{{ to = \"up\", pan_prefixes = [\"5\"] }}]\n\
             upstream = {{ isw = {{ own_stan = true }}, up = {{ own_stan = true }} }}\ntrace = {{ one_of = 10 }}\n"
        );
        fs::write(self.folder.join("pos.toml"), text)
    }

    pub(super) fn write_connector(&self, host: usize) -> io::Result<()> {
        let (name, dialect, address, backoff) = (HOSTS[host], DIALECTS[host], self.links[host], self.backoff[host]);
        let text = format!(
            "name = \"{name}\"\ntype = \"connector\"\nenabled = true\n\n[config]\naddr = \"{address}\"\n\
             dialect = \"{dialect}\"\nframing = \"length2\"\ntimeout_ms = 3000\nconnect_timeout_ms = 2000\n\
             drain_timeout_ms = 3000\nmin_backoff_ms = 20\nmax_backoff_ms = {backoff}\n\n[config.network]\n\
             preset = \"iso87\"\nsign_on_timeout_ms = 2000\nsign_off_timeout_ms = 1000\necho_when_idle_ms = 1000\n\
             echo_timeout_ms = 2000\nelements = {{ 41 = \"TERM0001\" }}\n"
        );
        fs::write(self.folder.join(format!("{name}.toml")), text)
    }

    pub(super) fn write_host(&self, host: usize) -> io::Result<()> {
        let (name, dialect, port, manner) = (HOSTS[host], DIALECTS[host], self.hosts[host], self.manner[host]);
        let scenario = match manner {
            Manner::Usual => "scenario = \"scenarios/usual.toml\"\n",
            Manner::Slow => "scenario = \"scenarios/slow.toml\"\n",
            Manner::Down | Manner::Good => "",
        };
        let text = format!(
            "name = \"host-{name}\"\ntype = \"simulator\"\nenabled = {}\n\n[config]\nlisten = \"127.0.0.1:{port}\"\n\
             dialect = \"{dialect}\"\n{scenario}",
            manner != Manner::Down
        );
        fs::write(self.folder.join(format!("host-{name}.toml")), text)
    }

    /// Makes one of the descriptors a file that is wrong, in one way or another.
    pub(super) fn break_one(&self, random: &mut Seeded) -> io::Result<()> {
        let path = self.folder.join(random.pick(&["pos.toml", "isw.toml", "up.toml", "host-up.toml"]));
        let text = fs::read_to_string(&path)?;
        let wrong = match random.below(4) {
            0 => text[..random.below(text.len())].to_owned(),
            1 => text.replace("[config]", "[config]\nno_such_key = 1"),
            2 => text.replace("127.0.0.1:", "127.0.0.1:port"),
            _ => text.replace("type = ", "type = no quotes around "),
        };
        fs::write(path, wrong)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It is a temporary folder.
        _ = fs::remove_dir_all(&self.folder);
    }
}

/// A port that nobody listens at, below those that systems give to clients.
pub(super) fn free_port(random: &mut Seeded) -> io::Result<u16> {
    for _ in 0..100 {
        let port = 12_000 + random.below(18_000) as u16;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    Err(io::ErrorKind::AddrInUse.into())
}
