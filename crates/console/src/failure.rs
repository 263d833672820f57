//! What is shown when something is refused or fails: one place for pages, as the other surfaces have theirs. What is wrong
//! with a form is shown in that form and is no failure.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template;
use wicketgate_domain::Error;

use crate::{
    Site,
    body::Unreadable,
    page::{Frame, see_other, show},
    request_id::RequestId,
    return_to::ReturnTo,
};

/// Why there is no page.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nothing is here, or nothing that this person may see.
    NotFound,
    /// The path is for another method.
    Method,
    /// Another site sent it, or it was made for another session.
    CrossSite,
    /// The form could not be read.
    Form(Unreadable),
    /// Somebody has to sign in first.
    SignIn(ReturnTo),
    /// Somebody has to show again who it is.
    Reauthenticate(ReturnTo),
    /// It is refused, for a reason that people understand.
    Refused {
        /// The status.
        status: StatusCode,
        /// The heading of the page.
        heading: &'static str,
        /// What happened and what to do.
        text: String,
    },
    /// A use case failed.
    Domain(Error),
    /// A defect of ours.
    Internal,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Domain(error)
    }
}

#[derive(Template)]
#[template(path = "failure.html")]
struct Page<'a> {
    frame: Frame<'a>,
    heading: &'a str,
    text: &'a str,
    link: Option<(&'a str, &'a str)>,
    request_id: Option<String>,
}

const HOME: Option<(&str, &str)> = Some(("/console", "Go to the console"));

impl Failure {
    /// A refusal that people understand.
    pub(crate) fn refused(status: StatusCode, heading: &'static str, text: impl Into<String>) -> Self {
        Self::Refused {
            status,
            heading,
            text: text.into(),
        }
    }

    /// The answer.
    pub(crate) fn answer(&self, site: &Site, id: RequestId) -> HttpResponse {
        let page = |status, heading, text: &str| {
            show(
                status,
                &Page {
                    frame: Frame::alone(site),
                    heading,
                    text,
                    link: HOME,
                    request_id: None,
                },
            )
        };
        match self {
            Self::NotFound => page(
                StatusCode::NOT_FOUND,
                "There is no such page",
                "The address may be mistyped, or what it showed is gone, or it belongs to an organization that you \
                 have no role in.",
            ),
            Self::Method => page(
                StatusCode::METHOD_NOT_ALLOWED,
                "This page cannot do that",
                "Go back and use the buttons of the page.",
            ),
            Self::CrossSite => page(
                StatusCode::FORBIDDEN,
                "This did not come from a page of the console",
                "Nothing was changed. The page you sent may have been open since before you signed in: go back, load \
                 it again, and send it once more.",
            ),
            Self::Form(Unreadable::Type) => page(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "This is not a form",
                "The console takes what its own forms send.",
            ),
            Self::Form(Unreadable::TooLarge) => page(
                StatusCode::PAYLOAD_TOO_LARGE,
                "This is too long",
                "Nothing was changed. Go back and shorten what you typed.",
            ),
            Self::Form(Unreadable::Incomplete) => page(
                StatusCode::REQUEST_TIMEOUT,
                "The form did not arrive",
                "Nothing was changed. Check your connection, go back and send it again.",
            ),
            Self::SignIn(to) => see_other(&site.at(&to.after("/console/sign-in"))),
            Self::Reauthenticate(to) => see_other(&site.at(&to.after("/console/reauthenticate"))),
            Self::Refused {
                status,
                heading,
                text,
            } => page(*status, heading, text),
            Self::Domain(error) => of_domain(error, site, id),
            Self::Internal => internal(site, id),
        }
    }
}

fn of_domain(error: &Error, site: &Site, id: RequestId) -> HttpResponse {
    let page = |status, heading: &'static str, text: String| {
        Failure::refused(status, heading, text).answer(site, id)
    };
    match error {
        Error::NotFound => Failure::NotFound.answer(site, id),
        Error::Forbidden { .. } | Error::ReadOnly => page(
            StatusCode::FORBIDDEN,
            "Your role does not allow this",
            format!("Nothing was changed: {error}."),
        ),
        Error::ReauthenticationNeeded => Failure::Reauthenticate(ReturnTo::home()).answer(site, id),
        Error::AlreadyExists { .. }
        | Error::VersionMismatch { .. }
        | Error::LastOwner
        | Error::Managed { .. }
        | Error::Blocked => page(
            StatusCode::CONFLICT,
            "This cannot be done now",
            format!("Nothing was changed: {error}."),
        ),
        Error::Invalid(_) | Error::Refused { .. } => page(
            StatusCode::BAD_REQUEST,
            "This was not understood",
            format!("Nothing was changed. {error}."),
        ),
        Error::Busy => {
            let mut response = page(
                StatusCode::TOO_MANY_REQUESTS,
                "Too much is going on",
                "Nothing was changed. Wait a few seconds and try again.".to_owned(),
            );
            response.headers_mut().insert(
                actix_web::http::header::RETRY_AFTER,
                actix_web::http::header::HeaderValue::from_static("5"),
            );
            response
        }
        Error::Unavailable(source) => {
            tracing::error!(request.id = %id, error = %error, cause = %source, "a page failed");
            show(
                StatusCode::SERVICE_UNAVAILABLE,
                &Page {
                    frame: Frame::alone(site),
                    heading: "The database does not answer",
                    text: "Try again in a minute. If this stays, tell the operator of this gateway.",
                    link: None,
                    request_id: Some(id.to_string()),
                },
            )
        }
        Error::Internal(source) => {
            tracing::error!(request.id = %id, error = %error, cause = %source, "a page failed");
            internal(site, id)
        }
    }
}

fn internal(site: &Site, id: RequestId) -> HttpResponse {
    show(
        StatusCode::INTERNAL_SERVER_ERROR,
        &Page {
            frame: Frame::alone(site),
            heading: "The gateway failed",
            text: "This is a defect of the gateway. Its operator finds the cause in the log, under the number below.",
            link: HOME,
            request_id: Some(id.to_string()),
        },
    )
}
