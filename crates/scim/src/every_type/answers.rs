//! The extension in answers and filters.

use super::*;

#[test]
fn an_answer_shows_what_is_returned_in_the_order_of_the_schema() {
    let rt = kit(true);
    let show = |projection: &Projection| {
        let meta = Meta {
            id: "1",
            location: String::new(),
            version: String::new(),
            created: jiff::Timestamp::UNIX_EPOCH,
            last_modified: jiff::Timestamp::UNIX_EPOCH,
        };
        let mut stored = stored();
        // As if it had been stored before the schema was what it is.
        stored[KIT]["secret"] = json!("s3cret");
        stored[KIT]["desk"]["pin"] = json!("s3cret");
        projection.apply(&rt, render(&rt, stored, Object::new(), &meta))
    };
    let only = |names: &str| show(&Projection::parse(&rt, Some(names), None).unwrap())[KIT].clone();
    let without = |names: &str| show(&Projection::parse(&rt, None, Some(names)).unwrap())[KIT].clone();

    let all = show(&Projection::all());
    let mut expected = kept();
    for never in ["shadow", "request"] {
        expected.as_object_mut().unwrap().remove(never);
    }
    for never in ["hint", "note"] {
        expected["desk"].as_object_mut().unwrap().remove(never);
    }
    assert_eq!(all[KIT].to_string(), in_order(&expected).to_string());
    assert!(!format!("{all:?}").contains("s3cret"));

    assert_eq!(only("userName"), json!({"always": "al"}));
    assert_eq!(
        only(&format!("{KIT}:request")),
        json!({"always": "al", "request": "rq"})
    );
    assert_eq!(
        only(&format!("{KIT}:desk.note")),
        json!({"desk": {"note": "n"}, "always": "al"})
    );
    assert_eq!(
        only(&format!(
            "{KIT}:shadow,{KIT}:secret,{KIT}:desk.hint,{KIT}:desk.pin"
        )),
        json!({"always": "al"})
    );
    assert_eq!(only(KIT), expected);
    assert_eq!(without(KIT), json!({"always": "al"}));
    assert_eq!(without(&format!("{KIT}:always"))["always"], "al");
    assert_eq!(
        without(&format!("{KIT}:cards.value"))["cards"][1],
        json!({"type": "car"})
    );
}

/// The members of the extension in the order of its schema.
fn in_order(container: &Value) -> Value {
    let rt = kit(true);
    let schema = &rt.extension(KIT).unwrap().schema;
    schema
        .attributes
        .iter()
        .filter_map(|attribute| Some((attribute.name.clone(), container.get(&attribute.name)?.clone())))
        .collect()
}

#[test]
fn filters_find_by_each_type() {
    let rt = kit(true);
    for (text, found) in [
        ("badge eq \"b7\"", true),
        ("code eq \"xy\"", false),
        ("code sw \"X\"", true),
        ("onSite eq true", true),
        ("floor gt 2", true),
        ("height lt 1.25", false),
        ("hired eq \"2026-01-31T13:00:00+01:00\"", true),
        ("home eq \"https://example.com/h\"", true),
        ("key eq \"AAEC\"", true),
        ("desk.level ge 2", true),
        ("tags eq \"B\"", true),
        ("numbers gt 1", true),
        ("cards[type eq \"door\" and primary eq true]", true),
        ("cards.value eq \"C1\"", false),
        ("score pr", false),
    ] {
        // The URN stands before the attribute's name.
        let text = format!("{KIT}:{text}");
        let filter = filter::parse(&text, Mode::Strict).unwrap();
        let filter = filter::check(&rt, filter, Mode::Strict).unwrap();
        assert_eq!(filter::matches(&rt, &filter, &stored()), found, "{text}");
    }
    for text in [
        "shadow eq \"sh\"",
        "shoe eq \"x\"",
        "onSite gt true",
        "floor eq \"x\"",
    ] {
        let filter = filter::parse(&format!("{KIT}:{text}"), Mode::Strict).unwrap();
        assert_eq!(
            filter::check(&rt, filter, Mode::Strict).unwrap_err().scim_type,
            ScimType::InvalidFilter
        );
    }
}
