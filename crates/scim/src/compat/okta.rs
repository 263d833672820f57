//! Deviations first seen from Okta. It changes no value.

use super::RuleName;
use crate::{path::PatchPath, resource::Rewrite};

/// The group rename `{"op":"replace","value":{"id":"…","displayName":"…"}}` repeats what the client cannot change; so
/// do clients that send the whole group back, `schemas` included. Inside a value that is ignored.
pub(crate) fn read_only_in_value(path: &PatchPath, rewrites: &mut Vec<Rewrite>) {
    Rewrite::report(rewrites, RuleName::ReadOnlyInValue, path.unfiltered());
}
