//! An issuer and an acquirer in one program, every message shown masked. The issuer has a port of its own and approves
//! up to 50.00.

use std::error::Error;

use isopace::iso87a::Message;
use isopace_examples::acquirer::Acquirer;
use isopace_examples::issuer::Issuer;
use isopace_examples::show;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    println!("issuer listening on {address} (approve limit 5000 minor units)");
    let (stop, stopped) = oneshot::channel::<()>();
    let issuer = tokio::spawn(Issuer::new(5000).serve(listener, async { _ = stopped.await }));

    let mut acquirer = Acquirer::connect(&address).await?;
    for (stan, amount) in [(1, 1000), (2, 7500), (3, 2500)] {
        let purchase = acquirer.purchase(stan, amount).await?;
        print("acquirer -> issuer", &purchase.request);
        print("issuer -> acquirer", &purchase.reply);
        println!("{}", purchase.line()?);
    }

    drop(stop);
    issuer.await?;
    Ok(())
}

fn print(way: &str, message: &Message) {
    println!("\n{way}: {}, {} bytes", message.mti(), message.as_bytes().len());
    print!("{}", show::values(message));
}
