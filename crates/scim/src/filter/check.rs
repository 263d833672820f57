//! Holds a filter against the schema: names exist, operators fit types, literals fit attributes. What passes is
//! canonical and can be translated without looking back.

use serde_json::Number;

use super::{CompareOp, Filter, Literal};
use crate::{
    date,
    error::Error,
    mode::Mode,
    path::AttrPath,
    schema::{Attribute, ResourceType, Returned, Target, Type},
};

/// Checks a filter for a resource type.
///
/// The result has canonical names; a URN remains only where it is an extension's. A multi-valued complex attribute
/// that is compared without a sub-attribute is compared by its `value`. Anything unknown or unfitting is
/// `invalidFilter` and named: a filter never silently matches nobody.
pub fn check(rt: &ResourceType, filter: Filter, mode: Mode) -> Result<Filter, Error> {
    walk(filter, &Names::Resource(rt), mode)
}

/// Checks the filter in the brackets after `attribute`: its paths are sub-attributes, or `value` for the values of a
/// simple attribute.
pub(crate) fn check_element(attribute: &Attribute, filter: Filter, mode: Mode) -> Result<Filter, Error> {
    walk(filter, &Names::Element(attribute), mode)
}

/// What the names in a filter refer to.
enum Names<'a> {
    Resource(&'a ResourceType),
    Element(&'a Attribute),
}

struct Found<'a> {
    path: AttrPath,
    attribute: &'a Attribute,
    leaf: &'a Attribute,
}

fn walk(filter: Filter, names: &Names<'_>, mode: Mode) -> Result<Filter, Error> {
    let all = |parts: Vec<Filter>| -> Result<Vec<Filter>, Error> {
        parts.into_iter().map(|part| walk(part, names, mode)).collect()
    };
    Ok(match filter {
        Filter::And(parts) => Filter::And(all(parts)?),
        Filter::Or(parts) => Filter::Or(all(parts)?),
        Filter::Not(inner) => Filter::Not(Box::new(walk(*inner, names, mode)?)),
        Filter::Present(path) => Filter::Present(names.find(&path)?.path),
        Filter::Compare { path, op, value } => {
            let mut found = names.find(&path)?;
            if found.leaf.is_complex() {
                let Some(value) = found
                    .leaf
                    .sub_attribute("value")
                    .filter(|_| found.leaf.multi_valued)
                else {
                    return Err(Error::filter(format!(
                        "The attribute \"{path}\" has parts: compare one of them, such as \"{path}.{}\".",
                        found
                            .leaf
                            .sub_attributes
                            .first()
                            .map_or("value", |sub| sub.name.as_str())
                    )));
                };
                found.path.sub = Some(value.name.clone());
                found.leaf = value;
            }
            Filter::Compare {
                value: fit(found.leaf, op, value, mode, &path.to_string())?,
                path: found.path,
                op,
            }
        }
        Filter::ValuePath { path, filter, then } => {
            let found = names.find(&path)?;
            if !found.leaf.is_complex() {
                return Err(Error::filter(format!(
                    "The attribute \"{path}\" has no parts to select by: compare it directly, without brackets."
                )));
            }
            let element = Names::Element(found.attribute);
            let then = match then {
                Some((sub, op, value)) => {
                    let part = element.find(&AttrPath::simple(sub))?;
                    let label = format!("{path}.{}", part.path.name);
                    let value = fit(part.leaf, op, value, mode, &label)?;
                    Some((part.path.name, op, value))
                }
                None => None,
            };
            Filter::ValuePath {
                path: found.path,
                filter: Box::new(walk(*filter, &element, mode)?),
                then,
            }
        }
    })
}

impl<'a> Names<'a> {
    fn find(&self, path: &AttrPath) -> Result<Found<'a>, Error> {
        match *self {
            Names::Resource(rt) => {
                let Some(target) = rt.find(path.urn.as_deref(), &path.name, path.sub.as_deref()) else {
                    return Err(Error::filter(format!(
                        "The attribute \"{path}\" does not exist for {}; check its spelling and its schema URN.",
                        rt.name
                    )));
                };
                // An answer to a question about a secret is an oracle for it (RFC 7643 §9).
                if target.attribute.returned == Returned::Never || target.leaf().returned == Returned::Never {
                    return Err(Error::filter(format!(
                        "The attribute \"{path}\" cannot be used in a filter."
                    )));
                }
                Ok(Found {
                    path: canonical(&target),
                    attribute: target.attribute,
                    leaf: target.leaf(),
                })
            }
            Names::Element(attribute) => {
                let leaf = match (&path.urn, &path.sub) {
                    (None, None) if attribute.is_complex() => attribute.sub_attribute(&path.name),
                    (None, None) if path.name.eq_ignore_ascii_case("value") => Some(attribute),
                    _ => None,
                };
                let Some(leaf) = leaf else {
                    return Err(Error::filter(format!(
                        "The attribute \"{}\" has no sub-attribute \"{path}\"; the brackets name {}.",
                        attribute.name,
                        part_names(attribute)
                    )));
                };
                let name = if attribute.is_complex() {
                    &leaf.name
                } else {
                    "value"
                };
                Ok(Found {
                    path: AttrPath::simple(name),
                    attribute: leaf,
                    leaf,
                })
            }
        }
    }
}

fn canonical(target: &Target<'_>) -> AttrPath {
    AttrPath {
        urn: target.extension.map(str::to_owned),
        name: target.attribute.name.clone(),
        sub: target.sub.map(|sub| sub.name.clone()),
    }
}

fn part_names(attribute: &Attribute) -> String {
    if !attribute.is_complex() {
        return "value".to_owned();
    }
    let names: Vec<&str> = attribute
        .sub_attributes
        .iter()
        .map(|sub| sub.name.as_str())
        .collect();
    names.join(", ")
}

/// Checks operator and literal against the attribute's type.
fn fit(leaf: &Attribute, op: CompareOp, value: Literal, mode: Mode, path: &str) -> Result<Literal, Error> {
    if value == Literal::Null {
        return match op {
            CompareOp::Eq | CompareOp::Ne => Ok(value),
            _ => Err(Error::filter(format!(
                "\"{path} {op} null\" has no meaning: null goes with eq or ne."
            ))),
        };
    }
    let refused = match leaf.kind {
        Type::Boolean => op.is_ordering() || op.is_substring(),
        Type::Binary => op.is_ordering(),
        Type::Integer | Type::Decimal | Type::DateTime => op.is_substring(),
        Type::String | Type::Reference | Type::Complex => false,
    };
    if refused {
        return Err(Error::filter(format!(
            "The operator \"{op}\" cannot be used on \"{path}\", which is of type {}.",
            leaf.kind.as_str()
        )));
    }
    let fitting = match (leaf.kind, value) {
        (Type::Boolean, value @ Literal::Bool(_))
        | (Type::Integer | Type::Decimal, value @ Literal::Number(_))
        | (Type::String | Type::Reference | Type::Binary, value @ Literal::String(_)) => Some(value),
        (Type::DateTime, Literal::String(text)) if date::parse(&text).is_some() => {
            Some(Literal::String(text))
        }
        (_, value) if mode.is_tolerant() => understood(leaf.kind, &value),
        _ => None,
    };
    fitting.ok_or_else(|| {
        let wanted = match leaf.kind {
            Type::Boolean => "true or false, without quotes",
            Type::Integer | Type::Decimal => "a number, without quotes",
            Type::DateTime => "a date and time such as \"2026-05-13T04:42:34Z\"",
            Type::String | Type::Reference | Type::Binary | Type::Complex => "text in double quotes",
        };
        Error::filter(format!("The attribute \"{path}\" is compared with {wanted}."))
    })
}

/// The literal that a client meant which writes `"True"` for `true`, or leaves out the quotes around digits.
fn understood(kind: Type, value: &Literal) -> Option<Literal> {
    match (kind, value) {
        (Type::Boolean, Literal::String(text)) if text.eq_ignore_ascii_case("true") => {
            Some(Literal::Bool(true))
        }
        (Type::Boolean, Literal::String(text)) if text.eq_ignore_ascii_case("false") => {
            Some(Literal::Bool(false))
        }
        (Type::Integer | Type::Decimal, Literal::String(text)) => {
            text.parse::<Number>().ok().map(Literal::Number)
        }
        (Type::String | Type::Reference | Type::Binary, Literal::Number(_) | Literal::Bool(_)) => {
            Some(Literal::String(value.to_string()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ScimType, filter::parse};

    fn checked(text: &str, mode: Mode) -> Result<String, Error> {
        check(&ResourceType::user(), parse(text, mode)?, mode).map(|filter| filter.to_string())
    }

    fn becomes(text: &str, expected: &str) {
        assert_eq!(checked(text, Mode::Strict).unwrap(), expected);
    }

    fn refusal(text: &str) -> String {
        let error = checked(text, Mode::Tolerant).unwrap_err();
        assert_eq!(error.scim_type, ScimType::InvalidFilter, "{text}");
        error.detail
    }

    #[test]
    fn names_become_canonical_and_the_core_urn_disappears() {
        becomes("USERNAME eq \"x\"", "userName eq \"x\"");
        becomes(
            "urn:ietf:params:scim:schemas:core:2.0:user:Name.GivenName sw \"J\"",
            "name.givenName sw \"J\"",
        );
        becomes(
            "EMAILS[TYPE eq \"work\"].VALUE co \"x\"",
            "emails[type eq \"work\"].value co \"x\"",
        );
        becomes(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:USER:Manager.Value eq \"1\"",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value eq \"1\"",
        );
    }

    #[test]
    fn common_attributes_can_be_filtered() {
        for text in [
            "id eq \"1\"",
            "externalId eq \"1\"",
            "meta.lastModified gt \"2011-05-13T04:42:34Z\"",
            "meta.resourceType eq \"User\"",
            "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
        ] {
            becomes(text, text);
        }
    }

    #[test]
    fn a_multi_valued_complex_attribute_is_compared_by_its_value() {
        becomes("emails co \"example.com\"", "emails.value co \"example.com\"");
        becomes("emails pr", "emails pr");
        assert!(refusal("addresses co \"x\"").contains("addresses.formatted"));
    }

    #[test]
    fn a_singular_complex_attribute_needs_a_part() {
        assert!(refusal("name eq \"x\"").contains("\"name.formatted\""));
        becomes("name pr", "name pr");
    }

    #[test]
    fn an_unknown_attribute_is_named_in_every_place() {
        for (text, name) in [
            ("nickname2 eq \"x\"", "nickname2"),
            ("title pr or not (foo pr)", "foo"),
            ("name.first eq \"x\"", "name.first"),
            ("emails[kind eq \"x\"]", "kind"),
            ("emails[type eq \"x\"].address eq \"x\"", "address"),
            ("emails[type.x pr]", "type.x"),
            (
                "urn:example:none:department eq \"x\"",
                "urn:example:none:department",
            ),
            ("department eq \"x\"", "department"),
        ] {
            assert!(
                refusal(text).contains(&format!("\"{name}\"")),
                "{text}: {}",
                refusal(text)
            );
        }
    }

    #[test]
    fn a_password_cannot_be_asked_for() {
        for text in [
            "password eq \"x\"",
            "password pr",
            "not (password sw \"a\")",
            "password eq null",
        ] {
            assert!(refusal(text).contains("password"));
        }
    }

    #[test]
    fn operators_that_the_type_does_not_have_are_refused() {
        for op in ["gt", "ge", "lt", "le", "co", "sw", "ew"] {
            assert!(refusal(&format!("active {op} true")).contains("boolean"));
        }
        for op in ["gt", "ge", "lt", "le"] {
            assert!(refusal(&format!("x509Certificates.value {op} \"AA==\"")).contains("binary"));
        }
        assert!(refusal("meta.created co \"2011\"").contains("dateTime"));
        assert!(refusal("userName gt null").contains("eq or ne"));
    }

    #[test]
    fn entra_writes_booleans_as_text() {
        for text in [
            "active eq \"True\"",
            "active eq TRUE",
            "emails[primary eq \"true\"]",
        ] {
            assert!(checked(text, Mode::Tolerant).unwrap().contains("eq true"));
            assert!(checked(text, Mode::Strict).is_err());
        }
        refusal("active eq \"yes\"");
    }

    #[test]
    fn digits_without_quotes_are_text_for_a_text_attribute() {
        let text = "externalId eq 1234567";
        assert_eq!(
            checked(text, Mode::Tolerant).unwrap(),
            "externalId eq \"1234567\""
        );
        assert!(
            checked(text, Mode::Strict)
                .unwrap_err()
                .detail
                .contains("double quotes")
        );
    }

    #[test]
    fn a_literal_of_the_wrong_type_is_refused_and_the_right_one_described() {
        assert!(refusal("meta.created gt \"yesterday\"").contains("2026-05-13T04:42:34Z"));
        assert!(refusal("meta.created gt 5").contains("2026-05-13T04:42:34Z"));
        assert!(refusal("active eq 1").contains("true or false"));
    }

    #[test]
    fn brackets_need_an_attribute_with_parts() {
        assert!(refusal("userName[value eq \"x\"]").contains("without brackets"));
        becomes("name[givenName eq \"x\"]", "name[givenName eq \"x\"]");
    }

    #[test]
    fn the_values_of_a_simple_attribute_are_called_value() {
        let schemas = crate::schema::common("schemas").unwrap();
        let filter = parse("VALUE eq \"x\"", Mode::Strict).unwrap();
        let checked = check_element(schemas, filter, Mode::Strict).unwrap();
        assert_eq!(checked.to_string(), "value eq \"x\"");
    }
}
