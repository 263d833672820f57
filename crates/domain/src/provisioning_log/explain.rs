//! What each failure means and what to do about it, in words for an administrator who has never read a specification.
//! This is the one table of them; `explain_texts.txt` beside it shows all of its texts.

use jiff::Timestamp;
use wicketgate_scim::ScimType;

use super::{action::Action, failure::Failure};

/// What a failure means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Why it happened.
    pub cause: String,
    /// What to do about it.
    pub fix: String,
}

/// What is known around a failure when it is explained.
#[derive(Debug, Clone, Default)]
pub(crate) struct Context {
    /// What the request's target is called.
    pub(crate) name: Option<String>,
    /// Who holds the value that the request wanted: its name and id.
    pub(crate) holder: Option<(String, String)>,
    pub(crate) token: Token,
}

/// The credential of a row as it is now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Token {
    pub(crate) name: Option<String>,
    pub(crate) service_user: Option<String>,
    pub(crate) expires: Option<Timestamp>,
    pub(crate) revoked: Option<Timestamp>,
    pub(crate) revoke_reason: Option<String>,
    pub(crate) successor: Option<String>,
    pub(crate) overlap_ends: Option<Timestamp>,
}

impl Token {
    pub(crate) fn title(&self) -> String {
        self.name
            .as_ref()
            .map_or_else(|| "The token".to_owned(), |name| format!("The token {name}"))
    }

    fn service_user(&self) -> String {
        self.service_user.as_ref().map_or_else(
            || "The service user of this token".to_owned(),
            |name| format!("The service user {name}"),
        )
    }
}

/// A day as people write it, or nothing where it is not known.
fn on(day: Option<Timestamp>) -> String {
    day.map_or_else(String::new, |day| format!(" on {}", day.strftime("%Y-%m-%d")))
}

/// What the request was about, as a part of a sentence.
fn thing(action: Action) -> &'static str {
    match action {
        Action::UserCreateFailed
        | Action::UserUpdateFailed
        | Action::UserDeleteFailed
        | Action::UserLookupFailed
        | Action::UserReadFailed
        | Action::UserCreated
        | Action::UserUpdated
        | Action::UserDeactivated
        | Action::UserReactivated
        | Action::UserUnchanged
        | Action::UserDeleted
        | Action::UserLookedUp => "user",
        Action::GroupCreateFailed
        | Action::GroupUpdateFailed
        | Action::GroupDeleteFailed
        | Action::GroupLookupFailed
        | Action::GroupReadFailed
        | Action::GroupCreated
        | Action::GroupUpdated
        | Action::GroupMembersChanged
        | Action::GroupUnchanged
        | Action::GroupDeleted
        | Action::GroupLookedUp => "group",
        Action::DirectoryLookedUp
        | Action::DirectoryLookupFailed
        | Action::EntitlementLookedUp
        | Action::EntitlementReadFailed
        | Action::DiscoveryFailed
        | Action::BulkFailed
        | Action::RequestRefused
        | Action::CredentialRefused
        | Action::LogGap => "resource",
    }
}

/// Why a request failed, and what to do.
#[expect(clippy::too_many_lines, reason = "one table, to be read as one")]
pub(crate) fn explain(failure: &Failure, action: Action, context: &Context) -> Explanation {
    let thing = thing(action);
    let token = &context.token;
    let says = |cause: String, fix: &str| Explanation {
        cause,
        fix: fix.to_owned(),
    };
    match failure {
        Failure::Duplicate { attribute } => {
            let wanted = context.name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
            match &context.holder {
                Some((name, id)) => says(
                    format!("Another {thing} of this organization has this {attribute} already: {name}, id {id}."),
                    "Let the identity provider match that one instead of creating it again: it finds it by looking it up \
                     first. If it is somebody else, change one of the two, or delete the old one.",
                ),
                None => says(
                    format!("Another {thing} of this organization had this {attribute} already{wanted}."),
                    "If the one that was in the way is gone by now, let the identity provider try again. Otherwise give \
                     each its own value.",
                ),
            }
        }
        Failure::VersionConflict => says(
            format!("The {thing} was changed by somebody else after the identity provider had read it, so the change was not made."),
            "Nothing, in most cases: the identity provider reads it again and repeats the change. If this comes again and \
             again, two programs are changing the same one: let only one of them do it.",
        ),
        Failure::NotFound => match action {
            Action::UserReadFailed | Action::UserUpdateFailed | Action::UserDeleteFailed => says(
                "The identity provider asked for a user by an id that does not exist here. The user was deleted, or the \
                 identity provider remembers an id from another organization or an earlier setup."
                    .to_owned(),
                "If the user was deleted on purpose, remove the assignment in the identity provider. Otherwise unassign the \
                 user there and assign it again, so that it is looked up and created anew.",
            ),
            Action::GroupReadFailed | Action::GroupUpdateFailed | Action::GroupDeleteFailed => says(
                "The identity provider asked for a group by an id that does not exist here. The group was deleted, or the \
                 identity provider remembers an id from another organization or an earlier setup."
                    .to_owned(),
                "If the group was deleted on purpose, stop pushing it in the identity provider. Otherwise unlink the group \
                 there and push it again.",
            ),
            Action::UserCreateFailed
            | Action::UserLookupFailed
            | Action::UserCreated
            | Action::UserUpdated
            | Action::UserDeactivated
            | Action::UserReactivated
            | Action::UserUnchanged
            | Action::UserDeleted
            | Action::UserLookedUp
            | Action::GroupCreateFailed
            | Action::GroupLookupFailed
            | Action::GroupCreated
            | Action::GroupUpdated
            | Action::GroupMembersChanged
            | Action::GroupUnchanged
            | Action::GroupDeleted
            | Action::GroupLookedUp
            | Action::DirectoryLookedUp
            | Action::DirectoryLookupFailed
            | Action::EntitlementLookedUp
            | Action::EntitlementReadFailed
            | Action::DiscoveryFailed
            | Action::BulkFailed
            | Action::RequestRefused
            | Action::CredentialRefused
            | Action::LogGap => says(
                "What the identity provider asked for does not exist here.".to_owned(),
                "Check the base URL in the identity provider: it ends with the id of this organization, and nothing follows.",
            ),
        },
        Failure::UnknownEndpoint => says(
            "The identity provider called an address that this gateway does not have.".to_owned(),
            "Check the base URL in the identity provider: copy it from the setup page as it is, without anything behind it.",
        ),
        Failure::MethodNotAllowed => says(
            "The identity provider used an address in a way that it is not made for.".to_owned(),
            "Check the base URL in the identity provider, and that its application is one for SCIM 2.0.",
        ),
        Failure::Unsupported => says(
            "The identity provider asked for a part of SCIM that this gateway does not offer.".to_owned(),
            "Switch that feature off in the identity provider. Provisioning of users and groups does not need it.",
        ),
        Failure::DiscoveryFilter => says(
            "The identity provider tried to filter the description of what this gateway supports, which cannot be filtered.".to_owned(),
            "Nothing to do for provisioning. A client that you have written yourself should leave the filter out.",
        ),
        Failure::WrongRole { held, needed } => says(
            format!("The token is genuine, but its service user has the role {held}, and this needs the role {needed}."),
            "Give the service user the needed role, or paste the token of another service user into the identity provider.",
        ),
        Failure::ReadOnlyToken => says(
            "The token was issued for reading alone: the client asked for the scope scim.read.".to_owned(),
            "Set the scope to scim in the identity provider, and connect it again.",
        ),
        Failure::SignInNeeded => says(
            "This needs somebody who has signed in recently.".to_owned(),
            "Sign in again, and repeat it.",
        ),
        Failure::LastOwner => says(
            "The organization would have been left without anybody who may administer it.".to_owned(),
            "Give another account the role Org Owner first.",
        ),
        Failure::Managed => says(
            format!("An identity provider manages this {thing}, so it is not changed here."),
            "Change it in the identity provider, or release it here first.",
        ),
        Failure::Blocked => says(
            "An owner of this organization has blocked this user, and the identity provider tried to activate it again."
                .to_owned(),
            "If the user should have access again, an owner has to reactivate it here first.",
        ),
        Failure::Paused => says(
            "This organization is paused, so the identity provider was told to come back later. Nothing is lost.".to_owned(),
            "Ask whoever runs this service why it is paused. Once it is resumed, the identity provider goes on by itself.",
        ),
        Failure::TooFast => says(
            "The identity provider sent more requests than this organization takes at a time, so it was told to come back \
             in a moment. Nothing is lost."
                .to_owned(),
            "Nothing, in most cases: the identity provider slows down and repeats the request. If a large first import is \
             too slow, ask for a higher limit.",
        ),
        Failure::Busy => says(
            "The gateway had too much to do at that moment. Nothing was changed.".to_owned(),
            "Nothing: the identity provider repeats the request. If this goes on for minutes, tell whoever runs this service.",
        ),
        Failure::Unavailable => says(
            "The gateway's database did not answer. Nothing was changed.".to_owned(),
            "Nothing on your side: the identity provider repeats the request. If it goes on, tell whoever runs this service.",
        ),
        Failure::Internal => says(
            "The gateway failed. This is not a mistake of yours or of your identity provider.".to_owned(),
            "Tell whoever runs this service the request id of this row: its log says what happened.",
        ),
        Failure::Abandoned => says(
            "The identity provider closed the connection before it was answered. What it asked for may have been done.".to_owned(),
            "Look at the next rows: the identity provider usually asks again. If this comes often, something between the two \
             cuts connections too early.",
        ),
        Failure::TooLarge => says(
            "The request was larger than this gateway reads.".to_owned(),
            "Send less at a time: remove large attributes such as photos from the attribute mapping, or push very large \
             groups in parts.",
        ),
        Failure::BulkTooLarge => says(
            "The identity provider put more into one bulk request than this gateway takes.".to_owned(),
            "Make the batches of the identity provider smaller. None of this one was carried out.",
        ),
        Failure::TooSlow => says(
            "The request began and did not arrive completely in time. Nothing was changed.".to_owned(),
            "Nothing, if it happens once: the identity provider repeats it. Otherwise look for a slow network or proxy in between.",
        ),
        Failure::Incomplete => says(
            "The request broke off in the middle. Nothing was changed.".to_owned(),
            "Nothing, if it happens once: the identity provider repeats it. Otherwise look for a proxy in between that cuts it off.",
        ),
        Failure::WrongMediaType => says(
            "The request was not sent as JSON text, or it was compressed.".to_owned(),
            "Choose application/scim+json as the content type in the identity provider, without compression.",
        ),
        Failure::NotAcceptable => says(
            "The identity provider said that it does not understand JSON, which is all that this gateway answers.".to_owned(),
            "Set the Accept header in the identity provider to application/scim+json, or leave it out.",
        ),
        Failure::UnknownMember => says(
            "The group lists a member that this organization does not know: that user or group has not been provisioned here, \
             or was deleted."
                .to_owned(),
            "Assign the missing person to the application in the identity provider, wait until it has been created here, and \
             push the group again.",
        ),
        Failure::Protocol(ScimType::InvalidFilter) => says(
            "The identity provider looked for something in a way that cannot be understood. The answer to it says where."
                .to_owned(),
            "Look at the attribute that the identity provider matches by: it must be one that exists here, such as userName, \
             emails.value or externalId.",
        ),
        Failure::Protocol(ScimType::TooMany) => says(
            "The search would have read too much of the directory at once.".to_owned(),
            "Let the identity provider match by an attribute that is indexed: userName, externalId or an e-mail address.",
        ),
        Failure::Protocol(ScimType::Uniqueness) => says(
            format!("Another {thing} of this organization has the same value already."),
            "Give each its own value, or let the identity provider match the one that exists.",
        ),
        Failure::Protocol(ScimType::Mutability) => says(
            "The identity provider tried to change something that it may not change, such as an id.".to_owned(),
            "Remove the attribute that the answer to it names from the attribute mapping of the identity provider.",
        ),
        Failure::Protocol(ScimType::InvalidSyntax) => says(
            "The request was not the kind of message that is expected here, or not valid JSON.".to_owned(),
            "The answer to it says what is wrong. With an ordinary application of an identity provider this does not happen: \
             check that it is one for SCIM 2.0, or tell who wrote the client.",
        ),
        Failure::Protocol(ScimType::InvalidPath) => says(
            "The identity provider tried to change an attribute that does not exist here.".to_owned(),
            "Correct the attribute that the answer to it names in the attribute mapping of the identity provider, or remove it.",
        ),
        Failure::Protocol(ScimType::NoTarget) => says(
            "The identity provider tried to change a value that is not there, such as the number of a phone that nobody added."
                .to_owned(),
            "Let the identity provider send the whole attribute once, for instance by restarting the provisioning of this user.",
        ),
        Failure::Protocol(ScimType::InvalidValue) => says(
            "A value is missing, or is not of the kind that its attribute needs.".to_owned(),
            "The answer to it names the attribute. Correct it for this person in the identity provider, or in the attribute \
             mapping.",
        ),
        Failure::Protocol(ScimType::InvalidVers) => says(
            "The identity provider speaks another version of SCIM.".to_owned(),
            "Choose SCIM 2.0 in the identity provider.",
        ),
        Failure::Protocol(ScimType::Sensitive) => says(
            "The identity provider put something confidential into the address of its request.".to_owned(),
            "Remove it from what the identity provider matches by.",
        ),
        Failure::Protocol(ScimType::InvalidCursor | ScimType::ExpiredCursor | ScimType::InvalidCount) => says(
            "The identity provider was reading a long list in pages and lost its place.".to_owned(),
            "Nothing: it begins again with the first page.",
        ),
        Failure::Argument => says(
            "A setting in the request is not allowed.".to_owned(),
            "The answer to it says which one, and what is.",
        ),
        Failure::Other => says(
            "The request was refused.".to_owned(),
            "The answer to it says why. If it does not help, tell whoever runs this service the request id of this row.",
        ),
        Failure::TokenExpired => says(
            format!("{} expired{}.", token.title(), on(token.expires)),
            "Create a new token and paste it into the identity provider.",
        ),
        Failure::TokenReplaced => says(
            match &token.successor {
                Some(successor) => format!(
                    "{} was replaced by the token {successor}{}, and is not accepted any more.",
                    token.title(),
                    on(token.overlap_ends.or(token.revoked))
                ),
                None => format!("{} was replaced{}, and is not accepted any more.", token.title(), on(token.revoked)),
            },
            "Paste the new token into the identity provider. If nobody has it any more, create another one.",
        ),
        Failure::TokenRevoked => says(
            format!("{} was revoked{}{}.", token.title(), on(token.revoked), because(token.revoke_reason.as_deref())),
            "If the identity provider is still to be connected, create a new token and paste it there. Otherwise switch \
             provisioning off in the identity provider.",
        ),
        Failure::ApprovalRevoked => says(
            format!("What {} was allowed by an owner of this organization was taken back.", token.title().replacen("The", "the", 1)),
            "Connect the identity provider again: an owner is then asked once more.",
        ),
        Failure::ServiceUserDisabled => says(
            format!("{} is disabled.", token.service_user()),
            "Enable the service user, or paste the token of another one into the identity provider.",
        ),
        Failure::ClientDisabled => says(
            format!("The OAuth client that got {} is disabled.", token.title().replacen("The", "the", 1)),
            "Enable the client, or connect the identity provider with another one.",
        ),
        Failure::WrongOrganization => says(
            format!("{} belongs to this organization, but was sent to another organization's address.", token.title()),
            "Check the base URL in the identity provider: it must be the one of this organization. Copy it from the setup page.",
        ),
    }
}

/// Why a token was revoked, as the end of a sentence.
fn because(reason: Option<&str>) -> &'static str {
    match reason {
        Some("requested") => " by somebody of this organization",
        Some("rotated") => ", because another one took its place",
        Some("rotation_cancelled") => ", because the rotation that it came of was cancelled",
        Some("all_of_service_user") => ", because all credentials of its service user were",
        Some("all_of_organization") => ", because all credentials of the organization were",
        Some("restored") => ", because all credentials were, after the database was restored from a backup",
        Some("leaked") => ", because somebody else had it: it was found in a public place",
        _ => "",
    }
}

#[cfg(test)]
#[path = "explain_tests.rs"]
mod tests;
