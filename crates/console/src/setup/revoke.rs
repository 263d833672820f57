//! Ending a credential of an identity provider, after a question.

use actix_web::HttpResponse;
use wicketgate_auth::{TokenId, oauth::ClientId};

use super::Desk;
use crate::{
    call::{self, Call},
    failure::Failure,
    page::Confirm,
};

/// `GET …/setup/{idp}/tokens/{id}/revoke`
pub(crate) async fn ask_token(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let (guide, id) = (desk.guide()?, token_id(&desk)?);
    let connection = desk.setup()?.connection(guide.service_user).await?;
    let connection = connection.ok_or(Failure::NotFound)?;
    let token = connection.tokens.iter().find(|token| token.id == id);
    let token = token.ok_or(Failure::NotFound)?;
    let others = connection.tokens.len() - 1;
    call::page(&Confirm {
        frame: desk.frame(&call),
        heading: format!("Revoke the token {}?", token.name),
        consequences: vec![
            format!(
                "{} is refused from the next request on if it still uses the token that ends in {}. This cannot be undone.",
                guide.name, token.hint
            ),
            match others {
                0 => {
                    "There is no other token: provisioning stops until you make one and paste it.".to_owned()
                }
                1 => "One other token stays accepted.".to_owned(),
                others => format!("{others} other tokens stay accepted."),
            },
        ],
        action: desk.path(&format!("/{}/tokens/{id}/revoke", guide.slug)),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Revoke the token",
        is_dangerous: true,
        back: desk.path(&format!("/{}", guide.slug)),
    })
}

/// `POST …/setup/{idp}/tokens/{id}/revoke`
pub(crate) async fn token(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let (guide, id) = (desk.guide()?, token_id(&desk)?);
    desk.setup()?.revoke_token(guide.service_user, id).await?;
    Ok(call.go(&desk.path(&format!("/{}?done=token", guide.slug))))
}

/// `GET …/setup/{idp}/clients/{id}/delete`
pub(crate) async fn ask_client(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let (guide, id) = (desk.guide()?, client_id(&desk)?);
    let connection = desk.setup()?.connection(guide.service_user).await?;
    let connection = connection.ok_or(Failure::NotFound)?;
    if !connection.clients.iter().any(|client| client.id == id) {
        return Err(Failure::NotFound);
    }
    call::page(&Confirm {
        frame: desk.frame(&call),
        heading: format!("Delete the OAuth client {id}?"),
        consequences: vec![
            format!(
                "{} is refused from the next request on if it still uses this client. Its secret and every token that was \
                 issued to it end with it. This cannot be undone.",
                guide.name
            ),
            "To connect again, make another client and paste its id and secret.".to_owned(),
        ],
        action: desk.path(&format!("/{}/clients/{id}/delete", guide.slug)),
        hidden: Vec::new(),
        fields: Vec::new(),
        button: "Delete the client",
        is_dangerous: true,
        back: desk.path(&format!("/{}?with=oauth", guide.slug)),
    })
}

/// `POST …/setup/{idp}/clients/{id}/delete`
pub(crate) async fn client(call: Call, desk: Desk) -> Result<HttpResponse, Failure> {
    let (guide, id) = (desk.guide()?, client_id(&desk)?);
    desk.setup()?.delete_client(guide.service_user, id).await?;
    Ok(call.go(&desk.path(&format!("/{}?with=oauth&done=client", guide.slug))))
}

fn token_id(desk: &Desk) -> Result<TokenId, Failure> {
    desk.thing()?.parse().map_err(|_| Failure::NotFound)
}

fn client_id(desk: &Desk) -> Result<ClientId, Failure> {
    desk.thing()?.parse().map_err(|_| Failure::NotFound)
}
