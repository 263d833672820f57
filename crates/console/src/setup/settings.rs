//! Choosing what the organization looks users up by.

use actix_web::HttpResponse;
use wicketgate_domain::{Settings, UniqueIdentifier};

use super::Desk;
use crate::{call::Call, failure::Failure};

/// `POST …/setup/{idp}/unique-identifier`
pub(crate) async fn choose_identifier(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let guide = desk.guide()?;
    let identifier: UniqueIdentifier = call.form.text("identifier").parse()?;
    desk.owner()?
        .change_settings(move |known| {
            Ok(Settings {
                unique_identifier: identifier,
                ..known.settings.clone()
            })
        })
        .await?;
    Ok(call.go(&desk.path(&format!("/{}?done=identifier", guide.slug))))
}
