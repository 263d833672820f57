//! Queries below no endpoint (RFC 7644 §3.4.2.1).

use wicketgate_scim::schema::{GROUP, USER};
use wicketgate_testbed::both_engines;

use super::{names, people};
use crate::harness::{TestGateway, TestOrg, percent_encoded, refused};

both_engines! {
    run with crate::harness::run:
    users_and_groups_are_one_list,
    the_resource_type_narrows,
    an_attribute_that_a_type_does_not_have_is_unassigned_there,
    an_attribute_that_no_type_has_is_refused,
    pages_go_through_users_and_groups_alike,
    one_trailing_slash_is_the_same_question,
    each_resource_is_shown_as_its_endpoint_shows_it,
    only_the_own_organization_is_listed,
}

async fn organization(gateway: &TestGateway) -> TestOrg {
    let org = gateway.with_org().await;
    people(&org, &[("anna", Some("Pilot")), ("berta", None)]).await;
    org.group("Pilots", &[]).await;
    org.group("Staff", &[]).await;
    org
}

async fn found(org: &TestOrg, filter: &str) -> Vec<String> {
    names(&org.find("", filter).await.expect(200))
}

async fn users_and_groups_are_one_list(gateway: TestGateway) {
    let org = organization(&gateway).await;
    let list = org.get("").await.expect(200);
    assert_eq!(names(&list), ["anna", "berta", "Pilots", "Staff"]);
    assert_eq!(list.json()["totalResults"], 4);
    assert_eq!(list.json()["Resources"][0]["schemas"][0], USER);
    assert_eq!(list.json()["Resources"][2]["schemas"][0], GROUP);
}

async fn the_resource_type_narrows(gateway: TestGateway) {
    let org = organization(&gateway).await;
    for (filter, expected) in [
        ("meta.resourceType eq \"User\"", vec!["anna", "berta"]),
        ("meta.resourceType eq \"Group\"", vec!["Pilots", "Staff"]),
        (
            "(meta.resourceType eq User) or (meta.resourceType eq Group)",
            vec!["anna", "berta", "Pilots", "Staff"],
        ),
        ("meta.resourceType eq \"Device\"", vec![]),
        (
            "schemas eq \"urn:ietf:params:scim:schemas:core:2.0:Group\"",
            vec!["Pilots", "Staff"],
        ),
    ] {
        assert_eq!(found(&org, filter).await, expected, "{filter}");
    }
}

async fn an_attribute_that_a_type_does_not_have_is_unassigned_there(gateway: TestGateway) {
    let org = organization(&gateway).await;
    for (filter, expected) in [
        ("userName eq \"anna\"", vec!["anna"]),
        ("title pr", vec!["anna"]),
        ("not (title pr)", vec!["berta", "Pilots", "Staff"]),
        ("title ne \"x\"", vec!["anna", "berta", "Pilots", "Staff"]),
        ("title eq null", vec!["berta", "Pilots", "Staff"]),
        (
            "displayName sw \"p\" or userName sw \"b\"",
            vec!["berta", "Pilots"],
        ),
        ("members pr", vec![]),
    ] {
        assert_eq!(found(&org, filter).await, expected, "{filter}");
    }
}

async fn an_attribute_that_no_type_has_is_refused(gateway: TestGateway) {
    let org = organization(&gateway).await;
    let answer = org.find("", "shoeSize eq 46").await;
    refused(&answer, 400, Some("invalidFilter"), &["shoeSize"]);
}

async fn pages_go_through_users_and_groups_alike(gateway: TestGateway) {
    let org = organization(&gateway).await;
    for sort in [
        "",
        "&sortBy=displayName",
        "&sortBy=userName&sortOrder=descending",
        "&sortBy=meta.created",
    ] {
        let whole = names(&org.get(&format!("?count=100{sort}")).await.expect(200));
        assert_eq!(whole.len(), 4, "{sort}");
        let mut walked = Vec::new();
        for start in 1..=4 {
            let page = org
                .get(&format!("?startIndex={start}&count=1{sort}"))
                .await
                .expect(200);
            assert_eq!(page.json()["startIndex"], start);
            assert_eq!(page.json()["totalResults"], 4);
            walked.extend(names(&page));
        }
        assert_eq!(walked, whole, "{sort}");
    }
}

async fn one_trailing_slash_is_the_same_question(gateway: TestGateway) {
    let org = organization(&gateway).await;
    let filter = percent_encoded("displayName eq \"staff\"");
    let plain = org.get(&format!("?filter={filter}")).await.expect(200);
    assert_eq!(org.get(&format!("/?filter={filter}")).await, plain);
    refused(&org.get("//").await, 404, None, &[]);
}

async fn each_resource_is_shown_as_its_endpoint_shows_it(gateway: TestGateway) {
    let org = organization(&gateway).await;
    let list = org.get("").await.expect(200).json();
    for resource in list["Resources"].as_array().unwrap() {
        let location = resource["meta"]["location"].as_str().unwrap();
        let endpoint = location.split(&org.id.to_string()).nth(1).unwrap();
        assert_eq!(&org.get(endpoint).await.expect(200).json(), resource);
    }
    let ids = org.get("?attributes=id").await.expect(200).json();
    for resource in ids["Resources"].as_array().unwrap() {
        let names: Vec<&String> = resource.as_object().unwrap().keys().collect();
        assert_eq!(names, ["schemas", "id"]);
    }
}

async fn only_the_own_organization_is_listed(gateway: TestGateway) {
    let org = organization(&gateway).await;
    let other = gateway.with_org().await;
    people(&other, &[("mallory", None)]).await;
    assert_eq!(
        names(&org.get("").await.expect(200)),
        ["anna", "berta", "Pilots", "Staff"]
    );
    assert_eq!(found(&org, "userName eq \"mallory\"").await, Vec::<String>::new());
}
