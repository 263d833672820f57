//! Handing out links for connecting an identity provider, and taking them back.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode};
use wicketgate_auth::TokenId;
use wicketgate_domain::{Error, SetupLinkInfo, SetupLinkState, SetupLinks};

use super::{Desk, choose};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    listing::{Asked, Filters, List, NEWEST_FIRST, NoneFits},
    page::{Confirm, Frame, Moment, Pager, show},
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

/// How many links a page has.
const PAGE: u16 = 50;
/// The links of an organization.
const LINKS: List = List {
    of: "setup links",
    find: Some(("link", "Find a setup link", "A part of whom it is for")),
    state: Some((
        "link-state",
        &[
            ("", "All"),
            ("open", "Open"),
            ("expired", "Expired"),
            ("revoked", "Revoked"),
        ],
    )),
    order: ("link-order", NEWEST_FIRST),
    after: "link-after",
    anchor: "#links",
};

/// A page of the links of an organization.
pub(crate) struct Links<'a> {
    /// Nothing where there is no link to find.
    pub(crate) filters: Option<Filters<'a>>,
    pub(crate) none_fits: Option<NoneFits<'a>>,
    pub(crate) listed: Vec<Listed>,
    pub(crate) pager: Pager<'a>,
}

/// The links of the organization, as its owners see them.
pub(super) async fn list<'a>(call: &'a Call, desk: &Desk) -> Result<Links<'a>, Failure> {
    let revoke = |link: &SetupLinkInfo| desk.links_path(&format!("/{}/revoke", link.id));
    page(call, desk.path(""), &desk.owner()?.setup_links(), revoke).await
}

/// The links that the address asks for, on the page of this path; `revoke` is the path of the page that asks whether to
/// revoke one.
pub(crate) async fn page<'a>(
    call: &'a Call,
    path: String,
    links: &SetupLinks<'_>,
    revoke: impl Fn(&SetupLinkInfo) -> String,
) -> Result<Links<'a>, Failure> {
    let asked = Asked::read(call, &LINKS, path)?;
    let state = match asked.state {
        "open" => Some(SetupLinkState::Open),
        "expired" => Some(SetupLinkState::Expired),
        "revoked" => Some(SetupLinkState::Revoked),
        _ => None,
    };
    let found = links.find(asked.query(state, asked.newest_first(), PAGE)).await?;
    let next = found.next.as_deref();
    Ok(Links {
        filters: (!asked.is_plain() || !found.entries.is_empty()).then(|| asked.filters()),
        none_fits: asked.none_fits(found.entries.is_empty(), next),
        pager: asked.pager(next),
        listed: found
            .entries
            .into_iter()
            .map(|link| Listed {
                revoke: revoke(&link),
                ended: match SetupLinkState::of(&link) {
                    SetupLinkState::Open => None,
                    SetupLinkState::Revoked => Some("Revoked"),
                    SetupLinkState::Expired => Some("Expired"),
                },
                label: link.label,
                created: Moment(link.created),
                expires: Moment(link.expires),
                used: link.last_used.map(Moment),
            })
            .collect(),
    })
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
