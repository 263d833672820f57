//! Another secret for a client, and revoking one.

use actix_web::HttpResponse;
use wicketgate_auth::TokenId;
use wicketgate_domain::Client;

use super::path;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    form::{Form, Once},
    org::{Entered, enter, life},
    page::{Confirm, Section},
    wrong::{Wrong, beside},
};

/// `GET /console/orgs/{orgId}/clients/{id}/secrets/new`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let client = entered.owner()?.clients().get(call.id(1)?).await?;
    entered.fresh(&call)?;
    call::page(&page(&call, &person, &entered, &client, None))
}

/// `POST /console/orgs/{orgId}/clients/{id}/secrets/new`
pub(crate) async fn add(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    entered.fresh(&call)?;
    let life = match life::parse(call.form.text("expires-in")) {
        Ok(life) => life,
        Err(wrong) => return call::again(&page(&call, &person, &entered, &client, Some(&wrong))),
    };
    match owner.clients().add_secret(client.id, life).await {
        Ok((_, secret)) => call::page(&Once {
            frame: entered.frame(&call, &person, Section::ServiceUsers),
            heading: format!("A secret of {} was added", client.name),
            things: vec![("client-secret", "Client secret", secret.reveal())],
            advice: vec![
                "The secrets that the client had are accepted as before. Revoke the old one once your identity provider \
                 has this one."
                    .to_owned(),
            ],
            next: path(&entered, client.id, ""),
        }),
        Err(error) => {
            let wrong = Wrong::of(error, &["expires-in"])?;
            call::again(&page(&call, &person, &entered, &client, Some(&wrong)))
        }
    }
}

fn page<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    client: &Client,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: format!("Add a secret to {}", client.name),
        wrong,
        intro: vec![
            "The new secret is shown once, on the next page. It is accepted beside those that the client has.".to_owned(),
        ],
        parts: vec![
            life::choice("Expires after", 730, true, call.form.get("expires-in"))
                .error(beside(wrong, "expires-in"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(entered, client.id, "/secrets/new"),
        button: "Add the secret",
        back: Some(path(entered, client.id, "")),
    }
}

/// `GET /console/orgs/{orgId}/clients/{id}/secrets/{id}/revoke`
pub(crate) async fn ask_revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    let id: TokenId = call.id(2)?;
    let secrets = owner.clients().secrets(client.id).await?;
    let secret = secrets
        .into_iter()
        .find(|secret| secret.id == id)
        .ok_or(Failure::NotFound)?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("Revoke a secret of {}?", client.name),
        consequences: vec![
            format!(
                "The secret that ends in {} is refused from the next request on. An identity provider that still has it \
                 gets no new access token, and stops provisioning when the one it holds expires, after an hour at most.",
                secret.hint
            ),
            "This cannot be undone.".to_owned(),
        ],
        action: path(&entered, client.id, &format!("/secrets/{id}/revoke")),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Revoke the secret",
        is_dangerous: true,
        back: path(&entered, client.id, ""),
    })
}

/// `POST /console/orgs/{orgId}/clients/{id}/secrets/{id}/revoke`
pub(crate) async fn revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    owner.clients().revoke_secret(client.id, call.id(2)?).await?;
    Ok(call.go(&path(&entered, client.id, "?done=secret-revoked")))
}
