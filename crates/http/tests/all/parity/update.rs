//! Row U10: one PATCH with everything that can be in one. U1 to U3 are in `strangers.rs`.

use serde_json::json;
use wicketgate_scim::{Mode, schema::USER};
use wicketgate_testbed::both_engines;

use super::{created, full_user, said};
use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    u10_eighteen_operations_in_one_request_are_applied_in_order,
}

/// ZITADEL answers 204 without a body; here it is 200 with the user, which RFC 7644 §3.5.2 allows and Okta reads. There
/// an added value that is there already is replaced whole; here it stays as it is and becomes primary, because to the
/// RFC it is the same value.
async fn u10_eighteen_operations_in_one_request_are_applied_in_order(gateway: TestGateway) {
    let org = gateway.with_org().await;
    for mode in [Mode::Tolerant, Mode::Strict] {
        org.set_mode(mode).await;
        let mut user = full_user(mode.as_str());
        user["active"] = json!(false);
        user["photos"] = json!([
            {"value": "https://photos.example.com/anna/F", "type": "photo"},
            {"value": "https://photos.example.com/anna/T", "type": "thumbnail"},
        ]);
        user["ims"] = json!([{"value": "someone", "type": "aim"}, {"value": "twitter/anna", "type": "X"}]);
        user["entitlements"] = json!([
            {"value": "entitlement-1", "display": "One", "type": "main", "primary": true},
            {"value": "entitlement-2", "display": "Two", "type": "secondary"},
        ]);
        let endpoint = created(&org, &user).await;
        let operations = json!([
            {"op": "Add", "value": {
                "emails": [{"value": "mobile@x.example", "type": "mobile"}], "nickname": "added-Annie"}},
            {"op": "add", "path": "name", "value": {
                "formatted": "added-formatted", "familyName": "added-Tal", "givenName": "added-Berta",
                "middleName": "added-N.", "honorificPrefix": "added-Prof.", "honorificSuffix": "added-IV"}},
            {"op": "ADD", "path": "name.middlename", "value": "added-Zoe"},
            {"op": "add", "path": "entitlements", "value": {
                "value": "added-entitlement-1", "display": "Added one", "type": "added"}},
            {"op": "add", "path": "entitlements", "value": {
                "value": "entitlement-2", "display": "Two again", "type": "secondary", "primary": true}},
            {"op": "add", "path": "entitlements", "value": [
                {"value": "added-entitlement-2", "display": "Added two"},
                {"value": "added-entitlement-3", "display": "Added three", "primary": true}]},
            {"op": "remove", "path": "nickname"},
            {"op": "remove", "path": "roles"},
            {"op": "remove", "path": "photos[type eq \"thumbnail\"]"},
            {"op": "remove", "path": "ims[type eq \"X\"].type"},
            {"op": "remove", "path": "ims[type eq \"fooBar\"].type"},
            {"op": "replace", "value": {"displayname": "replaced-Anna"}},
            {"op": "replace", "path": "name.honorificSuffix", "value": "replaced-V"},
            {"op": "replace", "path": "addresses", "value": [{
                "streetAddress": "replaced-Limmatquai 1", "locality": "replaced-Zürich", "type": "home",
                "primary": true}]},
            {"op": "replace", "path": "phonenumbers[primary eq true].value", "value": "+41711234567"},
            {"op": "replace", "path": "externalid", "value": "replaced-external"},
            {"op": "replace", "path": "password", "value": "Password2!"},
            {"op": "replace", "path": "active", "value": if mode.is_tolerant() { json!("True") } else { json!(true) }},
        ]);
        assert_eq!(operations.as_array().unwrap().len(), 18);
        let answer = org.patch(&endpoint, &operations).await.expect(200);
        let read = org.get(&endpoint).await.expect(200);
        assert_eq!(read.json(), answer.json());

        let mut expected = user;
        let members = expected.as_object_mut().unwrap();
        for removed in ["nickName", "roles"] {
            members.shift_remove(removed);
        }
        expected["externalId"] = json!("replaced-external");
        expected["displayName"] = json!("replaced-Anna");
        expected["active"] = json!(true);
        expected["name"] = json!({
            "formatted": "added-formatted", "familyName": "added-Tal", "givenName": "added-Berta",
            "middleName": "added-Zoe", "honorificPrefix": "added-Prof.", "honorificSuffix": "replaced-V",
        });
        let emails = expected["emails"].as_array_mut().unwrap();
        emails.push(json!({"value": "mobile@x.example", "type": "mobile"}));
        expected["phoneNumbers"][0]["value"] = json!("+41711234567");
        expected["photos"].as_array_mut().unwrap().truncate(1);
        expected["ims"][1].as_object_mut().unwrap().shift_remove("type");
        expected["addresses"] = json!([{
            "streetAddress": "replaced-Limmatquai 1", "locality": "replaced-Zürich", "type": "home", "primary": true,
        }]);
        expected["entitlements"] = json!([
            {"value": "entitlement-1", "display": "One", "type": "main", "primary": false},
            {"value": "entitlement-2", "display": "Two", "type": "secondary", "primary": false},
            {"value": "added-entitlement-1", "display": "Added one", "type": "added"},
            {"value": "added-entitlement-2", "display": "Added two"},
            {"value": "added-entitlement-3", "display": "Added three", "primary": true},
        ]);
        assert_eq!(said(&read.json()), expected, "{mode}");
        assert_eq!(expected["schemas"], json!([USER]));
        // All of it is one change, and says so to whoever filters.
        assert_eq!(answer.header("etag"), Some("W/\"2\""));
        for (filter, total) in [
            ("externalId eq \"replaced-external\"", 1),
            ("emails.value eq \"mobile@x.example\"", 1),
            ("displayName eq \"Anna Berg\"", 0),
        ] {
            let found = org.find("/Users", filter).await.expect(200).json();
            assert_eq!(found["totalResults"], total, "{filter}");
        }
        org.delete(&endpoint).await.expect(204);
    }
}
