//! Network management of descriptors: sign-on, echo test, sign-off.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::{Deserialize, Deserializer, de};

use super::time::Millis;
use crate::connector::NetworkManagement;
use crate::teq::descriptor::{Descriptor, DescriptorError};

/// `network`: a table of what is sent and answered; or, as in descriptors of Isopace, the word `tcp`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Config(Option<Table>);

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// The codes of an edition to begin with: `iso87`, `iso93`, or none.
    preset: Option<Preset>,
    sign_on: Option<String>,
    sign_off: Option<String>,
    echo: Option<String>,
    echo_interval_ms: Option<Millis>,
    echo_when_idle_ms: Option<Millis>,
    echo_timeout_ms: Option<Millis>,
    sign_on_timeout_ms: Option<Millis>,
    sign_off_timeout_ms: Option<Millis>,
    /// Codes of the peer's sign-on that the link is not ready without, and how long it has for that.
    await_sign_on: Option<Vec<String>>,
    await_sign_on_ms: Option<Millis>,
    accept: Option<Vec<String>>,
    answer: Option<Vec<String>>,
    mti: Option<String>,
    code_element: Option<u8>,
    elements: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Preset {
    Iso87,
    Iso93,
    None,
}

/// `sign_on` of Isopace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignOn {
    mti: Option<String>,
    nmic: String,
}

/// `echo` of Isopace.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Echo {
    mti: Option<String>,
    nmic: String,
    interval_ms: Millis,
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table of network management, or \"tcp\"")
            }

            fn visit_str<E: de::Error>(self, network: &str) -> Result<Config, E> {
                match network {
                    "tcp" | "tcp4" | "tcp6" => Ok(Config(None)),
                    _ => Err(E::custom("links are TCP here: \"tcp\"")),
                }
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Config, A::Error> {
                Table::deserialize(MapAccessDeserializer::new(map)).map(|table| Config(Some(table)))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Config {
    /// Whether it says more than `tcp`.
    pub(super) const fn is_table(&self) -> bool {
        self.0.is_some()
    }
}

/// All that a descriptor says about network management, in its two ways.
pub(crate) fn network(
    descriptor: &Descriptor,
    config: &Config,
    (sign_on, echo): (Option<&SignOn>, Option<&Echo>),
    header: Option<&BTreeMap<String, String>>,
) -> Result<NetworkManagement, DescriptorError> {
    let mut wrong = DescriptorError::none(descriptor.path());
    let table = config.0.clone().unwrap_or_default();
    for (key, twice) in
        [("sign_on", sign_on.is_some() && table.sign_on.is_some()), ("echo", echo.is_some() && table.echo.is_some())]
    {
        if twice {
            wrong.merge(descriptor.error(key, "it stands in `network` too; give one of them"));
        }
    }
    let mut network = match table.preset {
        None | Some(Preset::None) => NetworkManagement::new(),
        Some(Preset::Iso87) => NetworkManagement::iso87(),
        Some(Preset::Iso93) => NetworkManagement::iso93(),
    };
    let mut mti = table.mti.as_deref();
    for (key, other) in
        [("sign_on", sign_on.and_then(|it| it.mti.as_deref())), ("echo", echo.and_then(|it| it.mti.as_deref()))]
    {
        if mti.is_some() && other.is_some() && mti != other {
            wrong.merge(descriptor.error(key, "network management messages have one message type"));
        }
        mti = mti.or(other);
    }
    if let Some(mti) = mti {
        match mti.parse() {
            Ok(mti) => network = network.mti(mti),
            Err(error) => wrong.merge(descriptor.error("mti", error)),
        }
    }
    for (code, put) in [
        (table.sign_on.as_ref().or(sign_on.map(|it| &it.nmic)), NetworkManagement::sign_on as fn(_, &str) -> _),
        (table.sign_off.as_ref(), NetworkManagement::sign_off),
        (table.echo.as_ref().or(echo.map(|it| &it.nmic)), NetworkManagement::echo),
    ] {
        if let Some(code) = code {
            network = put(network, code);
        }
    }
    let interval = echo.map(|echo| echo.interval_ms).or(table.echo_interval_ms);
    match (interval, table.echo_when_idle_ms) {
        (Some(_), Some(_)) => {
            let what = "an echo test is sent at an interval, or when nothing comes in; give one of them";
            wrong.merge(descriptor.error("echo_when_idle_ms", what));
        }
        (Some(Millis(interval)), None) => network = network.echo_every(interval),
        (None, Some(Millis(idle))) => network = network.echo_when_idle(idle),
        (None, None) => {}
    }
    if let Some(Millis(timeout)) = table.echo_timeout_ms {
        network = network.echo_timeout(timeout);
    }
    if let Some(Millis(timeout)) = table.sign_on_timeout_ms {
        network = network.sign_on_timeout(timeout);
    }
    if let Some(Millis(timeout)) = table.sign_off_timeout_ms {
        network = network.sign_off_timeout(timeout);
    }
    if let Some(codes) = table.await_sign_on {
        let Millis(timeout) = table.await_sign_on_ms.unwrap_or(Millis(std::time::Duration::from_secs(30)));
        network = network.await_sign_on(codes, timeout);
    }
    if let Some(codes) = table.accept {
        network = network.accept(codes);
    }
    if let Some(codes) = table.answer {
        network = network.answer(codes);
    }
    if let Some(element) = table.code_element {
        network = network.code_element(element);
    }
    for (key, elements) in [("elements", table.elements.as_ref()), ("header", header)] {
        for (number, value) in elements.into_iter().flatten() {
            match number.parse() {
                Ok(number) => network = network.set(number, value),
                Err(_) => wrong.merge(descriptor.error(key, format!("`{number}` is no number of a data element"))),
            }
        }
    }
    wrong.unless_none().map(|()| network)
}
