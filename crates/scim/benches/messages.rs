//! What the protocol costs for one request of each kind, without a database: reading, checking, changing, printing.
//!
//! `cargo bench -p wicketgate-scim`. The messages are those that Okta sends.
#![forbid(unsafe_code)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion};
use jiff::Timestamp;
use wicketgate_scim::{
    Error, Mode, Object, filter, json, patch,
    resource::{self, Context, Meta},
    schema::ResourceType,
};

const USER: &[u8] = include_bytes!("user.json");
const DEACTIVATE: &[u8] = br#"{
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "value": {"active": false}}]
}"#;
const TITLE: &[u8] = br#"{
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    "Operations": [{"op": "replace", "path": "title", "value": "Director"}]
}"#;
const BY_USER_NAME: &str = r#"userName eq "dana.berg@example.com""#;
const BY_MANY: &str = r#"active eq true and (emails[type eq "work" and value ew "@example.com"] or title co "engineer") and not (meta.created lt "2026-01-01T00:00:00Z")"#;

fn main() -> Result<(), Error> {
    let mut criterion = Criterion::default().configure_from_args();
    let rt = ResourceType::user();
    let stored = stored(&rt)?;
    reading(&mut criterion, &rt)?;
    patching(&mut criterion, &rt, &stored)?;
    filtering(&mut criterion, &rt, &stored)?;
    printing(&mut criterion, &rt, &stored);
    criterion.final_summary();
    Ok(())
}

/// The user as it is kept.
fn stored(rt: &ResourceType) -> Result<Object, Error> {
    let body = json::parse_object(USER)?;
    Ok(resource::accept(rt, Mode::Tolerant, Context::Create, body)?.attributes)
}

fn reading(criterion: &mut Criterion, rt: &ResourceType) -> Result<(), Error> {
    criterion.bench_function("user: read the JSON", |bencher| {
        bencher.iter(|| json::parse_object(black_box(USER)));
    });
    let body = json::parse_object(USER)?;
    for mode in [Mode::Tolerant, Mode::Strict] {
        criterion.bench_function(&format!("user: accept, {mode}"), |bencher| {
            bencher.iter_batched(
                || body.clone(),
                |body| resource::accept(rt, mode, Context::Create, body),
                BatchSize::SmallInput,
            );
        });
    }
    let stored = stored(rt)?;
    criterion.bench_function("user: validate", |bencher| {
        bencher.iter(|| resource::validate(rt, black_box(&stored)));
    });
    Ok(())
}

fn patching(criterion: &mut Criterion, rt: &ResourceType, stored: &Object) -> Result<(), Error> {
    for (name, text) in [
        ("deactivate without a path", DEACTIVATE),
        ("replace by path", TITLE),
    ] {
        criterion.bench_function(&format!("patch: read, {name}"), |bencher| {
            bencher.iter(|| patch::parse(json::parse_object(black_box(text))?, Mode::Tolerant));
        });
        let request = patch::parse(json::parse_object(text)?, Mode::Tolerant)?;
        // What fails early would look fast.
        patch::apply(rt, Mode::Tolerant, stored, &request, None)?;
        criterion.bench_function(&format!("patch: apply, {name}"), |bencher| {
            bencher.iter(|| patch::apply(rt, Mode::Tolerant, black_box(stored), &request, None));
        });
    }
    Ok(())
}

fn filtering(criterion: &mut Criterion, rt: &ResourceType, stored: &Object) -> Result<(), Error> {
    for (name, text) in [("one comparison", BY_USER_NAME), ("five comparisons", BY_MANY)] {
        criterion.bench_function(&format!("filter: read, {name}"), |bencher| {
            bencher.iter(|| filter::parse(black_box(text), Mode::Tolerant));
        });
        let parsed = filter::parse(text, Mode::Tolerant)?;
        let checked = filter::check(rt, parsed.clone(), Mode::Tolerant)?;
        criterion.bench_function(&format!("filter: check, {name}"), |bencher| {
            bencher.iter_batched(
                || parsed.clone(),
                |parsed| filter::check(rt, parsed, Mode::Tolerant),
                BatchSize::SmallInput,
            );
        });
        criterion.bench_function(&format!("filter: match in memory, {name}"), |bencher| {
            bencher.iter(|| filter::matches(rt, &checked, black_box(stored)));
        });
    }
    Ok(())
}

fn printing(criterion: &mut Criterion, rt: &ResourceType, stored: &Object) {
    let id = "01981f3e-5c1a-7b3e-9c55-2f7d6a1b8c90";
    let meta = Meta {
        id,
        location: format!("https://scim.example.com/scim/v2/0197/Users/{id}"),
        version: "W/\"1\"".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        last_modified: Timestamp::UNIX_EPOCH,
    };
    criterion.bench_function("user: print", |bencher| {
        bencher.iter_batched(
            || stored.clone(),
            |stored| serde_json::to_vec(&resource::render(rt, stored, Object::new(), &meta)),
            BatchSize::SmallInput,
        );
    });
}
