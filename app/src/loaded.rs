//! What a page loads, on the server for the first visit and in the browser afterwards.
//!
//! Leptos reads a resource out of the page's text and a server function's answer out of bytes, and so the
//! browser's build would carry a reader of every view twice: a tenth of all that is sent. Here both are
//! read as bytes.

use leptos::prelude::*;
use leptos::server::codee::{Decoder, Encoder};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A resource whose value travels as JSON and is read as bytes.
pub type Loaded<T> = Resource<T, Json>;

/// JSON, read as bytes.
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, Self::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, Self::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Loads anew whenever `source` changes.
pub fn load<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Loaded<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    Resource::new_with_options(source, fetch, false)
}
