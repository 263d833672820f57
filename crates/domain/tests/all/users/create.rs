//! Creating users and reading them back: the unique name, and what storage keeps of a value.

use std::sync::Arc;

use serde_json::{Value, json};
use wicketgate_domain::{Error, UserId};
use wicketgate_scim::{
    Mode, ScimType,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, assert_refused, object, scim_type, user};

both_engines! {
    run with crate::harness::run:
    a_created_user_comes_back_as_sent,
    every_kind_of_attribute_survives_storage,
    a_user_name_is_unique_without_regard_to_case,
    a_user_name_is_unique_on_the_unicode_fold,
    a_user_name_is_kept_as_sent,
    an_id_in_another_spelling_is_unknown,
    a_password_is_nowhere_to_be_found,
    a_failing_create_leaves_nothing_behind,
    long_keys_that_differ_at_the_end_are_two_names,
    numbers_come_back_as_sent,
    a_null_character_is_no_defect,
}

async fn a_created_user_comes_back_as_sent(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let created = org
        .create_user(object(json!({
            "schemas": [USER],
            "userName": "anna@example.com",
            "externalId": "00u1",
            "name": {"givenName": "Anna", "familyName": "Berg", "formatted": "Anna Berg"},
            "emails": [{"value": "anna@example.com", "type": "work", "primary": true}],
        })))
        .await
        .unwrap();
    assert_eq!(created.version, 1);
    assert_eq!(created.created, created.last_modified);
    let read = org.get_user(created.id).await.unwrap();
    assert_eq!(read, created);
    assert_eq!(
        Value::Object(read.attributes),
        json!({
            "userName": "anna@example.com",
            "externalId": "00u1",
            "name": {"givenName": "Anna", "familyName": "Berg", "formatted": "Anna Berg"},
            "emails": [{"value": "anna@example.com", "type": "work", "primary": true}],
            "active": true,
        })
    );
}

async fn every_kind_of_attribute_survives_storage(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let attributes = json!({
        "userName": "ünïcode-😀-\"quoted\"-\\back\\-'single'-{}-$1-?",
        "displayName": "Zeile 1\nZeile 2\t\u{7}",
        "active": false,
        "phoneNumbers": [{"value": "+1 555", "type": "mobile"}, {"value": "+1 555", "type": "work"}],
        "addresses": [{"streetAddress": "Weg 1", "country": "DE", "type": "home"}],
        "roles": [{"value": "r", "primary": false}],
        "x509Certificates": [{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJ"}],
        ENTERPRISE_USER: {
            "employeeNumber": "0042",
            "department": "R&D",
            "manager": {"value": "nobody-yet"},
        },
        "urn:example:params:custom": {"n": 9_007_199_254_740_993_i64, "f": 1.5, "deep": {"list": [1, true, "x"]}},
    });
    let mut body = object(attributes.clone());
    body.insert(
        "schemas".to_owned(),
        json!([USER, ENTERPRISE_USER, "urn:example:params:custom"]),
    );
    let created = org.create_user(body).await.unwrap();
    let read = org.get_user(created.id).await.unwrap();
    assert_eq!(Value::Object(read.attributes), attributes);
}

async fn a_user_name_is_unique_without_regard_to_case(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.user("Anna@Example.com").await;
    assert_refused!(
        org.create_user(user("aNNA@eXAMPLE.COM")).await,
        Error::AlreadyExists {
            attribute: "userName"
        }
    );
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn a_user_name_is_unique_on_the_unicode_fold(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for (first, second) in [
        ("STRASSE", "straße"),
        ("ÉCOLE", "e\u{301}cole"),
        ("ＷＩＤＥ", "wide"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ] {
        org.user(first).await;
        assert_refused!(
            org.create_user(user(second)).await,
            Error::AlreadyExists {
                attribute: "userName"
            }
        );
    }
}

async fn a_user_name_is_kept_as_sent(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let created = org.user("Anna.BERG@Example.com").await;
    assert_eq!(
        org.get_user(created.id).await.unwrap().attributes["userName"],
        "Anna.BERG@Example.com"
    );
}

async fn an_id_in_another_spelling_is_unknown(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let text = anna.id.to_string();
    assert_eq!(UserId::parse(&text).unwrap(), anna.id);
    for other in [
        text.to_uppercase(),
        text.replace('-', ""),
        format!("{{{text}}}"),
        format!("{text} "),
        String::new(),
    ] {
        assert_refused!(UserId::parse(&other), Error::NotFound);
    }
}

async fn a_password_is_nowhere_to_be_found(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut body = user("anna");
    body.insert("password".to_owned(), json!("Tr0ub4dor"));
    let anna = org.create_user(body.clone()).await.unwrap();
    body.insert("password".to_owned(), json!("Tr0ub4dor&3"));
    let replaced = org.replace_user(anna.id, body).await.unwrap();
    let operations = json!([{"op": "replace", "path": "password", "value": "Tr0ub4dor&4"}]);
    let patched = org.patch_user(anna.id, operations).await.unwrap();
    assert_eq!((replaced.version, patched.version), (1, 1));
    let read = org.get_user(anna.id).await.unwrap();
    let everything = format!("{read:?}{:?}", org.events().await);
    assert!(!everything.contains("Tr0ub4dor"));
}

async fn a_failing_create_leaves_nothing_behind(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.user("anna").await;
    let seq = org.last_seq().await;
    let mut body = user("ANNA");
    body.insert("externalId".to_owned(), json!("second"));
    body.insert("emails".to_owned(), json!([{"value": "second@x.example"}]));
    assert_refused!(
        org.create_user(body).await,
        Error::AlreadyExists {
            attribute: "userName"
        }
    );
    for filter in [
        r#"externalId eq "second""#,
        r#"emails.value eq "second@x.example""#,
    ] {
        assert_eq!(org.search_users(filter).await.unwrap().total, 0);
    }
    org.set_mode(Mode::Strict).await;
    assert_eq!(
        scim_type(org.create_user(object(json!({"schemas": [USER]}))).await),
        ScimType::InvalidValue
    );
    assert_eq!(org.kinds_after(seq).await, ["org.updated"]);
    assert_eq!(org.totals().await, (1, 1, 0));
}

async fn long_keys_that_differ_at_the_end_are_two_names(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    // 256 characters are allowed, and four bytes each: more than an index entry holds without care.
    let long = |last: char| format!("{}{last}", "\u{1f600}".repeat(255));
    let (one, two) = (org.user(&long('a')).await, org.user(&long('b')).await);
    assert_refused!(
        org.create_user(user(&long('A'))).await,
        Error::AlreadyExists { .. }
    );
    for (last, expected) in [('A', one.id), ('b', two.id)] {
        let found = org
            .search_users(&format!("userName eq \"{}\"", long(last)))
            .await
            .unwrap();
        assert_eq!(
            found.resources.iter().map(|user| user.id).collect::<Vec<_>>(),
            [expected]
        );
    }
}

async fn numbers_come_back_as_sent(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for (place, number) in [
        json!(1.0),
        json!(0.1),
        json!(1e15),
        // Floating point that is written with an exponent is an integer by the time a body was read.
        json!(10_000_000_000_000_000_i64),
        json!(i64::MIN),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("user{place}");
        let mut body = user(&name);
        body.insert("schemas".to_owned(), json!([USER, "urn:example:params:custom"]));
        body.insert("urn:example:params:custom".to_owned(), json!({"n": number}));
        let created = org.create_user(body.clone()).await.unwrap();
        assert_eq!(org.get_user(created.id).await.unwrap(), created, "{number}");
        assert_eq!(
            org.replace_user(created.id, body).await.unwrap().version,
            1,
            "{number}"
        );
    }
}

async fn a_null_character_is_no_defect(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    // PostgreSQL cannot store it. No user has it, and no user gets it.
    for filter in [
        r#"userName eq "a\u0000b""#,
        r#"externalId eq "\u0000""#,
        r#"emails.value eq "\u0000""#,
    ] {
        match wicketgate_scim::filter::parse(filter, Mode::Tolerant) {
            Err(error) => assert_eq!(error.scim_type, ScimType::InvalidFilter),
            Ok(_) => assert_eq!(org.search_users(filter).await.unwrap().total, 0),
        }
    }
    let operations =
        json!([{"op": "add", "path": "emails[type eq \"\\u0000\"].value", "value": "a@x.example"}]);
    assert_refused!(org.patch_user(anna.id, operations).await, Error::Invalid(_));
    assert_eq!(org.get_user(anna.id).await.unwrap(), anna);
}
