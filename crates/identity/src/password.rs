//! Hashing and verifying passwords, in a bounded number at a time.
//!
//! One hash costs 19 MiB and some twenty milliseconds of a core by design, so two hundred sign-ins at
//! once would take the memory and the cores from the calls that this gateway is for. Therefore they
//! run beside the async threads, a few at a time, and a queue that is full says so.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::limits::PASSWORD_BYTES_MAX;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Argon2id memory, in KiB (OWASP password storage cheat sheet, second recommendation).
pub const MEMORY_KIB: u32 = 19_456;
/// Argon2id passes over the memory.
pub const PASSES: u32 = 2;
/// Argon2id lanes.
pub const LANES: u32 = 1;
/// How many hashes run at once unless configured otherwise: 38 MiB and two cores at most.
pub const HASHES_AT_ONCE_DEFAULT: usize = 2;
/// How many more may wait for their turn unless configured otherwise: under a second of work.
pub const HASHES_WAITING_DEFAULT: usize = 32;

const SALT_BYTES: usize = 16;
/// Verified when there is no account, for the work alone. Its digest is drawn at random and belongs
/// to no known password; whatever comes of it, the answer is no.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$zB5tTDMNAelXS0W2F6IlYA$\
                      I//olB4c/IXMb253Ol0vLJ+n+EM31+xYMA3oqRumKpg";

/// Why a password was neither hashed nor verified. Never says anything about the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// As many are waiting as may: try again in a moment.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// Longer than [`PASSWORD_BYTES_MAX`]; the policy refuses it earlier and says so.
    #[error("the password is longer than {PASSWORD_BYTES_MAX} bytes")]
    TooLong,
    /// The stored hash is no PHC string of argon2.
    #[error("the stored password hash is damaged")]
    Damaged,
    /// The operating system gave no random bytes for a salt.
    #[error("the operating system gives no random bytes")]
    Randomness,
    /// The hash did not run to its end: out of memory, or the process is stopping.
    #[error("the password hash could not be computed")]
    Failed,
}

/// What became of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not this account's, or there is no such account: the two look the same and take the same time.
    Wrong,
    /// The account's.
    Right,
    /// The account's, and hashed with other parameters than today's: hash it again and store that.
    RightButOld,
}

/// Hashes passwords, a few at a time. One per process.
#[derive(Debug)]
pub struct Passwords {
    /// Running and waiting together.
    admitted: Arc<Semaphore>,
    /// Running.
    slots: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::new(HASHES_AT_ONCE_DEFAULT, HASHES_WAITING_DEFAULT)
    }
}

impl Passwords {
    /// Runs at most `at_once` hashes (at least one) and lets at most `waiting_max` wait.
    #[must_use]
    pub fn new(at_once: usize, waiting_max: usize) -> Self {
        let at_once = at_once.clamp(1, Semaphore::MAX_PERMITS);
        let admitted = at_once.saturating_add(waiting_max).min(Semaphore::MAX_PERMITS);
        Self {
            admitted: Arc::new(Semaphore::new(admitted)),
            slots: Arc::new(Semaphore::new(at_once)),
        }
    }

    /// Hashes a password with a fresh salt; gives a PHC string.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the queue is full, and when it cannot be computed.
    pub async fn hash(&self, password: SecretString) -> Result<String, PasswordError> {
        if password.expose_secret().len() > PASSWORD_BYTES_MAX {
            return Err(PasswordError::TooLong);
        }
        let turn = self.turn().await?;
        run(turn, move || hash_now(&password)).await
    }

    /// Compares a password with an account's hash. Without an account (`None`) it does the same work
    /// and says [`Verdict::Wrong`], so that the time tells nobody which addresses have accounts.
    ///
    /// # Errors
    /// [`PasswordError::Busy`] when the queue is full, and when the stored hash is damaged.
    pub async fn verify(
        &self,
        password: SecretString,
        phc: Option<&str>,
    ) -> Result<Verdict, PasswordError> {
        let turn = self.turn().await?;
        let phc = phc.map(str::to_owned);
        run(turn, move || verify_now(&password, phc.as_deref())).await
    }

    async fn turn(&self) -> Result<Turn, PasswordError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| PasswordError::Busy)?;
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let slot = slot.map_err(|_| PasswordError::Failed)?;
        Ok(Turn { _admitted: admitted, _slot: slot })
    }
}

/// Held until the hash has ended, even when nobody waits for it any more: a client that hangs up does
/// not free the core it is using.
struct Turn {
    _admitted: OwnedSemaphorePermit,
    _slot: OwnedSemaphorePermit,
}

async fn run<T: Send + 'static>(
    turn: Turn,
    work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
) -> Result<T, PasswordError> {
    let done = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(turn);
        result
    });
    done.await.map_err(|_| PasswordError::Failed)?
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Failed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &SecretString) -> Result<String, PasswordError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| PasswordError::Randomness)?;
    let made = argon2()?.hash_password_with_salt(normal(password).as_bytes(), &salt);
    made.map(|phc| phc.to_string()).map_err(|_| PasswordError::Failed)
}

fn verify_now(password: &SecretString, phc: Option<&str>) -> Result<Verdict, PasswordError> {
    let argon2 = argon2()?;
    let nobody = PasswordHash::new(NOBODY).map_err(|_| PasswordError::Failed)?;
    let stored = phc.map(PasswordHash::new).transpose();
    // A password that no account can have is not hashed at its full length.
    let fits = password.expose_secret().len() <= PASSWORD_BYTES_MAX;
    let against = match &stored {
        Ok(Some(stored)) if fits => stored,
        _ => &nobody,
    };
    let text = if fits { normal(password) } else { Zeroizing::default() };
    let outcome = argon2.verify_password(text.as_bytes(), against);
    match (stored, outcome) {
        (Err(_), _) => Err(PasswordError::Damaged),
        (Ok(Some(stored)), Ok(())) if fits => Ok(age(&stored)),
        (_, Ok(()) | Err(argon2::password_hash::Error::PasswordInvalid)) => Ok(Verdict::Wrong),
        (_, Err(argon2::password_hash::Error::OutOfMemory)) => Err(PasswordError::Failed),
        (_, Err(_)) => Err(PasswordError::Damaged),
    }
}

/// Weaker parameters are old, and stronger ones are as well: their work takes longer than
/// [`NOBODY`]'s, which would tell that there is an account.
fn age(stored: &PasswordHash) -> Verdict {
    let current = stored.algorithm.as_str() == "argon2id"
        && stored.version == Some(Version::V0x13.into())
        && Params::try_from(stored).is_ok_and(|params| {
            (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
        });
    if current { Verdict::Right } else { Verdict::RightButOld }
}

/// The password in Unicode NFKC (NIST SP 800-63B-4 section 3.1.1.2): the same keys on two keyboards
/// may send an accented letter as one code point or as two.
fn normal(password: &SecretString) -> Zeroizing<String> {
    // Room for the longest expansion, or growing would leave copies behind in freed memory.
    let mut text = Zeroizing::new(String::with_capacity(password.expose_secret().len() * 18));
    text.extend(password.expose_secret().nfkc());
    text
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    const RIGHT: &str = "a sentence that is long enough";

    fn secret(text: &str) -> SecretString {
        SecretString::from(text)
    }

    #[tokio::test]
    async fn a_password_verifies_against_its_hash_and_no_other() {
        let passwords = Passwords::default();
        let phc = passwords.hash(secret(RIGHT)).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        let verify = |text, phc| passwords.verify(secret(text), phc);
        assert_eq!(verify(RIGHT, Some(&phc)).await, Ok(Verdict::Right));
        assert_eq!(verify("a sentence that is long enougH", Some(&phc)).await, Ok(Verdict::Wrong));
        assert_eq!(verify("", Some(&phc)).await, Ok(Verdict::Wrong));
        assert_eq!(verify(RIGHT, None).await, Ok(Verdict::Wrong));
        assert_ne!(phc, passwords.hash(secret(RIGHT)).await.unwrap(), "each hash has its own salt");
    }

    #[tokio::test]
    async fn one_password_typed_on_two_keyboards_is_one_password() {
        let passwords = Passwords::default();
        let phc = passwords.hash(secret("caf\u{e9} au lait et tartine")).await.unwrap();
        let other = passwords.verify(secret("cafe\u{301} au lait et tartine"), Some(&phc)).await;
        assert_eq!(other, Ok(Verdict::Right));
    }

    #[tokio::test]
    async fn hashes_of_another_day_are_recognised_and_damaged_ones_refused() {
        let passwords = Passwords::default();
        for (algorithm, version, memory_kib, passes, lanes) in [
            (Algorithm::Argon2id, Version::V0x13, 8, 1, 1),
            (Algorithm::Argon2id, Version::V0x13, MEMORY_KIB, PASSES + 1, LANES),
            (Algorithm::Argon2id, Version::V0x13, MEMORY_KIB, PASSES, LANES + 1),
            (Algorithm::Argon2id, Version::V0x10, MEMORY_KIB, PASSES, LANES),
            (Algorithm::Argon2i, Version::V0x13, MEMORY_KIB, PASSES, LANES),
        ] {
            let params = Params::new(memory_kib, passes, lanes, None).unwrap();
            let old = Argon2::new(algorithm, version, params)
                .hash_password_with_salt(RIGHT.as_bytes(), &[1; 16])
                .unwrap()
                .to_string();
            let verdict = passwords.verify(secret(RIGHT), Some(&old)).await;
            assert_eq!(verdict, Ok(Verdict::RightButOld), "{old}");
        }
        let verify = |phc| passwords.verify(secret(RIGHT), Some(phc));
        for damaged in ["", "$argon2id$", "plaintext", "$2b$12$abcdefghijklmnopqrstuv"] {
            assert_eq!(verify(damaged).await, Err(PasswordError::Damaged), "{damaged}");
        }
    }

    #[tokio::test]
    async fn an_endless_password_is_refused() {
        let passwords = Passwords::default();
        let long = "x".repeat(PASSWORD_BYTES_MAX + 1);
        assert_eq!(passwords.hash(secret(&long)).await, Err(PasswordError::TooLong));
        assert_eq!(passwords.verify(secret(&long), None).await, Ok(Verdict::Wrong));
    }

    #[tokio::test]
    async fn e39_no_account_costs_the_work_of_a_wrong_password() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(age(&nobody), Verdict::Right, "the same parameters as a real hash");
        let passwords = Passwords::default();
        let phc = passwords.hash(secret(RIGHT)).await.unwrap();
        // The smallest of a few, because other work on the machine only ever adds to a time.
        let mut quickest = [Duration::MAX; 2];
        for _ in 0..5 {
            for (time, phc) in quickest.iter_mut().zip([Some(phc.as_str()), None]) {
                let start = Instant::now();
                passwords.verify(secret("wrong but long enough"), phc).await.unwrap();
                *time = start.elapsed().min(*time);
            }
        }
        let [known, unknown] = quickest.map(|time| time.as_secs_f64());
        // Leaving the work out would make it a thousand times quicker; a busy machine, never five times.
        assert!(unknown > known / 5.0 && known > unknown / 5.0, "{known} against {unknown}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn e43_a_flood_is_refused_beyond_the_queue_and_served_within_it() {
        let passwords = Arc::new(Passwords::new(1, 3));
        let flood: Vec<_> = (0..40)
            .map(|_| {
                let passwords = Arc::clone(&passwords);
                tokio::spawn(async move { passwords.verify(secret(RIGHT), None).await })
            })
            .collect();
        let mut answers = Vec::new();
        for one in flood {
            answers.push(one.await.unwrap());
        }
        let served = answers.iter().filter(|answer| **answer == Ok(Verdict::Wrong)).count();
        let busy = answers.iter().filter(|answer| **answer == Err(PasswordError::Busy)).count();
        assert_eq!(served + busy, 40);
        assert!(served >= 4 && busy > 0, "{served} served, {busy} refused");
        assert_eq!(passwords.verify(secret(RIGHT), None).await, Ok(Verdict::Wrong), "over again");
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_does_not_free_its_slot_early() {
        let passwords = Passwords::new(1, 0);
        let mut given_up = Box::pin(passwords.verify(secret(RIGHT), None));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(given_up.as_mut().poll(&mut context).is_pending());
        drop(given_up);
        assert_eq!(passwords.verify(secret(RIGHT), None).await, Err(PasswordError::Busy));
    }
}
