//! What may change once resources may hold values.

use super::*;

#[test]
fn only_what_keeps_stored_values_true_may_change() {
    let before = read(json!({"id": STAFF, "attributes": [
        {"name": "badge"},
        {"name": "ward", "type": "complex", "subAttributes": [{"name": "value"}]},
    ]}));
    let changed = |change: fn(&mut Vec<Attribute>)| {
        let mut after = before.clone();
        change(&mut after.attributes);
        check_change(&before, &after).map_err(|error| error.detail)
    };
    assert_eq!(changed(|_| {}), Ok(()));
    assert_eq!(
        changed(|all| all.push(Attribute::new("new", Type::Integer, ""))),
        Ok(())
    );
    assert_eq!(changed(|all| all.reverse()), Ok(()));
    assert_eq!(
        changed(|all| {
            all[0].indexed = true;
            all[0].required = true;
            all[0].description = "On the badge.".to_owned();
            all[0].canonical_values = vec!["A".to_owned()];
            all[1]
                .sub_attributes
                .push(Attribute::new("type", Type::String, ""));
        }),
        Ok(())
    );
    for (change, problem) in [
        (
            (|all| {
                all.remove(0);
            }) as fn(&mut Vec<Attribute>),
            "badge is missing",
        ),
        (
            |all| all[0].name = "Badge".to_owned(),
            "badge is missing or spelled differently",
        ),
        (|all| all[0].kind = Type::Integer, "badge has another type"),
        (|all| all[0].multi_valued = true, "badge has another multiValued"),
        (|all| all[0].case_exact = true, "badge has another caseExact"),
        (
            |all| all[0].mutability = Mutability::ReadOnly,
            "badge has another mutability",
        ),
        (
            |all| all[0].returned = Returned::Request,
            "badge has another returned",
        ),
        (|all| all[1].sub_attributes.clear(), "ward.value is missing"),
    ] {
        let detail = changed(change).unwrap_err();
        assert!(
            detail.contains(problem) && detail.contains("remove the schema first"),
            "{detail}"
        );
    }
}

#[test]
fn a_new_demand_is_noticed() {
    let plain = read(with(
        &json!({"name": "ward", "type": "complex", "subAttributes": [{"name": "value"}]}),
    ));
    let demanding = |place: fn(&mut Attribute)| {
        let mut schema = plain.clone();
        place(&mut schema.attributes[0]);
        schema
    };
    let (whole, part) = (
        demanding(|ward| ward.required = true),
        demanding(|ward| ward.sub_attributes[0].required = true),
    );
    assert_eq!(demands_more(Some(&plain), &plain), None);
    assert_eq!(demands_more(Some(&plain), &whole).as_deref(), Some("ward"));
    assert_eq!(demands_more(None, &part).as_deref(), Some("ward.value"));
    assert_eq!(demands_more(Some(&part), &part), None);
    assert_eq!(demands_more(Some(&part), &plain), None);
}
