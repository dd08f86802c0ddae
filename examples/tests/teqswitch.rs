//! The gateway of the examples, by what it prints.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use isopace_examples::acquirer::Acquirer;

const OUTCOMES: &str = "\nstan 1 sent=3000 -> 0210 rc=00 auth=\"000001\" de48=\"ROUTED-VIA-TEQ\"\n\
                        stan 2 sent=4500 -> 0210 rc=51 auth=\"\" de48=\"ROUTED-VIA-TEQ\"\n";

#[test]
fn two_purchases_and_their_traces() {
    let output = Command::new(env!("CARGO_BIN_EXE_teqswitch")).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success() && err.is_empty(), "{out}{err}");
    assert!(!out.contains("4012345678909") && !out.contains("3456789"), "{out}");
    let (head, rest) = out.split_once("\ntrace ").unwrap();
    let mut head = head.lines();
    assert_eq!(head.next(), Some("== Isopace teqswitch demo: routing + transforming gateway =="));
    let way = head.next().unwrap();
    assert!(way.starts_with("client -> gateway(127.0.0.1:") && way.ends_with(") -> host"), "{way}");
    assert_eq!(head.next(), None);
    assert!(out.ends_with(OUTCOMES), "{out}");
    let blocks: Vec<&str> = rest.split("\ntrace ").collect();
    assert_eq!(blocks.len(), 2);
    for (number, (block, amount)) in (1..).zip(blocks.iter().zip(["4000", "5500"])) {
        assert!(block.starts_with(&format!("teqswitch-{number} · total ")), "{block}");
        let mut at = 0;
        for part in [
            "received        from=127.0.0.1:",
            "request · profile iso87-a\n  MTI     : 0200\n",
            "= 401234***8909\n",
            "route           dest=host\n",
            &format!("apply fee       amount={amount} fee=1000 acquirer=99001\n"),
            "forwarded · profile iso87-a\n",
            &format!("= {amount}\n"),
            "forwarded       dur=",
            "stamp response  de48=ROUTED-VIA-TEQ\n",
            "response · profile iso87-a\n  MTI     : 0210\n",
            "replied         bytes=",
        ] {
            at += block[at..].find(part).unwrap_or_else(|| panic!("{part:?} is not in its place: {block}"));
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn it_goes_on_serving_until_it_is_stopped() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_teqswitch"))
        .args(["-serve", "true", "-addr", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("send more: acquirer -addr ") {
        line.clear();
        assert!(out.read_line(&mut line).unwrap() > 0, "it has ended");
    }
    let address = line["send more: acquirer -addr ".len()..].split(' ').next().unwrap();
    let mut acquirer = Acquirer::connect(address).await.unwrap();
    let purchase = acquirer.purchase(9, 2000).await.unwrap();
    assert_eq!(purchase.line().unwrap(), "stan 9 -> 0210 rc=00 auth=\"000002\"");
    assert_eq!(purchase.reply.additional_data_private().unwrap().unwrap(), "ROUTED-VIA-TEQ");
    let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupt.success());
    drop(acquirer);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("teqswitch-3 · total "), "{rest}");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn what_it_does_not_know_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_teqswitch")).args(["-port", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
