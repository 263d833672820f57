//! axe-core, which knows how pages shut people out. It is fetched by `scripts/axe.sh` and handed to the browser page by page:
//! what WebDriver runs is no script of the page, so that the page's policy stays what it is.

use std::{fs, sync::OnceLock};

use serde_json::{Value, json};

use crate::{
    chromium::{Browser, Scripts},
    environment::{cache, repository},
};

/// WCAG 2.2 to level AA, and what the makers of axe-core advise beyond it.
const TAGS: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];

/// The rules about colours, which alone can have another result in the other scheme: it changes nothing else.
const COLOURS: [&str; 2] = ["color-contrast", "link-in-text-block"];

/// What `axe.run` finds, as far as one has to know it to mend it.
const RUN: &str = r#"
    return axe.run(document, {runOnly: arguments[0], resultTypes: ["violations"]}).then((result) => ({
        passes: result.passes.length,
        violations: result.violations.map((violation) => ({
            rule: violation.id,
            help: violation.help,
            nodes: violation.nodes.map((node) => node.html + "\n" + node.failureSummary),
        })),
    }));
"#;

/// What is wrong with the page that the browser shows, a fault each.
#[track_caller]
pub(crate) fn violations(browser: &Browser) -> Vec<String> {
    run(browser, &json!({"type": "tag", "values": TAGS}))
}

/// A page that no address alone leads to, such as one that shows a secret once, shuts nobody out. Where it may run no scripts
/// it is the same page, and is not looked at again.
#[track_caller]
pub(crate) fn is_open_to_everybody(browser: &Browser, scripts: Scripts) {
    if scripts == Scripts::On {
        let violations = violations(browser);
        assert!(violations.is_empty(), "{}", violations.join("\n\n"));
    }
}

/// What is wrong with its colours.
#[track_caller]
pub(crate) fn violations_of_colour(browser: &Browser) -> Vec<String> {
    run(browser, &json!({"type": "rule", "values": COLOURS}))
}

#[track_caller]
fn run(browser: &Browser, only: &Value) -> Vec<String> {
    let found = browser.execute(&format!("{}\n{RUN}", source()), vec![only.clone()]);
    let passes = found["passes"].as_u64().unwrap_or_default();
    assert!(passes > 0, "axe-core looked at nothing: {found}");
    let violations = found["violations"]
        .as_array()
        .expect("axe-core answers with a list");
    violations.iter().map(told).collect()
}

fn told(violation: &Value) -> String {
    let nodes = violation["nodes"].as_array().into_iter().flatten();
    let nodes: Vec<&str> = nodes.filter_map(Value::as_str).collect();
    format!(
        "{}: {}\n{}",
        violation["rule"],
        violation["help"],
        nodes.join("\n")
    )
}

/// The text of axe-core.
fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let kept = cache().join("browser");
        let wanted = fs::read(repository().join("scripts/browser/package-lock.json"))
            .expect("the repository says which axe-core is meant");
        let is_the_one = fs::read(kept.join("package-lock.json")).is_ok_and(|lock| lock == wanted);
        assert!(
            is_the_one,
            "axe-core is not in {}, or another version of it: run `bash scripts/axe.sh`",
            kept.display()
        );
        fs::read_to_string(kept.join("node_modules/axe-core/axe.min.js"))
            .expect("scripts/axe.sh has fetched axe-core")
    })
}
