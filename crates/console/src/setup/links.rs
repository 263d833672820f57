//! Handing out links for connecting an identity provider, and taking them back.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode};
use wicketgate_auth::TokenId;
use wicketgate_domain::{Error, SetupLinkInfo};

use super::{Desk, choose};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    page::{Confirm, Frame, Moment, show},
    return_to::ReturnTo,
};

/// What is said once one was taken back.
pub(crate) const REVOKED: &str = "The link was revoked. It opens nothing from now on.";

/// `POST …/setup-links`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let desk = Desk::of(&call, person).await?;
    let days: Option<u64> = call.form.trimmed("days").parse().ok();
    let life = days.and_then(|days| Some(Duration::from_hours(days.checked_mul(24)?)));
    let made = desk
        .owner()?
        .setup_links()
        .create(call.form.trimmed("label"), life.unwrap_or_default())
        .await;
    let wrong = match made {
        Ok((_, token)) => {
            let link = call.site().at(&format!("/console/setup/{}", token.reveal()));
            return call::page(&choose::page(&call, &desk, Some(link), choose::Wrong::default()).await?);
        }
        Err(Error::Refused { field: "label", fix }) => choose::Wrong {
            label: Some(fix),
            days: None,
        },
        Err(Error::Refused { fix, .. }) => choose::Wrong {
            label: None,
            days: Some(fix),
        },
        Err(Error::ReauthenticationNeeded) => {
            return Err(Failure::Reauthenticate(ReturnTo::or_home(Some(&desk.path("")))));
        }
        Err(error) => return Err(error.into()),
    };
    let page = choose::page(&call, &desk, None, wrong).await?;
    Ok(show(StatusCode::UNPROCESSABLE_ENTITY, &page))
}

fn id(desk: &Desk) -> Result<TokenId, Failure> {
    desk.first()?.parse().map_err(|_| Failure::NotFound)
}

/// `GET …/setup-links/{id}/revoke`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let desk = Desk::of(&call, person).await?;
    let link = desk.owner()?.setup_links().get(id(&desk)?).await?;
    call::page(&Confirm::revoking_link(
        desk.frame(&call),
        &link.label,
        desk.links_path(&format!("/{}/revoke", link.id)),
        desk.path(""),
    ))
}

/// `POST …/setup-links/{id}/revoke`
pub(crate) async fn revoke(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let desk = Desk::of(&call, person).await?;
    desk.owner()?.setup_links().revoke(id(&desk)?).await?;
    Ok(call.go(&desk.path("?done=link")))
}

/// A link in the list.
pub(crate) struct Listed {
    pub(crate) label: String,
    pub(crate) created: Moment,
    pub(crate) expires: Moment,
    pub(crate) used: Option<Moment>,
    /// What became of it, where it does not hold any more.
    pub(crate) ended: Option<&'static str>,
    /// The path of the page that asks whether to revoke it.
    pub(crate) revoke: String,
}

/// The links of the organization, as its owners see them.
pub(super) async fn list(desk: &Desk) -> Result<Vec<Listed>, Failure> {
    let links = desk.owner()?.setup_links().list().await?;
    let revoke = |link: &SetupLinkInfo| desk.links_path(&format!("/{}/revoke", link.id));
    Ok(links
        .into_iter()
        .map(|link| listed(revoke(&link), link))
        .collect())
}

/// One of them; `revoke` is the path of the page that asks whether to revoke it.
pub(crate) fn listed(revoke: String, link: SetupLinkInfo) -> Listed {
    Listed {
        revoke,
        label: link.label,
        created: Moment(link.created),
        expires: Moment(link.expires),
        used: link.last_used.map(Moment),
        ended: match (link.is_open, link.revoked.is_some()) {
            (true, _) => None,
            (false, true) => Some("Revoked"),
            (false, false) => Some("Expired"),
        },
    }
}

impl<'f> Confirm<'f> {
    /// Asks whether to revoke the link that was made for `label`.
    pub(crate) fn revoking_link(frame: Frame<'f>, label: &str, action: String, back: String) -> Self {
        Self {
            frame,
            heading: format!("Revoke the setup link for {label}?"),
            consequences: vec![
                "Whoever has the link can do nothing more with it, from the next request on. This cannot be undone; \
                 another link can be made."
                    .to_owned(),
                "Tokens and clients that were made through it stay. Owners revoke them on the page of the identity \
                 provider."
                    .to_owned(),
            ],
            action,
            hidden: Vec::new(),
            fields: Vec::new(),
            button: "Revoke the link",
            is_dangerous: true,
            back,
        }
    }
}
