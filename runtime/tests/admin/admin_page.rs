//! The operator's page in a browser: what it shows, what it asks for, and that it lets nothing through.

use crate::admin_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use admin_common::browser::Browser;
use admin_common::*;
use isopace::admin::{Admin, install_metrics};
use isopace::host::{Component, Health};
use serde_json::json;

/// A busy switch: its metrics grow until this is dropped.
struct Busy(Arc<AtomicBool>);

impl Busy {
    fn new() -> Self {
        assert!(install_metrics());
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            let mut step: u64 = 0;
            while !stopped.load(Ordering::Relaxed) {
                step += 1;
                traffic(step);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Busy(stop)
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A tenth of a second of traffic.
fn traffic(step: u64) {
    let wave = 30 + 12 * (step % 7);
    for (connector, share, scale) in [("host-a", 3, 0.003), ("host-b", 2, 0.006)] {
        let count = wave * share;
        metrics::counter!("isopace_requests_total", "connector" => connector, "outcome" => "response").increment(count);
        metrics::counter!("isopace_requests_total", "connector" => connector, "outcome" => "timed_out")
            .increment(step % 2);
        let times = metrics::histogram!("isopace_request_seconds", "connector" => connector);
        (0..count).for_each(|place| times.record(scale * (1.0 + (place % 17) as f64 / 4.0)));
    }
    let count = wave * 5;
    let requests = |outcome: &'static str, by: u64| {
        metrics::counter!("isopace_gateway_requests_total", "gateway" => "front", "route" => "upstream", "outcome" => outcome)
            .increment(by);
    };
    requests("response", count);
    requests("timed_out", step % 3);
    let times = metrics::histogram!("isopace_gateway_seconds", "gateway" => "front", "route" => "upstream");
    (0..count).for_each(|place| times.record(0.004 * (1.0 + (place % 23) as f64 / 4.0)));
}

fn trace(stan: u32, code: &str, error: Option<&str>) -> String {
    let values = |code: Option<&str>| {
        let value = |path: &str, name: &str, value: &str| json!({ "path": path, "name": name, "value": value });
        let mut values = vec![
            value("2", "Primary account number", "401234***8909"),
            value("4", "Amount, transaction", "000000002500"),
            value("11", "System trace audit number", &stan.to_string()),
        ];
        values.extend(code.map(|code| value("39", "Response code", code)));
        json!({ "dialect": "iso87-a", "mti": if code.is_some() { "0210" } else { "0200" }, "values": values })
    };
    let mut entries = vec![
        json!({ "at_us": 3, "label": "request", "message": values(None) }),
        json!({ "at_us": 41, "label": "route", "fields": { "to": "upstream", "by": "<b>PAN prefix</b>" } }),
    ];
    entries.extend(error.map(|error| json!({ "at_us": 30_000_120, "label": "decline", "error": error })));
    entries.push(json!({ "at_us": 4100, "label": "response", "message": values(Some(code)) }));
    json!({
        "id": format!("front-{stan}"), "started": "2026-11-20T07:21:55.123Z", "total_us": 4230,
        "failed": error.is_some(), "entries": entries,
    })
    .to_string()
}

async fn shown(name: &str) -> Option<(Switch, Arc<Admin>, String, Browser)> {
    let switch = Switch::new();
    let (admin, address) = started(Admin::builder(switch.clone()).service("acme switch")).await;
    let name = name.to_owned();
    let browser = tokio::task::spawn_blocking(move || Browser::open(&name)).await.unwrap()?;
    Some((switch, admin, format!("http://{address}/"), browser))
}

/// The browser is driven in a blocking way.
async fn drive<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_switch_at_a_glance_and_a_server_that_goes() {
    let Some((switch, admin, address, mut browser)) = shown("glance").await else { return };
    let _busy = Busy::new();
    switch.set("host-b", "connector", Health::Down, "no link to 10.1.0.12:7000: connection refused, again in 4 s", 0);
    switch.set("upstream", "pool", Health::Degraded, "1 of 2 members ready", 11);
    switch.traces(vec![
        trace(123_458, "00", None),
        trace(123_457, "91", Some("no answer in time")),
        trace(123_456, "51", None),
        r#"{"text":"a line that is none"}"#.to_owned(),
    ]);
    let origin = address.clone();
    let mut browser = drive(move || {
        browser.size(1360, 900);
        browser.go(&address);
        browser.until("document.querySelectorAll('#component-rows tr').length === 4");
        browser.until("document.querySelectorAll('#component-rows .spark polyline').length >= 2");
        browser.until("[...document.querySelectorAll('#component-rows tr')].filter((row) => /ms|µs/.test(row.innerText)).length >= 3");
        let overall = browser.eval("document.querySelector('#overall').innerText");
        assert_eq!(overall, "▲ not ready: host-b");
        let row = browser.eval("document.querySelector('#component-rows tr.bad').innerText");
        assert!(row.as_str().unwrap().contains("host-b") && row.as_str().unwrap().contains("down"), "{row}");
        let codes = browser.eval("document.querySelector('#codes').innerText");
        assert!(["00", "51", "91"].iter().all(|code| codes.as_str().unwrap().contains(code)), "{codes}");
        // Traces are text, whatever stands in them.
        browser.eval("document.querySelector('#traces summary').click()");
        browser.until("document.querySelector('#traces details[open] .entries')");
        assert_eq!(browser.eval("document.querySelectorAll('#traces b').length"), 0);
        browser.until("document.querySelector('#traces').innerText.includes('<b>PAN prefix</b>')");
        browser.picture("busy-light");
        browser.color_scheme("dark");
        browser.picture("busy-dark");
        browser
    })
    .await;

    admin.stop().await;
    let mut browser = drive(move || {
        browser.until("!document.querySelector('#away').hidden");
        browser.until("document.querySelector('#away').innerText.includes('Trying again in')");
        assert_eq!(browser.eval("document.querySelector('#overall').innerText"), "▲ no answer");
        assert_eq!(browser.eval("document.title"), "▲ no answer");
        browser.picture("away-dark");
        browser.color_scheme("light");
        browser.picture("away-light");
        let told = browser.told();
        assert!(told.thrown.is_empty(), "{told:?}");
        assert!(
            told.log.iter().all(|line| line.contains("ERR_CONNECTION_REFUSED") || line.contains("503")),
            "{told:?}"
        );
        assert!(told.requests.iter().all(|url| url.starts_with(&origin)), "{told:?}");
        browser
    })
    .await;
    drop(admin);

    // The same page finds a server that is back.
    let port = browser_port(&mut browser);
    let again = Admin::builder(switch).service("acme switch").listen(format!("127.0.0.1:{port}")).build().unwrap();
    again.start().await.unwrap();
    drive(move || {
        browser.eval("document.querySelector('#away-now').click()");
        browser.until("document.querySelector('#away').hidden && document.title === 'acme switch'");
    })
    .await;
    again.stop().await;
}

fn browser_port(browser: &mut Browser) -> u16 {
    browser.eval("location.port").as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_switch() {
    let (admin, address) = started(Admin::builder(Switch::default())).await;
    drive(move || {
        let Some(mut browser) = Browser::open("empty") else { return };
        browser.size(1360, 900);
        browser.go(&format!("http://{address}/"));
        browser.until("!document.querySelector('#main').hidden");
        for none in ["#no-components", "#no-outcomes", "#no-codes", "#no-traces"] {
            browser.until(&format!("!document.querySelector('{none}').hidden"));
        }
        browser.picture("empty-light");
        browser.color_scheme("dark");
        browser.size(420, 900);
        browser.picture("empty-narrow-dark");
        assert!(browser.told().thrown.is_empty());
    })
    .await;
    admin.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_asked_for_and_kept_in_the_tab() {
    let (admin, address) = started(Admin::builder(Switch::new()).token(TOKEN)).await;
    drive(move || {
        let Some(mut browser) = Browser::open("token") else { return };
        browser.size(1000, 700);
        browser.go(&format!("http://{address}/"));
        browser.until("!document.querySelector('#sign-in').hidden && document.querySelector('#main').hidden");
        browser.picture("token-light");
        let enter = |browser: &mut Browser, token: &str| {
            browser.eval(&format!("document.querySelector('#token').value = '{token}'"));
            browser.eval("document.querySelector('#sign-in').requestSubmit()");
        };
        enter(&mut browser, "wrong-token-0123456789");
        browser.until("document.querySelector('#sign-in-why').innerText.includes('does not take')");
        enter(&mut browser, TOKEN);
        browser.until("!document.querySelector('#main').hidden && document.querySelector('#sign-in').hidden");
        assert_eq!(browser.eval("sessionStorage.length + ' ' + localStorage.length + document.cookie"), "1 0");
        // What stands on the page before it has gone is not to be taken for what stands on the one that comes.
        browser.eval("window.before = true; location.reload()");
        browser.until("!window.before && document.querySelectorAll('#component-rows tr').length === 4");
        browser.eval("document.querySelector('#forget').click()");
        browser.until("!document.querySelector('#sign-in').hidden && sessionStorage.length === 0");
        assert!(browser.told().thrown.is_empty());
    })
    .await;
    admin.stop().await;
}

/// What of the cards and tracks must not be anywhere in the page.
const MARKS: [&str; 5] =
    ["4012345678909", "345678", "28122010000012345", "0123456789ABCDEF", "343031323334353637383930"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_looked_into_masked() {
    let Some((_, admin, address, mut browser)) = shown("inspect").await else { return };
    drive(move || {
        browser.size(1360, 1100);
        browser.go(&address);
        browser.until("document.querySelectorAll('#spec option').length >= 5");
        let look = |browser: &mut Browser, spec: &str, framing: &str, hex: &str| {
            browser.eval(&format!("document.querySelector('#spec').value = '{spec}'"));
            browser.eval(&format!("document.querySelector('#framing').value = '{framing}'"));
            browser.eval(&format!("document.querySelector('#hex').value = '{hex}'"));
            browser.eval("document.querySelector('#inspected').replaceChildren()");
            browser.eval("document.querySelector('#inspect').requestSubmit()");
            browser.until("document.querySelector('#inspected .verdict')");
        };
        // What was pasted stays in its field, and is nowhere else.
        let wire = purchase();
        look(&mut browser, "iso87-a", "none", &hex(&wire));
        browser.until("document.querySelector('#inspected .verdict.good')");
        let shown = browser.eval("document.querySelector('#inspected').innerText");
        let shown = shown.as_str().unwrap().to_owned();
        for wanted in ["0200 financial request", "401234***8909", "TERM0001", "[SAD len=8]", "Primary account number"] {
            assert!(shown.contains(wanted), "{wanted}: {shown}");
        }
        let all = browser.everything();
        for mark in MARKS {
            assert!(!all.contains(mark), "{mark}: {shown}");
        }
        // The bytes of the card are not drawn, those of the terminal are.
        assert_eq!(browser.eval("document.querySelectorAll('.dump .hex > span').length"), wire.len());
        let drawn =
            browser.eval("document.querySelector('.dump').innerText").as_str().unwrap().replace(['\n', ' '], "");
        assert!(drawn.contains("5445524D30303031") && !drawn.contains("3334353637"), "{drawn}");
        // Row and bytes are marked together, by the keyboard too.
        browser.eval(
            "[...document.querySelectorAll('.elements tr')].find((row) => row.innerText.startsWith('41')).focus()",
        );
        assert_eq!(browser.eval("document.querySelectorAll('.dump .hex .marked').length"), 8);
        browser.eval("document.querySelector('#inspected').scrollIntoView()");
        browser.picture("inspector-good-light");
        browser.color_scheme("dark");

        // A mistake is told with its byte, and marked there.
        let mut broken = wire.clone();
        let place = broken.windows(12).position(|window| window == b"000000002500").unwrap();
        broken[place + 3] = b'X';
        look(&mut browser, "iso87-a", "none", &hex(&broken));
        let wrong = format!("byte {}", place + 3);
        browser.until(&format!("document.querySelector('#inspected .errors').innerText.includes('{wrong}')"));
        assert_eq!(browser.eval("document.querySelector('.dump .hex .wrong').title.split(' · ')[0]"), wrong);
        browser.picture("inspector-error-dark");

        // What cannot be read to its end shows no more than where things stand.
        look(&mut browser, "iso87-a", "none", &hex(&wire[..100]));
        browser.until("document.querySelector('#inspected').innerText.includes('cannot be read to its end')");
        let drawn =
            browser.eval("document.querySelector('.dump').innerText").as_str().unwrap().replace(['\n', ' '], "");
        assert!(drawn.contains("30323030") && !drawn.contains("313132303037"), "{drawn}");

        // What nobody has named.
        let mut framed = (wire.len() as u16).to_be_bytes().to_vec();
        framed.extend_from_slice(&wire);
        browser.eval(&format!("document.querySelector('#hex').value = '{}'", hex(&framed)));
        browser.eval("document.querySelector('#doctor').click()");
        browser.until("document.querySelector('#inspected .reading button')");
        browser.eval("document.querySelector('#inspected .reading button').click()");
        browser.until("document.querySelector('#inspected .dump')");
        assert_eq!(browser.eval("document.querySelector('#framing').value"), "length2");
        assert!(
            browser.eval("document.querySelector('#inspected .verdict').innerText").as_str().unwrap().contains("good")
        );
        browser.eval("document.querySelector('#clear').click()");
        assert_eq!(
            browser.eval("document.querySelector('#hex').value + document.querySelector('#inspected').innerText"),
            ""
        );
        let told = browser.told();
        assert!(told.thrown.is_empty() && told.log.is_empty(), "{told:?}");
        assert!(told.requests.iter().all(|url| url.starts_with(&address)), "{told:?}");
    })
    .await;
    admin.stop().await;
}
