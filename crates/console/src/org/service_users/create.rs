//! Creating a service user.

use actix_web::HttpResponse;
use wicketgate_auth::Role;
use wicketgate_domain::DEFAULT_DOMAIN;

use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::Form,
    org::{Entered, enter, role},
    page::Section,
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 3] = ["name", "role", "provisioning-domain"];

/// `GET /console/orgs/{orgId}/service-users/new`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    entered.owner()?;
    call::page(&page(&call, &person, &entered, None))
}

/// `POST /console/orgs/{orgId}/service-users/new`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let entered = enter(&call, &person).await?;
    let owner = entered.owner()?;
    let Ok(role) = call.form.text("role").parse::<Role>() else {
        let wrong = Wrong::at("role", "Choose one of the roles.");
        return call::again(&page(&call, &person, &entered, Some(&wrong)));
    };
    let domain = match call.form.trimmed("provisioning-domain") {
        "" => DEFAULT_DOMAIN,
        domain => domain,
    };
    match owner
        .service_users()
        .create(call.form.trimmed("name"), role, domain)
        .await
    {
        Ok(made) => Ok(call.go(&entered.path(&format!("/service-users/{}?done=created", made.id)))),
        Err(error) => {
            let wrong = Wrong::of(error, &FIELDS)?;
            call::again(&page(&call, &person, &entered, Some(&wrong)))
        }
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, entered: &'a Entered, wrong: Option<&'a Wrong>) -> Form<'a> {
    Form {
        frame: entered.frame(call, person, Section::ServiceUsers),
        heading: "Create a service user".to_owned(),
        wrong,
        intro: vec![
            "An identity provider acts here as a service user. It has no password: it presents a token, or what it was \
             given as an OAuth client."
                .to_owned(),
        ],
        parts: vec![
            Field::text("name", "Name", "off")
                .hint("What you call it here, such as okta.")
                .with(call.form.trimmed("name"))
                .longest(200)
                .error(beside(wrong, "name"))
                .into(),
            role::of_service_user(call.form.text("role"))
                .error(beside(wrong, "role"))
                .into(),
        ],
        advanced: vec![
            Field::text("provisioning-domain", "Provisioning domain", "off")
                .hint(
                    "Whose externalId it reads and writes. Leave it empty unless several identity providers write to \
                     this organization and each has externalIds of its own.",
                )
                .with(call.form.trimmed("provisioning-domain"))
                .longest(64)
                .optional()
                .error(beside(wrong, "provisioning-domain"))
                .into(),
        ],
        is_dangerous: false,
        action: entered.path("/service-users/new"),
        button: "Create the service user",
        back: Some(entered.path("/service-users")),
    }
}
