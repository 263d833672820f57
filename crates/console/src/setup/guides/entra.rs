//! Microsoft Entra ID.

use super::{
    super::guide::{Guide, Makes, Value, Way, line},
    BASE_URL, ONCE,
};

pub(super) const ENTRA: Guide = Guide {
    slug: "entra",
    name: "Microsoft Entra ID",
    service_user: "Entra",
    summary: "Formerly Azure Active Directory: an enterprise application of your own, or one of the gallery.",
    prepare: &[
        "In the Microsoft Entra admin center open Entra ID › Enterprise apps › New application › Create your own application, \
         and choose the non-gallery kind.",
        "In the new application open Provisioning and set the mode to Automatic.",
    ],
    form: "Open Admin Credentials on the page Provisioning.",
    ways: &[
        Way {
            word: "token",
            name: "Secret token",
            about: "A token that is pasted into Entra, for an application of your own.",
            makes: Makes::Token,
            lines: &[
                line("Tenant URL", Value::BaseUrl, BASE_URL),
                line(
                    "Secret Token",
                    Value::Token,
                    "Do not leave it empty: Entra then sends a token of its own, which is refused.",
                ),
            ],
        },
        Way {
            word: "oauth",
            name: "OAuth 2 client credentials",
            about: "Entra fetches tokens by itself. Applications of Microsoft's gallery need this.",
            makes: Makes::Client,
            lines: &[
                line(
                    "Authentication method",
                    Value::Choose("OAuth2 client credentials grant"),
                    "",
                ),
                line("Tenant URL", Value::BaseUrl, BASE_URL),
                line("Token endpoint", Value::TokenEndpoint, ""),
                line("Client identifier", Value::ClientId, ""),
                line("Client secret", Value::ClientSecret, ONCE),
            ],
        },
    ],
    finish: &[
        "Choose Test Connection, then Save.",
        "Assign a test user and a test group to the application.",
        "Try both with Provision on demand before you choose Start provisioning. Entra then works in cycles of about 40 \
         minutes.",
    ],
    matching: "Entra finds users by userName, unless you choose another matching attribute in its mappings. Leave this setting \
               at userName, unless another identity provider of this organization needs the other one.",
    mappings: &[
        (
            "userPrincipalName",
            "userName",
            "By this Entra finds users again.",
        ),
        (
            "objectId",
            "externalId",
            "Better than mailNickname, which is the default: it never changes.",
        ),
        (
            "Switch([IsSoftDeleted], …)",
            "active",
            "Keep it: without it nobody is ever disabled.",
        ),
        ("mail", "emails[type eq \"work\"].value", ""),
        (
            "manager",
            "manager of the enterprise extension",
            "Arrives by itself, after both users exist.",
        ),
        (
            "displayName of groups",
            "displayName",
            "Unique in the organization.",
        ),
    ],
    notes: &[
        "Entra deletes a user about 30 days after it was deleted there. A deleted user can be restored here for a while.",
        "Only direct members of an assigned group are provisioned, not those of groups in it.",
    ],
    hints: [
        "Paste the credential into Admin Credentials.",
        "Choose Test Connection.",
        "Provision a test user on demand.",
        "Change the test user's display name, and provision it on demand again.",
        "Unassign the test user, and provision it on demand again.",
        "Provision a test group on demand.",
    ],
};
