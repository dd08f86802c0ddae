//! Descriptors: those of Isopace as they are, ours, and what is told about those that are wrong.

use crate::host_common;

use std::path::Path;

use host_common::{Folder, free_port};
use isopace::teq::{Checked, DescriptorError, Registry, check};

/// What is wrong with a queue that says nothing of itself.
const SAF: &str = match cfg!(feature = "store") {
    true => "a.json: `config` is missing",
    false => "a.json:1: `type`: `store-and-forward` is not in this build",
};

/// The three samples of Isopace 1.0.0, by what is known of them: a gateway and two connectors.
const ISW: &str = r#"{
  "name": "isw",
  "type": "connector",
  "enabled": true,
  "config": {
    "network": "tcp",
    "addr": "127.0.0.1:8583",
    "packager": "iso87-a",
    "framer": "length2",
    "tls": false,
    "correlation_des": [11, 41],
    "timeout_ms": 30000,
    "min_backoff_ms": 250,
    "max_backoff_ms": 30000,
    "header": { "41": "TERM0001" },
    "sign_on": { "mti": "0800", "nmic": "001" },
    "echo": { "mti": "0800", "nmic": "301", "interval_ms": 15000 }
  }
}"#;
const UP: &str = r#"{
  "name": "up",
  "type": "connector",
  "enabled": true,
  "config": { "addr": "127.0.0.1:8584" }
}"#;

fn report(folder: &Folder, checked: &Checked) -> String {
    let lines: Vec<String> = checked.problems.iter().flat_map(DescriptorError::lines).collect();
    folder.without(&lines.join("\n"))
}

fn names(checked: &Checked) -> String {
    checked.components.iter().map(|(name, kind, _)| format!("{name}:{kind}")).collect::<Vec<_>>().join(" ")
}

/// What is told about one file.
fn told(name: &str, text: &str) -> String {
    let folder = Folder::new("descriptor");
    folder.write(name, text);
    let checked = check(&folder.0, &Registry::standard());
    assert_eq!(names(&checked), "", "{text}");
    report(&folder, &checked)
}

fn toml(config: &str) -> String {
    format!("name = \"a\"\ntype = \"connector\"\nenabled = true\n[config]\n{config}")
}

#[test]
fn descriptors_of_isopace_work_as_they_are() {
    let folder = Folder::new("isopace");
    folder.write("isw.json", ISW);
    folder.write("up.json", UP);
    let checked = check(&folder.0, &Registry::standard());
    assert_eq!((names(&checked).as_str(), report(&folder, &checked).as_str()), ("isw:connector up:connector", ""));
}

#[test]
fn enabled_has_to_be_said() {
    let folder = Folder::new("enabled");
    folder.write("off.json", &UP.replace("\"enabled\": true,", "\"enabled\": false,"));
    folder.write("silent.json", &UP.replace("\"enabled\": true,", "").replace("up", "silent"));
    let checked = check(&folder.0, &Registry::standard());
    assert_eq!((names(&checked).as_str(), checked.problems.len()), ("", 0));
    assert_eq!(checked.disabled, [("up".to_owned(), true), ("silent".to_owned(), false)]);
}

#[test]
fn all_keys_of_ours() {
    let folder = Folder::new("ours");
    folder.write("specs/partner.toml", "[spec]\nname = \"partner\"\ntitle = \"A partner\"\nextends = \"iso87-a\"\n");
    folder.write("spec-beside.toml", "[spec]\nname = \"beside\"\ntitle = \"Beside\"\nextends = \"iso87-a\"\n");
    folder.write("notes.txt", "no descriptor");
    folder.write(".hidden.toml", "no descriptor");
    folder.write(
        "a.toml",
        &toml(
            "addresses = [\"10.0.0.1:8583\", \"host.example:8583\", \"[::1]:8583\"]\ndialect = \"specs/partner.toml\"\n\
             framing = \"length2,tpdu=6000010002\"\ntimeout_ms = 0\nconnect_timeout_ms = 1000\nwrite_timeout_ms = 1000\n\
             idle_timeout_ms = 90000\ndrain_timeout_ms = 1000\ndrop_after_silence_ms = 90000\nmin_backoff_ms = 10\n\
             max_backoff_ms = 100\nbackoff_jitter = false\nmax_in_flight = 100\nwait_until_ready = true\n\
             [config.correlation]\ndefault = [[11, 41], [11]]\nnetwork-management = [[11, 70]]\n\
             [config.network]\npreset = \"iso87\"\nsign_on = \"061\"\nsign_off = \"062\"\necho = \"270\"\n\
             echo_when_idle_ms = 1000\necho_timeout_ms = 1000\nsign_on_timeout_ms = 1000\nsign_off_timeout_ms = 1000\n\
             await_sign_on = [\"001\"]\nawait_sign_on_ms = 1000\naccept = [\"00\"]\nanswer = [\"301\"]\nmti = \"0800\"\n\
             code_element = 70\nelements = { 32 = \"123456\" }\n",
        ),
    );
    folder.write("b.toml", &toml("listen = \"127.0.0.1:0\"\nsecond_link = \"refused\"\n").replace("\"a\"", "\"b\""));
    folder.write(
        "pool.toml",
        "name = \"both\"\ntype = \"pool\"\nenabled = true\n[config]\nmembers = [\"one\", { name = \"two\", config = \
         { addr = \"127.0.0.1:1\" } }]\nstrategy = \"primary\"\ntimeout_ms = 1\nmax_in_flight = 1\nmin_ready = 0\n\
         connect_timeout_ms = 1\nmin_backoff_ms = 1\nmax_backoff_ms = 1\nwait_until_ready = true\n",
    );
    folder.write("one.toml", &toml("addr = \"127.0.0.1:2\"\n").replace("\"a\"", "\"one\""));
    let checked = check(&folder.0, &Registry::standard());
    assert_eq!(
        (names(&checked).as_str(), report(&folder, &checked).as_str()),
        ("a:connector b:connector both:pool", "")
    );
}

#[test]
fn what_is_wrong_is_told_with_file_line_and_what_was_meant() {
    for (config, expected) in [
        ("adr = \"127.0.0.1:1\"", "a.toml:5: unknown key `adr`; did you mean `addr`?"),
        ("\ntimeout = 1\naddr = \"127.0.0.1:1\"", "a.toml:6: unknown key `timeout`; there are "),
        ("", "a.toml: `addr`: it is missing: where to connect to, `host:port`"),
        ("addr = \"127.0.0.1\"", "a.toml:5: `addr`: an address is `host:port`"),
        ("addr = \"127.0.0.1:0\"", "a.toml:5: `addr`: port 0 is no port to connect to"),
        ("addr = 5", "a.toml:5: a string is expected, and not an integer"),
        ("addr = \"127.0.0.1:1\"\naddresses = []", "a.toml:6: `addresses`: `addr` is given too; give one of them"),
        (
            "addr = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:1\"",
            "a.toml:6: `listen`: a connector dials (`addr`) or listens",
        ),
        ("addr = \"127.0.0.1:1\"\ntimeout_ms = -1", "a.toml:6: a time is not negative"),
        ("addr = \"127.0.0.1:1\"\nmin_backoff_ms = 0", "a.toml:6: a time is at least 1 millisecond"),
        ("addr = \"127.0.0.1:1\"\ntimeout_ms = 99999999999", "a.toml:6: a time is no longer than a week"),
        (
            "addr = \"127.0.0.1:1\"\nmax_backoff_ms = 5",
            "a.toml:6: `max_backoff_ms`: this is less than `min_backoff_ms`",
        ),
        (
            "addr = \"127.0.0.1:1\"\ndialect = \"iso87a\"",
            "a.toml:6: `dialect`: no shipped dialect is called `iso87a`; did you mean `iso87-a`?",
        ),
        (
            "addr = \"127.0.0.1:1\"\npackager = \"zone\"",
            "a.toml:6: `packager`: no shipped dialect is called `zone`; its spec is not public",
        ),
        (
            "addr = \"127.0.0.1:1\"\ndialect = \"iso87-a\"\npackager = \"iso87-a\"",
            "a.toml:7: `packager`: this is another word for `dialect`",
        ),
        ("addr = \"127.0.0.1:1\"\ndialect = \"none.toml\"", "a.toml:6: `dialect`: "),
        ("addr = \"127.0.0.1:1\"\nframing = \"length9\"", "a.toml:6: `framing`: a framing is one of"),
        ("addr = \"127.0.0.1:1\"\ncorrelation_des = [11, 2]", "a.toml:6: `correlation_des`: "),
        ("addr = \"127.0.0.1:1\"\ncorrelation = [[11, 65]]", "a.toml:6: `correlation`: "),
        ("addr = \"127.0.0.1:1\"\ncorrelation = { finance = [[11]] }", "a.toml:6: unknown variant `finance`"),
        ("addr = \"127.0.0.1:1\"\nnetwork = \"udp\"", "a.toml:6: links are TCP here: \"tcp\""),
        (
            "addr = \"127.0.0.1:1\"\nnetwork = { signon = \"001\" }",
            "a.toml:6: unknown key `signon`; did you mean `sign_on`?",
        ),
        ("addr = \"127.0.0.1:1\"\nnetwork = { sign_on = \"one\" }", "a.toml:6: `network`: SignOn message: "),
        (
            "addr = \"127.0.0.1:1\"\nnetwork = { elements = { x = \"1\" } }",
            "a.toml:6: `elements`: `x` is no number of a data element",
        ),
        ("addr = \"127.0.0.1:1\"\ntls = { ca = \"no.pem\" }", "a.toml:6: `tls`: no.pem: "),
        (
            "addr = \"127.0.0.1:1\"\ntls = { cert = \"no.pem\" }",
            "a.toml:6: `tls`: a certificate of our own asks for `ca`",
        ),
        ("listen = \"127.0.0.1:1\"\ntls = true", "a.toml:6: `tls`: who listens needs `cert` and `key`"),
        ("addr = \"127.0.0.1:1\"\nunsolicited_queue = \"\"", "a.toml:6: `unsolicited_queue`: a queue is named by"),
    ] {
        let told = told("a.toml", &toml(config));
        assert!(told.starts_with(expected) && !told.contains('\u{1b}'), "{config}\nsays\n{told}\nand not\n{expected}");
    }
    for (json, expected) in [
        ("{", "a.json:1: EOF while parsing an object"),
        ("{\"name\": \"a\",\n\"typ\": \"connector\"}", "a.json:2: unknown key `typ`; did you mean `type`?"),
        (
            "{\"name\": \"a b\", \"type\": \"connector\"}",
            "a.json:1: a name has 1 to 64 letters, digits and signs of ASCII",
        ),
        (
            "{\"name\": \"a\", \"type\": \"conector\", \"enabled\": true}",
            "a.json:1: `type`: there is no type `conector`; did you mean `connector`?",
        ),
        ("{\"name\": \"a\", \"type\": \"store-and-forward\", \"enabled\": true}", SAF),
        ("{\"name\": \"a\", \"type\": \"pool\", \"enabled\": true}", "a.json: `config` is missing"),
        (
            "{\"name\": \"a\", \"type\": \"connector\", \"enabled\": true,\n\"config\": {\n\"echo\": {\"nmic\": \"301\"}}}",
            "a.json:3: `interval_ms` is missing",
        ),
    ] {
        let told = told("a.json", json);
        assert!(told.starts_with(expected), "{json}\nsays\n{told}\nand not\n{expected}");
    }
}

#[test]
fn values_are_not_shown() {
    let pan = "4012345678909";
    for config in [
        format!("timeout_ms = \"{pan}\""),
        format!("addr = \"{pan}\""),
        format!("addr = {pan}"),
        format!("framing = \"{pan}\""),
        format!("addr = \"127.0.0.1:1\"\nnetwork = {{ sign_on = \"{pan}\" }}"),
        format!("addr = \"127.0.0.1:1\"\nheader = {{ 70 = \"{pan}\" }}\nsign_on = {{ nmic = \"001\" }}"),
    ] {
        let told = told("a.toml", &toml(&config));
        assert!(!told.contains("401234") && !told.is_empty(), "{told}");
    }
}

#[test]
fn files_that_do_not_go_together() {
    let folder = Folder::new("together");
    let port = free_port();
    let connector = |name: &str, config: &str| toml(config).replace("\"a\"", &format!("\"{name}\""));
    let dial = "addr = \"127.0.0.1:1\"";
    folder.write("a.toml", &connector("a", dial));
    folder.write("b.toml", &connector("a", dial));
    folder.write("c.toml", &connector("c", &format!("listen = \"127.0.0.1:{port}\"")));
    folder.write("d.toml", &connector("d", &format!("listen = \"0.0.0.0:{port}\"")));
    let pool = |name: &str, members: &str| {
        format!("name = \"{name}\"\ntype = \"pool\"\nenabled = true\n[config]\nmembers = [{members}]")
    };
    folder.write("e.toml", &pool("e", "\"m\", \"off\""));
    folder.write("f.toml", &pool("f", "\"m\""));
    folder.write("g.toml", &pool("g", "\"mm\""));
    folder.write("h.toml", &pool("h", ""));
    folder.write("m.toml", &connector("m", dial));
    folder.write("off.toml", &connector("off", dial).replace("true", "false"));
    let checked = check(&folder.0, &Registry::standard());
    assert_eq!(names(&checked), "a:connector c:connector e:pool");
    let expected = [
        "b.toml:1: `name`: `a`: a.toml has this name too".to_owned(),
        format!("d.toml:5: `listen`: another component listens at 0.0.0.0:{port}"),
        "f.toml:5: `members`: `m` is a member of the pool `e` already".to_owned(),
        "g.toml:5: `members`: there is no connector called `mm`; did you mean `m`?".to_owned(),
        "h.toml:5: `members`: a pool without members".to_owned(),
    ];
    assert_eq!(report(&folder, &checked), expected.join("\n"));
}

#[test]
fn a_directory_that_cannot_be_read() {
    let checked = check("no/such/directory", &Registry::standard());
    assert!(checked.problems[0].to_string().starts_with("no/such/directory: it cannot be read: "));
    assert_eq!(checked.problems[0].file(), Path::new("no/such/directory"));
}
