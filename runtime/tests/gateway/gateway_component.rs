//! A gateway as a part of a host, and rows of routes from a file.

use crate::gateway_common;

use gateway_common::*;
use isopace::gateway::{Gateway, Routes, Row};
use isopace::host::{Component, Health};
use isopace::iso87a::DIALECT;
use isopace::link::Listen;

#[tokio::test]
async fn started_watched_stopped_and_started_again() {
    let builder = Gateway::builder("pos", &DIALECT).listen_at(Listen::new(FRAMING), "127.0.0.1:0");
    let gateway = builder.route("host", approving()).build().unwrap();
    let component: &dyn Component = &gateway;
    assert_eq!((component.name(), component.kind()), ("pos", "gateway"));
    assert_eq!(component.status().health, Health::Stopped);
    component.stop().await;
    for round in 1..=2 {
        component.start().await.unwrap();
        assert_eq!(component.start().await.unwrap_err().to_string(), "it runs already");
        let mut client = Peer::of(&gateway).await;
        assert_eq!(brief(&client.ask(&purchase(round)).await), format!("0210 {round} 00"));
        let status = component.status();
        let address = gateway.local_address().unwrap();
        assert_eq!(
            (status.health, status.detail),
            (Health::Up, format!("listening on {address}, 1 of 1 routes ready"))
        );
        assert_eq!(status.figures[0], ("clients", 1));
        assert!(status.figures.contains(&("responses_total", u64::from(round))));
        drop(client);
        component.stop().await;
        assert_eq!((component.status().health, component.status().detail.as_str()), (Health::Stopped, "stopped"));
    }
}

#[test]
fn rows_are_read_from_a_file() {
    #[derive(serde::Deserialize)]
    struct File {
        route: Vec<Row>,
    }
    let file: File = toml::from_str(
        r#"
        [[route]]
        to = "visa"
        pan_prefixes = ["4"]
        mti = "02xx"
        amount_from = 100
        amount_to = 5000
        currency = "EUR"
        merchant_type = "54"
        processing_code = "00"

        [[route]]
        to = "rest"
        "#,
    )
    .unwrap();
    let visa = Row::to("visa").pan_prefix("4").mti("02xx").amount_from(100).amount_to(5000);
    let expected = [visa.currency("EUR").merchant_type("54").processing_code("00"), Row::to("rest")];
    assert_eq!(file.route, expected);
    assert!(Routes::new(&DIALECT, file.route).is_ok());
    let unknown = toml::from_str::<File>("[[route]]\nto = \"rest\"\npan = \"4\"").err().unwrap();
    assert!(unknown.to_string().contains("pan"), "{unknown}");
}
