//! A point of sale: requests for authorisation as types of its own, to an issuer over loopback that approves up to 50.00.

use std::error::Error;

use isopace::types::{Pan, Stan};
use isopace_examples::connection::Connection;
use isopace_examples::issuer::Issuer;
use isopace_examples::posdemo::{AuthRequest, AuthResponse};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let (stop, stopped) = oneshot::channel::<()>();
    let issuer = tokio::spawn(Issuer::new(5000).serve(listener, async { _ = stopped.await }));

    let mut connection = Connection::open(&address).await?;
    for (stan, amount) in [(1, 2500), (2, 9900)] {
        let pan = Pan::new("4012345678909")?.into_owned();
        let request = AuthRequest { pan, amount, stan: Stan::new(stan)?, terminal: "TERM0001".to_owned() };
        connection.send(&request.encode()?).await?;
        let answer = connection.receive().await?.ok_or("the issuer hung up")?;
        let response = AuthResponse::decode(answer)?;
        let word = if response.is_approved() { "approved" } else { "declined" };
        let approval = response.approval.as_deref().unwrap_or("none");
        println!("card {} for {amount}: {word}, code {}, approval {approval}", request.pan, response.code);
    }

    drop(stop);
    issuer.await?;
    Ok(())
}
