//! What each operator finds, where an index answers and where none does.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;
use wicketgate_scim::schema::ENTERPRISE_USER;
use wicketgate_testbed::both_engines;

use super::names;
use crate::harness::{BASE, Installation, ids, object};

both_engines! {
    run with crate::harness::run:
    each_operator_finds_what_it_means,
    brackets_ask_one_element_for_everything,
    memberships_are_followed_up_and_down,
    groups_are_found_by_what_they_hold,
}

async fn each_operator_finds_what_it_means(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for body in [
        json!({"userName": "anna", "title": "Boss", "displayName": "Straße", "active": true,
            "name": {"familyName": "Berg", "givenName": "Anna"}, "externalId": "E1",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":
                {"department": "Sales", "employeeNumber": "7", "manager": {"value": "M-1"}}}),
        json!({"userName": "bert", "title": "boss of all", "active": false, "nickName": "B%_",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "sales"}}),
        json!({"userName": "cleo"}),
    ] {
        installation.clock.advance(1_000);
        org.create_user(object(body)).await.unwrap();
    }
    let department = format!("{ENTERPRISE_USER}:department eq \"SALES\"");
    let manager = format!("{ENTERPRISE_USER}:manager.value eq \"M-1\"");
    let lower = format!("{ENTERPRISE_USER}:manager.value eq \"m-1\"");
    let number = format!("{ENTERPRISE_USER}:employeeNumber sw \"7\"");
    let schemas = format!("schemas eq \"{}\"", ENTERPRISE_USER.to_uppercase());
    for (filter, expected) in [
        (r#"title eq "BOSS""#, "anna"),
        (r#"title ne "boss""#, "bert cleo"),
        (r#"title co "OF""#, "bert"),
        (r#"title sw "boss""#, "anna bert"),
        (r#"title ew "all""#, "bert"),
        (r#"title gt "boss""#, "bert"),
        (r#"title ge "boss""#, "anna bert"),
        (r#"title lt "boss of""#, "anna"),
        (r#"title le "boss""#, "anna"),
        ("title pr", "anna bert"),
        ("title eq null", "cleo"),
        ("title ne null", "anna bert"),
        ("not (title pr)", "cleo"),
        (r#"not (title eq "boss")"#, "bert cleo"),
        (r#"userName sw "A""#, "anna"),
        (r#"userName ew "T" or userName co "LE""#, "bert cleo"),
        (r#"userName ge "bert""#, "bert cleo"),
        (r#"userName eq "anna" or title eq "boss of all""#, "anna bert"),
        (r#"userName eq "anna" or userName eq "cleo""#, "anna cleo"),
        (r#"userName sw "b" and not (active eq true)"#, "bert"),
        ("active eq false", "bert"),
        ("active ne true", "bert"),
        (r#"nickName co "%_""#, "bert"),
        (r#"nickName sw "%""#, ""),
        (r#"displayName eq "STRASSE""#, "anna"),
        (r#"displayName sw "stras""#, "anna"),
        (r#"name.familyName eq "berg" and name.givenName sw "an""#, "anna"),
        (r#"externalId eq "E1""#, "anna"),
        (r#"externalId eq "e1""#, ""),
        (r#"externalId ne "E1""#, "bert cleo"),
        (r#"meta.created gt "2026-06-01T09:00:01.0001Z""#, "bert cleo"),
        (r#"meta.created eq "2026-06-01T11:00:02+02:00""#, "bert"),
        (r#"meta.lastModified lt "2026-06-01T09:00:01.000000001Z""#, "anna"),
        (r#"meta.version eq "W/\"1\"""#, "anna bert cleo"),
        (r#"meta.resourceType eq "User" and title pr"#, "anna bert"),
        (r#"meta.resourceType eq "Group""#, ""),
        (department.as_str(), "anna bert"),
        (manager.as_str(), "anna"),
        (lower.as_str(), ""),
        (number.as_str(), "anna"),
        (schemas.as_str(), "anna bert"),
    ] {
        let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
        assert_eq!(names(&org, filter).await, expected, "{filter}");
    }
}

async fn brackets_ask_one_element_for_everything(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    for body in [
        json!({"userName": "anna", "emails": [
            {"value": "A@work.example", "type": "work"}, {"value": "a@home.example", "type": "home", "primary": true}]}),
        json!({"userName": "bert", "emails": [{"value": "a@work.example"}],
            "phoneNumbers": [{"value": "+1", "type": "mobile"}]}),
    ] {
        org.create_user(object(body)).await.unwrap();
    }
    for (filter, expected) in [
        (r#"emails[type eq "WORK" and value eq "a@work.example"]"#, "anna"),
        (r#"emails[type eq "work"].value eq "a@WORK.example""#, "anna"),
        (r#"emails[type eq "work"].value eq "a@home.example""#, ""),
        (r#"emails[value eq "a@work.example"]"#, "anna bert"),
        (r#"emails[primary eq true].value eq "a@home.example""#, "anna"),
        (r#"emails[primary eq true and value eq "a@work.example"]"#, ""),
        (r#"emails[type eq "home" and value co "work"]"#, ""),
        ("emails[not (type pr)]", "bert"),
        (
            r#"emails[type eq "work" and value eq "a@work.example" and primary eq true]"#,
            "",
        ),
        (r#"emails[type ne "work" and value eq "a@work.example"]"#, "bert"),
        (r#"phoneNumbers[type eq "mobile" and value eq "+1"]"#, "bert"),
        (
            r#"emails.type eq "home" and emails.value eq "a@work.example""#,
            "anna",
        ),
    ] {
        let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
        assert_eq!(names(&org, filter).await, expected, "{filter}");
    }
}

async fn memberships_are_followed_up_and_down(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let (anna, bert) = (org.user("anna").await, org.user("bert").await);
    org.user("cleo").await;
    let inner = org.group("Inner", &ids(&[&anna])).await;
    let outer = org
        .group("Outer", &[inner.id.to_string(), bert.id.to_string()])
        .await;
    let by_id = format!("groups.value eq \"{}\"", outer.id);
    let by_link = format!("groups.$ref eq \"{BASE}/Groups/{}\"", inner.id);
    let direct = format!("groups[value eq \"{}\" and type eq \"direct\"]", outer.id);
    let location = format!("meta.location eq \"{BASE}/Users/{}\"", anna.id);
    for (filter, expected) in [
        (by_id.as_str(), "anna bert"),
        (by_link.as_str(), "anna"),
        (direct.as_str(), "bert"),
        (location.as_str(), "anna"),
        (r#"groups.display eq "OUTER""#, "anna bert"),
        (r#"groups.display sw "in""#, "anna"),
        (r#"groups.type eq "indirect""#, "anna"),
        ("not (groups pr)", "cleo"),
        (r#"groups.value eq "unknown""#, ""),
    ] {
        let expected: BTreeSet<String> = expected.split_whitespace().map(str::to_owned).collect();
        assert_eq!(names(&org, filter).await, expected, "{filter}");
    }
}

async fn groups_are_found_by_what_they_hold(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let inner = org.group("Inner", &ids(&[&anna])).await;
    let outer = org.group("Outer", &[inner.id.to_string()]).await;
    let empty = org.group("Empty", &[]).await;
    let link = format!("members.$ref eq \"{BASE}/Users/{}\"", anna.id);
    let both = format!("members[value eq \"{}\" and type eq \"Group\"]", inner.id);
    for (filter, expected) in [
        (link.as_str(), vec![inner.id]),
        (both.as_str(), vec![outer.id]),
        (r#"members.type eq "user""#, vec![inner.id]),
        ("not (members pr)", vec![empty.id]),
        (
            r#"displayName sw "in" or displayName ew "R""#,
            vec![inner.id, outer.id],
        ),
        (r#"displayName gt "inner""#, vec![outer.id]),
        ("members.display pr", vec![]),
        (r#"displayName ne "inner" and members pr"#, vec![outer.id]),
    ] {
        let page = org.search_groups(filter).await.unwrap();
        let found: Vec<_> = page.resources.iter().map(|group| group.id).collect();
        assert_eq!(found, expected, "{filter}");
    }
}
