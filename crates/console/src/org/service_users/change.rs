//! Enabling and disabling a service user, and changing what it may do.

use actix_web::HttpResponse;
use wicketgate_auth::Role;
use wicketgate_domain::ServiceUser;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    form::Form,
    org::{Entered, enter, role},
    page::{Confirm, Section},
    wrong::{Wrong, beside},
};

fn path(entered: &Entered, known: &ServiceUser, rest: &str) -> String {
    entered.path(&format!("/service-users/{}{rest}", known.id))
}

/// `GET /console/orgs/{orgId}/service-users/{id}/disable`
pub(crate) async fn ask_disable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered.owner()?.service_users().get(call.id(1)?).await?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("Disable {}?", known.name),
        consequences: vec![
            "Every token of it, and everything that its OAuth clients were given, is refused from the next request on. Its \
             identity provider is answered 401, and stops provisioning."
                .to_owned(),
            "Nothing is revoked and no user is changed. You can enable it again at any time, and the same credentials \
             are accepted again."
                .to_owned(),
        ],
        action: path(&entered, &known, "/disable"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Disable the service user",
        is_dangerous: true,
        back: path(&entered, &known, ""),
    })
}

/// `POST /console/orgs/{orgId}/service-users/{id}/disable`
pub(crate) async fn disable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered
        .owner()?
        .service_users()
        .set_active(call.id(1)?, false)
        .await?;
    Ok(call.go(&path(&entered, &known, "?done=disabled")))
}

/// `GET /console/orgs/{orgId}/service-users/{id}/enable`
pub(crate) async fn ask_enable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered.owner()?.service_users().get(call.id(1)?).await?;
    call::page(&Confirm {
        frame: entered.frame(&call, &person, Section::ServiceUsers),
        heading: format!("Enable {}?", known.name),
        consequences: vec![
            "Its tokens and OAuth clients that were not revoked and have not expired are accepted again, from the next \
             request on."
                .to_owned(),
        ],
        action: path(&entered, &known, "/enable"),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Enable the service user",
        is_dangerous: false,
        back: path(&entered, &known, ""),
    })
}

/// `POST /console/orgs/{orgId}/service-users/{id}/enable`
pub(crate) async fn enable(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered
        .owner()?
        .service_users()
        .set_active(call.id(1)?, true)
        .await?;
    Ok(call.go(&path(&entered, &known, "?done=enabled")))
}

/// `GET /console/orgs/{orgId}/service-users/{id}/role`
pub(crate) async fn ask_role(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let known = entered.owner()?.service_users().get(call.id(1)?).await?;
    call::page(&of_role(&call, &person, &entered, &known, None))
}

/// `POST /console/orgs/{orgId}/service-users/{id}/role`
pub(crate) async fn set_role(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let service_users = owner.service_users();
    let known = service_users.get(call.id(1)?).await?;
    let Ok(role) = call.form.text("role").parse::<Role>() else {
        let wrong = Wrong::at("role", "Choose one of the roles.");
        return call::again(&of_role(&call, &person, &entered, &known, Some(&wrong)));
    };
    match service_users.set_role(known.id, role).await {
        Ok(known) => Ok(call.go(&path(&entered, &known, "?done=role"))),
        Err(error) => {
            let wrong = Wrong::of(error, &["role"])?;
            call::again(&of_role(&call, &person, &entered, &known, Some(&wrong)))
        }
    }
}

fn of_role<'a>(
    call: &'a Call,
    person: &'a Person,
    entered: &'a Entered,
    known: &ServiceUser,
    wrong: Option<&'a Wrong>,
) -> Form<'a> {
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: format!("Change the role of {}", known.name),
        wrong,
        intro: vec![
            format!(
                "It is {} now. The new role holds for every credential of it, from the next request on. You can change it \
                 back at any time.",
                known.role
            ),
            "With less than Org User Manager an identity provider is answered 403 when it changes a user or a group."
                .to_owned(),
        ],
        parts: vec![
            role::of_service_user(call.form.get("role").unwrap_or(known.role.as_str()))
                .error(beside(wrong, "role"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(entered, known, "/role"),
        button: "Change the role",
        back: Some(path(entered, known, "")),
    }
}
