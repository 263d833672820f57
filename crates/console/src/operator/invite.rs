//! Inviting an owner of an organization.

use actix_web::HttpResponse;
use wicketgate_auth::Role;
use wicketgate_domain::Organization;

use super::{frame, fresh, operator, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::{Form, Once},
    page::in_words,
    wrong::{Wrong, beside},
};

/// `GET /console/operator/orgs/{orgId}/invite`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    call::page(&page(&call, &person, &org, None))
}

/// `POST /console/operator/orgs/{orgId}/invite`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    let entered = operator.org(org.id).await?;
    let made = entered
        .owner()?
        .invitations()
        .create(call.form.trimmed("email"), Role::OrgOwner)
        .await;
    match made {
        Ok((invitation, token)) => {
            let link = call
                .site()
                .at(&format!("/console/invitations/{}", token.reveal()));
            call::page(&Once {
                frame: frame(&call, &person),
                heading: format!("The invitation for {} was made", invitation.email),
                things: vec![("link", "Invitation link", &link)],
                advice: vec![format!(
                    "Send it to {} yourself: the gateway sends no e-mail. It works once, until {}, and whoever has it becomes \
                     Org Owner of {}.",
                    invitation.email,
                    in_words(invitation.expires),
                    org.name
                )],
                next: path(org.id, ""),
            })
        }
        Err(error) => {
            let wrong = Wrong::of(error, &["email"])?;
            call::again(&page(&call, &person, &org, Some(&wrong)))
        }
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, org: &Organization, wrong: Option<&'a Wrong>) -> Form<'a> {
    Form {
        frame: frame(call, person),
        heading: format!("Invite an owner of {}", org.name),
        wrong,
        intro: vec![
            "You get a one-time link, which is shown once and holds for three days. Its owner sets up provisioning, creates \
             credentials, and sees users, groups and logs."
                .to_owned(),
        ],
        parts: vec![
            Field::email()
                .with(call.form.trimmed("email"))
                .error(beside(wrong, "email"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(org.id, "/invite"),
        button: "Make the invitation",
        back: Some(path(org.id, "")),
    }
}
