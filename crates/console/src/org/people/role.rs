//! Changing what somebody may do in an organization, and removing somebody.

use actix_web::HttpResponse;
use wicketgate_auth::{AccountId, Role};
use wicketgate_domain::OrgAccount;

use super::path;
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    form::Form,
    org::{Entered, enter, role},
    page::Section,
    wrong::{Wrong, beside},
};

/// The account that the path names, for an owner who has shown recently enough who it is.
async fn found(call: &Call, entered: &Entered) -> Result<OrgAccount, Failure> {
    let account = entered.owner()?.accounts().get(call.id::<AccountId>(1)?).await?;
    entered.fresh(call)?;
    Ok(account)
}

/// `GET /console/orgs/{orgId}/people/{id}/role`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let account = found(&call, &entered).await?;
    call::page(&of_role(&call, &person, &entered, &account, None))
}

/// `POST /console/orgs/{orgId}/people/{id}/role`
pub(crate) async fn set(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let account = found(&call, &entered).await?;
    let wrong = match call.form.text("role").parse::<Role>() {
        Err(_) => Wrong::at("role", "Choose one of the roles."),
        Ok(role) => match entered.owner()?.accounts().set_role(account.id, role).await {
            Ok(()) => return Ok(call.go(&path(&entered, "?done=role"))),
            Err(error) => Wrong::of(error, &["role"])?,
        },
    };
    call::again(&of_role(&call, &person, &entered, &account, Some(&wrong)))
}

fn of_role<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    account: &OrgAccount,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    let mut intro = vec![format!(
        "{} is {} now. The new role holds from the next page on that the person opens.",
        account.email, account.role
    )];
    if account.id == person.session.account().id {
        intro.push(
            "This is your own account. As an Org Viewer you cannot change it back yourself.".to_owned(),
        );
    }
    Form {
        frame: entered.frame(call, person, Section::People),
        heading: format!("Change the role of {}", account.display_name),
        wrong,
        intro,
        parts: vec![
            role::of_account(call.form.get("role").unwrap_or(account.role.as_str()))
                .error(beside(wrong, "role"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(entered, &format!("/{}/role", account.id)),
        button: "Change the role",
        back: Some(path(entered, "")),
    }
}

/// `GET /console/orgs/{orgId}/people/{id}/remove`
pub(crate) async fn ask_remove(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let account = found(&call, &entered).await?;
    call::page(&of_removal(&call, &person, &entered, &account, None))
}

/// `POST /console/orgs/{orgId}/people/{id}/remove`
pub(crate) async fn remove(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let account = found(&call, &entered).await?;
    match entered.owner()?.accounts().remove(account.id).await {
        // Whoever removes oneself sees nothing of the organization any more.
        Ok(()) if account.id == person.session.account().id => Ok(call.go("/console")),
        Ok(()) => Ok(call.go(&path(&entered, "?done=removed"))),
        Err(error) => {
            let wrong = Wrong::of(error, &[])?;
            call::again(&of_removal(&call, &person, &entered, &account, Some(&wrong)))
        }
    }
}

fn of_removal<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    account: &OrgAccount,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    let who = if account.id == person.session.account().id {
        "You see".to_owned()
    } else {
        format!("{} sees", account.email)
    };
    Form {
        frame: entered.frame(call, person, Section::People),
        heading: format!("Remove {} from {}?", account.display_name, entered.known.name),
        wrong,
        intro: vec![
            format!(
                "{who} nothing of this organization any more, from the next page on. The account itself stays, with its \
                 roles in other organizations. Service users and tokens stay as they are."
            ),
            "To undo it, invite the same address again.".to_owned(),
        ],
        parts: Vec::new(),
        advanced: Vec::new(),
        is_dangerous: true,
        action: path(entered, &format!("/{}/remove", account.id)),
        button: "Remove the person",
        back: Some(path(entered, "")),
    }
}
