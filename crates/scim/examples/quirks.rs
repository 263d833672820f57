//! Prints the deviations that are understood, for the page of the book that lists them: one JSON object to a line, in
//! the order of the table. It formats nothing.

use std::io::{self, Write as _};

use serde_json::json;
use wicketgate_scim::compat::RULES;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for rule in RULES {
        let line = json!({
            "name": rule.name.as_str(),
            "sends": rule.sends,
            "read_as": rule.read_as,
            "clients": rule.clients,
            "deviates_from": rule.deviates_from,
            "tolerant_only": rule.tolerant_only,
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}
