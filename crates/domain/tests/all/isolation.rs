//! Organizations and each other: a foreign organization, a foreign id and an unknown one are the same thing.

use std::sync::Arc;

use serde_json::json;
use wicketgate_auth::{Denied, OrgId, Reason};
use wicketgate_domain::{Error, Group, Page, Refusal, Settings, UniqueIdentifier, User};
use wicketgate_scim::{Mode, ScimType};
use wicketgate_testbed::both_engines;

use crate::harness::{Installation, Tenant, assert_refused, group, ids, member, members, user};

both_engines! {
    run with crate::harness::run:
    a_foreign_organization_looks_like_an_unknown_one,
    foreign_ids_are_unknown_to_every_verb,
    a_foreign_member_is_skipped_like_an_unknown_one,
    a_foreign_member_is_refused_in_the_words_of_an_unknown_one,
    a_foreign_member_cannot_be_removed,
    a_foreign_manager_is_stored_like_an_unknown_one,
    names_and_external_ids_are_each_organizations_own,
    lists_and_filters_see_one_organization,
    two_provisioning_domains_of_two_organizations_do_not_meet,
    settings_and_totals_are_each_organizations_own,
    a_foreign_token_cannot_be_seen_or_revoked,
    a_token_cannot_be_issued_to_a_foreign_service_user,
}

/// Everything that an organization holds, for seeing that nothing touched it.
async fn everything(org: &Tenant) -> (Page<User>, Page<Group>, usize, (i64, i64, i64)) {
    let users = org.search_users("").await.unwrap();
    let groups = org.search_groups("").await.unwrap();
    (users, groups, org.events().await.len(), org.totals().await)
}

async fn a_foreign_organization_looks_like_an_unknown_one(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let unknown: OrgId = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".parse().unwrap();
    for org in [globex.id, unknown] {
        match installation.enter(org, &acme.authorization()).await {
            Err(Refusal::Denied(Denied::OrgNotVisible)) => {}
            other => panic!("{other:?}"),
        }
    }
    // Without a genuine credential, an organization that exists is no different either.
    let forged = "Bearer wicket_pat_0123456789ABCDEF0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg4GKLZr";
    for org in [globex.id, unknown] {
        match installation.enter(org, forged).await {
            Err(Refusal::Denied(Denied::Unauthenticated(Reason::Unknown))) => {}
            other => panic!("{other:?}"),
        }
    }
}

async fn foreign_ids_are_unknown_to_every_verb(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let theirs = globex.user("theirs").await;
    let group_of_theirs = globex.group("theirs", &ids(&[&theirs])).await;
    let before = everything(&globex).await;
    let seq = acme.last_seq().await;

    assert_refused!(acme.get_user(theirs.id).await, Error::NotFound);
    assert_refused!(acme.replace_user(theirs.id, user("x")).await, Error::NotFound);
    let off = json!([{"op": "replace", "path": "active", "value": false}]);
    assert_refused!(acme.patch_user(theirs.id, off).await, Error::NotFound);
    assert_refused!(acme.delete_user(theirs.id).await, Error::NotFound);

    let id = group_of_theirs.id;
    assert_refused!(acme.get_group(id).await, Error::NotFound);
    assert_refused!(acme.replace_group(id, group("x", &[])).await, Error::NotFound);
    let empty = json!([{"op": "remove", "path": "members"}]);
    assert_refused!(acme.patch_group(id, empty).await, Error::NotFound);
    assert_refused!(acme.delete_group(id).await, Error::NotFound);

    assert_eq!(everything(&globex).await, before);
    assert_eq!(acme.last_seq().await, seq);
}

async fn a_foreign_member_is_skipped_like_an_unknown_one(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let (ours, theirs) = (acme.user("ours").await, globex.user("theirs").await);
    let group_of_theirs = globex.group("theirs", &[]).await;
    let before = everything(&globex).await;
    let request = acme.request().await;
    let groups = request.user_manager().unwrap().groups();
    let mut outcomes = Vec::new();
    for stranger in [
        theirs.id.to_string(),
        group_of_theirs.id.to_string(),
        "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".to_owned(),
    ] {
        let named = [ours.id.to_string(), stranger.clone()];
        let written = groups.create(group("Staff", &named)).await.unwrap();
        let id = written.resource.id;
        let add = json!([{"op": "add", "path": "members", "value": [{"value": stranger}]}]);
        let patched = acme.patch_group(id, add).await.unwrap();
        let replaced = acme.replace_group(id, group("Staff", &named)).await.unwrap();
        assert_eq!(replaced.members, Some(vec![member(&ours)]));
        outcomes.push((
            written.rewrites,
            patched.members,
            patched.version,
            replaced.version,
        ));
        acme.delete_group(id).await.unwrap();
    }
    assert_eq!(outcomes[0], outcomes[2]);
    assert_eq!(outcomes[1], outcomes[2]);
    assert_eq!(everything(&globex).await, before);
    assert!(globex.get_user(theirs.id).await.unwrap().groups.is_empty());
}

async fn a_foreign_member_is_refused_in_the_words_of_an_unknown_one(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    acme.set_mode(Mode::Strict).await;
    let theirs = globex.user("theirs").await.id.to_string();
    let group_of_theirs = globex.group("theirs", &[]).await.id.to_string();
    let unknown = "0198f2a1-7c3e-7d4b-9a55-3c1f0e6b2d88".to_owned();
    let mut details = Vec::new();
    for stranger in [theirs, group_of_theirs, unknown] {
        match acme
            .create_group(group("Staff", std::slice::from_ref(&stranger)))
            .await
        {
            Err(Error::Invalid(error)) => {
                assert_eq!(error.scim_type, ScimType::InvalidValue);
                details.push(error.detail.replace(&stranger, "ID"));
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(details[0], details[2]);
    assert_eq!(details[1], details[2]);
}

async fn a_foreign_member_cannot_be_removed(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let theirs = globex.user("theirs").await;
    let staff = globex.group("Staff", &ids(&[&theirs])).await;
    let ours = acme.group("Staff", &[]).await;
    let remove = json!([{"op": "remove", "path": format!("members[value eq \"{}\"]", theirs.id)}]);
    assert_eq!(acme.patch_group(ours.id, remove).await.unwrap().version, 1);
    assert_eq!(
        members(&globex.get_group(staff.id).await.unwrap()),
        ids(&[&theirs])
    );
}

async fn a_foreign_manager_is_stored_like_an_unknown_one(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let theirs = globex.user("theirs").await;
    let enterprise = wicketgate_scim::schema::ENTERPRISE_USER;
    let mut stored = Vec::new();
    for (number, manager) in [theirs.id.to_string(), "no id at all".to_owned()]
        .into_iter()
        .enumerate()
    {
        let mut body = user(&format!("user{number}"));
        body.insert(enterprise.to_owned(), json!({"manager": {"value": manager}}));
        let created = acme.create_user(body).await.unwrap();
        stored.push(created.attributes[enterprise].to_string().replace(&manager, "ID"));
    }
    assert_eq!(stored[0], stored[1]);
}

async fn names_and_external_ids_are_each_organizations_own(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let mut body = user("anna@example.com");
    body.insert("externalId".to_owned(), json!("00u1"));
    body.insert("emails".to_owned(), json!([{"value": "anna@example.com"}]));
    let (ours, theirs) = (
        acme.create_user(body.clone()).await.unwrap(),
        globex.create_user(body.clone()).await.unwrap(),
    );
    assert_ne!(ours.id, theirs.id);
    acme.group("Staff", &[]).await;
    globex.group("Staff", &[]).await;
    acme.delete_user(ours.id).await.unwrap();
    for filter in [
        r#"userName eq "anna@example.com""#,
        r#"externalId eq "00u1""#,
        r#"emails.value eq "anna@example.com""#,
    ] {
        assert_eq!(acme.search_users(filter).await.unwrap().total, 0);
        assert_eq!(
            globex.search_users(filter).await.unwrap().resources,
            std::slice::from_ref(&theirs)
        );
    }
    assert_refused!(
        globex.create_user(body).await,
        Error::AlreadyExists {
            attribute: "userName"
        }
    );
}

async fn lists_and_filters_see_one_organization(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let ours = acme.user("ours").await;
    let theirs = globex.user("theirs").await;
    let staff = globex.group("theirs", &ids(&[&theirs])).await;
    for filter in [
        format!("id eq \"{}\"", theirs.id),
        r#"userName eq "theirs""#.to_owned(),
        format!("id eq \"{}\" and userName eq \"theirs\"", theirs.id),
    ] {
        assert_eq!(acme.search_users(&filter).await.unwrap().total, 0, "{filter}");
    }
    for filter in [
        String::new(),
        format!("id eq \"{}\"", staff.id),
        format!("members.value eq \"{}\"", theirs.id),
        r#"displayName eq "theirs""#.to_owned(),
    ] {
        assert_eq!(acme.search_groups(&filter).await.unwrap().total, 0, "{filter}");
    }
    assert_eq!(acme.search_users("").await.unwrap().resources, [ours]);
}

async fn two_provisioning_domains_of_two_organizations_do_not_meet(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let ours = acme.user("anna").await;
    let theirs = globex.user("anna").await;
    let set = |value: &str| json!([{"op": "add", "path": "externalId", "value": value}]);
    acme.patch_user(ours.id, set("ours")).await.unwrap();
    globex.patch_user(theirs.id, set("theirs")).await.unwrap();
    acme.patch_user(ours.id, json!([{"op": "remove", "path": "externalId"}]))
        .await
        .unwrap();
    assert_eq!(
        globex.get_user(theirs.id).await.unwrap().attributes["externalId"],
        "theirs"
    );
    assert!(
        !acme
            .get_user(ours.id)
            .await
            .unwrap()
            .attributes
            .contains_key("externalId")
    );
}

async fn settings_and_totals_are_each_organizations_own(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let settings = Settings {
        mode: Mode::Strict,
        unique_identifier: UniqueIdentifier::Email,
        ..Settings::default()
    };
    acme.set(settings.clone()).await;
    acme.user("anna").await;
    acme.group("Staff", &[]).await;
    assert_eq!(acme.request().await.settings(), &settings);
    assert_eq!(globex.request().await.settings(), &Settings::default());
    assert_eq!(
        (acme.totals().await, globex.totals().await),
        ((1, 1, 1), (0, 0, 0))
    );
    assert!(
        globex
            .events()
            .await
            .iter()
            .all(|event| event.kind != "user.created")
    );
    acme.owner().await.owner().unwrap().pause().await.unwrap();
    assert!(acme.request().await.is_paused());
    assert!(!globex.request().await.is_paused());
}

async fn a_foreign_token_cannot_be_seen_or_revoked(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let (ours, theirs) = (acme.owner().await, globex.owner().await);
    let (ours, theirs) = (ours.owner().unwrap(), theirs.owner().unwrap());
    let their_tokens = theirs.tokens().list().await.unwrap();
    let our_tokens = ours.tokens().list().await.unwrap();
    assert!(
        our_tokens
            .iter()
            .all(|token| their_tokens.iter().all(|theirs| theirs.id != token.id))
    );
    for token in &their_tokens {
        assert_refused!(ours.tokens().revoke(token.id).await, Error::NotFound);
    }
    assert_eq!(theirs.tokens().list().await.unwrap(), their_tokens);
    globex.request().await;
    let service_users = theirs.service_users().list().await.unwrap();
    assert!(
        ours.service_users()
            .list()
            .await
            .unwrap()
            .iter()
            .all(|ours| !service_users.contains(ours))
    );
}

async fn a_token_cannot_be_issued_to_a_foreign_service_user(installation: Arc<Installation>) {
    let (acme, globex) = (installation.org("acme").await, installation.org("globex").await);
    let (ours, theirs) = (acme.owner().await, globex.owner().await);
    let stranger = theirs.owner().unwrap().service_users().list().await.unwrap()[0].id;
    let ours = ours.owner().unwrap();
    let count = ours.tokens().list().await.unwrap().len();
    assert_refused!(
        ours.tokens().create(stranger, "stolen", None).await,
        Error::NotFound
    );
    assert_eq!(ours.tokens().list().await.unwrap().len(), count);
}
