//! How a descriptor says what pairs an answer with its request.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::{Deserialize, Deserializer, de};

use crate::mux::Correlation;
use crate::types::MessageClass;

/// `correlation`: alternatives of elements, the preferred one first, or a table of such by message class with one called `default`.
#[derive(Debug, Clone)]
pub(crate) struct Config(BTreeMap<Class, Vec<Vec<u8>>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Class {
    Default,
    Authorization,
    Financial,
    FileAction,
    Reversal,
    Reconciliation,
    Administrative,
    FeeCollection,
    NetworkManagement,
}

impl Class {
    fn message_class(self) -> Option<MessageClass> {
        let digit = match self {
            Class::Default => return None,
            Class::Authorization => 1,
            Class::Financial => 2,
            Class::FileAction => 3,
            Class::Reversal => 4,
            Class::Reconciliation => 5,
            Class::Administrative => 6,
            Class::FeeCollection => 7,
            Class::NetworkManagement => 8,
        };
        Some(MessageClass::from_digit(digit))
    }
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> de::Visitor<'de> for Either {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of lists of elements, like [[11, 41], [11]], or a table of such by message class")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, list: A) -> Result<Config, A::Error> {
                let alternatives = Deserialize::deserialize(SeqAccessDeserializer::new(list))?;
                Ok(Config(BTreeMap::from([(Class::Default, alternatives)])))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Config, A::Error> {
                Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Config)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Config {
    /// One list of elements for all classes.
    pub(crate) fn elements(elements: &[u8]) -> Self {
        Config(BTreeMap::from([(Class::Default, vec![elements.to_vec()])]))
    }

    /// The rule, beginning with this one for classes that are not named.
    pub(crate) fn rule(&self, usual: Correlation) -> Correlation {
        let default = self.0.get(&Class::Default);
        let rule = default.map_or(usual, Correlation::new);
        self.0.iter().fold(rule, |rule, (class, alternatives)| match class.message_class() {
            Some(class) => rule.class(class, alternatives),
            None => rule,
        })
    }
}
