//! Rotating a token: a new one is issued, both are accepted for a while, and then the old one is refused.

use std::time::Duration;

use actix_web::HttpResponse;
use wicketgate_domain::{DEFAULT_OVERLAP, PersonalAccessToken, ServiceUser};

use super::{found, home};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Choice,
    form::{Form, Once},
    org::{Entered, enter},
    page::{Confirm, Section, in_words},
    wrong::{Wrong, beside},
};

/// For how many days both tokens may be accepted.
const OVERLAPS: [u64; 5] = [1, 3, 7, 14, 30];
const DAY: Duration = Duration::from_hours(24);

/// `GET /console/orgs/{orgId}/service-users/{id}/tokens/{id}/rotate`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.fresh(&call)?;
    call::page(&page(&call, &person, &entered, (&service_user, &token), None))
}

/// `POST /console/orgs/{orgId}/service-users/{id}/tokens/{id}/rotate`
pub(crate) async fn start(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.fresh(&call)?;
    let chosen = call.form.text("overlap").parse::<u64>().ok();
    let Some(days) = chosen.filter(|days| OVERLAPS.contains(days)) else {
        let wrong = Wrong::at("overlap", "Choose one of the list.");
        return call::again(&page(
            &call,
            &person,
            &entered,
            (&service_user, &token),
            Some(&wrong),
        ));
    };
    let overlap = Duration::from_hours(days * 24);
    match entered.owner()?.tokens().start_rotation(token.id, overlap).await {
        Ok(rotation) => call::page(&Once {
            frame: entered.frame(&call, &person, Section::ServiceUsers),
            heading: format!("The new token {} was created", rotation.successor.name),
            things: vec![("token", "New token", rotation.secret.reveal())],
            advice: vec![
                format!(
                    "Put it in the place of the old one in your identity provider. The old token, which ends in {}, is \
                     accepted for {days} more {}.",
                    token.hint,
                    if days == 1 { "day" } else { "days" }
                ),
                "Complete the rotation on the page of the service user once the new token has been used there. Or cancel \
                 it, and everything is as before."
                    .to_owned(),
            ],
            next: home(&entered, &service_user, ""),
        }),
        Err(error) => {
            let wrong = Wrong::of(error, &["overlap"])?;
            call::again(&page(&call, &person, &entered, (&service_user, &token), Some(&wrong)))
        }
    }
}

fn page<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    (service_user, token): (&ServiceUser, &PersonalAccessToken),
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    let usual = (DEFAULT_OVERLAP.as_secs() / DAY.as_secs()).to_string();
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: format!("Rotate the token {}", token.name),
        wrong,
        intro: vec![
            format!(
                "A new token of the same name and life is created for {}, and shown once. The old one, which ends in {}, \
                 is accepted beside it for as long as you choose, and then refused.",
                service_user.name, token.hint
            ),
            "Meanwhile you can complete the rotation, which refuses the old token at once, or cancel it, which refuses \
             the new one."
                .to_owned(),
        ],
        parts: vec![
            Choice::of(
                "overlap",
                "Accept the old token for",
                OVERLAPS.map(|days| {
                    (
                        days.to_string(),
                        format!("{days} {}", if days == 1 { "day" } else { "days" }),
                    )
                }),
            )
            .with(call.form.get("overlap").unwrap_or(&usual))
            .hint("Long enough for you to put the new one into your identity provider.")
            .error(beside(wrong, "overlap"))
            .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: home(entered, service_user, &format!("/tokens/{}/rotate", token.id)),
        button: "Start the rotation",
        back: Some(home(entered, service_user, "")),
    }
}

/// What is known of the new token's use, for whoever is about to refuse the old one.
fn heard_of(successor: Option<&PersonalAccessToken>) -> String {
    match successor.and_then(|token| token.last_used.as_ref()) {
        Some(used) => format!("The new token was last used on {}.", in_words(used.at)),
        None => "The new token has not been used yet, as far as it has been written down: about a minute late. If your \
                 identity provider still has the old one, it is answered 401 and stops provisioning."
            .to_owned(),
    }
}

/// `GET /console/orgs/{orgId}/service-users/{id}/tokens/{id}/complete`
pub(crate) async fn ask_complete(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.fresh(&call)?;
    let successor = match token.successor {
        Some(successor) => Some(entered.owner()?.tokens().get(successor).await?),
        None => None,
    };
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("Complete the rotation of {}?", token.name),
        consequences: vec![
            format!(
                "The old token, which ends in {}, is refused from the next request on. This cannot be undone. The new one \
                 stays as it is.",
                token.hint
            ),
            heard_of(successor.as_ref()),
        ],
        action: home(&entered, &service_user, &format!("/tokens/{}/complete", token.id)),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Complete the rotation",
        is_dangerous: true,
        back: home(&entered, &service_user, ""),
    })
}

/// `POST /console/orgs/{orgId}/service-users/{id}/tokens/{id}/complete`
pub(crate) async fn complete(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.fresh(&call)?;
    entered.owner()?.tokens().complete_rotation(token.id).await?;
    Ok(call.go(&home(&entered, &service_user, "?done=rotated")))
}

/// `GET /console/orgs/{orgId}/service-users/{id}/tokens/{id}/cancel`
pub(crate) async fn ask_cancel(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.fresh(&call)?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("Cancel the rotation of {}?", token.name),
        consequences: vec![
            format!(
                "The new token is refused from the next request on, and for good. The old one, which ends in {}, is \
                 accepted for as long as it was issued for.",
                token.hint
            ),
            "If your identity provider has the new token already, put the old one back there first, or complete the \
             rotation instead."
                .to_owned(),
        ],
        action: home(&entered, &service_user, &format!("/tokens/{}/cancel", token.id)),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Cancel the rotation",
        is_dangerous: true,
        back: home(&entered, &service_user, ""),
    })
}

/// `POST /console/orgs/{orgId}/service-users/{id}/tokens/{id}/cancel`
pub(crate) async fn cancel(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let (service_user, token) = found(&call, &entered).await?;
    entered.fresh(&call)?;
    entered.owner()?.tokens().cancel_rotation(token.id).await?;
    Ok(call.go(&home(&entered, &service_user, "?done=rotation-cancelled")))
}
