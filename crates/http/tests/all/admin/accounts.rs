//! `/admin/v1/orgs/{orgId}/accounts`, invitations and identity providers.

use serde_json::{Value, json};
use wicketgate_auth::{Plaintext, Role, Token};
use wicketgate_domain::Caller;
use wicketgate_testbed::both_engines;

use super::{Admin, fields, refused, send};
use crate::harness::{PASSWORD, TestGateway};

both_engines! {
    run with crate::admin::run:
    a_person_is_invited_and_accepts_by_the_link,
    an_invitation_is_withdrawn,
    the_last_owner_stays_one,
    a_viewer_sees_the_organization_and_its_accounts_and_nothing_else,
    a_provider_is_set_up_and_removed,
}

async fn a_person_is_invited_and_accepts_by_the_link(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let new = json!({"email": "anna@example.com", "role": "org_owner"});
    let invited = admin.post("/invitations", &new).await.expect(201).json();
    let (_, token) = invited["link"].as_str().unwrap().rsplit_once('/').unwrap();
    let listed = admin.items("/invitations").await;
    assert_eq!(
        (listed.len(), &listed[0]["id"], listed[0].get("link")),
        (1, &invited["id"], None)
    );
    let (token, password) = (Token::parse(token).unwrap(), Plaintext::new(PASSWORD.to_owned()));
    let gateway = gateway.surface().gateway;
    let caller = Caller::default();
    let accepted = gateway.accept_invitation(&token, "Anna", &password, &caller);
    accepted.await.unwrap();
    assert!(admin.items("/invitations").await.is_empty());
    let accounts = admin.items("/accounts").await;
    assert_eq!(
        (&accounts[0]["email"], &accounts[0]["role"]),
        (&json!("anna@example.com"), &json!("org_owner"))
    );
    for (email, role, field) in [
        ("anna", "org_owner", "email"),
        ("a@example.com", "org_user_manager", "role"),
    ] {
        let answer = admin
            .post("/invitations", &json!({"email": email, "role": role}))
            .await;
        refused(&answer, 400, "invalid-input", &[]);
        assert_eq!(fields(&answer), [field]);
    }
}

async fn an_invitation_is_withdrawn(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let new = json!({"email": "anna@example.com", "role": "org_viewer"});
    let id = admin.post("/invitations", &new).await.expect(201).id();
    admin.delete(&format!("/invitations/{id}")).await.expect(204);
    assert!(admin.items("/invitations").await.is_empty());
    refused(
        &admin.delete(&format!("/invitations/{id}")).await,
        404,
        "not-found",
        &[],
    );
}

async fn the_last_owner_stays_one(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    admin.org.account("anna@example.com", Role::OrgOwner).await;
    let bert = admin.org.account("bert@example.com", Role::OrgViewer).await;
    let accounts = admin.items("/accounts").await;
    let path = |place: usize| format!("/accounts/{}", accounts[place]["id"].as_str().unwrap());
    let viewer = json!({"role": "org_viewer"});
    refused(&admin.patch(&path(0), &viewer).await, 409, "last-owner", &[]);
    refused(&admin.delete(&path(0)).await, 409, "last-owner", &[]);
    let changed = admin
        .patch(&path(1), &json!({"role": "org_owner"}))
        .await
        .expect(200);
    assert_eq!(changed.json()["role"], "org_owner");
    admin.patch(&path(0), &viewer).await.expect(200);
    admin.delete(&path(0)).await.expect(204);
    refused(&admin.delete(&path(0)).await, 404, "not-found", &[]);
    // Bert owns it now, and can do what the service user can.
    gateway
        .call("GET", &admin.path("/tokens"), Some(&bert), &[], None)
        .await
        .expect(200);
}

async fn a_viewer_sees_the_organization_and_its_accounts_and_nothing_else(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let viewer = admin.org.account("anna@example.com", Role::OrgViewer).await;
    for (rest, status) in [
        ("", 200),
        ("/accounts", 200),
        ("/users", 403),
        ("/tokens", 403),
        ("/invitations", 403),
    ] {
        let answer = send(&gateway, &viewer, "GET", &admin.path(rest), &[], &Value::Null).await;
        assert_eq!(answer.status, status, "{rest}: {answer:?}");
    }
    let change = json!({"settings": {"graceDays": 3}});
    let answer = send(&gateway, &viewer, "PATCH", &admin.path(""), &[], &change).await;
    refused(&answer, 403, "role-needed", &["Org Owner", "Org Viewer"]);
}

async fn a_provider_is_set_up_and_removed(gateway: TestGateway) {
    let admin = Admin::new(&gateway).await;
    let new = json!({
        "issuer": "https://id.example.com/a", "name": "Example", "clientId": "c", "clientSecret": "s3cr3t",
    });
    let set = admin.post("/identity-providers", &new).await.expect(201);
    assert!(!String::from_utf8_lossy(&set.body).contains("s3cr3t"));
    let id = set.id();
    assert_eq!(admin.items("/identity-providers").await, [set.json()]);
    let mut renamed = new.clone();
    renamed["name"] = json!("Other");
    admin.post("/identity-providers", &renamed).await.expect(201);
    let listed = admin.items("/identity-providers").await;
    assert_eq!((listed.len(), &listed[0]["name"]), (1, &json!("Other")));
    let mut wrong = new;
    wrong["issuer"] = json!("http://id.example.com");
    assert_eq!(
        fields(&admin.post("/identity-providers", &wrong).await),
        ["issuer"]
    );
    admin
        .delete(&format!("/identity-providers/{id}"))
        .await
        .expect(204);
    refused(
        &admin.delete(&format!("/identity-providers/{id}")).await,
        404,
        "not-found",
        &[],
    );
}
