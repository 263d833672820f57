//! `GET /Users`.

use serde_json::{Value, json};
use wicketgate_scim::{
    Mode,
    message::LIST_RESPONSE,
    schema::{ENTERPRISE_USER, USER},
};
use wicketgate_testbed::both_engines;

use crate::harness::{TestGateway, TestOrg, refused};

both_engines! {
    run with crate::harness::run:
    an_empty_list_has_every_member_of_a_list,
    what_okta_asks_first_is_answered,
    a_page_says_where_it_begins_and_how_many_there_are,
    a_page_has_100_users_unless_the_query_says_otherwise,
    users_are_found_by_what_identity_providers_ask_for,
    a_filter_selects_no_more_and_no_less,
    a_filter_that_is_not_understood_is_refused,
    a_plus_is_a_space_but_not_in_an_address,
    an_organization_may_look_users_up_by_email,
    a_bare_word_is_text_in_tolerant_mode_only,
    parameters_that_scim_does_not_define_are_ignored,
}

async fn an_empty_list_has_every_member_of_a_list(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let empty = json!({
        "schemas": [LIST_RESPONSE], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": [],
    });
    for endpoint in ["/Users", "/Groups"] {
        let list = org.get(endpoint).await.expect(200);
        assert_eq!(list.json(), empty);
        assert_eq!(list.header("content-type"), Some("application/scim+json"));
    }
}

async fn what_okta_asks_first_is_answered(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let ids = [org.user("a").await, org.user("b").await, org.user("c").await];
    let list = org.get("/Users?startIndex=1&count=2").await.expect(200).json();
    assert_eq!(
        (&list["totalResults"], &list["startIndex"], &list["itemsPerPage"]),
        (&json!(3), &json!(1), &json!(2))
    );
    assert_eq!(shown(&list), ids[..2]);
    let whole = org.get(&format!("/Users/{}", ids[0])).await.expect(200).json();
    assert_eq!(list["Resources"][0], whole);
}

fn shown(list: &Value) -> Vec<String> {
    let resources = list["Resources"].as_array().unwrap();
    resources
        .iter()
        .map(|user| user["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn a_page_says_where_it_begins_and_how_many_there_are(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(org.user(&format!("user{number}")).await);
    }
    for (query, start_index, expected) in [
        ("", 1, &ids[..]),
        ("?count=0", 1, &[]),
        ("?count=-3", 1, &[]),
        ("?startIndex=0&count=2", 1, &ids[..2]),
        ("?startIndex=-7&count=2", 1, &ids[..2]),
        ("?startIndex=3&count=2", 3, &ids[2..4]),
        ("?startIndex=5&count=2", 5, &ids[4..]),
        ("?startIndex=6", 6, &[]),
        ("?startIndex=4&count=5000", 4, &ids[3..]),
        ("?STARTINDEX=4&Count=1", 4, &ids[3..4]),
        ("?filter=active%20eq%20true&startIndex=4&count=1", 4, &ids[3..4]),
        ("?filter=userName%20eq%20%22user3%22&count=0", 1, &[]),
    ] {
        let list = org.get(&format!("/Users{query}")).await.expect(200).json();
        let total = if query.contains("userName") { 1 } else { 5 };
        assert_eq!(list["totalResults"], total, "{query}");
        assert_eq!(list["startIndex"], start_index, "{query}");
        assert_eq!(list["itemsPerPage"], expected.len(), "{query}");
        assert_eq!(shown(&list), expected, "{query}");
    }
}

async fn a_page_has_100_users_unless_the_query_says_otherwise(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for number in 0..101 {
        org.user(&format!("user{number}")).await;
    }
    let list = org.get("/Users").await.expect(200).json();
    assert_eq!(
        (&list["totalResults"], &list["itemsPerPage"]),
        (&json!(101), &json!(100))
    );
    let rest = org
        .get("/Users?startIndex=101&count=100")
        .await
        .expect(200)
        .json();
    assert_eq!(rest["itemsPerPage"], 1);
    let all = org.get("/Users?count=101").await.expect(200).json();
    assert_eq!(all["itemsPerPage"], 101);
}

/// Two users that differ in everything a filter may ask for.
async fn people(org: &TestOrg) -> [String; 2] {
    let mut ids = Vec::new();
    for (user_name, number, active) in [("Anna@Example.com", "1", true), ("berta@example.com", "2", false)] {
        let user = json!({
            "schemas": [USER, ENTERPRISE_USER], "userName": user_name, "externalId": format!("00u{number}"),
            "displayName": format!("Person {number}"), "active": active,
            "emails": [{"value": format!("work{number}@x.example"), "type": "work", "primary": true},
                {"value": format!("home{number}@x.example"), "type": "home"}],
        });
        ids.push(org.post("/Users", &user).await.expect(201).id());
    }
    [ids[0].clone(), ids[1].clone()]
}

async fn users_are_found_by_what_identity_providers_ask_for(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, berta] = people(&org).await;
    for filter in [
        "userName eq \"Anna@Example.com\"".to_owned(),
        "userName eq \"ANNA@EXAMPLE.COM\"".to_owned(),
        "USERNAME Eq \"anna@example.com\"".to_owned(),
        format!("{USER}:userName eq \"anna@example.com\""),
        "externalId eq \"00u1\"".to_owned(),
        format!("id eq \"{anna}\""),
        "displayName eq \"person 1\"".to_owned(),
        "emails.value eq \"WORK1@x.example\"".to_owned(),
        "emails eq \"home1@x.example\"".to_owned(),
        "active eq true".to_owned(),
        "active eq \"True\"".to_owned(),
        "userName eq \"anna@example.com\" and active eq true".to_owned(),
        "(userName eq \"anna@example.com\")".to_owned(),
        "userName eq \"\\u0061nna@example.com\"".to_owned(),
    ] {
        let list = org.find("/Users", &filter).await.expect(200).json();
        assert_eq!(shown(&list), [anna.as_str()], "{filter}");
        assert_eq!(list["totalResults"], 1, "{filter}");
    }
    let inactive = org.find("/Users", "active eq false").await.expect(200).json();
    assert_eq!(shown(&inactive), [berta]);
}

async fn a_filter_selects_no_more_and_no_less(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, _] = people(&org).await;
    for filter in [
        "userName eq \"nobody@example.com\"".to_owned(),
        "userName eq \"anna@example.com\" and active eq false".to_owned(),
        "userName eq \"anna@example.com\" and externalId eq \"00u2\"".to_owned(),
        // externalId and id regard case.
        "externalId eq \"00U1\"".to_owned(),
        format!("id eq \"{}\"", anna.to_uppercase()),
        "id eq \"00u1\"".to_owned(),
        "userName eq \"\"".to_owned(),
        "userName eq \"%\"".to_owned(),
        "userName eq \"' OR 1=1 --\"".to_owned(),
    ] {
        let list = org.find("/Users", &filter).await.expect(200).json();
        assert_eq!(
            (&list["totalResults"], &list["Resources"]),
            (&json!(0), &json!([])),
            "{filter}"
        );
    }
}

async fn a_filter_that_is_not_understood_is_refused(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(&org).await;
    for (filter, word) in [
        ("nonsense", "an operator"),
        ("userName", "the end"),
        ("userName eq", "a value"),
        ("userName regex \"a\"", "regex"),
        ("userName eq \"a\" xor active eq true", "xor"),
        ("userName eq \"a\" and", "the end"),
        ("(userName eq \"a\"", ")"),
        ("userName eq \"a", "double quote"),
        ("favouriteColour eq \"blue\"", "favouriteColour"),
        ("urn:example:2.0:Nothing:userName eq \"a\"", "urn:example"),
        ("name eq \"Anna\"", "name"),
        ("name.colour eq \"blue\"", "name.colour"),
        ("active gt true", "active"),
        ("active eq \"perhaps\"", "active"),
        ("password eq \"x\"", "password"),
        ("", "empty"),
        (" ", "empty"),
    ] {
        refused(
            &org.find("/Users", filter).await,
            400,
            Some("invalidFilter"),
            &[word],
        );
    }
}

async fn a_plus_is_a_space_but_not_in_an_address(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let id = org.user("anna+scim@example.com").await;
    for query in [
        "userName+eq+%22anna%2Bscim@example.com%22",
        "userName%20eq%20%22anna+scim@example.com%22",
        "userName+eq+%22anna+scim%40example.com%22",
    ] {
        let list = org
            .get(&format!("/Users?filter={query}"))
            .await
            .expect(200)
            .json();
        assert_eq!(shown(&list), [id.as_str()], "{query}");
    }
}

async fn an_organization_may_look_users_up_by_email(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, _] = people(&org).await;
    let by_email = "userName eq \"Work1@x.example\"";
    assert_eq!(
        org.find("/Users", by_email).await.expect(200).json()["totalResults"],
        0
    );
    org.identify_by_email().await;
    assert_eq!(
        shown(&org.find("/Users", by_email).await.expect(200).json()),
        [anna.as_str()]
    );
    // Only the primary address identifies, and a userName that matches goes first.
    let other = org
        .find("/Users", "userName eq \"home1@x.example\"")
        .await
        .expect(200);
    assert_eq!(other.json()["totalResults"], 0);
    let named = org.user("work1@x.example").await;
    assert_eq!(
        shown(&org.find("/Users", by_email).await.expect(200).json()),
        [named]
    );
}

async fn a_bare_word_is_text_in_tolerant_mode_only(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let [anna, _] = people(&org).await;
    let filter = "externalId eq 00u1";
    assert_eq!(
        shown(&org.find("/Users", filter).await.expect(200).json()),
        [anna.as_str()]
    );
    for mode in [Mode::Strict, Mode::Interop] {
        org.set_mode(mode).await;
        refused(
            &org.find("/Users", filter).await,
            400,
            Some("invalidFilter"),
            &["double quotes"],
        );
    }
}

async fn parameters_that_scim_does_not_define_are_ignored(gateway: TestGateway) {
    let org = gateway.with_org().await;
    people(&org).await;
    let plain = org.get("/Users").await.expect(200);
    for query in [
        "?aadOptscim062020",
        "?aadOptscim062020=true&x=1&x=2",
        "?&&",
        "?sortOrder=descending",
        "?access_token=nothing",
    ] {
        assert_eq!(org.get(&format!("/Users{query}")).await, plain, "{query}");
    }
    assert_eq!(org.get("/Users&aadOptscim062020").await, plain);
}
