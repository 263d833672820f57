//! The two column types that the databases spell differently: identifiers (`uuid`, text) and documents (`jsonb`, text).

use std::io::Write as _;

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::Pg,
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{HasSqlType, SqlType, Text},
    sqlite::Sqlite,
};
use serde::Serialize as _;
use serde_json::Value;
use uuid::Uuid;

use super::MultiBackend;

/// A UUID: `uuid` on PostgreSQL, its lower-case text on SQLite.
#[derive(SqlType, QueryId, Debug, Default, Clone, Copy)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Id;

/// A JSON document: `jsonb` on PostgreSQL, text on SQLite.
#[derive(SqlType, QueryId, Debug, Default, Clone, Copy)]
#[diesel(postgres_type(oid = 3802, array_oid = 3807))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Json;

/// A value of an [`Id`] column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Id)]
pub(crate) struct Key(pub(crate) Uuid);

/// A value of a [`Json`] column.
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Json)]
pub(crate) struct Document(pub(crate) Value);

/// A comparable form, or a list of them, for a [`Json`] column. It is written only: the databases read it.
#[derive(Debug, Clone, PartialEq, AsExpression)]
#[diesel(sql_type = Json)]
pub(crate) struct Comparable(pub(crate) Value);

/// Writes numbers as what they are. PostgreSQL keeps decimal digits, and the shortest digits of a large floating point
/// number are not the number itself, so that another one could seem to be between them.
pub(super) struct ExactNumbers;

/// From here on every floating point number is a whole one.
const WHOLE: f64 = 9_007_199_254_740_992.0;

impl serde_json::ser::Formatter for ExactNumbers {
    fn write_f64<W: ?Sized + std::io::Write>(&mut self, writer: &mut W, value: f64) -> std::io::Result<()> {
        writer.write_all(exact_number(value).as_bytes())
    }
}

/// The decimal digits of a number: all of them where it is large, the shortest that mean it where it is not.
pub(super) fn exact_number(value: f64) -> String {
    if value.abs() >= WHOLE {
        format!("{value:.0}")
    } else {
        // JSON's form: with a fraction or an exponent.
        format!("{value:?}")
    }
}

impl HasSqlType<Id> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<Id>(lookup)
    }
}

impl HasSqlType<Json> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<Json>(lookup)
    }
}

impl ToSql<Id, MultiBackend> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Id, self));
        Ok(IsNull::No)
    }
}

impl ToSql<Id, Pg> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<Id, Sqlite> for Key {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, MultiBackend> for Key {
    fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, Id>()
    }
}

impl FromSql<Id, Pg> for Key {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(bytes.as_bytes())?))
    }
}

impl FromSql<Id, Sqlite> for Key {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(bytes)?;
        Ok(Self(Uuid::try_parse(&text)?))
    }
}

impl ToSql<Json, MultiBackend> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Json, self));
        Ok(IsNull::No)
    }
}

impl ToSql<Json, Pg> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        // The binary form of jsonb is a version byte and the text.
        out.write_all(&[1])?;
        self.0
            .serialize(&mut serde_json::Serializer::with_formatter(out, ExactNumbers))?;
        Ok(IsNull::No)
    }
}

impl ToSql<Json, Sqlite> for Document {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl ToSql<Json, MultiBackend> for Comparable {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
        out.set_value((Json, self));
        Ok(IsNull::No)
    }
}

impl ToSql<Json, Pg> for Comparable {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?;
        self.0
            .serialize(&mut serde_json::Serializer::with_formatter(out, ExactNumbers))?;
        Ok(IsNull::No)
    }
}

impl ToSql<Json, Sqlite> for Comparable {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        // SQLite compares whole and floating point numbers by value.
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}

impl FromSql<Json, MultiBackend> for Document {
    fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        bytes.from_sql::<Self, Json>()
    }
}

impl FromSql<Json, Pg> for Document {
    fn from_sql(bytes: <Pg as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = bytes.as_bytes();
        let Some((1, json)) = bytes.split_first() else {
            return Err("a jsonb value of an unknown version".into());
        };
        Ok(Self(serde_json::from_slice(json)?))
    }
}

impl FromSql<Json, Sqlite> for Document {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(bytes)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}
