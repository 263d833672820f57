//! Making what an identity provider connects with, in one step. What is secret of it is in the answer, and nowhere else.

use std::time::Duration;

use actix_web::HttpResponse;
use wicketgate_auth::oauth::okta_redirect_uris;
use wicketgate_domain::{Error, RefreshRotation};

use super::{
    Desk,
    guide::Makes,
    show::{Made, Wrong, again, with},
};
use crate::{call::Call, failure::Failure, return_to::ReturnTo};

/// `POST …/setup/{idp}`
pub(crate) async fn run(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let guide = desk.guide()?;
    let way = desk.way(guide, call.form.text("with"))?;
    let setup = desk.setup()?;
    let made = match way.makes {
        Makes::Token => {
            let Some(life) = Life::parse(call.form.text("life")) else {
                return again(&call, &desk, wrong_life("Choose one of the lives.")).await;
            };
            setup
                .make_token(guide.service_user, life.0)
                .await
                .map(|(_, token)| Made {
                    token: Some(token.reveal().to_owned()),
                    client: None,
                })
        }
        Makes::Client => setup
            .make_client(guide.service_user, Vec::new(), RefreshRotation::default())
            .await
            .map(|(client, secret)| Made {
                token: None,
                client: Some((client.id.to_string(), secret.reveal().to_owned())),
            }),
        Makes::OktaClient => {
            let Ok(uris) = okta_redirect_uris(call.form.trimmed("app")) else {
                let text =
                    "Write the name as Okta shows it: 1 to 100 letters, digits, hyphens and underscores.";
                let wrong = Wrong {
                    app: Some(text.to_owned()),
                    ..Wrong::default()
                };
                return again(&call, &desk, wrong).await;
            };
            // Okta is not known to keep another refresh token than its first one.
            setup
                .make_client(guide.service_user, uris.to_vec(), RefreshRotation::Never)
                .await
                .map(|(client, secret)| Made {
                    token: None,
                    client: Some((client.id.to_string(), secret.reveal().to_owned())),
                })
        }
    };
    match made {
        Ok(made) => with(&call, &desk, &made).await,
        Err(Error::Refused {
            field: "expires-in",
            fix,
        }) => again(&call, &desk, wrong_life(&fix)).await,
        Err(Error::Refused { fix, .. }) => {
            let wrong = Wrong {
                notice: Some(format!("Nothing was made: {fix}.")),
                ..Wrong::default()
            };
            again(&call, &desk, wrong).await
        }
        Err(Error::ReauthenticationNeeded) => {
            let path = format!("{}?with={}", desk.path(&format!("/{}", guide.slug)), way.word);
            Err(Failure::Reauthenticate(ReturnTo::or_home(Some(&path))))
        }
        Err(error) => Err(error.into()),
    }
}

fn wrong_life(text: &str) -> Wrong {
    Wrong {
        life: Some(text.to_owned()),
        ..Wrong::default()
    }
}

/// A life that was chosen: so long, or without an end.
struct Life(Option<Duration>);

impl Life {
    /// Reads a number of days, or `never`.
    fn parse(text: &str) -> Option<Self> {
        if text == "never" {
            return Some(Self(None));
        }
        let days: u64 = text.parse().ok()?;
        Some(Self(Some(Duration::from_hours(days.checked_mul(24)?))))
    }
}
