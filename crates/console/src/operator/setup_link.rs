//! A link by which a customer's administrator connects an identity provider without an account.

use std::time::Duration;

use actix_web::HttpResponse;
use wicketgate_domain::Organization;

use super::{frame, fresh, operator, path};
use crate::{
    call::{self, Call, Person},
    failure::Failure,
    field::{Choice, Field},
    form::{Form, Once},
    page::in_words,
    wrong::{Wrong, beside},
};

const FIELDS: [&str; 2] = ["label", "expires-in"];
/// For how many days a link may hold.
const DAYS: [u64; 4] = [1, 7, 14, 30];
/// For how many days it holds where nobody has chosen.
const USUAL: &str = "7";

/// `GET /console/operator/orgs/{orgId}/setup-link`
pub(crate) async fn ask(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    call::page(&page(&call, &person, &org, None))
}

/// `POST /console/operator/orgs/{orgId}/setup-link`
pub(crate) async fn create(call: Call, person: Person) -> Result<HttpResponse, Failure> {
    let operator = operator(&call, &person).await?;
    let org = operator.show(call.id(0)?).await?;
    fresh(&operator, &call)?;
    let chosen = call.form.text("expires-in").parse::<u64>().ok();
    let Some(days) = chosen.filter(|days| DAYS.contains(days)) else {
        let wrong = Wrong::at("expires-in", "Choose one of the list.");
        return call::again(&page(&call, &person, &org, Some(&wrong)));
    };
    let entered = operator.org(org.id).await?;
    let life = Duration::from_hours(days * 24);
    let made = entered
        .owner()?
        .setup_links()
        .create(call.form.trimmed("label"), life)
        .await;
    match made {
        Ok((made, token)) => {
            let link = call.site().at(&format!("/console/setup/{}", token.reveal()));
            call::page(&Once {
                frame: frame(&call, &person),
                heading: format!("The setup link for {} was made", made.label),
                things: vec![("link", "Setup link", &link)],
                advice: vec![
                    format!(
                        "Hand it to the customer's administrator yourself: the gateway sends no e-mail. Until {}, whoever \
                         has it connects an identity provider to {}, sees whether it works, and nothing else.",
                        in_words(made.expires),
                        org.name
                    ),
                    "It is in the list of the organization's setup links, where you can revoke it; its owners can, on the page \
                     Set up provisioning."
                        .to_owned(),
                ],
                next: path(org.id, "/setup-links"),
            })
        }
        Err(error) => {
            let wrong = Wrong::of(error, &FIELDS)?;
            call::again(&page(&call, &person, &org, Some(&wrong)))
        }
    }
}

fn page<'a>(call: &'a Call, person: &'a Person, org: &Organization, wrong: Option<&'a Wrong>) -> Form<'a> {
    let options = DAYS.map(|days| {
        let unit = if days == 1 { "day" } else { "days" };
        (days.to_string(), format!("{days} {unit}"))
    });
    Form {
        frame: frame(call, person),
        heading: format!("Make a setup link for {}", org.name),
        wrong,
        intro: vec![
            "Whoever has the link connects an identity provider to this organization without an account: it leads through \
             the guide, makes the credentials, and shows whether provisioning works. It opens nothing else."
                .to_owned(),
        ],
        parts: vec![
            Field::text("label", "For whom", "off")
                .hint("Who gets it, such as the name of the administrator. Owners see this in the list of links.")
                .with(call.form.trimmed("label"))
                .longest(200)
                .error(beside(wrong, "label"))
                .into(),
            Choice::of("expires-in", "It holds for", options)
                .with(call.form.get("expires-in").unwrap_or(USUAL))
                .error(beside(wrong, "expires-in"))
                .into(),
        ],
        advanced: Vec::new(),
        is_dangerous: false,
        action: path(org.id, "/setup-link"),
        button: "Make the setup link",
        back: Some(path(org.id, "")),
    }
}
