//! Pausing, resuming and deleting an organization. Each asks first.

use actix_web::HttpResponse;
use wicketgate_domain::{ExportFirst, Organization};

use super::{frame, fresh, operator, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::{Field, Tick},
    form::Form,
    org::settings::pause::PAUSED,
    page::Confirm,
    wrong::{Wrong, beside},
};

/// `GET /console/operator/orgs/{orgId}/pause`
pub(crate) async fn ask_pause(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    call::page(&Confirm {
        frame: frame(&call, &person),
        heading: format!("Pause {}?", org.name),
        consequences: PAUSED.map(str::to_owned).to_vec(),
        action: path(org.id, "/pause"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Pause the organization",
        is_dangerous: true,
        back: path(org.id, ""),
    })
}

/// `POST /console/operator/orgs/{orgId}/pause`
pub(crate) async fn pause(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let id = call.id(0)?;
    fresh(&operator, &call)?;
    operator.org(id).await?.owner()?.pause().await?;
    Ok(call.go(&path(id, "?done=paused")))
}

/// `GET /console/operator/orgs/{orgId}/resume`
pub(crate) async fn ask_resume(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    call::page(&Confirm {
        frame: frame(&call, &person),
        heading: format!("Resume {}?", org.name),
        consequences: vec![
            "It is served again, from the next request on. Its credentials that were not revoked and have not expired are \
             accepted, and its people find it in the console."
                .to_owned(),
        ],
        action: path(org.id, "/resume"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Resume the organization",
        is_dangerous: false,
        back: path(org.id, ""),
    })
}

/// `POST /console/operator/orgs/{orgId}/resume`
pub(crate) async fn resume(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let id = call.id(0)?;
    fresh(&operator, &call)?;
    operator.org(id).await?.owner()?.resume().await?;
    Ok(call.go(&path(id, "?done=resumed")))
}

/// `GET /console/operator/orgs/{orgId}/delete`
pub(crate) async fn ask_delete(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    call::page(&of_deletion(&call, &person, &org, None))
}

/// `POST /console/operator/orgs/{orgId}/delete`
pub(crate) async fn delete(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    let wrong = if call.form.trimmed("name") == org.name {
        let export = if call.form.get("no-export").is_some() {
            ExportFirst::NotWanted
        } else {
            ExportFirst::Required
        };
        match operator.delete_org(org.id, export).await {
            Ok(()) => return Ok(call.go(&path(org.id, "?done=deleted"))),
            Err(error) => Wrong::of(error, &[])?,
        }
    } else {
        Wrong::at(
            "name",
            "This is not its name. Write it as it stands in the heading.",
        )
    };
    call::again(&of_deletion(&call, &person, &org, Some(&wrong)))
}

fn of_deletion<'a>(
    call: &'a Call,
    person: &'a Person,
    org: &Organization,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    Form {
        frame: frame(call, person),
        heading: format!("Delete {}?", org.name),
        wrong,
        intro: vec![
            format!(
                "No credential of it is accepted any more, from the next request on, and its people do not find it in the \
                 console. It has {} users and {} groups.",
                org.users, org.groups
            ),
            "You can resume it for 30 days. After that everything that it owns is purged, and nobody can bring it back."
                .to_owned(),
            format!(
                "It must have been exported within the last 24 hours: run wicketgate export --org {} --output FILE first. \
                 Or say below that no export is wanted.",
                org.id
            ),
        ],
        parts: vec![
            Field::text("name", "Its name", "off")
                .hint("Write the name of the organization, so that you do not delete another one.")
                .with(call.form.trimmed("name"))
                .error(beside(wrong, "name"))
                .into(),
            Tick::new("no-export", "No export is wanted", call.form.get("no-export").is_some()).into(),
        ],
        advanced: Vec::new(),
        is_dangerous: true,
        action: path(org.id, "/delete"),
        button: "Delete the organization",
        back: Some(path(org.id, "")),
    }
}
