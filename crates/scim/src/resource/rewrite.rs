//! Deviations that were understood, as the provisioning log shows them.

use crate::compat::RuleName;

/// One deviation from the RFC's form that was understood instead of refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewrite {
    /// Which rule of [`compat::RULES`](crate::compat::RULES) understood it.
    pub rule: RuleName,
    /// The attribute concerned, without positions in arrays. Never a value.
    pub attribute: String,
}

impl Rewrite {
    /// How many distinct deviations of one request are reported; further ones are understood without a report.
    pub const MAX_REPORTED: usize = 64;

    /// Adds a deviation to a report, once, while there is room.
    pub fn report(rewrites: &mut Vec<Self>, rule: RuleName, attribute: impl Into<String>) {
        if rewrites.len() >= Self::MAX_REPORTED {
            return;
        }
        let rewrite = Self {
            rule,
            attribute: attribute.into(),
        };
        if !rewrites.contains(&rewrite) {
            rewrites.push(rewrite);
        }
    }
}
