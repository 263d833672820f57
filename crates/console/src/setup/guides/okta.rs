//! Okta.

use super::{
    super::guide::{Guide, Makes, Value, Way, line},
    BASE_URL, ONCE,
};

pub(super) const OKTA: Guide = Guide {
    slug: "okta",
    name: "Okta",
    service_user: "Okta",
    summary: "An application made with Okta's App Integration Wizard, or one of its catalogue.",
    prepare: &[
        "In Okta's Admin Console open Applications › Applications and choose the application. A SAML 2.0 or SWA application \
         can have SCIM; an OIDC application can have it only if it was made with Okta's newer wizard.",
        "On the tab General choose Edit in App Settings. If the section shows Federation Broker Mode, leave it off: with it, \
         Okta provisions nobody.",
        "For Provisioning choose SCIM, and Save. A tab Provisioning appears.",
    ],
    form: "On the tab Provisioning choose Integration, then Edit.",
    ways: &[
        Way {
            word: "token",
            name: "HTTP Header",
            about: "A token that is pasted into Okta. It works in every Okta organization.",
            makes: Makes::Token,
            lines: &[
                line("SCIM version", Value::Choose("2.0"), "When Okta asks."),
                line("SCIM connector base URL", Value::BaseUrl, BASE_URL),
                line(
                    "Unique identifier field for users",
                    Value::Identifier,
                    "The same on both sides: see below.",
                ),
                line(
                    "Supported provisioning actions",
                    Value::Choose("Push New Users, Push Profile Updates, Push Groups"),
                    "Leave the two import actions off, unless Okta should read the users that are here already.",
                ),
                line("Authentication Mode", Value::Choose("HTTP Header"), ""),
                line(
                    "Authorization",
                    Value::Token,
                    "The form shows the word Bearer already: paste the token alone.",
                ),
            ],
        },
        Way {
            word: "oauth",
            name: "OAuth 2",
            about: "Okta fetches tokens by itself. An owner of this organization gives consent once, in the browser. Okta \
                    shows the name of its app in the address of the app's page in the Admin Console.",
            makes: Makes::OktaClient,
            lines: &[
                line("SCIM version", Value::Choose("2.0"), "When Okta asks."),
                line("SCIM connector base URL", Value::BaseUrl, BASE_URL),
                line(
                    "Unique identifier field for users",
                    Value::Identifier,
                    "The same on both sides: see below.",
                ),
                line(
                    "Supported provisioning actions",
                    Value::Choose("Push New Users, Push Profile Updates, Push Groups"),
                    "Leave the two import actions off, unless Okta should read the users that are here already.",
                ),
                line("Authentication Mode", Value::Choose("OAuth 2"), ""),
                line("Access token endpoint URI", Value::TokenEndpoint, ""),
                line("Authorization endpoint URI", Value::AuthorizationEndpoint, ""),
                line("Client ID", Value::ClientId, ""),
                line("Client Secret", Value::ClientSecret, ONCE),
            ],
        },
    ],
    finish: &[
        "Choose Test Connector Configuration, then Save. With OAuth 2, choose Authenticate with the application afterwards.",
        "Choose To App, then Edit, and enable Create Users, Update User Attributes and Deactivate Users. Leave Sync Password \
         off. Save.",
        "On the tab Assignments assign one test user first. Who was assigned before provisioning was on is not sent: choose \
         Provision User there.",
        "On the tab Push Groups choose Find groups by name, pick a group, and Save. Do not use one group for assigning people \
         and for pushing.",
    ],
    matching: "Okta looks every user up before it creates one. It asks for the user name in any case, and puts the value of \
               the field there that you choose in its form.",
    mappings: &[
        ("Username", "userName", ""),
        ("Given name", "name.givenName", ""),
        ("Family name", "name.familyName", ""),
        ("Email", "emails[type eq \"work\"].value", "The primary address."),
        ("Display name", "displayName", ""),
    ],
    notes: &[
        "Okta never deletes users. It deactivates them when they are unassigned, and the same user comes back when assigned \
         again.",
        "A suspended user is not reported: Okta sends nothing then.",
        "A failed task waits in Okta under Dashboard › Tasks, with the reason. Choose Retry selected there once the cause is \
         removed.",
    ],
    hints: [
        "Paste the credential into Okta's form.",
        "Choose Test Connector Configuration.",
        "Assign a test user on the tab Assignments.",
        "Change the test user's display name in Okta.",
        "Unassign the test user.",
        "Push a group on the tab Push Groups.",
    ],
};
