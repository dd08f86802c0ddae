//! Typed structs are sent as they are: generated ones and derived ones, as requests and as answers.

use crate::mux_common;

use isopace::iso87a::{
    self, NetworkManagementCode, NetworkManagementRequest, NetworkManagementRequestMandatory,
    NetworkManagementResponse, NetworkManagementResponseMandatory, ResponseCode,
};
use isopace::mux::Inbound;
use isopace::types::{MonthDay, MonthDayTime, Stan, Text, Time};
use isopace::{Error, Iso8583};
use mux_common::*;

/// A sign of life.
#[derive(Iso8583)]
#[iso8583(dialect = iso87a, mti = "0800")]
struct Echo<'a> {
    #[iso8583(7)]
    sent: MonthDayTime,
    #[iso8583(11)]
    stan: Stan,
    #[iso8583(70)]
    code: &'a str,
}

fn sent() -> MonthDayTime {
    MonthDayTime::new(MonthDay::new(11, 20).unwrap(), Time::new(7, 21, 55).unwrap())
}

async fn answer(inbound: Inbound) {
    let stan: Stan = inbound.message.get(11).unwrap().unwrap();
    let answer = NetworkManagementResponse::new(NetworkManagementResponseMandatory {
        transmission_date_time: sent(),
        stan,
        response_code: ResponseCode::APPROVED,
        network_management_code: NetworkManagementCode::ECHO_TEST,
    });
    inbound.replier.reply(answer).await.unwrap();
}

#[tokio::test]
async fn structs_are_requests_and_answers() -> Result<(), Error> {
    let (host, _driver, peer) = pair(builder().serve(answer));
    let (mux, driver) = builder().start(peer.link).unwrap();
    tokio::spawn(driver);
    let generated = NetworkManagementRequest::new(NetworkManagementRequestMandatory {
        transmission_date_time: sent(),
        stan: Stan::new(1).unwrap(),
        network_management_code: NetworkManagementCode::ECHO_TEST,
    });
    let code = "301".to_owned();
    let derived = Echo { sent: sent(), stan: Stan::new(2).unwrap(), code: &code };
    for (outcome, stan) in [
        (mux.request(&generated).await, 1_u32),
        (mux.request(&derived).await, 2),
        (mux.request(generated).await, 1),
        (mux.request(Box::new(derived)).await, 2),
    ] {
        let response = outcome.response().unwrap();
        assert_eq!((response.get(11)?, response.get::<Text>(39)?.as_deref()), (Some(stan), Some("00")));
    }
    // What does not fit is told before anything is sent.
    let wrong = Echo { sent: sent(), stan: Stan::new(3).unwrap(), code: "no code" };
    let outcome = mux.request(wrong).await;
    assert!(outcome.retry_safe() && outcome.name() == "not-sent");
    mux.send(Echo { sent: sent(), stan: Stan::new(4).unwrap(), code: "301" }).await.unwrap();
    drop(host);
    Ok(())
}
