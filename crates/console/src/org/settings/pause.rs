//! Pausing an organization, and serving it again.

use actix_web::HttpResponse;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::enter,
    page::{Confirm, Section},
};

/// What happens while an organization is paused.
pub(crate) const PAUSED: [&str; 3] = [
    "Every SCIM request of its identity providers is answered 429, with when to try again. Okta, Entra ID and others do \
     that by themselves, and what waited arrives later.",
    "No user and no group is changed. People keep their access to this console, and credentials stay as they are.",
    "You can resume it at any time.",
];

/// `GET /console/orgs/{orgId}/settings/pause`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::Settings),
        heading: format!("Pause {}?", entered.known.name),
        consequences: PAUSED.map(str::to_owned).to_vec(),
        action: entered.path("/settings/pause"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Pause the organization",
        is_dangerous: true,
        back: entered.path("/settings"),
    })
}

/// `POST /console/orgs/{orgId}/settings/pause`
pub(crate) async fn pause(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?.pause().await?;
    Ok(call.go(&entered.path("/settings?done=paused")))
}

/// `GET /console/orgs/{orgId}/settings/resume`
pub(crate) async fn ask_resume(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::Settings),
        heading: format!("Resume {}?", entered.known.name),
        consequences: vec![
            "Requests of its identity providers are carried out again, from the next one on. What waited there arrives \
             when they try again."
                .to_owned(),
        ],
        action: entered.path("/settings/resume"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Resume the organization",
        is_dangerous: false,
        back: entered.path("/settings"),
    })
}

/// `POST /console/orgs/{orgId}/settings/resume`
pub(crate) async fn resume(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?.resume().await?;
    Ok(call.go(&entered.path("/settings?done=resumed")))
}
