//! Signing out.

use actix_web::HttpResponse;

use crate::{
    call::{self, Call, Person},
    cookie::Cookie,
    failure::Failure,
};

/// `POST /console/sign-out`
pub(crate) async fn run(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    person.session.sign_out().await?;
    let mut response = call.go("/console/sign-in");
    call::set(&mut response, &Cookie::Session.forget(call.site()));
    Ok(response)
}
