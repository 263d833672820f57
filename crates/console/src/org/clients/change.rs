//! What becomes of a client: its redirect URIs, whether it is accepted, what owners allowed it, and its end.

use actix_web::HttpResponse;
use wicketgate_auth::oauth::RedirectUri;
use wicketgate_domain::{Client, GrantId};

use super::{home, kind::redirect_uris, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    form::{Form, Lines},
    org::{Entered, enter},
    page::{Confirm, Section},
    wrong::{Wrong, beside},
};

/// A question about a client.
fn question<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    client: &Client,
    (heading, consequences): (String, &[&str]),
    (rest, button): (&str, &'a str),
) -> Confirm<'a> {
    Confirm {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading,
        consequences: consequences.iter().map(|&text| text.to_owned()).collect(),
        action: path(entered, client.id, rest),
        hidden: Vec::new(),
        fields: Vec::new(),
        button,
        is_dangerous: rest != "/enable",
        back: path(entered, client.id, ""),
    }
}

/// `GET /console/orgs/{orgId}/clients/{id}/disable`
pub(crate) async fn ask_disable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let client = entered.owner()?.clients().get(call.id(1)?).await?;
    call::page(&question(
        &call,
        &person,
        &entered,
        &client,
        (
            format!("Disable {}?", client.name),
            &[
                "It gets no tokens any more, and those that it holds are refused from the next request on. Its identity \
                 provider is answered 401, and stops provisioning.",
                "Nothing is revoked. You can enable it again at any time.",
            ],
        ),
        ("/disable", "Disable the client"),
    ))
}

/// `POST /console/orgs/{orgId}/clients/{id}/disable`
pub(crate) async fn disable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let id = call.id(1)?;
    entered.owner()?.clients().set_active(id, false).await?;
    Ok(call.go(&path(&entered, id, "?done=disabled")))
}

/// `GET /console/orgs/{orgId}/clients/{id}/enable`
pub(crate) async fn ask_enable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let client = entered.owner()?.clients().get(call.id(1)?).await?;
    call::page(&question(
        &call,
        &person,
        &entered,
        &client,
        (
            format!("Enable {}?", client.name),
            &["What it was given, and has not been revoked and has not expired, is accepted again."],
        ),
        ("/enable", "Enable the client"),
    ))
}

/// `POST /console/orgs/{orgId}/clients/{id}/enable`
pub(crate) async fn enable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let id = call.id(1)?;
    entered.owner()?.clients().set_active(id, true).await?;
    Ok(call.go(&path(&entered, id, "?done=enabled")))
}

/// `GET /console/orgs/{orgId}/clients/{id}/delete`
pub(crate) async fn ask_delete(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let client = entered.owner()?.clients().get(call.id(1)?).await?;
    call::page(&question(
        &call,
        &person,
        &entered,
        &client,
        (
            format!("Delete {}?", client.name),
            &[
                "The client is deleted with its secrets, its redirect URIs, what owners allowed it, and every token that it \
                 was given. All of it is refused from the next request on, and its identity provider stops provisioning.",
                "This cannot be undone: a new client has another client ID. To stop it for a while, disable it instead.",
                "No user and no group is changed.",
            ],
        ),
        ("/delete", "Delete the client"),
    ))
}

/// `POST /console/orgs/{orgId}/clients/{id}/delete`
pub(crate) async fn delete(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    let holder = owner.service_users().get(client.service_user).await?;
    owner.clients().delete(client.id).await?;
    Ok(call.go(&format!("{}?done=client-deleted", home(&entered, &holder))))
}

/// `GET /console/orgs/{orgId}/clients/{id}/redirect-uris`
pub(crate) async fn ask_redirect_uris(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let client = entered.owner()?.clients().get(call.id(1)?).await?;
    call::page(&of_redirect_uris(&call, &person, &entered, &client, None))
}

/// `POST /console/orgs/{orgId}/clients/{id}/redirect-uris`
pub(crate) async fn set_redirect_uris(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    let wrong = match redirect_uris(call.form.text("redirect-uri")) {
        Ok(uris) => match owner.clients().set_redirect_uris(client.id, uris).await {
            Ok(()) => return Ok(call.go(&path(&entered, client.id, "?done=redirect-uris"))),
            Err(error) => Wrong::of(error, &["redirect-uri"])?,
        },
        Err(wrong) => wrong,
    };
    call::again(&of_redirect_uris(&call, &person, &entered, &client, Some(&wrong)))
}

fn of_redirect_uris<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    client: &Client,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    let known = client
        .redirect_uris
        .iter()
        .map(RedirectUri::as_str)
        .collect::<Vec<_>>()
        .join("\n");
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: format!("Change the redirect URIs of {}", client.name),
        wrong,
        intro: vec![
            "An owner who allows the client in the browser is sent back to one of these addresses and to no other one. \
             Without any, nobody can allow it, and it gets tokens by client credentials alone."
                .to_owned(),
        ],
        parts: vec![
            Lines::new(
                "redirect-uri",
                "Redirect URIs",
                "One in each line, exactly as the identity provider shows them. They replace those that are there.",
            )
            .with(call.form.get("redirect-uri").unwrap_or(&known))
            .optional()
            .error(beside(wrong, "redirect-uri"))
            .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(entered, client.id, "/redirect-uris"),
        button: "Change the redirect URIs",
        back: Some(path(entered, client.id, "")),
    }
}

/// `GET /console/orgs/{orgId}/clients/{id}/grants/{id}/revoke`
pub(crate) async fn ask_revoke_grant(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let client = entered.owner()?.clients().get(call.id(1)?).await?;
    let grant = grant(&call)?;
    call::page(&question(
        &call,
        &person,
        &entered,
        &client,
        (
            format!("Take back the access of {}?", client.name),
            &[
                "Every token that came of this permission is refused from the next request on. Its identity provider is \
                 answered 401, and stops provisioning until an owner allows it again.",
                "This cannot be undone, but an owner can allow the client anew from the identity provider.",
            ],
        ),
        (&format!("/grants/{grant}/revoke"), "Take back the access"),
    ))
}

/// `POST /console/orgs/{orgId}/clients/{id}/grants/{id}/revoke`
pub(crate) async fn revoke_grant(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let client = owner.clients().get(call.id(1)?).await?;
    owner.grants().revoke(grant(&call)?).await?;
    Ok(call.go(&path(&entered, client.id, "?done=grant-revoked")))
}

fn grant(call: &Call) -> Result<GrantId, Failure> {
    Ok(GrantId::parse(call.segments.get(2).ok_or(Failure::NotFound)?)?)
}
