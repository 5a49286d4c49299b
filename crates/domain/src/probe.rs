//! What one tiny request to a provider found.

use serde::{Deserialize, Serialize};

/// The answer to a test call. Nothing in it is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Whether the provider answered as it should.
    pub ok: bool,
    /// Its HTTP status; `None` where no answer came.
    pub status: Option<u16>,
    /// From the request to the end of the answer, in milliseconds.
    pub latency_ms: u32,
    /// The model that it says it served.
    pub model_served: Option<String>,
    /// What else there is to know: its own words about an error, or why it could not be reached.
    pub note: Option<String>,
}
