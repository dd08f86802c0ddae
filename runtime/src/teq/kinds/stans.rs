//! STANs of a gateway's own, as a descriptor says.

use serde::Deserialize;

use crate::connector::Stans;
use crate::types::Stan;

/// `own_stan`: `true`, or the range of this node, `{ from = 1, to = 499999 }`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub(super) enum OwnStan {
    Whether(bool),
    Within(Within),
}

/// Both ends belong to it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Within {
    from: u32,
    to: u32,
}

impl OwnStan {
    /// The numbers, if the gateway has its own; or what is wrong.
    pub(super) fn stans(self) -> Result<Option<Stans>, &'static str> {
        match self {
            OwnStan::Whether(false) => Ok(None),
            OwnStan::Whether(true) => Ok(Some(Stans::default())),
            OwnStan::Within(Within { from: 0, .. }) => Err("the first STAN is 1"),
            OwnStan::Within(Within { from, to }) => {
                let (Ok(from), Ok(to)) = (Stan::new(from), Stan::new(to)) else {
                    return Err("the last STAN is 999999");
                };
                Stans::between(from, to).map(Some).ok_or("`from` is more than `to`")
            }
        }
    }
}
