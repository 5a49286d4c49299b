//! What came over the wire, byte for byte, for tests of what a gateway forwards.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

/// The headers that carry a key; their values are kept out of `Debug`.
const KEY_HEADERS: [&str; 5] =
    ["authorization", "x-api-key", "api-key", "x-amz-security-token", "cookie"];

/// One request as it arrived, whether it was then served or refused.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// All headers. The values of headers that carry keys are marked sensitive.
    pub headers: HeaderMap,
    /// The body, untouched.
    pub body: Bytes,
}

/// The newest requests, a bounded number of them.
pub(crate) struct Memory {
    kept: Mutex<VecDeque<Seen>>,
    kept_max: usize,
}

impl Memory {
    pub(crate) fn new(kept_max: usize) -> Self {
        Self { kept: Mutex::new(VecDeque::new()), kept_max }
    }

    pub(crate) fn record(&self, parts: &http::request::Parts, body: &Bytes) {
        if self.kept_max == 0 {
            return;
        }
        let mut headers = parts.headers.clone();
        for name in KEY_HEADERS {
            if let Some(value) = headers.get_mut(name) {
                value.set_sensitive(true);
            }
        }
        let seen = Seen {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            headers,
            body: body.clone(),
        };
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= self.kept_max {
            kept.pop_front();
        }
        kept.push_back(seen);
    }

    pub(crate) fn all(&self) -> Vec<Seen> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
