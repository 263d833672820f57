//! Users: one row with the body as text, and one audit row for each change.

use crate::answer::{Fail, authorized, or_failure, scim};
use actix_web::{HttpRequest, HttpResponse, web};
use deadpool_postgres::Pool;
use serde_json::{Value, json};
use uuid::Uuid;

#[derive(serde::Deserialize)]
pub(crate) struct Query {
    filter: Option<String>,
    #[serde(rename = "startIndex")]
    start: Option<i64>,
    count: Option<i64>,
}

pub(crate) async fn users(
    req: HttpRequest,
    pool: web::Data<Pool>,
    id: web::Path<String>,
    q: web::Query<Query>,
    body: web::Bytes,
) -> HttpResponse {
    or_failure(answer_users(req, pool, id.into_inner(), q, body).await)
}

async fn answer_users(
    req: HttpRequest,
    pool: web::Data<Pool>,
    id: String,
    q: web::Query<Query>,
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
    let key = |v: &Value| v["userName"].as_str().unwrap_or_default().to_lowercase();
    Ok(match (req.method().as_str(), id) {
        ("POST", None) => {
            let mut v: Value = serde_json::from_slice(&body)?;
            let id = Uuid::new_v4();
            v["id"] = json!(id.to_string());
            v["meta"] = json!({"resourceType": "User", "location": format!("http://127.0.0.1/scim/v2/org1/Users/{id}"), "version": "W/\"1\""});
            let text = v.to_string();
            let one = db
                .prepare_cached("insert into users values (1, $1, $2, $3)")
                .await?;
            let two = db
                .prepare_cached("insert into audit(org, what, subject) values (1, 'user.created', $1)")
                .await?;
            let tx = db.transaction().await?;
            let k = key(&v);
            tx.execute(&one, &[&id, &k, &text]).await?;
            tx.execute(&two, &[&id]).await?;
            tx.commit().await?;
            scim(201, text)
        }
        ("GET", Some(id)) => {
            let s = db
                .prepare_cached("select body from users where org = 1 and id = $1")
                .await?;
            match db.query_opt(&s, &[&id]).await? {
                Some(r) => scim(200, r.get(0)),
                None => scim(404, "{}".into()),
            }
        }
        ("GET", None) => {
            let (total, rows) = if let Some(f) = &q.filter {
                let k = f.split('"').nth(1).unwrap_or_default().to_lowercase();
                let s = db
                    .prepare_cached("select body from users where org = 1 and key = $1")
                    .await?;
                let rows = db.query(&s, &[&k]).await?;
                (rows.len() as i64, rows)
            } else {
                let c = db
                    .prepare_cached("select count(*) from users where org = 1")
                    .await?;
                let s = db
                    .prepare_cached("select body from users where org = 1 order by id offset $1 limit $2")
                    .await?;
                let (from, count) = (q.start.unwrap_or(1) - 1, q.count.unwrap_or(100));
                (
                    db.query_one(&c, &[]).await?.get(0),
                    db.query(&s, &[&from, &count]).await?,
                )
            };
            let mut out = format!(
                r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":{total},"startIndex":{},"itemsPerPage":{},"Resources":["#,
                q.start.unwrap_or(1),
                rows.len()
            );
            for (i, r) in rows.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                out.push_str(r.get(0));
            }
            out.push_str("]}");
            scim(200, out)
        }
        ("PUT" | "PATCH", Some(id)) => {
            let put = req.method() == "PUT";
            let given: Value = serde_json::from_slice(&body)?;
            let get = db
                .prepare_cached("select body from users where org = 1 and id = $1 for update")
                .await?;
            let set = db
                .prepare_cached("update users set body = $2 where id = $1")
                .await?;
            let two = db
                .prepare_cached("insert into audit(org, what, subject) values (1, 'user.changed', $1)")
                .await?;
            let tx = db.transaction().await?;
            let old: Value = serde_json::from_str(tx.query_one(&get, &[&id]).await?.get(0))?;
            let mut v = if put {
                let mut g = given.clone();
                g["id"] = old["id"].clone();
                g["meta"] = old["meta"].clone();
                g
            } else {
                old
            };
            if !put {
                for op in given["Operations"].as_array().into_iter().flatten() {
                    match op["path"].as_str() {
                        Some(p) => v[p] = op["value"].clone(),
                        None => {
                            for (k, x) in op["value"].as_object().into_iter().flatten() {
                                v[k] = x.clone();
                            }
                        }
                    }
                }
            }
            let text = v.to_string();
            tx.execute(&set, &[&id, &text]).await?;
            tx.execute(&two, &[&id]).await?;
            tx.commit().await?;
            scim(200, text)
        }
        ("DELETE", Some(id)) => {
            let s = db
                .prepare_cached("delete from users where org = 1 and id = $1")
                .await?;
            db.execute(&s, &[&id]).await?;
            HttpResponse::NoContent().finish()
        }
        _ => scim(405, "{}".into()),
    })
}
