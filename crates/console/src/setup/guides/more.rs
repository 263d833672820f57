//! Three guides that are short.

use super::{
    super::guide::{Guide, Makes, Value, Way, line},
    BASE_URL, ONCE, PASTE_ALONE,
};

pub(super) const ONELOGIN: Guide = Guide {
    slug: "onelogin",
    name: "OneLogin",
    service_user: "OneLogin",
    summary: "The application SCIM Provisioner with SAML (SCIM v2 Core or Enterprise).",
    prepare: &[
        "In OneLogin's administration open Applications › Add App and choose SCIM Provisioner with SAML (SCIM v2 Core), or \
         (SCIM v2 Enterprise) for department, manager and the like.",
        "Save the application, and open its section Configuration.",
    ],
    form: "Open Configuration › API Connection.",
    ways: &[Way {
        word: "token",
        name: "Bearer token",
        about: "A token that is pasted into OneLogin.",
        makes: Makes::Token,
        lines: &[
            line("SCIM Base URL", Value::BaseUrl, BASE_URL),
            line("SCIM Bearer Token", Value::Token, PASTE_ALONE),
            line(
                "SCIM JSON Template",
                Value::Choose("keep the one that is there"),
                "A name without a value arrives as an empty text, and is no value here.",
            ),
        ],
    }],
    finish: &[
        "Choose Enable in API Connection, and Save.",
        "In the section Provisioning choose Enable provisioning, and what may be done without an approval: create, delete and \
         update users.",
        "In the section Parameters map Groups, and in Rules say which roles become groups.",
        "Assign a test user in the section Users.",
    ],
    matching: "OneLogin finds users by the value that the parameter scimusername has.",
    mappings: &[
        (
            "scimusername",
            "userName",
            "Choose Email or Username in Parameters.",
        ),
        ("First Name", "name.givenName", ""),
        ("Last Name", "name.familyName", ""),
        ("Email", "emails[type eq \"work\"].value", ""),
        (
            "Groups",
            "groups",
            "From OneLogin's roles: it must be a parameter with several values.",
        ),
    ],
    notes: &["If approvals are on, each change waits under Users › Provisioning until somebody approves it."],
    hints: [
        "Paste the token into API Connection.",
        "Choose Enable in API Connection.",
        "Assign a test user, and approve the change if OneLogin asks.",
        "Change the test user's last name.",
        "Remove the application from the test user.",
        "Give the test user a role that a rule turns into a group.",
    ],
};

pub(super) const JUMPCLOUD: Guide = Guide {
    slug: "jumpcloud",
    name: "JumpCloud",
    service_user: "JumpCloud",
    summary: "A custom application with SCIM 2.0.",
    prepare: &[
        "In JumpCloud's Admin Portal open SSO Applications › Add New Application and choose Custom Application.",
        "Choose Export users to this app (Identity Management), and save.",
    ],
    form: "Open the tab Identity Management of the application.",
    ways: &[Way {
        word: "token",
        name: "Token key",
        about: "A token that is pasted into JumpCloud.",
        makes: Makes::Token,
        lines: &[
            line("API Type", Value::Choose("SCIM API"), ""),
            line("SCIM Version", Value::Choose("SCIM 2.0"), ""),
            line("Base URL", Value::BaseUrl, BASE_URL),
            line("Token Key", Value::Token, PASTE_ALONE),
            line(
                "Test User Email",
                Value::Choose("an address that nobody has here"),
                "JumpCloud creates a user of this address, and deletes it again.",
            ),
            line(
                "Enable management of User Groups and Group Membership in this application",
                Value::Choose("on"),
                "",
            ),
        ],
    }],
    finish: &[
        "Choose Test Connection, then Activate. JumpCloud creates a test user and a test group, and deletes both again.",
        "On the tab User Groups tick the groups whose members should be provisioned, and save.",
    ],
    matching: "JumpCloud finds users by userName, for which it takes the e-mail address.",
    mappings: &[
        ("email", "userName", ""),
        ("email", "emails[type eq \"work\"].value", ""),
        ("firstname", "name.givenName", ""),
        ("lastname", "name.familyName", ""),
        ("displayname", "displayName", ""),
    ],
    notes: &["The mapping of a custom application cannot be changed in JumpCloud."],
    hints: [
        "Paste the token into Identity Management.",
        "Choose Test Connection.",
        "Choose Activate: the test user counts.",
        "Change the display name of somebody in a ticked group.",
        "Take somebody out of the ticked groups.",
        "Tick a group on the tab User Groups.",
    ],
};

pub(super) const PING: Guide = Guide {
    slug: "ping",
    name: "Ping Identity",
    service_user: "Ping",
    summary: "PingOne, or PingFederate with its SCIM connector.",
    prepare: &[
        "In PingOne open Integrations › Provisioning and add a New Connection of the kind Identity Store.",
        "Choose SCIM Outbound. In PingFederate, choose the SCIM connector for the outbound provisioning of an SP connection.",
    ],
    form: "Open the step Configure Authentication of the connection.",
    ways: &[
        Way {
            word: "token",
            name: "OAuth 2 bearer token",
            about: "A token that is pasted into Ping.",
            makes: Makes::Token,
            lines: &[
                line("SCIM Base URL", Value::BaseUrl, BASE_URL),
                line("Users Resource", Value::Text("/Users"), ""),
                line("Groups Resource", Value::Text("/Groups"), ""),
                line("SCIM Version", Value::Choose("2.0"), ""),
                line("Authentication Method", Value::Choose("OAuth 2 Bearer Token"), ""),
                line("OAuth Access Token", Value::Token, PASTE_ALONE),
                line("Auth Type Header", Value::Text("Bearer"), ""),
                line("User Filter Expression", Value::Text("userName eq \"%s\""), ""),
            ],
        },
        Way {
            word: "oauth",
            name: "OAuth 2 client credentials",
            about: "Ping fetches tokens by itself.",
            makes: Makes::Client,
            lines: &[
                line("SCIM Base URL", Value::BaseUrl, BASE_URL),
                line("Users Resource", Value::Text("/Users"), ""),
                line("Groups Resource", Value::Text("/Groups"), ""),
                line("SCIM Version", Value::Choose("2.0"), ""),
                line(
                    "Authentication Method",
                    Value::Choose("OAuth 2 Client Credentials"),
                    "",
                ),
                line("OAuth Token Request", Value::TokenEndpoint, ""),
                line("OAuth Client ID", Value::ClientId, ""),
                line("OAuth Client Secret", Value::ClientSecret, ONCE),
                line("Auth Type Header", Value::Text("Bearer"), ""),
                line("User Filter Expression", Value::Text("userName eq \"%s\""), ""),
            ],
        },
    ],
    finish: &[
        "Choose Test Connection, then Next.",
        "Under Actions allow users to be created, updated and disabled. Group Membership Handling may be Merge or Overwrite.",
        "Save, switch the connection on, and make a rule that says which users are provisioned.",
    ],
    matching: "Ping finds users by the filter expression of the connection, and PingFederate finds groups by reading all of \
               them.",
    mappings: &[
        ("Username", "userName", ""),
        ("Given Name", "name.givenName", ""),
        ("Family Name", "name.familyName", ""),
        ("Email Address", "emails[type eq \"work\"].value", ""),
    ],
    notes: &["Both ways to deprovision work: to disable a user, and to delete it."],
    hints: [
        "Paste the credential into Configure Authentication.",
        "Choose Test Connection.",
        "Switch the connection on, with a rule that a test user fulfils.",
        "Change the test user's family name.",
        "Disable the test user, or let the rule leave it out.",
        "Add a group to the rule.",
    ],
};
