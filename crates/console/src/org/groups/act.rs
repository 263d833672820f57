//! What owners do with one group: releasing and deleting it. Each act asks first, and says what will happen.

use actix_web::{HttpResponse, http::StatusCode};

use super::{called, id};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::enter,
    page::{Confirm, Section},
};

/// An act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Release,
    Delete,
}

impl Act {
    fn read(call: &Call) -> Result<Self, Failure> {
        match call.segments.get(2).map(String::as_str) {
            Some("release") => Ok(Self::Release),
            Some("delete") => Ok(Self::Delete),
            Some(_) | None => Err(Failure::NotFound),
        }
    }
}

/// `GET /console/orgs/{orgId}/groups/{id}/{act}`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let act = Act::read(&call)?;
    entered.owner()?;
    let found = entered.viewer()?.directory().group(id(&call)?).await?;
    let refused = |text| Failure::refused(StatusCode::CONFLICT, "This cannot be done now", text);
    let path = entered.path(&format!("/groups/{}", found.group.id));
    let name = called(&found.group);
    let (heading, consequences, action, button) = match (act, found.managed_by.is_some()) {
        (Act::Release, false) => return Err(refused("No identity provider manages this group.")),
        (Act::Delete, true) => {
            return Err(refused(
                "An identity provider manages this group and would push it again. Delete it there, or release the group \
                 here first.",
            ));
        }
        (Act::Release, true) => (
            format!("Release {name} from the identity provider?"),
            vec![
                "The group and its members stay as they are. It is no longer managed by the identity provider: you can \
                 delete it here. What the identity provider calls it is forgotten."
                    .to_owned(),
                "If the identity provider writes the group again, it manages it again. To keep it released, stop pushing \
                 it there."
                    .to_owned(),
            ],
            "release",
            "Release the group",
        ),
        (Act::Delete, false) => (
            format!("Delete {name}?"),
            vec![
                format!(
                    "The group is gone for every application that reads from this gateway. {}",
                    match found.group.member_count {
                        0 => "It has no members.".to_owned(),
                        1 => "Its 1 member stays, without this group.".to_owned(),
                        count => format!("Its {count} members stay, without this group."),
                    }
                ),
                "This cannot be undone.".to_owned(),
            ],
            "delete",
            "Delete the group",
        ),
    };
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::Groups),
        heading,
        consequences,
        action: format!("{path}/{action}"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button,
        is_dangerous: true,
        back: path,
    })
}

/// `POST /console/orgs/{orgId}/groups/{id}/{act}`
pub(crate) async fn run(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let act = Act::read(&call)?;
    let id = id(&call)?;
    let owner = entered.owner()?;
    match act {
        Act::Release => {
            owner.directory().release_group(id).await?;
            Ok(call.go(&entered.path(&format!("/groups/{id}?done=release"))))
        }
        Act::Delete => {
            owner.directory().delete_group(id).await?;
            Ok(call.go(&entered.path("/groups?done=delete")))
        }
    }
}
