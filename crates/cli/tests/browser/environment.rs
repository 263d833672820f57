//! What the environment says to these tests. Nothing of it reaches the gateway.

use std::path::PathBuf;

/// The folder that pictures of the pages are written to, if any are wanted.
pub(crate) fn screenshots() -> Option<PathBuf> {
    let folder = PathBuf::from(variable("WICKETGATE_SCREENSHOTS")?);
    // Tests run in the folder of their crate, and whoever calls them is in the repository's.
    Some(repository().join(folder))
}

/// Where tools are kept that are fetched once.
pub(crate) fn cache() -> PathBuf {
    if let Some(cache) = variable("WICKETGATE_CACHE") {
        return PathBuf::from(cache);
    }
    let caches = variable("XDG_CACHE_HOME").map(PathBuf::from).or_else(|| {
        let home = variable("HOME")?;
        Some(PathBuf::from(home).join(".cache"))
    });
    caches.expect("there is a home folder").join("wicketgate")
}

/// The folder that everything is in.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn variable(name: &str) -> Option<String> {
    let (_, value) = std::env::vars_os().find(|(found, value)| found == name && !value.is_empty())?;
    value.into_string().ok()
}
