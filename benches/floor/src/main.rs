//! The floor: actix-web + PostgreSQL with the least work that could answer the SCIM scenarios durably.
//! No schema, no filter grammar, no multi-valued merge: only a bound for what a real server can reach.
//!
//! `DB="host=… port=… user=… password=… dbname=…" PORT=… floor`; the token is `secret`, the base `/scim/v2/org1`.
#![forbid(unsafe_code)]

mod answer;
mod groups;
mod users;

use actix_web::{App, HttpServer, web};
use answer::scim;
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use groups::groups;
use users::users;

const STATIC: &str = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"id":"2819c223-7f76-453a-919d-413861904646","userName":"user0000001@bench.example.com","externalId":"00u0000000000000001","name":{"givenName":"Dana","familyName":"Berg"},"displayName":"Dana Berg","title":"Engineer 0","userType":"Employee","preferredLanguage":"en-US","locale":"en-US","timezone":"Europe/Berlin","active":true,"emails":[{"primary":true,"value":"user0000001@bench.example.com","type":"work"}],"phoneNumbers":[{"value":"+1-555-0000001","type":"work"}],"addresses":[{"type":"work","streetAddress":"2 Main Street","locality":"Springfield","region":"IL","postalCode":"62701","country":"US","primary":true}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"employeeNumber":"1","department":"Department 1","organization":"Example","costCenter":"CC-1"},"meta":{"resourceType":"User","created":"2026-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z","location":"http://127.0.0.1/scim/v2/org1/Users/2819c223-7f76-453a-919d-413861904646","version":"W/\"1\""}}"#;

const SCHEMA: &str = "
create table if not exists users(org int not null, id uuid primary key, key text not null, body text not null, unique(org, key));
create index if not exists users_list on users(org, id);
create table if not exists groups(org int not null, id uuid primary key, name text not null, version bigint not null default 1, unique(org, name));
create table if not exists members(group_id uuid not null references groups on delete cascade, user_id uuid not null references users on delete cascade, primary key(group_id, user_id));
create table if not exists audit(id bigserial primary key, org int not null, what text not null, subject uuid not null, at timestamptz not null default now());
create table if not exists totals(org int primary key, users bigint not null);
insert into totals values (1, 0) on conflict do nothing;";

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT")
        .ok()
        .and_then(|p| p.parse().ok())
        .unwrap_or(9105);
    let config: tokio_postgres::Config = std::env::var("DB").expect("DB").parse().expect("DB");
    let manager = Manager::from_config(
        config,
        tokio_postgres::NoTls,
        ManagerConfig {
            recycling_method: RecyclingMethod::Fast,
        },
    );
    let pool = Pool::builder(manager).max_size(16).build().unwrap();
    pool.get()
        .await
        .expect("database")
        .batch_execute(SCHEMA)
        .await
        .expect("schema");
    let data = web::Data::new(pool);
    HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(16 << 20))
            .route("/static", web::get().to(|| async { scim(200, STATIC.into()) }))
            .route(
                "/scim/v2/org1/Users{id:/?}",
                web::route()
                    .to(|r, p, q, b| async move { users(r, p, web::Path::from(String::new()), q, b).await }),
            )
            .route(
                "/scim/v2/org1/Groups{id:/?}",
                web::route()
                    .to(|r, p, b| async move { groups(r, p, web::Path::from(String::new()), b).await }),
            )
            .route("/scim/v2/org1/Users/{id}", web::route().to(users))
            .route("/scim/v2/org1/Groups/{id}", web::route().to(groups))
    })
    .workers(2)
    .bind(("127.0.0.1", port))?
    .run()
    .await
}
