//! Creating a token.

use actix_web::HttpResponse;
use wicketgate_domain::ServiceUser;

use super::home;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::{Form, Once},
    org::{Entered, enter, life},
    page::Section,
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 2] = ["name", "expires-in"];

/// `GET /console/orgs/{orgId}/service-users/{id}/tokens/new`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered.owner()?.service_users().get(call.id(1)?).await?;
    entered.fresh(&call)?;
    call::page(&page(&call, &person, &entered, &known, None))
}

/// `POST /console/orgs/{orgId}/service-users/{id}/tokens/new`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let known = owner.service_users().get(call.id(1)?).await?;
    entered.fresh(&call)?;
    let life = match life::parse(call.form.text("expires-in")) {
        Ok(life) => life,
        Err(wrong) => return call::again(&page(&call, &person, &entered, &known, Some(&wrong))),
    };
    match owner
        .tokens()
        .create(known.id, call.form.trimmed("name"), life)
        .await
    {
        Ok((token, secret)) => {
            let scim_base = call.site().at(&format!("/scim/v2/{}", entered.org.id()));
            call::page(&Once {
                frame: entered.frame(&call, &person, Section::ServiceUsers),
                heading: format!("The token {} was created", token.name),
                things: vec![
                    ("token", "Token", secret.reveal()),
                    ("scim-base", "SCIM base URL", &scim_base),
                ],
                advice: vec![
                    "Paste the token into your identity provider, where it asks for an API token, a secret token or a \
                     bearer token. The SCIM base URL goes into the field for the base URL or tenant URL; you find it \
                     again on the page of the service user."
                        .to_owned(),
                ],
                next: home(&entered, &known, ""),
            })
        }
        Err(error) => {
            let wrong = Wrong::of(error, &FIELDS)?;
            call::again(&page(&call, &person, &entered, &known, Some(&wrong)))
        }
    }
}

fn page<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    known: &ServiceUser,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    let settings = entered.org.settings();
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: format!("Create a token for {}", known.name),
        wrong,
        intro: vec![
            format!(
                "Whoever has the token acts here as {}, with the role {}. It is shown once, on the next page.",
                known.name, known.role
            ),
        ],
        parts: vec![
            Field::text("name", "Name", "off")
                .hint("What you call it here, such as okta-2026.")
                .with(call.form.trimmed("name"))
                .longest(200)
                .error(beside(wrong, "name"))
                .into(),
            life::choice(
                "Expires after",
                settings.longest_token_days,
                settings.endless_tokens,
                call.form.get("expires-in"),
            )
            .hint(
                "You are warned 30, 14, 7 and 1 days before. Replace it by a rotation, and provisioning goes on without \
                 a gap.",
            )
            .error(beside(wrong, "expires-in"))
            .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: home(entered, known, "/tokens/new"),
        button: "Create the token",
        back: Some(home(entered, known, "")),
    }
}
