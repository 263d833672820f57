//! What owners do with one user. Each act asks first, and says what will happen.

use std::str::FromStr;

use actix_web::HttpResponse;
use wicketgate_domain::{DirectoryUser, Error, UserId};

use super::{called, id};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    org::{Entered, enter},
    page::{Confirm, Section},
};

/// An act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Deactivate,
    Reactivate,
    Delete,
    Restore,
    Release,
}

impl FromStr for Act {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        [
            Self::Deactivate,
            Self::Reactivate,
            Self::Delete,
            Self::Restore,
            Self::Release,
        ]
        .into_iter()
        .find(|act| act.word() == text)
        .ok_or(Failure::NotFound)
    }
}

impl Act {
    const fn word(self) -> &'static str {
        match self {
            Self::Deactivate => "deactivate",
            Self::Reactivate => "reactivate",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Release => "release",
        }
    }

    fn read(call: &Call) -> Result<Self, Failure> {
        call.segments.get(2).ok_or(Failure::NotFound)?.parse()
    }

    const fn button(self) -> &'static str {
        match self {
            Self::Deactivate => "Deactivate the user",
            Self::Reactivate => "Reactivate the user",
            Self::Delete => "Delete the user",
            Self::Restore => "Restore the user",
            Self::Release => "Release the user",
        }
    }

    const fn is_dangerous(self) -> bool {
        match self {
            Self::Deactivate | Self::Delete | Self::Release => true,
            Self::Reactivate | Self::Restore => false,
        }
    }

    fn question(self, name: &str) -> String {
        match self {
            Self::Deactivate => format!("Deactivate {name}?"),
            Self::Reactivate => format!("Reactivate {name}?"),
            Self::Delete => format!("Delete {name}?"),
            Self::Restore => format!("Restore {name}?"),
            Self::Release => format!("Release {name} from the identity provider?"),
        }
    }

    /// What will happen, and whether it can be undone.
    fn consequences(self, found: &DirectoryUser, grace_days: u16) -> Vec<String> {
        let groups = |count: usize| match count {
            0 => "no group".to_owned(),
            1 => "1 group".to_owned(),
            count => format!("{count} groups"),
        };
        let direct = found.user.groups.iter().filter(|group| group.direct).count();
        match self {
            Self::Deactivate => vec![
                "The user becomes inactive for every application that reads from this gateway. Its attributes and groups \
                 stay."
                    .to_owned(),
                "It stays blocked: no identity provider can activate it until an Org Owner reactivates it here.".to_owned(),
            ],
            Self::Reactivate if found.custody.managed_by.is_some() => vec![
                "The block is lifted. Whether the user is active is then again for its identity provider to say."
                    .to_owned(),
                "You can block it again after you have released it.".to_owned(),
            ],
            Self::Reactivate => vec![
                "The user becomes active for every application that reads from this gateway.".to_owned(),
                "You can deactivate it again at any time.".to_owned(),
            ],
            Self::Delete => vec![
                format!(
                    "The user is gone for every application that reads from this gateway, and leaves {}. Its user name is \
                     free at once.",
                    groups(direct)
                ),
                match grace_days {
                    0 => "It cannot be restored.".to_owned(),
                    1 => "It can be restored here for 1 day, and is then removed for good.".to_owned(),
                    days => format!("It can be restored here for {days} days, and is then removed for good."),
                },
            ],
            Self::Restore => vec![
                format!(
                    "The user comes back with the same id and the attributes it had, and into {} as far as they are still \
                     there.",
                    groups(found.deletion.as_ref().map_or(0, |deletion| deletion.groups.len()))
                ),
                "No identity provider manages it until one writes it. If it is still assigned there, the identity \
                 provider takes it up again; if not, it stays as it is."
                    .to_owned(),
            ],
            Self::Release => vec![
                "The user stays as it is, and is no longer managed by the identity provider: you can deactivate or delete \
                 it here. What the identity provider calls it is forgotten."
                    .to_owned(),
                "If the identity provider writes the user again, it manages it again. To keep it released, unassign the \
                 user there."
                    .to_owned(),
            ],
        }
    }

    /// Why it cannot be done to this user as it is now.
    fn obstacle(self, found: &DirectoryUser) -> Option<&'static str> {
        let is_deleted = found.deletion.is_some();
        let is_managed = found.custody.managed_by.is_some();
        match self {
            Self::Restore => (!is_deleted).then_some("This user was not deleted."),
            _ if is_deleted => Some("This user was deleted. Restore it first."),
            Self::Release => (!is_managed).then_some("No identity provider manages this user."),
            Self::Reactivate if is_managed && found.custody.blocked.is_some() => None,
            Self::Deactivate | Self::Reactivate | Self::Delete => is_managed.then_some(
                "An identity provider manages this user and would change it back. Change it there, or release the user \
                 here first.",
            ),
        }
    }

    async fn carry_out(self, entered: &Entered, id: UserId) -> Result<(), Error> {
        let owner = entered.owner()?;
        let directory = owner.directory();
        match self {
            Self::Deactivate => directory.deactivate_user(id).await.map(drop),
            Self::Reactivate => directory.reactivate_user(id).await.map(drop),
            Self::Delete => directory.delete_user(id).await,
            Self::Restore => directory.restore_user(id).await.map(drop),
            Self::Release => directory.release_user(id).await.map(drop),
        }
    }
}

/// `GET /console/orgs/{orgId}/users/{id}/{act}`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let act = Act::read(&call)?;
    entered.owner()?;
    let found = entered.viewer()?.directory().user(id(&call)?).await?;
    if let Some(obstacle) = act.obstacle(&found) {
        return Err(Failure::refused(
            actix_web::http::StatusCode::CONFLICT,
            "This cannot be done now",
            obstacle,
        ));
    }
    let path = entered.path(&format!("/users/{}", found.user.id));
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::Users),
        heading: act.question(&called(&found.user)),
        consequences: act.consequences(&found, entered.org.settings().grace_days),
        action: format!("{path}/{}", act.word()),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: act.button(),
        is_dangerous: act.is_dangerous(),
        back: path,
    })
}

/// `POST /console/orgs/{orgId}/users/{id}/{act}`
pub(crate) async fn run(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let act = Act::read(&call)?;
    let id = id(&call)?;
    match act.carry_out(&entered, id).await {
        Ok(()) => {}
        Err(Error::AlreadyExists { .. }) => {
            return Err(Failure::refused(
                actix_web::http::StatusCode::CONFLICT,
                "The user name is taken",
                "Nothing was changed. Another user has taken the user name meanwhile: rename or delete that one first.",
            ));
        }
        Err(other) => return Err(other.into()),
    }
    if act == Act::Delete && entered.org.settings().grace_days == 0 {
        // Nothing is left of it that could be shown.
        return Ok(call.go(&entered.path("/users")));
    }
    Ok(call.go(&entered.path(&format!("/users/{id}?done={}", act.word()))))
}
