//! Access tokens at the door. Their rows are written here: how they are issued is tested where that is.

use std::sync::Arc;

use diesel::prelude::*;
use uuid::Uuid;
use wicketgate_auth::{
    Denied, OrgId, OsEntropy, Pepper, Peppers, Presented, Reason, Role, ServiceUserId, Token, TokenKind,
};
use wicketgate_testbed::{Database, both_engines};

use super::{
    Conn,
    schema::{clients, credential_owners, credentials, grants},
    types::Key,
};
use crate::{
    Caller, DEFAULT_DOMAIN, DatabaseOptions, Error, Gateway, Instance, Org, Refusal, Sources, SystemClock,
    org::Shared,
};

both_engines! {
    run with crate::db::access_token_tests::run:
    an_access_token_opens_with_the_role_of_its_service_user,
    a_token_for_reading_alone_writes_nothing_whatever_the_role,
    an_inactive_client_opens_nothing,
    a_revoked_grant_opens_nothing,
    the_first_use_is_written_once_and_only_where_there_is_a_grant,
    a_row_of_another_kind_is_not_found,
}

const CLIENT: &str = "0123456789ABCDEF";

struct Setting {
    shared: Arc<Shared>,
    gateway: Gateway,
    org: OrgId,
    service_user: ServiceUserId,
    // Removed when the test ends.
    #[expect(dead_code, reason = "held, not read")]
    database: Database,
}

fn run<F: Future<Output = ()>>(database: Database, scenario: impl FnOnce(Setting) -> F) {
    let options = DatabaseOptions {
        migrate_url: database.owner_url(),
        ..DatabaseOptions::new(database.application_url())
    };
    Instance::migrate(&options).unwrap();
    let peppers = Peppers::new(Pepper::generate(1, &mut OsEntropy), Vec::new()).unwrap();
    let instance = Instance::open(
        &options,
        peppers,
        Sources::new(SystemClock, OsEntropy),
        std::sync::Arc::new(crate::Offline),
    )
    .unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let org = instance.create_org("A").await.unwrap().id;
        let door = instance.org(org).await.unwrap();
        let service_user = door
            .owner()
            .unwrap()
            .service_users()
            .create("okta", Role::OrgOwner, DEFAULT_DOMAIN)
            .await
            .unwrap()
            .id;
        let setting = Setting {
            shared: Arc::clone(&instance.shared),
            gateway: instance.gateway(),
            org,
            service_user,
            database,
        };
        setting
            .write(move |tx, org, service_user| {
                diesel::insert_into(clients::table)
                    .values((
                        clients::org_id.eq(org),
                        clients::id.eq(CLIENT),
                        clients::service_user_id.eq(service_user),
                        clients::name.eq("okta"),
                        clients::authentication.eq("client_secret"),
                        clients::access_token_format.eq("opaque"),
                        clients::refresh_rotation.eq("grace"),
                        clients::active.eq(true),
                        clients::created_at.eq(0),
                    ))
                    .execute(tx)?;
                Ok(())
            })
            .await;
        scenario(setting).await;
    });
}

impl Setting {
    async fn write(&self, work: impl Fn(&mut Conn, Key, Key) -> Result<(), Error> + Send + 'static) {
        let (org, service_user) = (Key(*self.org.as_uuid()), Key(*self.service_user.as_uuid()));
        self.shared
            .db
            .write(move |tx| work(tx, org, service_user))
            .await
            .unwrap();
    }

    /// A token of the client, of a grant of its own if it has one.
    async fn token(&self, kind: TokenKind, stored: TokenKind, scope: &'static str, granted: bool) -> Token {
        let token = Token::generate(kind, &mut OsEntropy);
        let pepper = self.shared.peppers.current();
        let (id, pepper_id, digest) = (token.id().to_string(), pepper.id(), pepper.digest(&token));
        let grant = granted.then(|| Key(Uuid::from_u128(7)));
        self.write(move |tx, org, service_user| {
            if let Some(grant) = grant {
                diesel::insert_into(grants::table)
                    .values((
                        grants::org_id.eq(org),
                        grants::id.eq(grant),
                        grants::client_id.eq(CLIENT),
                        grants::service_user_id.eq(service_user),
                        grants::scope.eq(scope),
                        grants::redirect_uri.eq("https://example.com/callback"),
                        grants::redirect_uri_named.eq(true),
                        grants::approved_by.eq(service_user),
                        grants::created_at.eq(0),
                    ))
                    .execute(tx)?;
            }
            diesel::insert_into(credentials::table)
                .values((
                    credentials::org_id.eq(org),
                    credentials::id.eq(&id),
                    credentials::service_user_id.eq(service_user),
                    credentials::kind.eq(stored.as_str()),
                    credentials::client_id.eq(CLIENT),
                    credentials::grant_id.eq(grant),
                    credentials::scope.eq(scope),
                    credentials::name.eq("okta"),
                    credentials::hint.eq("abcd"),
                    credentials::pepper_id.eq(pepper_id),
                    credentials::digest.eq(digest.as_bytes().to_vec()),
                    credentials::created_at.eq(0),
                ))
                .execute(tx)?;
            diesel::insert_into(credential_owners::table)
                .values((
                    credential_owners::credential_id.eq(&id),
                    credential_owners::org_id.eq(org),
                ))
                .execute(tx)?;
            Ok(())
        })
        .await;
        token
    }

    async fn access_token(&self, scope: &'static str, granted: bool) -> Token {
        let kind = TokenKind::AccessToken;
        self.token(kind, kind, scope, granted).await
    }

    async fn enter(&self, token: &Token) -> Result<Org, Reason> {
        let presented = Presented::from_authorization(Some(token.reveal()));
        match self
            .gateway
            .enter(self.org, &presented, Caller::default(), "r".to_owned())
            .await
        {
            Ok(org) => Ok(org),
            Err(Refusal::Denied(Denied::Unauthenticated(reason))) => Err(reason),
            other => panic!("{other:?}"),
        }
    }

    async fn used_at(&self, token: &Token) -> Option<i64> {
        let (org, id) = (Key(*self.org.as_uuid()), token.id().to_string());
        self.shared
            .db
            .read(move |tx| {
                Ok(credentials::table
                    .find((org, id.clone()))
                    .select(credentials::used_at)
                    .first(tx)?)
            })
            .await
            .unwrap()
    }
}

async fn an_access_token_opens_with_the_role_of_its_service_user(setting: Setting) {
    let token = setting.access_token("scim", false).await;
    let org = setting.enter(&token).await.unwrap();
    assert!(org.user_manager().is_ok());
}

async fn a_token_for_reading_alone_writes_nothing_whatever_the_role(setting: Setting) {
    let token = setting.access_token("scim.read", false).await;
    let org = setting.enter(&token).await.unwrap();
    assert!(matches!(org.user_manager(), Err(Error::ReadOnly)));
    assert!(matches!(org.owner(), Err(Error::ReadOnly)));
    let both = setting.access_token("scim scim.read", false).await;
    assert!(setting.enter(&both).await.unwrap().user_manager().is_ok());
}

async fn an_inactive_client_opens_nothing(setting: Setting) {
    let token = setting.access_token("scim", false).await;
    for (active, reason) in [(false, Some(Reason::ClientDisabled)), (true, None)] {
        setting
            .write(move |tx, org, _| {
                diesel::update(clients::table.find((org, CLIENT)))
                    .set(clients::active.eq(active))
                    .execute(tx)?;
                Ok(())
            })
            .await;
        assert_eq!(setting.enter(&token).await.err(), reason);
    }
}

async fn a_revoked_grant_opens_nothing(setting: Setting) {
    let token = setting.access_token("scim", true).await;
    assert!(setting.enter(&token).await.is_ok());
    setting
        .write(|tx, org, _| {
            diesel::update(grants::table.find((org, Key(Uuid::from_u128(7)))))
                .set(grants::revoked_at.eq(1))
                .execute(tx)?;
            Ok(())
        })
        .await;
    assert_eq!(setting.enter(&token).await.err(), Some(Reason::GrantRevoked));
}

async fn the_first_use_is_written_once_and_only_where_there_is_a_grant(setting: Setting) {
    let alone = setting.access_token("scim", false).await;
    let granted = setting.access_token("scim", true).await;
    assert_eq!(setting.used_at(&granted).await, None);
    let (one, other) = tokio::join!(setting.enter(&granted), setting.enter(&granted));
    assert!(one.is_ok() && other.is_ok());
    let first = setting.used_at(&granted).await;
    assert!(first.is_some());
    setting.enter(&granted).await.unwrap();
    assert_eq!(setting.used_at(&granted).await, first);
    setting.enter(&alone).await.unwrap();
    assert_eq!(setting.used_at(&alone).await, None);
}

async fn a_row_of_another_kind_is_not_found(setting: Setting) {
    let disguised = setting
        .token(TokenKind::AccessToken, TokenKind::ClientSecret, "scim", false)
        .await;
    assert_eq!(setting.enter(&disguised).await.err(), Some(Reason::Unknown));
}
