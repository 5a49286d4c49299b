//! What tests stand on: a real PostgreSQL, a database of their own, a clock they turn by hand.
//!
//! Only `dev-dependencies` name this crate. It knows the migrations folder and nothing of what is in
//! it, and none of the crates that are tested with it but `domain` and `embedded`.

#![forbid(unsafe_code)]

mod clock;
mod cluster;
mod database;
mod error;
mod private;
mod template;

pub use clock::ManualClock;
pub use cluster::{Cluster, URL_VARIABLE, cluster, stop_cluster};
pub use database::TestDatabase;
pub use error::Error;
pub use private::{PrivateCluster, private_cluster};
pub use template::RUNTIME_PASSWORD;
