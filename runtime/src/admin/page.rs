//! The operator's page: one document that needs nothing else. Its parts are put together when this is compiled.

use std::sync::LazyLock;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio_rustls::rustls::SupportedCipherSuite;
use tokio_rustls::rustls::crypto::ring::cipher_suite::TLS13_AES_128_GCM_SHA256;

/// What stands between the tags of the style.
const STYLE: &str = include_str!("page/style.css");

/// What stands between the tags of the script.
const SCRIPT: &str = concat!(
    include_str!("page/dom.js"),
    include_str!("page/metrics.js"),
    include_str!("page/server.js"),
    include_str!("page/components.js"),
    include_str!("page/queues.js"),
    include_str!("page/traces.js"),
    include_str!("page/inspector.js"),
    include_str!("page/main.js"),
);

const PAGE: &str = concat!(
    include_str!("page/head.html"),
    "<style>",
    include_str!("page/style.css"),
    "</style>\n",
    include_str!("page/body.html"),
    "<script>",
    include_str!("page/dom.js"),
    include_str!("page/metrics.js"),
    include_str!("page/server.js"),
    include_str!("page/components.js"),
    include_str!("page/queues.js"),
    include_str!("page/traces.js"),
    include_str!("page/inspector.js"),
    include_str!("page/main.js"),
    "</script>\n</body>\n</html>\n",
);

/// What the page may do: run its own script and style, each known by its hash, and ask this server. Nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let source = |text: &str| sha256(text).map_or_else(|| "'none'".to_owned(), |hash| format!("'sha256-{hash}'"));
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; connect-src 'self'; base-uri 'none'; form-action 'none'; \
         frame-ancestors 'none'",
        source(SCRIPT),
        source(STYLE),
    );
    // Of ASCII alone; where it were not, nothing is allowed.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
});

/// SHA-256 by the provider that TLS uses, in base64.
fn sha256(text: &str) -> Option<String> {
    let SupportedCipherSuite::Tls13(suite) = TLS13_AES_128_GCM_SHA256 else { return None };
    Some(STANDARD.encode(suite.common.hash_provider.hash(text.as_bytes()).as_ref()))
}

/// `/`.
pub(super) async fn show() -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY.clone())], PAGE).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standard() {
        // FIPS 180-4, the message "abc".
        assert_eq!(sha256("abc").unwrap(), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        // The name of a kind of element, which nobody asks for.
        let page = PAGE.replace("http://www.w3.org/2000/svg", "");
        for needle in ["http://", "https://", "//cdn", "@import", "url("] {
            assert!(!page.contains(needle), "{needle}");
        }
        for markup in ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "DOMParser"] {
            assert!(!page.contains(markup), "{markup}");
        }
        for attribute in [" onclick=", " onload=", " style=", " src=", " href=\"/"] {
            assert!(!PAGE.contains(attribute), "{attribute}");
        }
        assert!(PAGE.starts_with("<!doctype html>") && PAGE.contains(STYLE) && PAGE.contains(SCRIPT));
        assert!(!SCRIPT.contains("</script"), "the script would end there");
    }
}
