//! Queries as clients send them, well and badly.

use super::*;

fn read(query: &str) -> Result<Parameters, String> {
    Parameters::read(query, 16).map_err(detail)
}

fn detail(error: Error) -> String {
    match error {
        Error::Invalid(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

fn page(query: &str) -> Result<(u64, u64), String> {
    let page = read(query)?
        .page(&ResourceType::user(), Mode::Tolerant, "", false)
        .map_err(detail)?;
    match page.window {
        Window::Index { start_index, count } => Ok((start_index, count)),
        other @ Window::Cursor { .. } => panic!("{other:?}"),
    }
}

fn filter_text(query: &str) -> String {
    read(query).unwrap().get(FILTER).unwrap().to_owned()
}

#[test]
fn a_page_begins_at_1_and_has_100_resources_unless_the_query_says_otherwise() {
    for (query, expected) in [
        ("", (1, 100)),
        ("startIndex=101&count=100", (101, 100)),
        ("startIndex=0&count=0", (1, 0)),
        ("startIndex=-5&count=-5", (1, 0)),
        ("count=1000", (1, 1000)),
        ("count=1001", (1, 1000)),
        ("count=99999999999999999999999", (1, 1000)),
        ("startIndex=99999999999999999999999", (u64::MAX, 100)),
        ("STARTINDEX=7&Count=+8+", (7, 8)),
        ("aadOptscim062020&startIndex=2", (2, 100)),
    ] {
        assert_eq!(page(query), Ok(expected), "{query}");
    }
}

#[test]
fn what_is_no_whole_number_is_refused_by_name() {
    for (query, name) in [
        ("startIndex=one", "startIndex"),
        ("startIndex=", "startIndex"),
        ("count=1.0", "count"),
        ("count=1e3", "count"),
        ("count=--1", "count"),
        ("count=%2B1", "count"),
    ] {
        assert_eq!(
            page(query),
            Err(format!("invalidValue: {name}: send a whole number")),
            "{query}"
        );
    }
}

#[test]
fn a_defined_parameter_may_be_sent_once_and_others_as_often_as_they_like() {
    for name in DEFINED {
        assert_eq!(
            read(&format!("{name}=1&x=1&{name}=1")).err(),
            Some(format!(
                "invalidValue: {name}: the parameter was sent twice, send it once"
            ))
        );
    }
    assert!(read("count=1&COUNT=1").is_err());
    assert!(read("count=1&c%6funt=1").is_err());
    assert!(read("x=1&x=2&x=3").is_ok());
}

#[test]
fn sixteen_parameters_are_read_and_seventeen_are_not() {
    let query = "&x=1".repeat(16);
    assert!(read(&query).is_ok());
    assert!(read(&format!("{query}&y")).is_err());
}

#[test]
fn a_plus_is_a_space_but_not_in_an_address() {
    for (query, expected) in [
        ("filter=userName+eq+\"anna\"", "userName eq \"anna\""),
        ("filter=userName%20eq%20%22anna%22", "userName eq \"anna\""),
        (
            "filter=userName+eq+\"anna+tag@x.org\"",
            "userName eq \"anna+tag@x.org\"",
        ),
        (
            "filter=userName%20eq%20\"anna+tag%40x.org\"",
            "userName eq \"anna+tag@x.org\"",
        ),
        (
            "filter=userName+eq+%22anna%2Btag%40x.org%22",
            "userName eq \"anna+tag@x.org\"",
        ),
        (
            "filter=displayName+eq+\"Anna+Meyer\"",
            "displayName eq \"Anna Meyer\"",
        ),
        ("filter=displayName+eq+\"R%2BD\"", "displayName eq \"R+D\""),
        (
            "filter=a+eq+\"x+y%20z@w\"+and+b+eq+\"p+q@r\"",
            "a eq \"x y z@w\" and b eq \"p+q@r\"",
        ),
        ("filter=a+eq+\"x\\\"+y@z\"", "a eq \"x\\\" y@z\""),
        ("filter=a+eq+\"@+\"", "a eq \"@ \""),
        ("filter=a+eq+\"open+end@x", "a eq \"open end@x"),
    ] {
        assert_eq!(filter_text(query), expected, "{query}");
    }
}

#[test]
fn broken_escapes_stay_and_broken_text_is_refused() {
    assert_eq!(filter_text("filter=%&x"), "%");
    assert_eq!(filter_text("filter=100%25%2"), "100%%2");
    assert_eq!(filter_text("filter=%zz%+f"), "%zz% f");
    assert_eq!(
        read("filter=%ff").err().unwrap(),
        "invalidValue: filter: the value is not UTF-8 once it is decoded"
    );
}

#[test]
fn an_empty_filter_is_refused_and_not_taken_for_none() {
    for query in ["filter", "filter=", "filter=+"] {
        assert!(page(query).unwrap_err().starts_with("invalidFilter: "), "{query}");
    }
}

#[test]
fn a_filter_is_held_against_the_resource_type() {
    assert!(page("filter=userName+eq+\"a\"").is_ok());
    assert!(
        page("filter=nickname+eq")
            .unwrap_err()
            .starts_with("invalidFilter: ")
    );
    assert!(
        page("filter=members+eq+\"a\"")
            .unwrap_err()
            .starts_with("invalidFilter: ")
    );
}

#[test]
fn both_kinds_of_projection_at_once_are_refused() {
    let parameters = read("attributes=userName&excludedAttributes=emails").unwrap();
    assert!(parameters.projection(&ResourceType::user()).is_err());
    assert!(parameters.has_attributes());
    assert!(!read("attributes=").unwrap().has_attributes());
}
