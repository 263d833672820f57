//! What a bulk request is refused for as a whole, and what one operation is refused for alone.

use super::*;
use crate::ScimType;

fn read(members: &Value, mode: Mode) -> Result<BulkRequest, BulkError> {
    let mut body = Object::from_iter([("schemas".to_owned(), json!([BULK_REQUEST]))]);
    body.extend(members.as_object().unwrap().clone());
    parse(body, mode, 3)
}

fn refusal(members: &Value, mode: Mode) -> Error {
    match read(members, mode).unwrap_err() {
        BulkError::Invalid(error) => error,
        other @ BulkError::TooManyOperations { .. } => panic!("{other}"),
    }
}

fn one(operation: &Value, mode: Mode) -> Result<Operation, Refused> {
    read(&json!({"Operations": [operation]}), mode)
        .unwrap()
        .operations
        .remove(0)
}

fn delete() -> Value {
    json!({"method": "DELETE", "path": "/Users/1"})
}

#[test]
fn an_operation_is_read_whatever_the_case_of_its_names() {
    let sent = json!({"METHOD": "POST", "Path": "/Users", "bulkid": "q", "Version": null, "data": {"userName": "a"}});
    for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
        let operation = one(&sent, mode).unwrap();
        assert_eq!(
            (operation.method, operation.bulk_id.as_deref()),
            (Method::Post, Some("q"))
        );
        assert_eq!(
            (operation.path.to_string().as_str(), operation.version),
            ("/Users", None)
        );
        assert_eq!(Value::from(operation.data), json!({"userName": "a"}));
    }
}

#[test]
fn a_request_that_is_none_is_refused_as_a_whole() {
    for (members, named) in [
        (json!({}), "Operations"),
        (json!({"Operations": null}), "Operations"),
        (json!({"Operations": {}}), "Operations"),
        (json!({"Operations": []}), "Operations"),
        (
            json!({"Operations": [delete()], "failOnErrors": 0}),
            "failOnErrors",
        ),
        (
            json!({"Operations": [delete()], "failOnErrors": -1}),
            "failOnErrors",
        ),
        (
            json!({"Operations": [delete()], "failOnErrors": 1.5}),
            "failOnErrors",
        ),
        (
            json!({"Operations": [delete()], "failOnErrors": "many"}),
            "failOnErrors",
        ),
        (
            json!({"Operations": [delete()], "schemas": ["urn:x:y"]}),
            BULK_REQUEST,
        ),
    ] {
        for mode in [Mode::Tolerant, Mode::Strict, Mode::Interop] {
            let error = refusal(&members, mode);
            assert_eq!(error.scim_type, ScimType::InvalidSyntax, "{members}");
            assert!(error.detail.contains(named), "{members}: {}", error.detail);
        }
    }
    assert!(
        refusal(&json!({"Operations": [delete()], "async": true}), Mode::Interop)
            .detail
            .contains("async")
    );
}

#[test]
fn fail_on_errors_is_a_positive_number() {
    let read = |value: Value, mode| read(&json!({"Operations": [delete()], "failOnErrors": value}), mode);
    assert_eq!(read(json!(2), Mode::Strict).unwrap().fail_on_errors, Some(2));
    assert_eq!(read(json!("2"), Mode::Tolerant).unwrap().fail_on_errors, Some(2));
    assert_eq!(read(json!(null), Mode::Strict).unwrap().fail_on_errors, None);
    assert!(read(json!("2"), Mode::Strict).is_err());
}

#[test]
fn more_operations_than_the_limit_are_refused_and_the_limit_named() {
    let members = |count| json!({"Operations": vec![delete(); count]});
    assert!(read(&members(3), Mode::Strict).is_ok());
    let error = read(&members(4), Mode::Strict).unwrap_err();
    assert_eq!(error, BulkError::TooManyOperations { sent: 4, limit: 3 });
    assert!(error.to_string().contains("maxOperations, which is 3"));
}

#[test]
fn a_bulk_id_belongs_to_one_operation_and_case_counts() {
    let members = |ids: [&str; 2]| {
        let operations = ids.map(|id| json!({"method": "POST", "path": "/Users", "bulkId": id, "data": {}}));
        json!({"Operations": operations})
    };
    assert!(read(&members(["q", "Q"]), Mode::Tolerant).is_ok());
    let error = refusal(&members(["q", "q"]), Mode::Tolerant);
    assert_eq!(error.scim_type, ScimType::InvalidValue);
    assert!(error.detail.contains("\"q\""));
    // One that is refused anyway has its bulkId too.
    let mut refused = members(["q", "q"]);
    refused["Operations"][1]["path"] = json!("/Bulk");
    assert!(read(&refused, Mode::Tolerant).is_err());
}

#[test]
fn a_malformed_operation_is_refused_alone() {
    let post = |changes: &Value| {
        let mut sent = json!({"method": "POST", "path": "/Users", "bulkId": "q", "data": {}});
        sent.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        sent
    };
    for (sent, named) in [
        (json!("x"), "object"),
        (json!([]), "object"),
        (post(&json!({"method": null})), "method"),
        (post(&json!({"method": "GET"})), "\"GET\""),
        (post(&json!({"method": true})), "method"),
        (post(&json!({"path": null})), "path"),
        (post(&json!({"path": ["/Users"]})), "path"),
        (post(&json!({"path": "https://x/Users"})), "relative"),
        (post(&json!({"bulkId": null})), "bulkId"),
        (post(&json!({"bulkId": ""})), "bulkId"),
        (post(&json!({"bulkId": {}})), "bulkId"),
        (post(&json!({"data": null})), "data"),
        (post(&json!({"data": []})), "data"),
        (post(&json!({"data": "{}"})), "data"),
        (post(&json!({"version": {}})), "version"),
        (json!({"method": "PUT", "path": "/Users/1"}), "data"),
        (
            json!({"method": "PATCH", "path": "/Users/1", "data": "x"}),
            "Operations",
        ),
        (
            json!({"method": "PATCH", "path": "/Users", "data": {}}),
            "one resource",
        ),
    ] {
        let request = read(&json!({"Operations": [delete(), sent, delete()]}), Mode::Tolerant).unwrap();
        let refused = request.operations[1].as_ref().unwrap_err();
        assert!(
            refused.error.detail.contains(named),
            "{sent}: {}",
            refused.error.detail
        );
        assert!(request.operations[0].is_ok() && request.operations[2].is_ok());
        if let Some(bulk_id) = sent.get("bulkId").and_then(Value::as_str) {
            assert_eq!(refused.bulk_id.as_deref(), Some(bulk_id));
            assert_eq!(refused.method, sent["method"].as_str().unwrap_or_default());
        }
    }
}

#[test]
fn methods_in_lower_case_and_bare_patch_operations_are_understood_in_tolerant_mode_only() {
    let sent = json!({"method": "patch", "path": "/Users/1", "data": [{"op": "remove", "path": "title"}]});
    let operation = one(&sent, Mode::Tolerant).unwrap();
    assert_eq!(operation.method, Method::Patch);
    assert_eq!(
        Value::from(operation.data),
        json!({"schemas": [PATCH_OP], "Operations": [{"op": "remove", "path": "title"}]})
    );
    assert!(
        one(&sent, Mode::Strict)
            .unwrap_err()
            .error
            .detail
            .contains("\"patch\"")
    );
    let sent = json!({"method": "PATCH", "path": "/Users/1", "data": []});
    assert!(one(&sent, Mode::Strict).is_err());
}

#[test]
fn the_data_of_a_delete_is_ignored() {
    let sent = json!({"method": "DELETE", "path": "/Users/1", "data": "bulkId:none"});
    assert_eq!(one(&sent, Mode::Strict).unwrap().data, None);
}
