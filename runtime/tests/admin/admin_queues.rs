//! Queues of store-and-forward over HTTP and on the page: seen masked, taken in hand by those who may.

use crate::admin_common;

use std::path::PathBuf;
use std::sync::Arc;

use admin_common::browser::Browser;
use admin_common::*;
use isopace::admin::{Admin, HostSource};
use isopace::host::{Component, Host};
use isopace::iso87a::DIALECT;
use isopace::saf::Saf;
use isopace::store::{Claim, Moment, Settled, Settlement, Sqlite, StorageKey, Store, Taken, Vault};
use isopace::{Edit, Message};
use serde_json::{Value, json};

const PAN: &str = "4111111111111111";

/// A queue of three advices, of which the first two were given up; removed in the end.
struct Kept {
    folder: PathBuf,
    store: Arc<dyn Store>,
    saf: Saf,
}

impl Kept {
    async fn new(name: &str) -> Self {
        let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let store: Arc<dyn Store> = Arc::new(Sqlite::open(folder.join("queues.db")).await.unwrap());
        let vault = Vault::new(&StorageKey::from_hex("k1", &"5a".repeat(32)).unwrap(), &[]).unwrap();
        let saf = Saf::builder("advices", &DIALECT, Arc::clone(&store), vault).node("n1").build();
        for stan in 1..=3_u32 {
            let mut edit = Edit::build(&DIALECT);
            edit.mti("0220").set_leaf("2", PAN).set(4, "000000002500").set(7, "1120174500").set(11, &stan);
            let advice = Message::parse(&DIALECT, edit.finish().unwrap()).unwrap();
            saf.accept(&format!("<b>advice-{stan}</b>"), &advice).await.unwrap();
        }
        let now = Moment::now();
        for _ in 0..2 {
            let claim = Claim { queue: "advices", owner: "n0", now, until: now };
            let Taken::Entry(first) = store.take(claim).await.unwrap() else { panic!("one waits") };
            let how = Settlement::Dead { reason: "answered with response code 12", sent: true };
            let settled = Settled { queue: "advices", seq: first.seq, owner: "n0", how, now };
            assert!(store.settle(settled).await.unwrap());
        }
        // It is looked at when it runs; without an upstream it keeps what it has.
        saf.start().unwrap();
        Kept { folder, store, saf }
    }

    async fn end(self) {
        self.saf.stop().await;
        self.store.close().await;
        std::fs::remove_dir_all(self.folder).unwrap();
    }
}

async fn shown(name: &str, token: Option<&str>) -> (Kept, Arc<Admin>, std::net::SocketAddr) {
    let (kept, switch) = (Kept::new(name).await, Switch::new());
    switch.queue(&kept.saf);
    let builder = Admin::builder(switch);
    let builder = match token {
        Some(token) => builder.token(token),
        None => builder,
    };
    let (admin, address) = started(builder).await;
    (kept, admin, address)
}

fn counts(queue: &Value) -> (u64, u64, bool) {
    (queue["waiting"].as_u64().unwrap(), queue["given_up"].as_u64().unwrap(), queue["paused"].as_bool().unwrap())
}

#[tokio::test]
async fn a_queue_is_seen_masked_and_taken_in_hand() {
    let (kept, admin, address) = shown("queues", None).await;
    let seen = async {
        loop {
            let queue = get(address, "/saf").await.json()["queues"][0].clone();
            if counts(&queue) == (1, 2, false) {
                return queue;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let queue = tokio::time::timeout(END, seen).await.expect("it is looked at");
    assert_eq!(
        (&queue["name"], &queue["dialect"], &queue["running"]),
        (&json!("advices"), &json!("iso87-a"), &json!(true))
    );
    assert!(
        queue["oldest_age_ms"].is_u64() && queue["last_error"].is_null() && queue["store_failed"] == false,
        "{queue}"
    );

    let dead = get(address, "/saf/messages?queue=advices&state=dead").await;
    assert!(dead.body.contains("411111") && !dead.body.contains(PAN), "{}", dead.body);
    let dead = dead.json();
    assert_eq!((dead["messages"].as_array().unwrap().len(), &dead["more_after"]), (2, &Value::Null));
    let first = &dead["messages"][0];
    assert_eq!((&first["id"], &first["reason"]), (&json!("<b>advice-1</b>"), &json!("answered with response code 12")));
    assert_eq!((&first["message"]["mti"], &first["number"], &first["sent"]), (&json!("0220"), &json!(1), &json!(1)));
    let waits = get(address, "/saf/messages?queue=advices&state=pending&after=0").await.json();
    assert_eq!((waits["messages"].as_array().unwrap().len(), &waits["messages"][0]["number"]), (1, &json!(3)));

    let act = async |body: Value| post(address, "/saf", &body.to_string()).await;
    let of = |action: &str| json!({ "queue": "advices", "action": action });
    let with = |action: &str, number: u64| json!({ "queue": "advices", "action": action, "number": number });
    for (wish, wanted) in [
        (of("pause"), (1, 2, true)),
        (of("resume"), (1, 2, false)),
        (with("replay", 1), (2, 1, false)),
        (with("drop", 2), (2, 0, false)),
        (with("drop", 3), (1, 0, false)),
    ] {
        let answer = act(wish.clone()).await;
        assert_eq!((answer.status, counts(&answer.json()["queue"])), (200, wanted), "{wish}");
    }
    assert_eq!(kept.saf.status().await.unwrap().pending, 1);

    // What cannot be done.
    for (wish, status, kind) in [
        (with("replay", 1), 404, "message"),
        (with("drop", 9), 404, "message"),
        (json!({ "queue": "none", "action": "pause" }), 404, "queue"),
        (of("drop"), 400, "json"),
        (with("pause", 1), 400, "json"),
        (of("empty"), 400, "json"),
        (json!({}), 400, "json"),
    ] {
        let answer = act(wish.clone()).await;
        assert_eq!((answer.status, &answer.json()["error"]["kind"]), (status, &json!(kind)), "{wish}");
    }
    for query in [
        "",
        "?queue=advices",
        "?queue=advices&state=done",
        "?queue=advices&state=dead&after=x",
        "?queue=advices&state=dead&x=1",
    ] {
        assert_eq!(get(address, &format!("/saf/messages{query}")).await.status, 400, "{query}");
    }
    assert_eq!(get(address, "/saf/messages?queue=none&state=dead").await.status, 404);
    admin.stop().await;
    kept.end().await;
}

#[tokio::test]
async fn nothing_is_done_without_the_token_nor_by_looking() {
    let (kept, admin, address) = shown("queues-token", Some(TOKEN)).await;
    let wish = json!({ "queue": "advices", "action": "drop", "number": 3 }).to_string();
    let (kind, right) = ("Content-Type: application/json\r\n", format!("Authorization: Bearer {TOKEN}\r\n"));
    let post = async |lines: &str| post_with(address, "/saf", lines, &wish).await.status;
    assert_eq!(post(kind).await, 401);
    assert_eq!(post(&format!("{kind}Authorization: Bearer {TOKEN}x\r\n")).await, 401);
    // A form of another origin is none that says JSON.
    assert_eq!(post(&format!("Content-Type: text/plain\r\n{right}")).await, 415);
    assert_eq!(get(address, "/saf").await.status, 401);
    for path in ["/saf?queue=advices&action=drop&number=3", "/saf/drop?queue=advices&number=3", "/saf"] {
        _ = get_with(address, path, &right).await;
    }
    let delete = format!("DELETE /saf HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{right}\r\n");
    assert_eq!(raw(address, delete.as_bytes()).await.status, 405);
    let status = kept.saf.status().await.unwrap();
    assert_eq!((status.pending, status.dead), (1, 2), "it is all as it was");
    assert_eq!(post(&format!("{kind}{right}")).await, 200);
    assert_eq!(kept.saf.status().await.unwrap().pending, 0);
    admin.stop().await;
    kept.end().await;
}

#[tokio::test]
async fn a_host_shows_the_queues_among_its_components() {
    let kept = Kept::new("queues-host").await;
    let host = Host::new();
    host.register(kept.saf.clone()).unwrap();
    let (admin, address) = started(Admin::builder(HostSource::new(&host))).await;
    let queues = get(address, "/saf").await.json()["queues"].clone();
    assert_eq!((queues.as_array().unwrap().len(), &queues[0]["name"]), (1, &json!("advices")));
    let none = started(Admin::builder(HostSource::new(&Host::new()))).await;
    assert_eq!(get(none.1, "/saf").await.json(), json!({ "queues": [] }));
    none.0.stop().await;
    admin.stop().await;
    kept.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_queues_and_takes_them_in_hand() {
    let (kept, admin, address) = shown("queues-page", None).await;
    let driven = tokio::task::spawn_blocking(move || {
        let Some(mut browser) = Browser::open("queues") else { return };
        browser.size(1360, 1000);
        browser.go(&format!("http://{address}/"));
        browser.until("!document.querySelector('#queues').hidden");
        browser.until("document.querySelector('#queue-rows .state').innerText.includes('given up')");
        let button = |word: &str| {
            format!("[...document.querySelectorAll('#queues button')].find((one) => one.innerText === '{word}')")
        };
        let press = |browser: &mut Browser, word: &str| {
            browser.until(&format!("{} !== undefined", button(word)));
            browser.eval(&format!("{}.click()", button(word)));
        };
        press(&mut browser, "Pause");
        browser.until("document.querySelector('#queue-rows .state').innerText.includes('paused')");
        press(&mut browser, "Given up");
        browser.until("document.querySelectorAll('#queued .queued').length === 2");
        browser.eval("document.querySelector('#queued summary').click()");
        browser.until("document.querySelector('#queued details[open]').innerText.includes('000000002500')");
        let shown = browser.eval("document.querySelector('#queued').innerText");
        let shown = shown.as_str().unwrap();
        assert!(
            shown.contains("<b>advice-1</b>") && shown.contains("411111") && shown.contains("response code 12"),
            "{shown}"
        );
        assert_eq!(browser.eval("document.querySelectorAll('#queued b').length"), 0);
        assert!(!browser.everything().contains(PAN));
        browser.picture("queues-light");
        press(&mut browser, "Replay");
        browser.until("document.querySelectorAll('#queued .queued').length === 1");
        // One has to say it twice.
        press(&mut browser, "Drop");
        browser.until(&format!("{} !== undefined", button("Really drop?")));
        assert_eq!(browser.eval("document.querySelectorAll('#queued .queued').length"), 1);
        press(&mut browser, "Really drop?");
        browser.until("document.querySelectorAll('#queued .queued').length === 0");
        press(&mut browser, "Waiting");
        browser.until("document.querySelectorAll('#queued .queued').length === 2");
        press(&mut browser, "Resume");
        browser.until("document.querySelector('#queue-rows .state').innerText.includes('delivers')");
        browser.color_scheme("dark");
        browser.picture("queues-dark");
        let told = browser.told();
        assert!(told.thrown.is_empty() && told.log.is_empty(), "{told:?}");
        press(&mut browser, "Close");
        browser.until("document.querySelector('#queued').innerText === ''");
    });
    driven.await.unwrap();
    admin.stop().await;
    kept.end().await;
}
