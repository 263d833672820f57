//! Every filter that is supported, and the refusal of the others.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;
use wicketgate_testbed::both_engines;

use super::names;
use crate::harness::{Installation, group, ids, user};

both_engines! {
    run with crate::harness::run:
    users_are_found_by_each_supported_filter,
    groups_are_found_by_each_supported_filter,
    user_text_in_a_filter_is_text,
}

async fn users_are_found_by_each_supported_filter(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let mut anna = user("Anna");
    anna.insert("displayName".to_owned(), json!("Anna Berg"));
    anna.insert("externalId".to_owned(), json!("00uA"));
    anna.insert(
        "emails".to_owned(),
        json!([{"value": "Anna@Example.com", "type": "work", "primary": true}, {"value": "a@home.example"}]),
    );
    let anna = org.create_user(anna).await.unwrap();
    let mut bert = user("bert");
    bert.insert("active".to_owned(), json!(false));
    bert.insert("displayName".to_owned(), json!("Bert"));
    org.create_user(bert).await.unwrap();
    let id = format!("id eq \"{}\"", anna.id);
    let upper = format!("id eq \"{}\"", anna.id.to_string().to_uppercase());
    let both = format!("userName eq \"anna\" and {id} and active eq true");
    for (filter, expected) in [
        ("", &["Anna", "bert"][..]),
        (r#"userName eq "aNNA""#, &["Anna"]),
        (r#"USERNAME Eq "anna""#, &["Anna"]),
        (
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "anna""#,
            &["Anna"],
        ),
        (r#"userName eq "ann""#, &[]),
        (r#"displayName eq "anna berg""#, &["Anna"]),
        (r#"externalId eq "00uA""#, &["Anna"]),
        (r#"externalId eq "00ua""#, &[]),
        (r#"emails.value eq "anna@EXAMPLE.com""#, &["Anna"]),
        (r#"emails eq "A@home.example""#, &["Anna"]),
        (r#"emails.value eq "x@example.com""#, &[]),
        ("active eq true", &["Anna"]),
        ("active eq false", &["bert"]),
        (id.as_str(), &["Anna"]),
        (upper.as_str(), &[]),
        (r#"id eq "no id at all""#, &[]),
        (both.as_str(), &["Anna"]),
        (r#"userName eq "anna" and active eq false"#, &[]),
        (r#"userName eq "anna" and userName eq "bert""#, &[]),
        (
            r#"emails.value eq "anna@example.com" and emails.value eq "a@home.example""#,
            &["Anna"],
        ),
    ] {
        let expected: BTreeSet<String> = expected.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(names(&org, filter).await, expected, "{filter}");
    }
}

async fn groups_are_found_by_each_supported_filter(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    let anna = org.user("anna").await;
    let mut staff = group("Staff", &ids(&[&anna]));
    staff.insert("externalId".to_owned(), json!("g1"));
    let staff = org.create_group(staff).await.unwrap();
    let empty = org.group("Empty", &[]).await;
    let id = format!("id eq \"{}\"", staff.id);
    let member = format!("members.value eq \"{}\"", anna.id);
    let plain = format!("members eq \"{}\"", anna.id);
    let stranger = format!("members.value eq \"{}\"", empty.id);
    let both = format!("{id} and {member} and displayName eq \"STAFF\"");
    for (filter, expected) in [
        (r#"displayName eq "sTAFF""#, vec![staff.id]),
        (r#"externalId eq "g1""#, vec![staff.id]),
        (r#"externalId eq "G1""#, vec![]),
        (id.as_str(), vec![staff.id]),
        (member.as_str(), vec![staff.id]),
        (plain.as_str(), vec![staff.id]),
        (stranger.as_str(), vec![]),
        (both.as_str(), vec![staff.id]),
        (r#"members.value eq "no id at all""#, vec![]),
    ] {
        let page = org.search_groups(filter).await.unwrap();
        assert_eq!(
            page.resources.iter().map(|group| group.id).collect::<Vec<_>>(),
            expected,
            "{filter}"
        );
        assert_eq!(page.total, u64::try_from(expected.len()).unwrap(), "{filter}");
    }
    assert_eq!(org.search_groups("").await.unwrap().total, 2);
}

async fn user_text_in_a_filter_is_text(installation: Arc<Installation>) {
    let org = installation.org("acme").await;
    org.user("o'brien").await;
    org.user("100%").await;
    org.user("under_score").await;
    for (asked, found) in [
        ("O'Brien", 1),
        ("' OR 1=1 --", 0),
        ("100%", 1),
        ("1%", 0),
        ("under_score", 1),
        ("underXscore", 0),
        ("{}", 0),
    ] {
        assert_eq!(
            names(&org, &format!("userName eq \"{asked}\"")).await.len(),
            found,
            "{asked}"
        );
    }
}
