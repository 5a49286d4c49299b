//! From what went wrong inside to what the console tells.

use contract::fault::{Fault, Field, Reason};
use domain::caller::Denied;
use domain::ids::RequestId;
use identity::password::PasswordError;
use store::StoreError;
use vault::{BlobError, RingError};

/// The SQLSTATE of a reference to what is not there.
const FOREIGN_KEY: &str = "23503";

/// Why a service did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Something that may be told as it is.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// What the vault sealed cannot be read.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// Hashing a password.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Randomness(#[from] identity::api_key::RandomnessUnavailable),
}

impl Failure {
    /// A field of the form is not acceptable.
    pub(crate) const fn invalid(field: Field, reason: Reason) -> Self {
        Self::Fault(Fault::Invalid { field, reason })
    }

    /// Tells a taken name as the form's fault. `constraint` is the unique constraint that the name
    /// would break; any other failure stays as it is.
    pub(crate) fn taken(error: StoreError, constraint: &str, field: Field) -> Self {
        match error.conflict() {
            Some(found) if found == constraint => Self::invalid(field, Reason::Taken),
            _ => Self::Store(error),
        }
    }
}

impl From<Denied> for Failure {
    fn from(denied: Denied) -> Self {
        Self::Fault(denied.into())
    }
}

impl From<Failure> for Fault {
    /// Called once per request, where a service returns: what is our own fault is logged here, with a
    /// reference, and nothing of it is told but that.
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Fault(fault) => fault,
            Failure::Store(StoreError::Conflict { .. }) => Self::Conflict,
            // What it leads to was removed in the meantime, or something leads to it by now.
            Failure::Store(StoreError::Refused { code, .. }) if code == FOREIGN_KEY => {
                Self::Conflict
            }
            Failure::Store(error) if error.is_retryable() => {
                tracing::warn!(error = %chain(&error), "the console's question was not answered");
                Self::Unavailable
            }
            Failure::Password(PasswordError::Busy) => {
                tracing::warn!("too many passwords are being checked at this moment");
                Self::Unavailable
            }
            Failure::Ring(error @ (RingError::Source(_) | RingError::KeyStore(_))) => {
                tracing::error!(error = %chain(&error), "the vault did not answer");
                Self::Unavailable
            }
            other => internal(&other),
        }
    }
}

fn internal(failure: &Failure) -> Fault {
    let reference = RequestId::mint().to_string();
    tracing::error!(reference, error = %chain(failure), "the console failed");
    Fault::Internal { reference }
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        // A transparent error says the same as its cause.
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Cause;

    fn cause() -> Cause {
        Cause { text: Some("secret-host:5432 refused".into()), ..Cause::default() }
    }

    #[test]
    fn faults_of_ours_tell_a_reference_and_nothing_else() {
        let fault = Fault::from(Failure::from(StoreError::Internal(cause())));
        let Fault::Internal { reference } = &fault else { panic!("{fault:?}") };
        assert_eq!(reference.len(), 36);
        assert!(!fault.to_string().contains("secret-host"));
    }

    #[test]
    fn each_failure_of_the_store_has_its_fault() {
        let of = |error: StoreError| Fault::from(Failure::from(error));
        assert_eq!(of(StoreError::Unavailable(cause())), Fault::Unavailable);
        assert_eq!(of(StoreError::Raced(cause())), Fault::Unavailable);
        assert_eq!(of(StoreError::Conflict { constraint: "x".into() }), Fault::Conflict);
        let gone = StoreError::Refused { code: FOREIGN_KEY.into(), cause: cause() };
        assert_eq!(of(gone), Fault::Conflict);
        let refused = StoreError::Refused { code: "42501".into(), cause: cause() };
        assert!(matches!(of(refused), Fault::Internal { .. }));
        assert!(matches!(of(StoreError::Invalid { what: "x".into() }), Fault::Internal { .. }));
    }

    #[test]
    fn the_log_names_the_whole_chain_once() {
        let failure = Failure::from(StoreError::Unavailable(cause()));
        assert_eq!(chain(&failure), "the database does not answer: secret-host:5432 refused");
    }
}
