//! The core User schema of RFC 7643 §4.1 and §8.7.1, with its verified errata applied.

use crate::schema::{
    Attribute, Mutability, Returned, Schema, Type, USER, Uniqueness,
    build::{boolean, complex, plural, primary, reference, string},
};

pub(super) fn schema() -> Schema {
    let mut attributes = singular();
    attributes.extend(multi_valued());
    Schema {
        id: USER.to_owned(),
        name: "User".to_owned(),
        description: "A person's account.".to_owned(),
        attributes,
    }
}

fn singular() -> Vec<Attribute> {
    vec![
        string(
            "userName",
            "The name that identifies the user in the organization. Kept as sent, unique without regard to case.",
        )
        .required()
        .unique(Uniqueness::Server),
        complex(
            "name",
            "The parts of the user's name.",
            vec![
                string("formatted", "The whole name, ready to be shown."),
                string("familyName", "The family name."),
                string("givenName", "The given name."),
                string("middleName", "The middle names."),
                string("honorificPrefix", "A title in front of the name."),
                string("honorificSuffix", "A suffix behind the name."),
            ],
        ),
        string("displayName", "The name shown to others."),
        string("nickName", "The casual name."),
        reference("profileUrl", &["external"], "A page about the user."),
        string("title", "The job title."),
        string("userType", "The relation between the organization and the user."),
        string(
            "preferredLanguage",
            "The languages the user prefers, as in Accept-Language.",
        ),
        string("locale", "The locale for dates, numbers and currency."),
        string("timezone", "The time zone."),
        boolean("active", "Whether the user may use the service."),
        string("password", "Accepted and dropped: passwords are never kept.")
            .mutability(Mutability::WriteOnly)
            .returned(Returned::Never),
    ]
}

fn multi_valued() -> Vec<Attribute> {
    vec![
        plural(
            "emails",
            "E-mail addresses.",
            string("value", "The address."),
            &["work", "home", "other"],
        ),
        plural(
            "phoneNumbers",
            "Phone numbers, kept as sent.",
            string("value", "The number."),
            &["work", "home", "mobile", "fax", "pager", "other"],
        ),
        plural(
            "ims",
            "Instant messaging addresses.",
            string("value", "The address."),
            &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
        ),
        plural(
            "photos",
            "Pictures of the user.",
            reference("value", &["external"], "Where the picture is."),
            &["photo", "thumbnail"],
        ),
        complex(
            "addresses",
            "Postal addresses.",
            vec![
                string("formatted", "The whole address, ready to be shown."),
                string("streetAddress", "Street, house number and the like."),
                string("locality", "The city."),
                string("region", "The state or region."),
                string("postalCode", "The postal code."),
                string("country", "The country, ISO 3166-1 alpha-2 by preference."),
                string("type", "What the address is used for.").canonical(&["work", "home", "other"]),
                primary(),
            ],
        )
        .multi_valued(),
        groups(),
        plural(
            "entitlements",
            "What the user is entitled to.",
            string("value", "The entitlement."),
            &[],
        ),
        plural("roles", "The user's roles.", string("value", "The role."), &[]),
        plural(
            "x509Certificates",
            "Certificates, one for each value.",
            Attribute::new("value", Type::Binary, "The DER certificate in Base64."),
            &[],
        ),
    ]
}

fn groups() -> Attribute {
    let read_only = |attribute: Attribute| attribute.mutability(Mutability::ReadOnly);
    read_only(complex(
        "groups",
        "The groups the user belongs to, directly or through another group. Changed at the group.",
        vec![
            read_only(string("value", "The group's id.")),
            read_only(reference("$ref", &["Group"], "Where the group is.")),
            read_only(string("display", "The group's displayName.")),
            read_only(string("type", "How the user belongs to it.").canonical(&["direct", "indirect"])),
        ],
    ))
    .multi_valued()
}
