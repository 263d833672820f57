//! Answers that held less than was asked for.

use serde_json::json;
use wicketgate_scim::schema::{ENTERPRISE_USER, USER};
use wicketgate_testbed::both_engines;

use crate::harness::TestGateway;

both_engines! {
    run with crate::harness::run:
    trap_30_excluding_an_attribute_leaves_extensions_alone,
    trap_30_a_requested_complex_attribute_has_its_sub_attributes,
}

async fn trap_30_excluding_an_attribute_leaves_extensions_alone(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna", "title": "Pilot",
        ENTERPRISE_USER: {"department": "Air", "manager": {"value": "boss"}},
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    let whole = org.get(&format!("/Users/{id}")).await.expect(200).json();
    for endpoint in [
        format!("/Users/{id}?excludedAttributes=title"),
        "/Users?excludedAttributes=title".to_owned(),
    ] {
        let answer = org.get(&endpoint).await.expect(200).json();
        let shown = answer["Resources"].get(0).unwrap_or(&answer);
        let mut expected = whole.clone();
        expected.as_object_mut().unwrap().shift_remove("title");
        assert_eq!(*shown, expected, "{endpoint}");
    }
}

async fn trap_30_a_requested_complex_attribute_has_its_sub_attributes(gateway: TestGateway) {
    let org = gateway.with_org().await;
    let user = json!({
        "schemas": [USER, ENTERPRISE_USER], "userName": "anna",
        "name": {"formatted": "Anna Berg", "familyName": "Berg", "givenName": "Anna"},
        "emails": [{"value": "a@x.example", "type": "work", "primary": true}, {"value": "b@x.example"}],
        ENTERPRISE_USER: {"department": "Air", "manager": {"value": "boss"}},
    });
    let id = org.post("/Users", &user).await.expect(201).id();
    for name in ["emails", "name", ENTERPRISE_USER] {
        for endpoint in [
            format!("/Users/{id}?attributes={name}"),
            format!("/Users?attributes={name}"),
        ] {
            let answer = org.get(&endpoint).await.expect(200).json();
            let shown = answer["Resources"].get(0).unwrap_or(&answer);
            assert_eq!(shown[name], user[name], "{endpoint}");
            assert_eq!(shown.get("userName"), None, "{endpoint}");
        }
    }
}
