//! Who may ask: the token, and the name by which one asks.

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::builder::is_loopback;

/// What must come with a request.
pub(super) struct Token(Zeroizing<String>);

impl Token {
    pub(super) fn new(token: String) -> Self {
        Token(Zeroizing::new(token))
    }

    /// Whether the request brings it. How long that takes says nothing but the length.
    pub(super) fn is_in(&self, headers: &HeaderMap) -> bool {
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (all.next(), all.next()) else { return false };
        let Some((scheme, given)) = value.as_bytes().split_at_checked("Bearer ".len()) else { return false };
        scheme.eq_ignore_ascii_case(b"Bearer ") && bool::from(self.0.as_bytes().ct_eq(given))
    }
}

/// Whether the request was meant for this machine by a name that nobody else can point here. A page of another origin
/// could otherwise be read from by a name that its owner resolves to a loopback address.
pub(super) fn is_to_loopback(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(header::HOST).iter();
    let (Some(value), None) = (all.next(), all.next()) else { return false };
    let Ok(value) = value.to_str() else { return false };
    let host = match value.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => value,
    };
    is_loopback(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &header::HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_the_token_itself() {
        let token = Token::new("0123456789abcdef".to_owned());
        for good in ["Bearer 0123456789abcdef", "bearer 0123456789abcdef"] {
            assert!(token.is_in(&headers(&header::AUTHORIZATION, &[good])), "{good}");
        }
        let bad: [&[&str]; 8] = [
            &[],
            &[""],
            &["Bearer "],
            &["Bearer 0123456789abcde"],
            &["Bearer 0123456789abcdef0"],
            &["Bearer 0123456789ABCDEF"],
            &["Basic 0123456789abcdef"],
            &["Bearer 0123456789abcdef", "Bearer 0123456789abcdef"],
        ];
        for bad in bad {
            assert!(!token.is_in(&headers(&header::AUTHORIZATION, bad)), "{bad:?}");
        }
    }

    #[test]
    fn names_of_this_machine() {
        for good in ["localhost", "localhost:8584", "127.0.0.1:1", "[::1]:8584", "[::1]"] {
            assert!(is_to_loopback(&headers(&header::HOST, &[good])), "{good}");
        }
        let bad: [&[&str]; 5] =
            [&[], &["attacker.example"], &["attacker.example:8584"], &["localhost", "x.example"], &["10.0.0.1:8584"]];
        for bad in bad {
            assert!(!is_to_loopback(&headers(&header::HOST, bad)), "{bad:?}");
        }
    }
}
