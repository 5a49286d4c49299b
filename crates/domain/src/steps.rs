//! When each step of a call was done.

/// Microseconds since the first byte of the request; `None` where the call did not get so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// The key was known.
    pub authenticated_us: Option<u64>,
    /// The body was read and understood.
    pub asked_us: Option<u64>,
    /// The guard had looked for injections.
    pub screened_us: Option<u64>,
    /// The secrets were taken out.
    pub redacted_us: Option<u64>,
    /// The target was chosen.
    pub routed_us: Option<u64>,
    /// The hold was durable.
    pub admitted_us: Option<u64>,
    /// The first byte of the answer came.
    pub first_byte_us: Option<u64>,
    /// The provider was done.
    pub upstream_done_us: Option<u64>,
    /// No moment but a length: what masking took of the time in which the answer came.
    pub masking_us: Option<u64>,
}
