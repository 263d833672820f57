//! One-time links by which people get a role in an organization.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_domain::Invitation;

use super::{
    Answer, Call, Org,
    accounts::{AccountRole, ROLES, TAG},
    once::Begun,
    openapi::{Doc, body, shape},
    page, reply, time,
};

/// An invitation that waits, without its link.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invitation)]
struct Shown {
    /// Its public id.
    id: String,
    /// Whom it was made for.
    email: String,
    /// What that person will be.
    #[schema(value_type = String)]
    role: &'static str,
    /// When it was made.
    created_at: String,
    /// From when on it does not hold any more.
    expires_at: String,
}

impl Shown {
    fn new(invitation: Invitation) -> Self {
        Self {
            id: invitation.id.to_string(),
            email: invitation.email,
            role: invitation.role.as_str(),
            created_at: time(invitation.created),
            expires_at: time(invitation.expires),
        }
    }
}

/// Whom to invite, as what.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewInvitation {
    /// The person's e-mail address.
    email: String,
    role: AccountRole,
}

/// An invitation with its link.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct IssuedInvitation {
    /// Where the person accepts it. It is shown only now, works once, and for 72 hours.
    link: String,
    #[serde(flatten)]
    invitation: Shown,
}

pub(super) const LIST: Doc = Doc::list(
    "listInvitations",
    TAG,
    "The invitations that nobody has accepted, in the order of their ids. Some may have expired.",
    shape::<Shown>,
);

/// `GET /admin/v1/orgs/{orgId}/invitations`.
pub(super) async fn list(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    let query = call.http.query(&[page::LIMIT, page::CURSOR])?;
    page::by_key(
        &call.http,
        &query,
        async |after, limit| owner.invitations().page(after, limit).await,
        |invitation| invitation.id.to_string(),
        Shown::new,
    )
    .await
}

pub(super) const CREATE: Doc = Doc::creation(
    "createInvitation",
    TAG,
    "Invite a person to look after the organization. Needs a recent sign-in.",
    body::<NewInvitation>,
    shape::<IssuedInvitation>,
);

/// `POST /admin/v1/orgs/{orgId}/invitations`.
pub(super) async fn create(mut call: Call<Org>) -> Answer {
    call.door.owner()?;
    call.door.require_fresh()?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let email = fields.text("email");
    let role = fields.parsed("role", ROLES);
    let (email, role) = fields.finish(email.zip(role))?;
    let (invitation, token) = call.door.owner()?.invitations().create(&email, role).await?;
    let issued = IssuedInvitation {
        link: format!(
            "{}/console/invitations/{}",
            call.http.surface.public_url,
            token.reveal()
        ),
        invitation: Shown::new(invitation),
    };
    call.created(None, &issued).await
}

pub(super) const REVOKE: Doc = Doc::act("revokeInvitation", TAG, "Withdraw an invitation.");

/// `DELETE /admin/v1/orgs/{orgId}/invitations/{id}`.
pub(super) async fn revoke(call: Call<Org>) -> Answer {
    let owner = call.door.owner()?;
    owner.invitations().revoke(call.http.id(0)?).await?;
    Ok(reply::done())
}
