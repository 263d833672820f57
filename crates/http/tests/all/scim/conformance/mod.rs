//! Rules of RFC 7643 and RFC 7644 that belong to no single endpoint, or that no other test asks about in so many words.
//! The rows that they prove are in `docs/conformance`.

mod bodies;
mod cursors;
mod queries;
mod references;
mod schemas;
