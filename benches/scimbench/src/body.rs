//! The request bodies that identity providers send.

use std::fmt::Write as _;

pub(crate) fn user_name(i: usize) -> String {
    format!("user{i:07}@bench.example.com")
}

/// A user as Okta's default profile mapping sends it: 14 attributes besides `schemas`.
pub(crate) fn user_body(out: &mut String, user_name: &str, number: u64, revision: u64, enterprise: bool) {
    let given = ["Alex", "Dana", "Jordan", "Kim", "Morgan", "Noor", "Robin", "Sam"][(number % 8) as usize];
    let family = [
        "Berg", "Costa", "Dubois", "Ito", "Kaya", "Novak", "Osei", "Silva", "Weber",
    ][(number / 8 % 9) as usize];
    let _ = write!(
        out,
        concat!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"{extension}],"#,
            r#""userName":"{user}","externalId":"00u{num:016x}","#,
            r#""name":{{"givenName":"{given}","familyName":"{family}"}},"#,
            r#""displayName":"{given} {family}","title":"Engineer {rev}","userType":"Employee","#,
            r#""preferredLanguage":"en-US","locale":"en-US","timezone":"Europe/Berlin","active":true,"#,
            r#""emails":[{{"primary":true,"value":"{user}","type":"work"}}],"#,
            r#""phoneNumbers":[{{"value":"+1-555-{phone:07}","type":"work"}}],"#,
            r#""addresses":[{{"type":"work","streetAddress":"{street} Main Street","locality":"Springfield","#,
            r#""region":"IL","postalCode":"62701","country":"US","primary":true}}]"#,
        ),
        extension = if enterprise {
            r#","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User""#
        } else {
            ""
        },
        user = user_name,
        num = number,
        given = given,
        family = family,
        rev = revision,
        phone = number % 10_000_000,
        street = number % 900 + 1,
    );
    if enterprise {
        let _ = write!(
            out,
            concat!(
                r#","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"employeeNumber":"{num}","#,
                r#""department":"Department {dept}","organization":"Example","costCenter":"CC-{dept}"}}"#
            ),
            num = number,
            dept = number % 40,
        );
    }
    out.push('}');
}

pub(crate) fn members_patch(out: &mut String, ids: &[String]) {
    out.push_str(
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":["#,
    );
    for (i, id) in ids.iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let _ = write!(out, r#"{comma}{{"value":"{id}"}}"#);
    }
    out.push_str("]}]}");
}
