//! What an operator can set, with units and defaults.

use std::time::Duration;

use crate::upstream::egress::EgressAllow;

/// Limits and times of the data plane. Every field has a default that suits one node of two cores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Calls that may be in flight at once; one more is refused as overloaded. Default 1,024.
    pub calls_in_flight_max: usize,
    /// Settlements that may wait for the database beyond those of calls in flight. When they pile up
    /// to this number, new calls are refused as overloaded. Default 4,096.
    pub settlements_waiting_max: usize,
    /// Calls that one admission batch takes at most. Default 512.
    pub admit_batch_max: usize,
    /// Calls that one settlement batch takes at most. Default 256.
    pub settle_batch_max: usize,
    /// How long the settler gathers before it writes a batch that is not full, in milliseconds. It
    /// costs no caller any time and halves the work of the database. Default 10.
    pub settle_gather: Duration,
    /// How long a call may wait for its hold, in milliseconds. Default 5,000.
    pub admit_wait: Duration,
    /// How long a hold lives, in seconds. It must outlast the longest call with its drain and its
    /// settlement. Default 1,200.
    pub hold_seconds: u32,
    /// Connecting to a provider, in seconds. Default 5.
    pub connect_wait: Duration,
    /// A whole call from its first byte to its last, in seconds. Default 600.
    pub call_wait: Duration,
    /// How long the body of a request may take to arrive, in seconds. Default 60.
    pub body_wait: Duration,
    /// How long the rest of an answer is read for its usage after the client has gone, in seconds.
    /// Default 120.
    pub drain_wait: Duration,
    /// How much of it is read, in bytes. Default 16 MiB.
    pub drain_bytes_max: u64,
    /// How many answers are drained at once; beyond, the provider's connection is closed and the
    /// usage estimated. Default 256.
    pub drains_max: usize,
    /// Largest answer that is not streamed, in bytes. Default 64 MiB.
    pub answer_bytes_max: usize,
    /// How long the rules of this node may stay unconfirmed before every call is refused, in seconds.
    /// Default 5.
    pub confirm_wait: Duration,
    /// How often the epoch of the rules is read, in milliseconds. A revocation whose notice is lost
    /// takes effect within this time. Default 500.
    pub poll_every: Duration,
    /// How often expired holds are looked for, in seconds. Default 5.
    pub reap_every: Duration,
    /// Whether prompts and answers are kept, sealed. Default true.
    pub keep_payloads: bool,
    /// Bodies of requests that this node holds at once, from their first byte to their settlement, in
    /// bytes; a call for which there is no room is refused as overloaded. Default 512 MiB.
    pub bodies_bytes_max: usize,
    /// Sealed prompts and answers that may wait for the database, in bytes; beyond, a call is settled
    /// without them. Default 256 MiB.
    pub payloads_bytes_max: usize,
    /// Attempts at providers that one call makes at most, its first one included. Default 3.
    pub attempts_max: u32,
    /// After so much silence a client that waits for a stream is told that it still lives, in seconds.
    /// Default 15.
    pub keep_alive: Duration,
    /// What the people of the kill switch see this node as, at most 100 characters. Default "gateway".
    pub node_name: String,
    /// Hosts that providers may have; all where it is empty.
    pub egress_allow: EgressAllow,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            calls_in_flight_max: 1_024,
            settlements_waiting_max: 4_096,
            admit_batch_max: 512,
            settle_batch_max: 256,
            settle_gather: Duration::from_millis(10),
            admit_wait: Duration::from_secs(5),
            hold_seconds: 1_200,
            connect_wait: Duration::from_secs(5),
            call_wait: Duration::from_secs(600),
            body_wait: Duration::from_secs(60),
            drain_wait: Duration::from_secs(120),
            drain_bytes_max: 16 * 1024 * 1024,
            drains_max: 256,
            answer_bytes_max: 64 * 1024 * 1024,
            confirm_wait: Duration::from_secs(5),
            poll_every: Duration::from_millis(500),
            reap_every: Duration::from_secs(5),
            keep_payloads: true,
            bodies_bytes_max: 512 * 1024 * 1024,
            payloads_bytes_max: 256 * 1024 * 1024,
            attempts_max: 3,
            keep_alive: Duration::from_secs(15),
            node_name: "gateway".to_owned(),
            egress_allow: EgressAllow::default(),
        }
    }
}

/// Why settings cannot work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// A hold could expire under a call that still runs.
    #[error("hold_seconds must be more than call_wait and drain_wait together")]
    HoldTooShort,
    /// The field must be more than nothing.
    #[error("{0} must be more than nothing")]
    Zero(&'static str),
}

impl Settings {
    /// Checks what no type can say.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting.
    pub fn check(&self) -> Result<(), SettingsError> {
        for (name, number) in [
            ("calls_in_flight_max", self.calls_in_flight_max),
            ("admit_batch_max", self.admit_batch_max),
            ("settle_batch_max", self.settle_batch_max),
            ("answer_bytes_max", self.answer_bytes_max),
        ] {
            if number == 0 {
                return Err(SettingsError::Zero(name));
            }
        }
        for (name, time) in [
            ("admit_wait", self.admit_wait),
            ("call_wait", self.call_wait),
            ("body_wait", self.body_wait),
            ("confirm_wait", self.confirm_wait),
            ("poll_every", self.poll_every),
            ("reap_every", self.reap_every),
            ("keep_alive", self.keep_alive),
        ] {
            if time.is_zero() {
                return Err(SettingsError::Zero(name));
            }
        }
        if Duration::from_secs(self.hold_seconds.into()) <= self.call_wait + self.drain_wait {
            return Err(SettingsError::HoldTooShort);
        }
        Ok(())
    }
}
