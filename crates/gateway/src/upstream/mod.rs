//! The provider's side of the wire: the only place that knows how one is addressed, opened and read, and
//! the only one that builds an HTTP client.

pub(crate) mod address;
pub(crate) mod client;
pub(crate) mod credential;
pub(crate) mod egress;
pub(crate) mod eventstream;
pub(crate) mod headers;
pub mod meter;
pub(crate) mod outgoing;
pub(crate) mod provider;
pub(crate) mod sign;
