//! Service users, their tokens and their OAuth clients, as owners look after them.

use wicketgate_auth::{OrgId, Presented, Role};
use wicketgate_domain::Caller;
use wicketgate_testbed::both_engines;

use crate::harness::{Browser, PASSWORD, Page, TestConsole};

both_engines! {
    run with crate::harness::run:
    an_owner_creates_a_service_user_and_a_token_that_opens_the_door,
    what_was_typed_is_kept_when_a_service_user_is_refused,
    no_longer_life_is_offered_than_the_organization_allows,
    a_token_is_rotated_without_a_gap,
    a_rotation_is_cancelled,
    a_revoked_token_is_listed_among_those_that_ended,
    a_service_user_is_disabled_enabled_and_given_another_role,
    whoever_signed_in_long_ago_shows_who_it_is_before_the_form,
    a_client_for_okta_is_created_changed_and_deleted,
    clients_of_every_kind_are_registered,
    what_is_wrong_with_a_client_is_said_beside_its_field,
    viewers_and_strangers_see_no_credentials,
    a_long_list_is_turned_page_by_page,
}

/// The path behind the last `/console/orgs/{id}` of a location.
fn path_of(page: &Page) -> String {
    let location = page.location().to_owned();
    let path = location.strip_prefix("https://scim.example.com").unwrap();
    path.split('?').next().unwrap().to_owned()
}

/// What an element of this id says.
#[track_caller]
fn shown(page: &Page, id: &str) -> String {
    let start = format!("id=\"{id}\">");
    let (_, rest) = page
        .text
        .split_once(&start)
        .unwrap_or_else(|| panic!("nothing is called {id}: {page:?}"));
    rest.split('<').next().unwrap().to_owned()
}

async fn service_user(browser: &mut Browser, org: OrgId, name: &str) -> String {
    let page = browser
        .submit(
            &format!("/console/orgs/{org}/service-users/new"),
            &[("name", name), ("role", "org_user_manager")],
        )
        .await
        .expect(303);
    path_of(&page)
}

async fn token(browser: &mut Browser, holder: &str, name: &str) -> String {
    let page = browser
        .submit(
            &format!("{holder}/tokens/new"),
            &[("name", name), ("expires-in", "90")],
        )
        .await
        .expect(200)
        .says(&["This is shown once", "data-copy=\"token\""]);
    shown(&page, "token")
}

/// Whether a token opens the organization.
async fn opens(console: &TestConsole, org: OrgId, token: &str) -> bool {
    let presented = Presented::from_authorization(Some(&format!("Bearer {token}")));
    console
        .instance()
        .gateway()
        .enter(org, &presented, Caller::default(), "test".to_owned())
        .await
        .is_ok()
}

/// The path of the only page of a token that the page links to, without its last segment.
fn token_path(page: &Page, act: &str) -> String {
    let end = format!("/{act}\"");
    let found: Vec<&str> = page
        .text
        .split("href=\"")
        .filter_map(|rest| rest.split_once(&end).map(|(path, _)| path))
        .filter(|path| path.contains("/tokens/") && !path.contains('"'))
        .collect();
    assert_eq!(found.len(), 1, "{act}: {page:?}");
    found[0].to_owned()
}

async fn an_owner_creates_a_service_user_and_a_token_that_opens_the_door(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let list = format!("/console/orgs/{org}/service-users");
    browser
        .get(&list)
        .await
        .expect(200)
        .says(&["Create a service user", "class=\"empty\""]);
    let form = browser.get(&format!("{list}/new")).await.expect(200);
    let first = form.text.find("<option").unwrap();
    assert!(form.text[first..].starts_with("<option value=\"org_user_manager\""));
    let holder = service_user(&mut browser, org, "okta <script>").await;
    browser
        .get(&format!("{holder}?done=created"))
        .await
        .expect(200)
        .says(&[
            "okta &#60;script&#62;",
            "The service user was created.",
            "no token that is accepted",
        ]);
    let secret = token(&mut browser, &holder, "okta-2026").await;
    assert!(secret.starts_with("wicket_pat_"), "{secret}");
    assert!(opens(&console, org, &secret).await);
    let page = browser.get(&holder).await.expect(200);
    assert!(!page.text.contains(&secret));
    page.says(&["okta-2026", &secret[secret.len() - 4..], "Never"]);
    browser.get(&list).await.says(&[
        "okta &#60;script&#62;",
        "Org User Manager",
        "<td class=\"number\">1</td>",
    ]);
}

async fn what_was_typed_is_kept_when_a_service_user_is_refused(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let form = format!("/console/orgs/{org}/service-users/new");
    service_user(&mut browser, org, "okta").await;
    for (fields, says) in [
        (
            [
                ("name", "OKTA"),
                ("role", "org_user_reader"),
                ("provisioning-domain", ""),
            ],
            "id=\"name-error\"",
        ),
        (
            [
                ("name", " "),
                ("role", "org_user_reader"),
                ("provisioning-domain", ""),
            ],
            "id=\"name-error\"",
        ),
        (
            [
                ("name", "entra"),
                ("role", "org_viewer"),
                ("provisioning-domain", ""),
            ],
            "id=\"role-error\"",
        ),
        (
            [
                ("name", "entra"),
                ("role", "nothing"),
                ("provisioning-domain", ""),
            ],
            "id=\"role-error\"",
        ),
        (
            [
                ("name", "entra"),
                ("role", "org_user_reader"),
                ("provisioning-domain", "a b"),
            ],
            "id=\"provisioning-domain-error\"",
        ),
    ] {
        let page = browser.submit(&form, &fields).await.expect(422);
        page.says(&[
            "<title>Error: ",
            says,
            &format!("value=\"{}\"", fields[0].1.trim()),
        ]);
    }
    let page = browser
        .submit(
            &form,
            &[
                ("name", "entra"),
                ("role", "org_user_reader"),
                ("provisioning-domain", "a b"),
            ],
        )
        .await;
    page.says(&[
        "<details open>",
        "value=\"org_user_reader\" selected",
        "value=\"a b\"",
    ]);
}

async fn no_longer_life_is_offered_than_the_organization_allows(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let entered = console.instance().org(org).await.unwrap();
    entered
        .owner()
        .unwrap()
        .change_settings(|known| {
            let mut settings = known.settings.clone();
            settings.longest_token_days = 60;
            settings.endless_tokens = false;
            Ok(settings)
        })
        .await
        .unwrap();
    let holder = service_user(&mut browser, org, "okta").await;
    let form = format!("{holder}/tokens/new");
    let page = browser.get(&form).await.expect(200);
    assert!(page.text.contains("value=\"60\" selected") && !page.text.contains("value=\"90\""));
    assert!(!page.text.contains("value=\"never\""));
    for life in ["90", "never", "", "soon"] {
        browser
            .submit(&form, &[("name", "kept"), ("expires-in", life)])
            .await
            .expect(422)
            .says(&["id=\"expires-in-error\"", "value=\"kept\""]);
    }
}

async fn a_token_is_rotated_without_a_gap(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "okta").await;
    let old = token(&mut browser, &holder, "okta-2026").await;
    let path = token_path(&browser.get(&holder).await, "rotate");
    browser
        .get(&format!("{path}/rotate"))
        .await
        .expect(200)
        .says(&["Rotate the token okta-2026", "value=\"7\" selected"]);
    browser
        .submit(&format!("{path}/rotate"), &[("overlap", "1000")])
        .await
        .expect(422)
        .says(&["id=\"overlap-error\""]);
    let page = browser
        .submit(&format!("{path}/rotate"), &[("overlap", "3")])
        .await
        .expect(200)
        .says(&["This is shown once", "3 more days"]);
    let new = shown(&page, "token");
    assert!(opens(&console, org, &old).await && opens(&console, org, &new).await);
    browser
        .submit(&format!("{path}/rotate"), &[("overlap", "3")])
        .await
        .expect(422)
        .says(&["is being rotated already"]);
    let page = browser
        .get(&holder)
        .await
        .says(&["Being replaced", "Replacement"]);
    assert_eq!(token_path(&page, "complete"), path);
    browser
        .get(&format!("{path}/complete"))
        .await
        .expect(200)
        .says(&["refused from the next request on", "has not been used yet"]);
    browser
        .submit(&format!("{path}/complete"), &[])
        .await
        .leads_to(&format!("{holder}?done=rotated"));
    assert!(!opens(&console, org, &old).await && opens(&console, org, &new).await);
    browser.get(&format!("{holder}?state=revoked")).await.says(&[
        "Tokens that are no longer accepted",
        "Another token has taken its place",
    ]);
}

async fn a_rotation_is_cancelled(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "okta").await;
    let old = token(&mut browser, &holder, "okta-2026").await;
    let path = token_path(&browser.get(&holder).await, "rotate");
    let page = browser
        .submit(&format!("{path}/rotate"), &[("overlap", "7")])
        .await;
    let new = shown(&page, "token");
    browser
        .get(&format!("{path}/cancel"))
        .await
        .expect(200)
        .says(&["Cancel the rotation"]);
    browser
        .submit(&format!("{path}/cancel"), &[])
        .await
        .leads_to(&format!("{holder}?done=rotation-cancelled"));
    assert!(opens(&console, org, &old).await && !opens(&console, org, &new).await);
    // There is nothing left to complete.
    browser.submit(&format!("{path}/complete"), &[]).await.expect(400);
}

async fn a_revoked_token_is_listed_among_those_that_ended(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "okta").await;
    let secret = token(&mut browser, &holder, "okta-2026").await;
    let path = token_path(&browser.get(&holder).await, "revoke");
    browser
        .get(&format!("{path}/revoke"))
        .await
        .expect(200)
        .says(&["This cannot be undone."]);
    assert!(opens(&console, org, &secret).await, "a question changes nothing");
    browser
        .submit(&format!("{path}/revoke"), &[])
        .await
        .leads_to(&format!("{holder}?done=revoked"));
    assert!(!opens(&console, org, &secret).await);
    browser.get(&holder).await.says(&["no token that is accepted"]);
    browser
        .get(&format!("{holder}?state=revoked"))
        .await
        .says(&["It was revoked"]);
    // A token is found below its own service user alone.
    let other = service_user(&mut browser, org, "entra").await;
    let id = path.rsplit('/').next().unwrap();
    browser
        .get(&format!("{other}/tokens/{id}/revoke"))
        .await
        .expect(404);
}

async fn a_service_user_is_disabled_enabled_and_given_another_role(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "okta").await;
    let secret = token(&mut browser, &holder, "okta-2026").await;
    browser
        .get(&format!("{holder}/disable"))
        .await
        .expect(200)
        .says(&["Disable okta?"]);
    browser
        .submit(&format!("{holder}/disable"), &[])
        .await
        .leads_to(&format!("{holder}?done=disabled"));
    assert!(!opens(&console, org, &secret).await);
    browser
        .get(&holder)
        .await
        .says(&["Disabled", &format!("{holder}/enable")]);
    browser.get(&format!("{holder}/enable")).await.expect(200);
    browser
        .submit(&format!("{holder}/enable"), &[])
        .await
        .leads_to(&format!("{holder}?done=enabled"));
    assert!(opens(&console, org, &secret).await);
    browser
        .get(&format!("{holder}/role"))
        .await
        .expect(200)
        .says(&["value=\"org_user_manager\" selected"]);
    browser
        .submit(&format!("{holder}/role"), &[("role", "org_viewer")])
        .await
        .expect(422);
    browser
        .submit(&format!("{holder}/role"), &[("role", "org_user_reader")])
        .await
        .leads_to(&format!("{holder}?done=role"));
    browser
        .get(&holder)
        .await
        .says(&["Org User Reader. It reads users and groups"]);
}

async fn whoever_signed_in_long_ago_shows_who_it_is_before_the_form(console: TestConsole) {
    console.pass(-600);
    let (org, mut browser) = console.owner().await;
    console.pass(600);
    let holder = service_user(&mut browser, org, "okta").await;
    let form = format!("{holder}/tokens/new");
    let encoded: String = form.replace('/', "%2F");
    let asks = format!("/console/reauthenticate?return={encoded}");
    browser.get(&form).await.leads_to(&asks);
    browser
        .submit(&form, &[("name", "x"), ("expires-in", "90")])
        .await
        .leads_to(&asks);
    browser.get(&format!("{holder}/clients/new")).await.expect(303);
    browser
        .submit(
            "/console/reauthenticate",
            &[("password", PASSWORD), ("return", &form)],
        )
        .await
        .leads_to(&form);
    token(&mut browser, &holder, "okta-2026").await;
}

async fn a_client_for_okta_is_created_changed_and_deleted(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "okta").await;
    let form = format!("{holder}/clients/new");
    browser
        .get(&form)
        .await
        .expect(200)
        .says(&["Okta, OAuth 2.0", "Microsoft Entra ID", "private_key_jwt"]);
    let form = format!("{form}?kind=okta");
    browser.get(&form).await.expect(200).says(&["Application name"]);
    let fields = [
        ("name", "okta"),
        ("app", "example_wicketgate_1"),
        ("expires-in", "365"),
        ("access-token-format", "opaque"),
    ];
    let page = browser
        .submit(&form, &fields)
        .await
        .expect(200)
        .says(&["This is shown once"]);
    assert!(shown(&page, "client-secret").starts_with("wicket_cs_"));
    let client = format!("/console/orgs/{org}/clients/{}", shown(&page, "client-id"));
    let page = browser.get(&client).await.expect(200).says(&[
        "https://system-admin.okta.com/admin/app/cpc/example_wicketgate_1/oauth/callback",
        "They stay the same",
        "Nobody has allowed this client",
    ]);
    let revoke = page
        .text
        .split("href=\"")
        .find_map(|rest| {
            rest.split('"')
                .next()
                .filter(|path| path.contains("/secrets/") && path.ends_with("/revoke"))
        })
        .unwrap()
        .to_owned();
    browser.get(&format!("{client}/secrets/new")).await.expect(200);
    let page = browser
        .submit(&format!("{client}/secrets/new"), &[("expires-in", "never")])
        .await
        .expect(200);
    assert!(shown(&page, "client-secret").starts_with("wicket_cs_"));
    browser
        .get(&revoke)
        .await
        .expect(200)
        .says(&["This cannot be undone."]);
    browser
        .submit(&revoke, &[])
        .await
        .leads_to(&format!("{client}?done=secret-revoked"));
    browser.get(&client).await.says(&["Revoked <time"]);

    let uris = format!("{client}/redirect-uris");
    browser
        .submit(
            &uris,
            &[("redirect-uri", "https://idp.example/cb\nnot an address")],
        )
        .await
        .expect(422)
        .says(&[
            "id=\"redirect-uri-error\"",
            "https://idp.example/cb\nnot an address</textarea>",
        ]);
    browser
        .submit(&uris, &[("redirect-uri", " https://idp.example/cb \r\n\r\n")])
        .await
        .leads_to(&format!("{client}?done=redirect-uris"));
    let page = browser
        .get(&client)
        .await
        .says(&["<code>https://idp.example/cb</code>"]);
    assert!(!page.text.contains("okta.com"));

    for (act, says) in [("disable", "Disabled"), ("enable", "is enabled")] {
        browser.get(&format!("{client}/{act}")).await.expect(200);
        let page = browser.submit(&format!("{client}/{act}"), &[]).await.expect(303);
        let location = page
            .location()
            .strip_prefix("https://scim.example.com")
            .unwrap()
            .to_owned();
        browser.get(&location).await.expect(200).says(&[says]);
    }
    browser
        .get(&format!("{client}/delete"))
        .await
        .expect(200)
        .says(&["This cannot be undone"]);
    browser
        .submit(&format!("{client}/delete"), &[])
        .await
        .leads_to(&format!("{holder}?done=client-deleted"));
    browser.get(&client).await.expect(404);
}

/// A public key of a client.
const JWKS: &str = r#"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","alg":"ES256","kid":"1","use":"sig"}]}"#;

/// A kind of client, what is typed in its form, and what the next page says.
type Case = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

async fn clients_of_every_kind_are_registered(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "idp").await;
    let kinds: [Case; 4] = [
        (
            "client-secret",
            &[
                ("redirect-uri", ""),
                ("expires-in", "90"),
                ("refresh-rotation", "grace"),
            ],
            "",
        ),
        (
            "private-key-jwt",
            &[("jwks-uri", ""), ("jwks", JWKS)],
            "Signed with its own key",
        ),
        (
            "private-key-jwt",
            &[("jwks-uri", "https://idp.example/keys"), ("jwks", "")],
            "Signed with its own key",
        ),
        (
            "workload-identity",
            &[
                (
                    "issuer",
                    "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
                ),
                ("subject", "66666666-7777-8888-9999-000000000000"),
                ("audience", "api://wicketgate"),
            ],
            "Workload identity",
        ),
    ];
    for (number, (kind, fields, says)) in kinds.into_iter().enumerate() {
        let name = format!("client-{number}");
        let mut all = vec![("name", name.as_str()), ("access-token-format", "jwt")];
        all.extend(fields);
        let page = browser
            .submit(&format!("{holder}/clients/new?kind={kind}"), &all)
            .await;
        if kind == "client-secret" {
            page.expect(200).says(&["Client secret", "This is shown once"]);
        } else {
            let path = path_of(&page);
            browser
                .get(&path)
                .await
                .expect(200)
                .says(&[says, "Signed JSON Web Tokens"]);
        }
    }
    browser
        .get(&holder)
        .await
        .says(&["client-0", "client-1", "client-2", "client-3"]);
}

async fn what_is_wrong_with_a_client_is_said_beside_its_field(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let holder = service_user(&mut browser, org, "idp").await;
    let cases: [Case; 6] = [
        ("okta", &[("app", "../admin"), ("expires-in", "90")], "app"),
        ("okta", &[("app", "a"), ("expires-in", "x")], "expires-in"),
        (
            "client-secret",
            &[
                ("redirect-uri", "http://idp.example/"),
                ("expires-in", "90"),
                ("refresh-rotation", "grace"),
            ],
            "redirect-uri",
        ),
        ("private-key-jwt", &[("jwks-uri", ""), ("jwks", "")], "jwks-uri"),
        ("private-key-jwt", &[("jwks-uri", ""), ("jwks", "{")], "jwks"),
        (
            "workload-identity",
            &[
                ("issuer", "https://evil.example"),
                ("subject", "s"),
                ("audience", "a"),
            ],
            "issuer",
        ),
    ];
    for (kind, fields, wrong) in cases {
        let mut all = vec![("name", "kept"), ("access-token-format", "opaque")];
        all.extend(fields);
        browser
            .submit(&format!("{holder}/clients/new?kind={kind}"), &all)
            .await
            .expect(422)
            .says(&[&format!("id=\"{wrong}-error\""), "value=\"kept\""]);
    }
    browser
        .submit(&format!("{holder}/clients/new?kind=nothing"), &[])
        .await
        .expect(404);
    browser.get(&holder).await.says(&["It has no OAuth client."]);
}

async fn viewers_and_strangers_see_no_credentials(console: TestConsole) {
    let (org, mut owner) = console.owner().await;
    let holder = service_user(&mut owner, org, "okta").await;
    token(&mut owner, &holder, "okta-2026").await;
    let path = token_path(&owner.get(&holder).await, "revoke");
    console.account(org, "vera@example.com", Role::OrgViewer).await;
    let other = console.org("Globex").await;
    console.account(other, "otto@example.com", Role::OrgOwner).await;
    for (email, status) in [("vera@example.com", 403), ("otto@example.com", 404)] {
        let mut browser = console.browser();
        browser.sign_in(email, PASSWORD).await.expect(303);
        for page in [
            format!("/console/orgs/{org}/service-users"),
            format!("/console/orgs/{org}/service-users/new"),
            holder.clone(),
            format!("{holder}/tokens/new"),
            format!("{holder}/role"),
            format!("{path}/revoke"),
        ] {
            browser.get(&page).await.expect(status);
        }
        for form in [
            format!("/console/orgs/{org}/service-users/new"),
            format!("{holder}/tokens/new"),
            format!("{holder}/disable"),
            format!("{path}/rotate"),
            format!("{path}/revoke"),
        ] {
            browser
                .submit(
                    &form,
                    &[
                        ("name", "x"),
                        ("role", "org_owner"),
                        ("expires-in", "90"),
                        ("overlap", "7"),
                    ],
                )
                .await
                .expect(status);
        }
    }
    // Through one's own organization nothing of another one is found.
    let foreign = holder.replace(&org.to_string(), &other.to_string());
    let mut browser = console.browser();
    browser.sign_in("otto@example.com", PASSWORD).await.expect(303);
    browser.get(&foreign).await.expect(404);
    browser
        .submit(&format!("{foreign}/disable"), &[])
        .await
        .expect(404);
    owner.get(&holder).await.says(&["okta-2026", "Enabled"]);
}

async fn a_long_list_is_turned_page_by_page(console: TestConsole) {
    let (org, mut browser) = console.owner().await;
    let entered = console.instance().org(org).await.unwrap();
    let owner = entered.owner().unwrap();
    for number in 0..51 {
        owner
            .service_users()
            .create(&format!("idp-{number:02}"), Role::OrgUserManager, "default")
            .await
            .unwrap();
    }
    let list = format!("/console/orgs/{org}/service-users");
    let page = browser
        .get(&list)
        .await
        .expect(200)
        .says(&["idp-00", "idp-49", "Next page"]);
    assert!(!page.text.contains("idp-50"));
    let next = page
        .text
        .split("href=\"")
        .find_map(|rest| rest.split('"').next().filter(|path| path.contains("?after=")))
        .unwrap()
        .to_owned();
    let page = browser
        .get(&next)
        .await
        .expect(200)
        .says(&["idp-50", "First page"]);
    assert!(!page.text.contains("idp-49") && !page.text.contains("Next page"));
}
