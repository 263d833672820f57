//! Inviting somebody to look after an organization, and withdrawing an invitation.

use actix_web::HttpResponse;
use wicketgate_auth::{Role, TokenId};

use super::path;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::{Form, Once},
    org::{Entered, enter, role},
    page::{Confirm, Section, in_words},
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 2] = ["email", "role"];

/// `GET /console/orgs/{orgId}/people/invitations/new`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?;
    entered.fresh(&call)?;
    call::page(&page(&call, &person, &entered, None))
}

/// `POST /console/orgs/{orgId}/people/invitations/new`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    entered.fresh(&call)?;
    let Ok(role) = call.form.text("role").parse::<Role>() else {
        let wrong = Wrong::at("role", "Choose one of the roles.");
        return call::again(&page(&call, &person, &entered, Some(&wrong)));
    };
    match owner.invitations().create(call.form.trimmed("email"), role).await {
        Ok((invitation, token)) => {
            let link = call
                .site()
                .at(&format!("/console/invitations/{}", token.reveal()));
            call::page(&Once {
                frame: entered.frame(&call, &person, Section::People),
                heading: format!("The invitation for {} was made", invitation.email),
                things: vec![("link", "Invitation link", &link)],
                advice: vec![format!(
                    "Send it to {} yourself: the gateway sends no e-mail. It works once, until {}, and whoever has it \
                         becomes {} of this organization.",
                    invitation.email,
                    in_words(invitation.expires),
                    invitation.role
                )],
                next: path(&entered, ""),
            })
        }
        Err(error) => {
            let wrong = Wrong::of(error, &FIELDS)?;
            call::again(&page(&call, &person, &entered, Some(&wrong)))
        }
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, entered: &'a Entered, wrong: Option<&'a Wrong>) -> Form<'a> {
    Form {
        frame: entered.frame(call, person, Section::People),
        heading: "Invite a person".to_owned(),
        wrong,
        intro: vec![
            "You get a one-time link, which is shown once and holds for three days. Whoever opens it chooses a name and a \
             password, or accepts with the account that is signed in."
                .to_owned(),
        ],
        parts: vec![
            Field::email()
                .with(call.form.trimmed("email"))
                .error(beside(wrong, "email"))
                .into(),
            role::of_account(call.form.text("role"))
                .error(beside(wrong, "role"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(entered, "/invitations/new"),
        button: "Make the invitation",
        back: Some(path(entered, "")),
    }
}

/// `GET /console/orgs/{orgId}/people/invitations/{id}/revoke`
pub(crate) async fn ask_revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let invitation = entered.owner()?.invitations().get(call.id::<TokenId>(1)?).await?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::People),
        heading: format!("Withdraw the invitation of {}?", invitation.email),
        consequences: vec![
            "Its link does not hold any more, whoever has it. To undo it, invite the same address again."
                .to_owned(),
        ],
        action: path(&entered, &format!("/invitations/{}/revoke", invitation.id)),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Withdraw the invitation",
        is_dangerous: true,
        back: path(&entered, ""),
    })
}

/// `POST /console/orgs/{orgId}/people/invitations/{id}/revoke`
pub(crate) async fn revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered
        .owner()?
        .invitations()
        .revoke(call.id::<TokenId>(1)?)
        .await?;
    Ok(call.go(&path(&entered, "?done=revoked")))
}
