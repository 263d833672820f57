//! Accounts that look after the installation.

use serde::Serialize;
use utoipa::ToSchema;
use wicketgate_domain::Operator;

use super::{
    Answer, Call,
    once::Begun,
    openapi::{Doc, body, shape},
};

/// Whom to invite.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a body that is read member by member")]
struct NewOperatorInvitation {
    /// The person's e-mail address.
    email: String,
}

/// A one-time link by which a person becomes an operator.
#[derive(Serialize, ToSchema)]
struct OperatorInvitation {
    /// Whom it was made for.
    email: String,
    /// Where the person accepts it. It is shown only now, works once, and for 72 hours.
    link: String,
}

pub(super) const INVITE: Doc = Doc::creation(
    "inviteOperator",
    "Operators",
    "Invite somebody to look after the installation. Needs a recent sign-in.",
    body::<NewOperatorInvitation>,
    shape::<OperatorInvitation>,
);

/// `POST /admin/v1/operators/invitations`.
pub(super) async fn invite(mut call: Call<Operator>) -> Answer {
    call.door.require_fresh()?;
    let mut fields = match call.begin().await? {
        Begun::First(fields) => fields,
        Begun::Repeated(answer) => return Ok(answer),
    };
    let email = fields.text("email");
    let email = fields.finish(email)?;
    let token = call.door.invite(&email).await?;
    let invitation = OperatorInvitation {
        email: email.trim().to_owned(),
        link: format!(
            "{}/console/invitations/{}",
            call.http.surface.public_url,
            token.reveal()
        ),
    };
    call.created(None, &invitation).await
}
