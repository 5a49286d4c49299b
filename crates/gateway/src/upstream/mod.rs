//! The provider's side of the wire: the only place that knows its format, and the only one that builds
//! an HTTP client.

pub(crate) mod client;
pub(crate) mod headers;
pub mod meter;
