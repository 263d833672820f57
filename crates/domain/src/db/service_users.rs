//! Rows of service users.

use diesel::prelude::*;
use uuid::Uuid;
use wicketgate_auth::{OrgId, ServiceUserId};

use super::{Conn, schema::service_users, types::Key, users::time};
use crate::{Error, service_user::ServiceUser, user::keys::key};

type Columns = (Key, String, String, String, bool, i64);

fn service_user((id, name, role, domain, active, created): Columns) -> Result<ServiceUser, Error> {
    Ok(ServiceUser {
        id: ServiceUserId::from_uuid(id.0),
        name,
        role: role.parse().map_err(Error::internal)?,
        provisioning_domain: domain,
        active,
        created: time(created)?,
    })
}

const COLUMNS: (
    service_users::id,
    service_users::name,
    service_users::role,
    service_users::provisioning_domain,
    service_users::active,
    service_users::created_at,
) = (
    service_users::id,
    service_users::name,
    service_users::role,
    service_users::provisioning_domain,
    service_users::active,
    service_users::created_at,
);

/// Adds a service user. A name that is taken is [`Error::AlreadyExists`].
pub(crate) fn insert(conn: &mut Conn, org: OrgId, service_user: &ServiceUser) -> Result<(), Error> {
    diesel::insert_into(service_users::table)
        .values((
            service_users::org_id.eq(Key(*org.as_uuid())),
            service_users::id.eq(Key(*service_user.id.as_uuid())),
            service_users::name.eq(&service_user.name),
            service_users::name_key.eq(key(&service_user.name)),
            service_users::role.eq(service_user.role.as_str()),
            service_users::provisioning_domain.eq(&service_user.provisioning_domain),
            service_users::active.eq(service_user.active),
            service_users::created_at.eq(service_user.created.as_millisecond()),
        ))
        .execute(conn)
        .map_err(taken)?;
    Ok(())
}

fn taken(error: diesel::result::Error) -> Error {
    match error {
        diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => {
            Error::AlreadyExists { attribute: "name" }
        }
        other => other.into(),
    }
}

/// One service user.
pub(crate) fn get(conn: &mut Conn, org: OrgId, id: ServiceUserId) -> Result<ServiceUser, Error> {
    service_user(
        service_users::table
            .find((Key(*org.as_uuid()), Key(*id.as_uuid())))
            .select(COLUMNS)
            .first(conn)?,
    )
}

/// The service user of this name, without regard to case.
pub(crate) fn named(conn: &mut Conn, org: OrgId, name: &str) -> Result<Option<ServiceUser>, Error> {
    let row: Option<Columns> = service_users::table
        .filter(service_users::org_id.eq(Key(*org.as_uuid())))
        .filter(service_users::name_key.eq(key(name)))
        .select(COLUMNS)
        .first(conn)
        .optional()?;
    row.map(service_user).transpose()
}

/// Changes the name, the role and the state of a service user. A name that is taken is [`Error::AlreadyExists`].
pub(crate) fn update(conn: &mut Conn, org: OrgId, service_user: &ServiceUser) -> Result<(), Error> {
    let row = service_users::table.find((Key(*org.as_uuid()), Key(*service_user.id.as_uuid())));
    diesel::update(row)
        .set((
            service_users::name.eq(&service_user.name),
            service_users::name_key.eq(key(&service_user.name)),
            service_users::role.eq(service_user.role.as_str()),
            service_users::active.eq(service_user.active),
        ))
        .execute(conn)
        .map_err(taken)?;
    Ok(())
}

/// All service users of the organization, in the order of their ids.
pub(crate) fn list(conn: &mut Conn, org: OrgId) -> Result<Vec<ServiceUser>, Error> {
    let rows: Vec<Columns> = service_users::table
        .filter(service_users::org_id.eq(Key(*org.as_uuid())))
        .order(service_users::id)
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(service_user).collect()
}

/// Up to `limit` service users of the organization, in the order of their ids, from the one behind `after` on.
pub(crate) fn page(
    conn: &mut Conn,
    org: OrgId,
    after: Option<ServiceUserId>,
    limit: u16,
) -> Result<Vec<ServiceUser>, Error> {
    let after = after.map_or(Uuid::nil(), |id| *id.as_uuid());
    let rows: Vec<Columns> = service_users::table
        .filter(service_users::org_id.eq(Key(*org.as_uuid())))
        .filter(service_users::id.gt(Key(after)))
        .order(service_users::id)
        .limit(limit.into())
        .select(COLUMNS)
        .load(conn)?;
    rows.into_iter().map(service_user).collect()
}

/// Up to `limit` service users of the organization in the order of their ids, from the one behind `after` on.
pub(crate) fn along(
    conn: &mut Conn,
    org: OrgId,
    newest_first: bool,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ServiceUser>, Error> {
    let mut query = service_users::table
        .filter(service_users::org_id.eq(Key(*org.as_uuid())))
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    query = if newest_first {
        query.order(service_users::id.desc())
    } else {
        query.order(service_users::id)
    };
    if let Some(after) = after {
        query = if newest_first {
            query.filter(service_users::id.lt(Key(after)))
        } else {
            query.filter(service_users::id.gt(Key(after)))
        };
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(service_user).collect()
}

/// The same in the order of their names: the folded name, which no two have, and the id of the one behind which it goes on.
pub(crate) fn by_name(
    conn: &mut Conn,
    org: OrgId,
    after: Option<&(String, Uuid)>,
    limit: i64,
) -> Result<Vec<ServiceUser>, Error> {
    let mut query = service_users::table
        .filter(service_users::org_id.eq(Key(*org.as_uuid())))
        .order(service_users::name_key)
        .limit(limit)
        .select(COLUMNS)
        .into_boxed();
    if let Some((name, _)) = after {
        query = query.filter(service_users::name_key.gt(name.clone()));
    }
    let rows: Vec<Columns> = query.load(conn)?;
    rows.into_iter().map(service_user).collect()
}
