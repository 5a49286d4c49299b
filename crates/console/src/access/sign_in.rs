//! Proving who one is.
//!
//! An address without an account, a wrong password, a suspended account and one without a tenant get
//! the same answer after the same work, and are told apart in the audit log only.

use std::net::{IpAddr, Ipv4Addr};

use chrono::{DateTime, TimeDelta, Utc};
use contract::access::{SignedIn, Visitor};
use contract::fault::Fault;
use domain::ids::TenantId;
use identity::email::Email;
use identity::password::Verdict;
use identity::throttle::{self, Buckets, Count, Decision, Record, WINDOW_SECONDS};
use secrecy::{ExposeSecret, SecretString};
use store::accounts::Account;
use store::attempts::AttemptCount;
use store::{Reason, SystemTx};

use crate::Services;
use crate::access::session;
use crate::act::{Act, Actor, Event};
use crate::fault::{Failure, chain};
use crate::form;

/// A try that was let through.
struct Try {
    buckets: Buckets,
    at: DateTime<Utc>,
    found: Option<(Account, SecretString)>,
}

impl Services {
    /// Checks an address and a password.
    pub(super) async fn prove(
        &self,
        visitor: &Visitor,
        email: &str,
        password: SecretString,
    ) -> Result<SignedIn, Failure> {
        let attempt = self.admit(visitor, &form::email(email)?).await?;
        let hash = attempt.found.as_ref().map(|(_, hash)| hash.expose_secret());
        // No transaction is open while the hash is computed: it takes as long as a hundred queries.
        let verdict = self.passwords.verify(password.clone(), hash).await?;
        match (&attempt.found, verdict) {
            (Some((account, _)), Verdict::Right) => self.let_in(visitor, &attempt, account).await,
            (Some((account, hash)), Verdict::RightButOld) => {
                let signed_in = self.let_in(visitor, &attempt, account).await?;
                if let Err(failure) = self.renew(account, hash, password).await {
                    tracing::warn!(error = %chain(&failure), "an old password hash was not renewed");
                }
                Ok(signed_in)
            }
            (Some((account, _)), Verdict::Wrong) => {
                self.refuse(visitor, &attempt, Some(account), "wrong password").await
            }
            (None, _) => self.refuse(visitor, &attempt, None, "no such account").await,
        }
    }

    /// Counts the try before the password is looked at, so that many at once do not all see a count
    /// that none of them has raised yet.
    async fn admit(&self, visitor: &Visitor, email: &Email) -> Result<Try, Failure> {
        let ip = visitor.ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let buckets = Buckets::of(&self.throttle_key, email, ip);
        let at = self.clock.now();
        let mut tx = self.store.system(Reason::SignIn).await?;
        let record = record(&mut tx, &buckets, at).await?;
        if let Decision::Wait { seconds } = throttle::decide(&record, at) {
            return Err(Fault::Limited { retry_after_s: seconds }.into());
        }
        tx.record_attempts(&[buckets.pair], at).await?;
        let found = tx.account_by_email(email.as_str()).await?;
        tx.commit().await?;
        Ok(Try { buckets, at, found })
    }

    async fn let_in(
        &self,
        visitor: &Visitor,
        attempt: &Try,
        account: &Account,
    ) -> Result<SignedIn, Failure> {
        if !account.active {
            return self.refuse(visitor, attempt, Some(account), "account suspended").await;
        }
        let actor = Actor::proven(visitor, account.id, &account.email);
        let mut act = Act::across(&self.store, actor, Reason::SignIn).await?;
        let home = act.tx().memberships(account.id).await?.first().map(|m| m.tenant_id);
        if home.is_none() && !account.platform_admin {
            drop(act);
            return self.refuse(visitor, attempt, Some(account), "no active tenant").await;
        }
        // The other two counts stay: with one account of one's own, one could else clear them between
        // guesses at somebody else's.
        act.tx().clear_attempts(&[attempt.buckets.pair]).await?;
        let started = session("session.start", account.id, &account.email);
        match home {
            Some(home) => {
                act.done([(TenantId::PLATFORM, started.clone()), (home, started)]).await?;
            }
            None => act.done([(TenantId::PLATFORM, started)]).await?,
        }
        let tenant_id = home.filter(|_| !account.platform_admin);
        Ok(SignedIn { account_id: account.id, tenant_id })
    }

    /// Hashes the password with today's parameters. In a transaction of its own: the sign-in stands,
    /// whatever becomes of this, and the next one tries again.
    async fn renew(
        &self,
        account: &Account,
        old: &SecretString,
        password: SecretString,
    ) -> Result<(), Failure> {
        let new = self.passwords.hash(password).await?.into();
        let mut tx = self.store.system(Reason::SignIn).await?;
        tx.renew_password_hash(account.id, old, &new).await?;
        Ok(tx.commit().await?)
    }

    /// The one way to fail.
    async fn refuse(
        &self,
        visitor: &Visitor,
        attempt: &Try,
        account: Option<&Account>,
        why: &str,
    ) -> Result<SignedIn, Failure> {
        let actor = Actor::anonymous(visitor);
        let mut act = Act::across(&self.store, actor, Reason::SignIn).await?;
        act.tx()
            .record_attempts(&[attempt.buckets.ip, attempt.buckets.account], attempt.at)
            .await?;
        let refused = Event {
            action: "session.refused",
            target_kind: "account",
            target_id: account.map(|account| account.id.uuid()),
            target: Some(match account {
                Some(account) => account.email.clone(),
                None => digest(&attempt.buckets),
            }),
            reason: Some(why.into()),
            refused: true,
            ..Event::default()
        };
        act.done([(TenantId::PLATFORM, refused)]).await?;
        tracing::info!(email = digest(&attempt.buckets), "a sign-in was refused");
        Err(Fault::WrongCredentials.into())
    }
}

/// Tells addresses apart without keeping them: people type their password into the wrong field.
fn digest(buckets: &Buckets) -> String {
    let short: String = buckets.account.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("address {short}")
}

async fn record(
    tx: &mut SystemTx<'_>,
    buckets: &Buckets,
    at: DateTime<Utc>,
) -> Result<Record, Failure> {
    let since = at - TimeDelta::seconds(WINDOW_SECONDS);
    let counts = tx.attempt_counts(&[buckets.pair, buckets.ip, buckets.account], since).await?;
    let count = |place: usize| {
        let AttemptCount { failures, latest } = counts.get(place).copied().unwrap_or_default();
        Count { failures, latest }
    };
    Ok(Record { pair: count(0), ip: count(1), account: count(2) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e39_the_digest_of_an_unknown_address_does_not_hold_it() {
        let email = Email::parse("my-password@example.com").unwrap();
        let buckets = Buckets::of(&[7; 32], &email, IpAddr::V4(Ipv4Addr::LOCALHOST));
        let digest = digest(&buckets);
        assert_eq!(digest.len(), "address ".len() + 12);
        assert!(!digest.contains("password"));
    }
}
