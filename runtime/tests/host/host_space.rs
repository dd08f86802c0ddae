//! Messages of a peer that nobody waits for, in the space of a container.

use crate::host_common;

use host_common::{Folder, MS, SECOND, connector, text};
use isopace::iso87a::DIALECT;
use isopace::teq::Teq;
use isopace::{Edit, Message};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

async fn send(link: &mut TcpStream, mti: &str, stan: u32) {
    let mut edit = Edit::build(&DIALECT);
    edit.mti(mti).set(7, "1120174500").set(11, &stan);
    let bytes = edit.finish().unwrap();
    link.write_u16(u16::try_from(bytes.len()).unwrap()).await.unwrap();
    link.write_all(&bytes).await.unwrap();
}

async fn taken(teq: &Teq, key: &str) -> Message {
    timeout(30 * SECOND, teq.space().take(key)).await.expect("it comes").unwrap()
}

#[tokio::test]
async fn what_nobody_waits_for_is_put_into_the_space() {
    let folder = Folder::new("space");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    folder.write("isw.toml", &connector("isw", &address, "unsolicited_queue = \"from-isw\""));
    let teq = Teq::builder().deploy_dir(&folder.0).scan_interval(600 * SECOND).build();
    teq.start().await.unwrap();
    let (mut link, _) = timeout(30 * SECOND, listener.accept()).await.unwrap().unwrap();
    // A notice, and an answer to nothing.
    send(&mut link, "0220", 1).await;
    let notice = taken(&teq, "from-isw").await;
    assert_eq!((notice.mti().to_string().as_str(), text(&notice, 11).as_str()), ("0220", "000001"));
    send(&mut link, "0210", 2).await;
    let answer = taken(&teq, "from-isw").await;
    assert_eq!((answer.mti().to_string().as_str(), text(&answer, 11).as_str()), ("0210", "000002"));
    assert!(teq.space().is_empty());

    // It is bounded, and what is beyond is dropped while the link goes on.
    for number in 0..4100 {
        send(&mut link, "0220", number % 1000).await;
    }
    host_common::eventually("there is no more room", || teq.space().len_of("from-isw") == 4096).await;
    sleep(200 * MS).await;
    assert_eq!(teq.space().len_of("from-isw"), 4096);
    assert!(teq.to("isw").unwrap().is_ready());
    timeout(60 * SECOND, teq.stop()).await.expect("it stops").unwrap();
}
