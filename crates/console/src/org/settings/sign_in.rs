//! The identity providers through which the people of an organization sign in to the console.

use actix_web::HttpResponse;
use askama::Template;
use wicketgate_auth::Plaintext;
use wicketgate_domain::IdentityProvider;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::Form,
    org::{Entered, enter},
    page::{Confirm, Frame, Moment, Notice, Section, address},
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 4] = ["name", "issuer", "client-id", "client-secret"];

#[derive(Template)]
#[template(path = "settings/sign_in.html")]
struct Page<'a> {
    frame: Frame<'a>,
    notice: Option<Notice>,
    settings: String,
    set: String,
    address_of_own: String,
    rows: Vec<Row>,
}

struct Row {
    name: String,
    issuer: String,
    client_id: String,
    created: Moment,
    change: String,
    remove: String,
}

/// `GET /console/orgs/{orgId}/settings/sign-in`
pub(crate) async fn list(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let found = entered.owner()?.identity_providers().list().await?;
    let of = |rest: &str, provider: &IdentityProvider| {
        address(&path(&entered, rest), &[("issuer", &provider.issuer)])
    };
    call::page(&Page {
        frame: entered.frame(&call, &person, Section::Settings),
        notice: call.query.get("done").and_then(done).map(Notice::done),
        settings: entered.path("/settings"),
        set: path(&entered, "/set"),
        address_of_own: call.site().at(&format!("/console/sign-in/{}", entered.org.id())),
        rows: found
            .into_iter()
            .map(|provider| Row {
                change: of("/set", &provider),
                remove: of("/remove", &provider),
                name: provider.name,
                issuer: provider.issuer,
                client_id: provider.client_id,
                created: Moment(provider.created),
            })
            .collect(),
    })
}

fn path(entered: &Entered, rest: &str) -> String {
    entered.path(&format!("/settings/sign-in{rest}"))
}

/// What was done on the page before. Only what is known is said: the word comes from the address.
fn done(word: &str) -> Option<&'static str> {
    match word {
        "set" => {
            Some("The identity provider is set up. People bind their account to it on their account page.")
        }
        "removed" => Some("The identity provider was removed. Sessions that it had vouched for have ended."),
        _ => None,
    }
}

/// The provider of the issuer that the query names, if the organization has it.
async fn named(call: &Call, entered: &Entered) -> Result<Option<IdentityProvider>, Failure> {
    let issuer = call.query.text("issuer");
    let found = entered.owner()?.identity_providers().list().await?;
    Ok(found.into_iter().find(|provider| provider.issuer == issuer))
}

/// `GET /console/orgs/{orgId}/settings/sign-in/set`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = named(&call, &entered).await?;
    entered.fresh(&call)?;
    call::page(&page(&call, &person, &entered, (known.as_ref(), None)))
}

/// `POST /console/orgs/{orgId}/settings/sign-in/set`
pub(crate) async fn set(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    entered.fresh(&call)?;
    let secret = Plaintext::new(call.form.text("client-secret").to_owned());
    let set = owner
        .identity_providers()
        .set(
            call.form.trimmed("name"),
            call.form.trimmed("issuer"),
            call.form.trimmed("client-id"),
            &secret,
        )
        .await;
    match set {
        Ok(_) => Ok(call.go(&path(&entered, "?done=set"))),
        Err(error) => {
            let wrong = Wrong::of(error, &FIELDS)?;
            let known = named(&call, &entered).await?;
            call::again(&page(&call, &person, &entered, (known.as_ref(), Some(&wrong))))
        }
    }
}

fn page<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    (known, wrong): (Option<&IdentityProvider>, Option<&'a Wrong>),
) -> Form<'a> {
    let of = |of: fn(&IdentityProvider) -> &str| known.map(of).unwrap_or_default();
    let line = |name: &'static str, label, known: &str, hint: &str| {
        Field::text(name, label, "off")
            .with(call.form.get(name).unwrap_or(known))
            .hint(hint)
            .error(beside(wrong, name))
    };
    Form {
        frame: entered.frame(call, person, Section::Settings),
        heading: match known {
            Some(provider) => format!("Change {}", provider.name),
            None => "Add an identity provider for signing in".to_owned(),
        },
        wrong,
        intro: vec![format!(
            "Register an OpenID Connect web application at the provider, with the redirect URI {}. Then copy what it shows \
             into this form. The secret is kept encrypted, and never shown again.",
            call.site().at("/console/provider")
        )],
        parts: vec![
            line(
                "name",
                "Name",
                of(|known| &known.name),
                "What the button says, such as Okta.",
            )
            .into(),
            line(
                "issuer",
                "Issuer",
                of(|known| &known.issuer),
                "Exactly as the provider's metadata has it, such as https://id.example.com.",
            )
            .into(),
            line(
                "client-id",
                "Client ID",
                of(|known| &known.client_id),
                "Of the web application.",
            )
            .into(),
            Field::password("client-secret", "Client secret", "off")
                .hint("Of the web application. It replaces the one from before.")
                .error(beside(wrong, "client-secret"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: address(&path(entered, "/set"), &[("issuer", call.query.text("issuer"))]),
        button: "Save the identity provider",
        back: Some(path(entered, "")),
    }
}

/// `GET /console/orgs/{orgId}/settings/sign-in/remove`
pub(crate) async fn ask_remove(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = named(&call, &entered).await?.ok_or(Failure::NotFound)?;
    entered.fresh(&call)?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::Settings),
        heading: format!("Remove {}?", known.name),
        consequences: vec![
            "Nobody signs in through it any more, and whoever is signed in through a provider of this organization is \
             signed out. What was bound to it is forgotten."
                .to_owned(),
            "People who have no password need an invitation or a link to a new password to come back. Make sure that an \
             Org Owner has a password."
                .to_owned(),
        ],
        action: address(&path(&entered, "/remove"), &[("issuer", &known.issuer)]),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Remove the identity provider",
        is_dangerous: true,
        back: path(&entered, ""),
    })
}

/// `POST /console/orgs/{orgId}/settings/sign-in/remove`
pub(crate) async fn remove(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    entered.fresh(&call)?;
    owner
        .identity_providers()
        .remove(call.query.text("issuer"))
        .await?;
    Ok(call.go(&path(&entered, "?done=removed")))
}
