//! What happens to every request for a page: it gets an id, a panic in it is caught, whoever asks is checked before the
//! page is reached, and its answer is stamped and logged. What a page shows is decided further in.

use std::time::Instant;

use actix_web::{
    HttpRequest, HttpResponse,
    dev::Payload,
    http::{Method, header::ALLOW},
    web::{self, Data},
};

use crate::{
    Console, body,
    call::Call,
    cross_site,
    failure::Failure,
    form_token,
    panics::{Panicked, caught},
    policy,
    recover::gone,
    request_id::RequestId,
    route::{self, Miss, Route, Serve},
};

/// Answers a request for a page, whichever it is.
pub(crate) async fn serve(
    console: Data<Console>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let started = Instant::now();
    let in_flight = console.gateway.metrics().requests.begin();
    let id = RequestId::fresh();
    let mut payload = payload.into_inner();
    let found = route::find(request.path(), method_of(&request));
    let name = found.as_ref().map_or("(none)", |(route, _)| route.path);

    let work = answer(&console, &request, &mut payload, found, id);
    let answered = caught(work).await.unwrap_or_else(|Panicked(message)| {
        tracing::error!(request.id = %id, panic = message, "a request panicked");
        Err(Failure::Internal)
    });
    let mut response = answered.unwrap_or_else(|failure| failure.answer(&console.site, id));

    id.stamp(&mut response);
    policy::stamp(&console.site, &mut response);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    console.measured.answered(name, method_of(&request), status, took);
    drop(in_flight);
    tracing::info!(
        http.method = %request.method(),
        http.route = name,
        http.status = status,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        request.id = %id,
        "request"
    );
    // A body that was read to its end is not held: its connection may be used again.
    match payload {
        Payload::None => response,
        payload => body::hold(payload, response),
    }
}

/// A page may also be asked for without its body.
fn method_of(request: &HttpRequest) -> &str {
    if request.method() == Method::HEAD {
        "GET"
    } else {
        request.method().as_str()
    }
}

async fn answer(
    console: &Data<Console>,
    request: &HttpRequest,
    payload: &mut Payload,
    found: Result<(&'static Route, Vec<String>), Miss>,
    id: RequestId,
) -> Result<HttpResponse, Failure> {
    let (route, segments) = match found {
        Ok(found) => found,
        Err(Miss::Path) => return Err(Failure::NotFound),
        Err(Miss::Method { allow }) => {
            let mut response = Failure::Method.answer(&console.site, id);
            if let Ok(value) = allow.parse() {
                response.headers_mut().insert(ALLOW, value);
            }
            return Ok(response);
        }
    };
    let is_safe = route.method == "GET";
    // Before anything is read: what another site sends changes nothing, and costs nothing.
    if !is_safe && !cross_site::is_ours(&console.site, request.headers()) {
        return Err(Failure::CrossSite);
    }
    let form = if is_safe {
        None
    } else {
        let form = body::read(request.headers(), payload)
            .await
            .map_err(Failure::Form)?;
        *payload = Payload::None;
        Some(form)
    };
    let call = Call::new(
        Data::clone(console),
        request,
        id,
        segments,
        form.as_ref().map(|form| form.as_slice()),
    );
    match route.serve {
        Serve::Open(page) => page(call).await,
        Serve::Session(page) => {
            let Some(person) = call.person().await? else {
                return Err(Failure::SignIn(call.here()));
            };
            let given = call.form.get("form_token");
            if !is_safe && !form_token::fits(&console.gateway, &person.session_id(), given) {
                return Err(Failure::CrossSite);
            }
            page(call, person).await
        }
        Serve::Link(page) => {
            let Some(guest) = call.guest().await? else {
                return Err(gone());
            };
            let given = call.form.get("form_token");
            if !is_safe && !form_token::fits(&console.gateway, &guest.visit.id(), given) {
                return Err(Failure::CrossSite);
            }
            page(call, guest).await
        }
    }
}
