//! Groups: one row each, one row for each member, and one audit row for each change.

use crate::answer::{Fail, authorized, or_failure, scim};
use actix_web::{HttpRequest, HttpResponse, web};
use deadpool_postgres::Pool;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) async fn groups(
    req: HttpRequest,
    pool: web::Data<Pool>,
    id: web::Path<String>,
    body: web::Bytes,
) -> HttpResponse {
    or_failure(answer_groups(req, pool, id.into_inner(), body).await)
}

async fn answer_groups(
    req: HttpRequest,
    pool: web::Data<Pool>,
    id: String,
    body: web::Bytes,
) -> Result<HttpResponse, Fail> {
    if !authorized(&req) {
        return Ok(scim(401, "{}".into()));
    }
    let mut db = pool.get().await?;
    let id = if id.is_empty() {
        None
    } else {
        Some(Uuid::parse_str(&id)?)
    };
    Ok(match (req.method().as_str(), id) {
        ("POST", None) => {
            let v: Value = serde_json::from_slice(&body)?;
            let id = Uuid::new_v4();
            let s = db.prepare_cached("insert into groups values (1, $1, $2)").await?;
            let name = v["displayName"].as_str().unwrap_or_default();
            db.execute(&s, &[&id, &name]).await?;
            scim(201, json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "id": id.to_string(), "displayName": name}).to_string())
        }
        ("PATCH", Some(id)) => {
            let v: Value = serde_json::from_slice(&body)?;
            let bump = db
                .prepare_cached("update groups set version = version + 1 where org = 1 and id = $1")
                .await?;
            let add = db
                .prepare_cached(
                    "insert into members select $1, u from unnest($2::uuid[]) u on conflict do nothing",
                )
                .await?;
            let remove = db
                .prepare_cached("delete from members where group_id = $1 and user_id = $2")
                .await?;
            let two = db
                .prepare_cached("insert into audit(org, what, subject) values (1, 'group.changed', $1)")
                .await?;
            let tx = db.transaction().await?;
            tx.execute(&bump, &[&id]).await?;
            for op in v["Operations"].as_array().into_iter().flatten() {
                if op["op"] == "add" {
                    let ids: Vec<Uuid> = op["value"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(|m| Uuid::parse_str(m["value"].as_str()?).ok())
                        .collect();
                    tx.execute(&add, &[&id, &ids]).await?;
                } else if let Some(u) = op["path"]
                    .as_str()
                    .and_then(|p| Uuid::parse_str(p.split('"').nth(1)?).ok())
                {
                    tx.execute(&remove, &[&id, &u]).await?;
                }
            }
            tx.execute(&two, &[&id]).await?;
            tx.commit().await?;
            HttpResponse::NoContent().finish()
        }
        ("GET", Some(id)) => {
            let g = db
                .prepare_cached("select name, version from groups where org = 1 and id = $1")
                .await?;
            let m = db
                .prepare_cached("select user_id from members where group_id = $1 order by user_id")
                .await?;
            let Some(row) = db.query_opt(&g, &[&id]).await? else {
                return Ok(scim(404, "{}".into()));
            };
            let mut out = format!(
                r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"{id}","displayName":{},"members":["#,
                json!(row.get::<_, &str>(0))
            );
            for (i, r) in db.query(&m, &[&id]).await?.iter().enumerate() {
                use std::fmt::Write;
                let _ = write!(
                    out,
                    r#"{}{{"value":"{}"}}"#,
                    if i > 0 { "," } else { "" },
                    r.get::<_, Uuid>(0)
                );
            }
            out.push_str("]}");
            scim(200, out)
        }
        ("DELETE", Some(id)) => {
            let s = db
                .prepare_cached("delete from groups where org = 1 and id = $1")
                .await?;
            db.execute(&s, &[&id]).await?;
            HttpResponse::NoContent().finish()
        }
        _ => scim(405, "{}".into()),
    })
}
