//! Addresses of descriptors: `host:port`.

use std::net::{IpAddr, Ipv6Addr};

/// Proves that this is `host:port`; an IPv6 address stands in brackets. Names are not looked up: they may be known only later.
pub(crate) fn check(address: &str, port_zero: bool) -> Result<(), String> {
    let Some((host, port)) = address.rsplit_once(':') else { return Err("an address is `host:port`".to_owned()) };
    match port.parse::<u16>() {
        Ok(0) if !port_zero => return Err("port 0 is no port to connect to".to_owned()),
        Ok(_) => {}
        Err(_) => return Err("a port is a number from 1 to 65535".to_owned()),
    }
    if let Some(inside) = host.strip_prefix('[') {
        let address = inside.strip_suffix(']').and_then(|inside| inside.parse::<Ipv6Addr>().ok());
        return address.map(drop).ok_or_else(|| "this is no IPv6 address".to_owned());
    }
    let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    match host {
        "" => Err("the host is missing".to_owned()),
        host if host.contains(':') => Err("an IPv6 address stands in brackets: `[::1]:8583`".to_owned()),
        host if host.chars().all(named) => Ok(()),
        _ => Err("this is no name of a host".to_owned()),
    }
}

/// Whether two addresses cannot both be listened at.
pub(crate) fn collide(one: &str, other: &str) -> bool {
    let (Some((host, port)), Some((other_host, other_port))) = (one.rsplit_once(':'), other.rsplit_once(':')) else {
        return false;
    };
    let everywhere = |host: &str| {
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        address.is_some_and(|address| address.is_unspecified())
    };
    let port = port.parse::<u16>().ok().filter(|&port| port != 0);
    port.is_some()
        && port == other_port.parse().ok()
        && (host.eq_ignore_ascii_case(other_host) || everywhere(host) || everywhere(other_host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_address() {
        for good in ["127.0.0.1:8583", "host.example:1", "[::1]:65535", "localhost:80", "my_host-2:9"] {
            assert_eq!(check(good, false), Ok(()), "{good}");
        }
        for bad in ["127.0.0.1", "host:", "host:0", "host:65536", ":80", "::1:80", "[::1:80", "[zz]:80", "a b:80", ""] {
            assert!(check(bad, false).is_err(), "{bad}");
        }
        assert_eq!(check("127.0.0.1:0", true), Ok(()));
    }

    #[test]
    fn what_collides() {
        for (one, other, expected) in [
            ("127.0.0.1:9000", "127.0.0.1:9000", true),
            ("127.0.0.1:9000", "0.0.0.0:9000", true),
            ("[::]:9000", "10.0.0.1:9000", true),
            ("127.0.0.1:9000", "127.0.0.2:9000", false),
            ("127.0.0.1:9000", "127.0.0.1:9001", false),
            ("0.0.0.0:0", "0.0.0.0:0", false),
            ("Localhost:9000", "localhost:9000", true),
        ] {
            assert_eq!(collide(one, other), expected, "{one} {other}");
        }
    }
}
