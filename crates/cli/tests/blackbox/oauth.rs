//! The crate `oauth2`, a client that knows nothing of this gateway, completes every grant against the binary and calls
//! SCIM with what it got. Afterwards nothing that was issued stands in the log or in the database.

use std::{fs, path::Path};

use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse,
    IntrospectionUrl, PkceCodeChallenge, RedirectUrl, RevocationUrl, Scope, StandardRevocableToken,
    TokenIntrospectionResponse, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicTokenResponse},
};
use ureq::Agent;
use wicketgate_testbed::{Database, Engine, both_engines};

use crate::{
    browser::Browser,
    client::text,
    harness::{Installation, Organization, PUBLIC_URL, Server},
};

both_engines! {
    the_oauth2_crate_gets_tokens_by_client_credentials,
    the_oauth2_crate_gets_tokens_by_an_owners_consent_and_refreshes_them,
    what_an_owner_allowed_is_listed_and_taken_back,
    nothing_that_was_issued_is_written_down,
}

const REDIRECT_URI: &str = "https://client.example/callback";
const PASSWORD: &str = "correct horse battery staple";

/// Sends what the crate `oauth2` wants sent, to where the gateway listens.
fn send(server: &Server, request: HttpRequest) -> Result<HttpResponse, ureq::Error> {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .build();
    let (mut head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    head.uri = format!("http://{}{path}", server.address())
        .parse()
        .expect("an address");
    let answer = config
        .new_agent()
        .run(ureq::http::Request::from_parts(head, body))?;
    let (head, mut body) = answer.into_parts();
    Ok(HttpResponse::from_parts(head, body.read_to_vec()?))
}

/// What a client of the gateway was given.
struct Registered {
    id: String,
    secret: String,
}

fn register(installation: &Installation<'_>, organization: &Organization, options: &[&str]) -> Registered {
    let create = [
        "client",
        "create",
        "--org",
        &organization.id,
        "--service-user",
        &organization.service_user,
        "--name",
        "okta",
    ];
    let made = installation.run(&[&create, options].concat());
    Registered {
        id: text(&made, "/clientId"),
        secret: text(&made, "/clientSecret"),
    }
}

macro_rules! client {
    ($registered:expr, $authentication:expr) => {
        BasicClient::new(ClientId::new($registered.id.clone()))
            .set_client_secret(ClientSecret::new($registered.secret.clone()))
            .set_auth_type($authentication)
            .set_auth_uri(AuthUrl::new(format!("{PUBLIC_URL}/oauth/v2/authorize")).unwrap())
            .set_token_uri(TokenUrl::new(format!("{PUBLIC_URL}/oauth/v2/token")).unwrap())
            .set_revocation_url(RevocationUrl::new(format!("{PUBLIC_URL}/oauth/v2/revoke")).unwrap())
            .set_introspection_url(
                IntrospectionUrl::new(format!("{PUBLIC_URL}/oauth/v2/introspect")).unwrap(),
            )
            .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.to_owned()).unwrap())
    };
}

/// The status of a SCIM request with this access token.
fn scim(server: &Server, organization: &Organization, token: &str) -> u16 {
    let authorization = format!("Bearer {token}");
    let client = server
        .client(organization)
        .with_authorization(Some(&authorization));
    client.get("/Users?count=1").status
}

fn the_oauth2_crate_gets_tokens_by_client_credentials(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let sender = |request| send(&server, request);
    for (authentication, format) in [
        (AuthType::BasicAuth, "opaque"),
        (AuthType::RequestBody, "opaque"),
        (AuthType::BasicAuth, "jwt"),
    ] {
        let name = format!("{authentication:?} {format}");
        let registered = register(&installation, &organization, &["--access-token-format", format]);
        let client = client!(registered, authentication);
        let token: BasicTokenResponse = client
            .exchange_client_credentials()
            .add_scope(Scope::new("scim".to_owned()))
            .request(&sender)
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(
            token.expires_in().map(|life| life.as_secs()),
            Some(3600),
            "{name}"
        );
        assert_eq!(
            scim(&server, &organization, token.access_token().secret()),
            200,
            "{name}"
        );
        let introspected = client.introspect(token.access_token()).request(&sender).unwrap();
        assert!(introspected.active(), "{name}");

        client
            .revoke_token(StandardRevocableToken::AccessToken(token.access_token().clone()))
            .unwrap()
            .request(&sender)
            .unwrap();
        assert_eq!(
            scim(&server, &organization, token.access_token().secret()),
            401,
            "{name}"
        );
        assert!(
            !client
                .introspect(token.access_token())
                .request(&sender)
                .unwrap()
                .active(),
            "{name}"
        );
    }
    server.stop();
}

/// Invites an owner, who sets a password and is then signed in.
fn owner(installation: &Installation<'_>, organization: &Organization, server: &Server) -> (Browser, String) {
    let invited = installation.run(&[
        "account",
        "invite",
        "--org",
        &organization.id,
        "--email",
        "olga@example.com",
    ]);
    let link = text(&invited, "/link");
    let mut browser = Browser::new(server);
    let page = browser.open(&link);
    let page = browser.submit(&page, "invitation", &[("name", "Olga"), ("password", PASSWORD)]);
    assert_eq!(page.answer.status, 200, "{}", page.text());
    (browser, link)
}

/// Has the owner consent, and gives the tokens that the code was exchanged for.
fn consent(server: &Server, browser: &mut Browser, registered: &Registered) -> (BasicTokenResponse, String) {
    let client = client!(registered, AuthType::BasicAuth);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state) = client
        .authorize_url(CsrfToken::new_random)
        .add_scope(Scope::new("scim".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let page = browser.open(url.as_str());
    let back = browser.submit(&page, "/oauth/v2/authorize", &[("decision", "allow")]);
    assert!(back.url.starts_with(REDIRECT_URI), "{}", back.url);
    assert_eq!(back.parameter("state").as_ref(), Some(state.secret()));
    assert_eq!(back.parameter("iss").as_deref(), Some(PUBLIC_URL));
    let code = back.parameter("code").expect("a code");
    let token = client
        .exchange_code(AuthorizationCode::new(code.clone()))
        .set_pkce_verifier(verifier)
        .request(&|request| send(server, request))
        .unwrap();
    (token, code)
}

fn the_oauth2_crate_gets_tokens_by_an_owners_consent_and_refreshes_them(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let (mut browser, _) = owner(&installation, &organization, &server);
    let registered = register(&installation, &organization, &["--redirect-uri", REDIRECT_URI]);
    let (token, code) = consent(&server, &mut browser, &registered);
    assert_eq!(scim(&server, &organization, token.access_token().secret()), 200);

    let client = client!(registered, AuthType::BasicAuth);
    let sender = |request| send(&server, request);
    let refresh = token.refresh_token().expect("a refresh token");
    let second: BasicTokenResponse = client.exchange_refresh_token(refresh).request(&sender).unwrap();
    assert_eq!(scim(&server, &organization, second.access_token().secret()), 200);

    // Whoever uses the code again may have stolen it: everything that came of it ends.
    let replayed = client
        .exchange_code(AuthorizationCode::new(code))
        .request(&sender);
    assert!(replayed.is_err());
    assert_eq!(scim(&server, &organization, second.access_token().secret()), 401);
    server.stop();
}

fn what_an_owner_allowed_is_listed_and_taken_back(database: &Database) {
    let installation = Installation::new(database);
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let (mut browser, _) = owner(&installation, &organization, &server);
    let registered = register(&installation, &organization, &["--redirect-uri", REDIRECT_URI]);
    let (token, _) = consent(&server, &mut browser, &registered);
    assert_eq!(scim(&server, &organization, token.access_token().secret()), 200);

    let list = ["grant", "list", "--org", &organization.id];
    let granted = installation.run(&list);
    assert_eq!(text(&granted[0], "/clientId"), registered.id);
    assert_eq!(text(&granted[0], "/scope"), "scim");
    assert!(granted[0]["revokedAt"].is_null(), "{granted}");
    let grant = text(&granted[0], "/id");
    installation.run(&["grant", "revoke", "--org", &organization.id, "--grant", &grant]);
    assert_eq!(scim(&server, &organization, token.access_token().secret()), 401);
    assert!(installation.run(&list)[0]["revokedAt"].is_string());
    server.stop();
}

fn nothing_that_was_issued_is_written_down(database: &Database) {
    let installation = Installation::new(database).logging("trace");
    let organization = installation.organization("Acme");
    let server = installation.serve();
    let (mut browser, invitation) = owner(&installation, &organization, &server);
    let registered = register(&installation, &organization, &["--redirect-uri", REDIRECT_URI]);
    let client = client!(registered, AuthType::BasicAuth);
    let sender = |request| send(&server, request);
    let (token, code) = consent(&server, &mut browser, &registered);
    let refresh = token.refresh_token().expect("a refresh token").clone();
    let second: BasicTokenResponse = client.exchange_refresh_token(&refresh).request(&sender).unwrap();
    let own: BasicTokenResponse = client.exchange_client_credentials().request(&sender).unwrap();
    assert_eq!(scim(&server, &organization, own.access_token().secret()), 200);

    let mut secrets: Vec<String> = vec![
        organization.token.clone(),
        registered.secret.clone(),
        PASSWORD.to_owned(),
        code,
        token.access_token().secret().clone(),
        refresh.secret().clone(),
        second.access_token().secret().clone(),
        second
            .refresh_token()
            .expect("another refresh token")
            .secret()
            .clone(),
        own.access_token().secret().clone(),
    ];
    secrets.extend(invitation.rsplit('/').next().map(str::to_owned));
    secrets.extend(browser.secrets().map(str::to_owned));

    // Refusals say nothing of what was presented either: each secret is sent where it does not belong.
    for secret in secrets.clone() {
        for authorization in [format!("Bearer {secret}x"), format!("Basic {secret}")] {
            let answer = server
                .client(&organization)
                .with_authorization(Some(&authorization))
                .get("/Users");
            assert!(
                !String::from_utf8_lossy(&answer.body).contains(&secret),
                "{answer}"
            );
        }
        let wrong = Registered {
            id: registered.id.clone(),
            secret: format!("{secret}x"),
        };
        let refused: Result<BasicTokenResponse, _> = client!(wrong, AuthType::RequestBody)
            .exchange_refresh_token(&oauth2::RefreshToken::new(format!("{secret}y")))
            .request(&sender);
        assert!(refused.is_err_and(|error| !format!("{error:?}").contains(&secret)));
    }
    server.stop();

    let mut seen = 0;
    for (name, bytes) in written(database) {
        seen += bytes.len();
        for secret in &secrets {
            assert!(
                !contains(&bytes, secret.as_bytes()),
                "{name} holds {}…",
                &secret[..secret.len().min(12)]
            );
        }
        // The search would find what is there: the ids, which are no secrets.
        if name == "serve.log" {
            assert!(
                contains(&bytes, organization.id.as_bytes()),
                "the log says nothing of the organization"
            );
        }
    }
    assert!(seen > 100_000, "only {seen} bytes were searched");
}

/// Everything that the gateway has left behind: its log and output, and the whole database.
fn written(database: &Database) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![database.dir().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be read") {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push((name(&path), fs::read(&path).expect("the file can be read")));
            }
        }
    }
    if database.engine() == Engine::Postgres {
        for table in database
            .sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            .concat()
        {
            let table = table.expect("a table has a name");
            let rows = database.sql(&format!("SELECT t::text FROM {table} t"));
            let rows = rows.concat().into_iter().flatten().collect::<Vec<String>>();
            found.push((table, rows.join("\n").into_bytes()));
        }
    }
    found
}

fn name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
