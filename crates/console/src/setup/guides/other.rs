//! What else speaks SCIM.

use super::{
    super::guide::{Guide, Makes, Value, Way, line},
    BASE_URL, ONCE,
};

pub(super) const OTHER: Guide = Guide {
    slug: "other",
    name: "Another identity provider",
    service_user: "Identity provider",
    summary: "Anything that speaks SCIM 2.0: authentik, CyberArk, Google Workspace, Keycloak, Rippling, a program of your own.",
    prepare: &[
        "Look there for a section that is called Provisioning, SCIM or Directory sync, and choose SCIM 2.0.",
    ],
    form: "Open the form that asks for an address and a token.",
    ways: &[
        Way {
            word: "token",
            name: "Token",
            about: "A token that is pasted into the form. Nearly every identity provider offers this.",
            makes: Makes::Token,
            lines: &[
                line("Base URL, SCIM endpoint or tenant URL", Value::BaseUrl, BASE_URL),
                line(
                    "Token, API key or bearer token",
                    Value::Token,
                    "With Basic authentication it is the password, with any user name.",
                ),
                line("Unique identifier, or matching attribute", Value::Identifier, ""),
                line("SCIM version", Value::Choose("2.0"), ""),
            ],
        },
        Way {
            word: "oauth",
            name: "OAuth 2 client credentials",
            about: "The identity provider fetches tokens by itself.",
            makes: Makes::Client,
            lines: &[
                line("Base URL, SCIM endpoint or tenant URL", Value::BaseUrl, BASE_URL),
                line("Token endpoint", Value::TokenEndpoint, ""),
                line("Client id", Value::ClientId, ""),
                line("Client secret", Value::ClientSecret, ONCE),
                line("Scope", Value::Text("scim"), "It may also be left empty."),
                line("Unique identifier, or matching attribute", Value::Identifier, ""),
            ],
        },
    ],
    finish: &[
        "Test the connection there, if there is a button for it.",
        "Allow users to be created, updated and deactivated, and groups to be pushed.",
        "Assign one test user and one test group before everybody else.",
    ],
    matching: "Most identity providers ask whether a user exists before they create one.",
    mappings: &[
        (
            "user name",
            "userName",
            "Required, and unique in the organization.",
        ),
        ("first name", "name.givenName", ""),
        ("last name", "name.familyName", ""),
        (
            "e-mail address",
            "emails[type eq \"work\"].value",
            "The primary address.",
        ),
        (
            "name of a group",
            "displayName",
            "Required, and unique in the organization.",
        ),
    ],
    notes: &["Every attribute of RFC 7643's User, Group and EnterpriseUser is kept and answered."],
    hints: [
        "Paste the credential into the form.",
        "Test the connection.",
        "Assign a test user.",
        "Change the test user's name.",
        "Unassign the test user.",
        "Push a test group.",
    ],
};
