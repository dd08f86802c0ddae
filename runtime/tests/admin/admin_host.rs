//! An admin as a component of the host that it shows.

use crate::admin_common;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use admin_common::*;
use isopace::admin::{Admin, HostSource};
use isopace::connector::Connector;
use isopace::frame::{Framing, Header};
use isopace::host::{BoxFuture, Component, Health, Host, Part, StartError, Status};
use isopace::link::{Connect, Listen};
use isopace::load;
use isopace::mux::Inbound;
use isopace::trace::{Recent, Sampling, Tracer};
use serde_json::json;

/// One that is as it is told to be.
#[derive(Clone, Default)]
struct Told(Arc<AtomicBool>);

impl Component for Told {
    fn name(&self) -> &'static str {
        "told"
    }

    fn kind(&self) -> &'static str {
        "test"
    }

    fn start(&self) -> BoxFuture<'_, Result<(), StartError>> {
        Box::pin(async { Ok(()) })
    }

    fn stop(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn status(&self) -> Status {
        match self.0.load(Ordering::Relaxed) {
            true => Status::new(Health::Up, "as told"),
            false => Status::new(Health::Starting, "not yet"),
        }
    }
}

#[tokio::test]
async fn a_host_with_its_admin() {
    let framing = Framing::new(Header::Binary2);
    let listener = Listen::new(framing).bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_address().to_string();
    let toml = "[spec]\nname = \"partner\"\ntitle = \"A partner\"\nextends = \"iso87-a\"\n";
    let dialect = load::text("partner.toml", toml).unwrap();
    let peer = Connector::builder(dialect).accept(listener).serve(|_: Inbound| async {}).start().unwrap();

    let (host, told, recent) = (Host::new(), Told::default(), Recent::new(3));
    let source = HostSource::new(&host).traces(&recent).info("node", "one").dialect("own", dialect);
    let admin = Arc::new(Admin::builder(source).listen("127.0.0.1:0").build().unwrap());
    host.register(Part::new(Arc::clone(&admin) as Arc<dyn Component>)).unwrap();
    host.register(Connector::builder(dialect).name("host-a").dial(Connect::to(address, framing)).build().unwrap())
        .unwrap();
    host.register(told.clone()).unwrap();
    host.start().await.unwrap();
    let address = admin.local_address().unwrap();

    let answer = get(address, "/readyz").await;
    assert_eq!((answer.status, &answer.json()["checks"]["told"]["error"]), (503, &json!("starting: not yet")));
    told.0.store(true, Ordering::Relaxed);
    let ready = async {
        while get(address, "/readyz").await.status != 200 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(END, ready).await.expect("ready");

    let components = get(address, "/components").await.json()["components"].clone();
    let names: Vec<_> = components.as_array().unwrap().iter().map(|one| (&one["name"], &one["kind"])).collect();
    let wanted =
        [("admin", "admin"), ("host-a", "connector"), ("told", "test")].map(|(name, kind)| (json!(name), json!(kind)));
    assert_eq!(names, wanted.iter().map(|(name, kind)| (name, kind)).collect::<Vec<_>>());
    assert_eq!((&components[1]["health"], &components[1]["figures"]["restarts_total"]), (&json!("up"), &json!(0)));
    assert_eq!(get(address, "/info").await.json()["info"], json!({ "node": "one" }));

    // The latest transactions, the newest first, masked when they were taken.
    let tracer = Tracer::new(Sampling::ALL).sink(recent.clone());
    let message = isopace::Message::parse(&isopace::iso87a::DIALECT, purchase()).unwrap();
    for number in 0..5 {
        let mut trace = tracer.begin(|| format!("front-{number}"));
        trace.message("request", &message);
        tracer.end(trace);
    }
    let answer = get(address, "/traces?limit=2").await;
    let ids: Vec<_> = answer.json()["traces"].as_array().unwrap().iter().map(|trace| trace["id"].clone()).collect();
    assert_eq!(ids, [json!("front-4"), json!("front-3")]);
    assert!(answer.body.contains("401234***8909") && !answer.body.contains("4012345678909"), "{}", answer.body);

    // The dialects of the switch come first.
    let specs = get(address, "/specs").await.json();
    assert_eq!((&specs["specs"][0]["name"], &specs["specs"][1]["name"]), (&json!("own"), &json!("partner")));
    let told = post(address, "/inspect", &json!({ "spec": "partner", "hex": hex(purchase()) }).to_string()).await;
    assert_eq!(told.json()["messages"][0]["good"], true);

    tokio::time::timeout(END, host.stop()).await.expect("stops in time").unwrap();
    assert_eq!(admin.local_address(), None);
    peer.stop().await;
}
