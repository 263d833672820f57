//! Bulk requests (RFC 7644 §3.7): many operations in one request, which may name each other's resources before those
//! exist. It executes nothing: a [`Job`] says what to do next and is told how it went.
//!
//! The caller's part is a loop over [`Job::next`] and [`Job::finish`]; each step is an ordinary request of its own.

mod defer;
mod graph;
mod job;
mod parse;
mod path;
mod plan;
mod reference;
mod response;

#[cfg(test)]
mod failure_tests;
#[cfg(test)]
mod order_tests;
#[cfg(test)]
mod tests;

pub use job::{Job, Outcome, Step};
pub use parse::parse;
pub use path::Path;
pub use response::{OperationResult, response};

use crate::{Error, Object};

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Creates a resource.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a resource.
    Patch,
    /// Deletes a resource.
    Delete,
}

impl Method {
    /// All methods that an operation may have.
    pub const ALL: [Self; 4] = [Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// The HTTP method.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation of a bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// What to do.
    pub method: Method,
    /// The client's name for the operation; of a POST, also for the resource it creates.
    pub bulk_id: Option<String>,
    /// What an If-Match header would carry.
    pub version: Option<String>,
    /// Where.
    pub path: Path,
    /// The body. Always there for POST, PUT and PATCH, never for DELETE.
    pub data: Option<Object>,
}

/// An operation that cannot be executed as it was sent. It fails on its own, and the rest of the job goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The method as sent; empty when there was none.
    pub method: String,
    /// The client's name for the operation, when it has a readable one.
    pub bulk_id: Option<String>,
    /// Why.
    pub error: Error,
}

/// A bulk request that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    /// After how many failed operations to stop. At least 1.
    pub fail_on_errors: Option<u64>,
    /// The operations in the order of the request. At least one.
    pub operations: Vec<Result<Operation, Refused>>,
}

/// Why nothing of a bulk request is executed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BulkError {
    /// It is not a bulk request.
    #[error(transparent)]
    Invalid(#[from] Error),
    /// It is larger than maxOperations: HTTP answers 413 (RFC 7644 §3.7.4).
    #[error(
        "the request has {sent} operations, more than maxOperations, which is {limit}: send them in several requests"
    )]
    TooManyOperations {
        /// How many it has.
        sent: usize,
        /// maxOperations.
        limit: usize,
    },
}
