//! Creating an organization.

use actix_web::HttpResponse;

use super::{HOME, frame, operator, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::Field,
    form::Form,
    wrong::{Wrong, beside},
};

/// `GET /console/operator/orgs/new`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    operator(&call, &person).await?;
    call::page(&page(&call, &person, None))
}

/// `POST /console/operator/orgs/new`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    match operator.create_org(call.form.trimmed("name")).await {
        Ok(org) => Ok(call.go(&path(org.id, "?done=created"))),
        Err(error) => {
            let wrong = Wrong::of(error, &["name"])?;
            call::again(&page(&call, &person, Some(&wrong)))
        }
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, wrong: Option<&'a Wrong>) -> Form<'a> {
    Form {
        frame: frame(call, person),
        heading: "Create an organization".to_owned(),
        wrong,
        intro: vec![
            "An organization is a customer: with its own SCIM base URL, its own credentials, its own settings and its own \
             people who look after it. Nothing of it is visible to another one."
                .to_owned(),
        ],
        parts: vec![
            Field::text("name", "Name", "off")
                .hint("What people call it, such as Acme.")
                .with(call.form.trimmed("name"))
                .longest(200)
                .error(beside(wrong, "name"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: format!("{HOME}/orgs/new"),
        button: "Create the organization",
        back: Some(HOME.to_owned()),
    }
}
