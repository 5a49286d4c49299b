//! Setting up a client: where the gateway is and which models it offers.

use async_trait::async_trait;
use domain::caller::Caller;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// What a client's author needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpView {
    /// Scheme, host and port of this instance, without a path.
    pub base_url: String,
    /// The models that can be asked for, by name.
    pub models: Vec<String>,
    /// Whether there is a key in reach that works.
    pub any_key: bool,
}

/// Setting up a client.
#[async_trait]
pub trait SetUp: Send + Sync {
    /// What its author needs to know.
    async fn set_up(&self, caller: &Caller) -> Result<SetUpView, Fault>;
}
