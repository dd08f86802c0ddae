//! A browser without a window, driven over its debugging pipe.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};

use super::END;

/// Names that the browser goes by.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// One page in a browser.
pub(crate) struct Browser {
    child: Child,
    pipe: ChildStdin,
    messages: Receiver<Value>,
    events: VecDeque<Value>,
    session: String,
    last: u64,
    profile: PathBuf,
}

impl Browser {
    /// One with an empty page. Nothing, told loudly, when there is no browser here, unless `REQUIRE_CHROMIUM` is set.
    pub(crate) fn open(name: &str) -> Option<Self> {
        let Some(program) = program() else {
            assert!(std::env::var_os("REQUIRE_CHROMIUM").is_none(), "no chromium in PATH, and REQUIRE_CHROMIUM is set");
            eprintln!("\n== SKIPPED: no chromium in PATH; the page is not tested ({name})\n");
            return None;
        };
        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("chromium-{name}-{}", std::process::id()));
        // It talks over file descriptors 3 and 4; the shell puts our pipes there.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"])
            .arg(program)
            .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"])
            .args(["--disable-extensions", "--disable-sync", "--no-default-browser-check", "--lang=en"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (pipe, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, messages) = channel();
        // Ends with the pipe.
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            loop {
                let mut message = Vec::new();
                match output.read_until(0, &mut message) {
                    Ok(count) if count > 0 => message.pop(),
                    _ => return,
                };
                if let Ok(message) = serde_json::from_slice(&message)
                    && sender.send(message).is_err()
                {
                    return;
                }
            }
        });
        let (events, session) = (VecDeque::new(), String::new());
        let mut browser = Browser { child, pipe, messages, events, session, last: 0, profile };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &target);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        browser.call("Emulation.setScrollbarsHidden", &json!({ "hidden": true }));
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        Some(browser)
    }

    /// One command; what it gives.
    pub(crate) fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": parameters });
        if !self.session.is_empty() {
            command["sessionId"] = json!(self.session);
        }
        self.pipe.write_all(format!("{command}\0").as_bytes()).unwrap();
        let deadline = Instant::now() + END;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).unwrap_or_else(|error| panic!("{method}: {error}"));
            if message["id"] != self.last {
                self.events.push_back(message);
                continue;
            }
            assert!(message["error"].is_null(), "{method}: {}", message["error"]);
            return message["result"].clone();
        }
    }

    pub(crate) fn go(&mut self, address: &str) {
        let gone = self.call("Page.navigate", &json!({ "url": address }));
        assert!(gone["errorText"].is_null(), "{gone}");
        self.until("document.readyState === 'complete'");
    }

    /// What an expression gives.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let given = self.call("Runtime.evaluate", &parameters);
        assert!(given["exceptionDetails"].is_null(), "{expression}: {}", given["exceptionDetails"]);
        given["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(crate) fn until(&mut self, expression: &str) {
        let deadline = Instant::now() + END;
        while self.eval(&format!("Boolean({expression})")) != true {
            if Instant::now() > deadline {
                let body = self.eval("document.body.innerText");
                panic!("never: {expression}\n{}", body.as_str().unwrap_or_default());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// All text that the page holds, shown or not, titles and form fields too.
    pub(crate) fn everything(&mut self) -> String {
        let all = "document.documentElement.outerHTML + ' ' + document.body.innerText + ' ' + location.href + ' ' + \
                   JSON.stringify({ ...sessionStorage, ...localStorage }) + document.cookie";
        self.eval(all).as_str().unwrap().to_owned()
    }

    pub(crate) fn color_scheme(&mut self, scheme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// A picture of the whole page, kept where `ADMIN_SCREENSHOTS` says, if it does.
    pub(crate) fn picture(&mut self, name: &str) {
        let shot = self.call("Page.captureScreenshot", &json!({ "format": "png", "captureBeyondViewport": true }));
        let png = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        if let Some(folder) = std::env::var_os("ADMIN_SCREENSHOTS") {
            std::fs::write(Path::new(&folder).join(format!("{name}.png")), png).unwrap();
        }
    }

    /// What the page asked for, what it logged, and what went wrong in it.
    pub(crate) fn told(&mut self) -> Told {
        self.eval("0");
        self.events.extend(self.messages.try_iter());
        let mut told = Told::default();
        for event in self.events.drain(..) {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => {
                    told.requests.push(parameters["request"]["url"].as_str().unwrap_or_default().to_owned());
                }
                "Log.entryAdded" => told.log.push(parameters["entry"]["text"].to_string()),
                "Runtime.consoleAPICalled" => told.log.push(parameters["args"].to_string()),
                "Runtime.exceptionThrown" => told.thrown.push(parameters["exceptionDetails"].to_string()),
                _ => {}
            }
        }
        told
    }
}

/// What a browser told of a page.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) requests: Vec<String>,
    pub(crate) log: Vec<String>,
    pub(crate) thrown: Vec<String>,
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.session.clear();
        let close = json!({ "id": self.last + 1, "method": "Browser.close" });
        _ = self.pipe.write_all(format!("{close}\0").as_bytes());
        let deadline = Instant::now() + Duration::from_secs(10);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        _ = self.child.kill();
        _ = self.child.wait();
        _ = std::fs::remove_dir_all(&self.profile);
    }
}

fn program() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut all = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    all.find(|program| program.is_file())
}
