//! A statement written by hand, for what diesel cannot say on both databases. Unlike diesel's own `sql_query` it is
//! prepared once for each connection, unless its text was made up for one request.

use std::borrow::Cow;

use diesel::{
    QueryResult, RunQueryDsl,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable, Text, Untyped},
};

use super::{
    Conn, MultiBackend,
    types::{Comparable, Document, Id, Json, Key},
};

/// One value of a [`Statement`].
#[derive(Debug, Clone)]
pub(crate) enum Bind {
    Id(Key),
    Text(String),
    OptionalText(Option<String>),
    Bool(bool),
    BigInt(i64),
    OptionalBigInt(Option<i64>),
    Json(Document),
    Comparable(Comparable),
}

/// SQL in which each `{}` is the next value.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    sql: Cow<'static, str>,
    binds: Vec<Bind>,
    is_one_of_few: bool,
}

impl Statement {
    /// `binds` are the values of the `{}` of `sql`, in order.
    pub(crate) fn new(sql: &'static str, binds: Vec<Bind>) -> Self {
        Self::made(sql.into(), binds, true)
    }

    /// A statement whose text depends on the request. It stays prepared only where there are few of its kind: clients
    /// make up as many filters as they like.
    pub(crate) fn composed(sql: String, binds: Vec<Bind>, is_one_of_few: bool) -> Self {
        Self::made(sql.into(), binds, is_one_of_few)
    }

    fn made(sql: Cow<'static, str>, binds: Vec<Bind>, is_one_of_few: bool) -> Self {
        debug_assert_eq!(sql.matches("{}").count(), binds.len(), "{sql}");
        Self {
            sql,
            binds,
            is_one_of_few,
        }
    }
}

impl QueryFragment<MultiBackend> for Statement {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        if !self.is_one_of_few {
            out.unsafe_to_cache_prepared();
        }
        let mut binds = self.binds.iter();
        for (number, piece) in self.sql.split("{}").enumerate() {
            if number > 0 {
                match binds.next() {
                    Some(Bind::Id(value)) => out.push_bind_param::<Id, _>(value)?,
                    Some(Bind::Text(value)) => out.push_bind_param::<Text, _>(value)?,
                    Some(Bind::OptionalText(value)) => out.push_bind_param::<Nullable<Text>, _>(value)?,
                    Some(Bind::Bool(value)) => out.push_bind_param::<Bool, _>(value)?,
                    Some(Bind::BigInt(value)) => out.push_bind_param::<BigInt, _>(value)?,
                    Some(Bind::OptionalBigInt(value)) => out.push_bind_param::<Nullable<BigInt>, _>(value)?,
                    Some(Bind::Json(value)) => out.push_bind_param::<Json, _>(value)?,
                    Some(Bind::Comparable(value)) => out.push_bind_param::<Json, _>(value)?,
                    None => {
                        return Err(diesel::result::Error::QueryBuilderError(
                            "a value is missing".into(),
                        ));
                    }
                }
            }
            out.push_sql(piece);
        }
        Ok(())
    }
}

impl QueryId for Statement {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Statement {
    type SqlType = Untyped;
}

impl RunQueryDsl<Conn> for Statement {}
