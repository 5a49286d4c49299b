//! Signing in, the first run, and taking a seat.

use async_trait::async_trait;
use domain::caller::Caller;
use domain::ids::{AccountId, RequestId, TenantId};
use secrecy::SecretString;

use crate::draft::Draft;
use crate::fault::Fault;

/// What is known of a browser before anyone is signed in.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The request.
    pub request_id: RequestId,
    /// Where from.
    pub ip: Option<std::net::IpAddr>,
    /// The browser's name for itself, cut to a bounded length.
    pub user_agent: Option<String>,
}

/// A person who has just proven who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person.
    pub account_id: AccountId,
    /// The seat to start in: their only or last tenant, or the platform.
    pub tenant_id: Option<TenantId>,
}

/// Signing in, the first run, and taking a seat.
#[async_trait]
pub trait Access: Send + Sync {
    /// Whether there is no account yet, so that the first run is still to come.
    async fn first_run_open(&self) -> Result<bool, Fault>;

    /// Creates the platform admin, against the one-time token printed on the console.
    async fn first_run(
        &self,
        visitor: &Visitor,
        token: SecretString,
        name: String,
        email: String,
        password: SecretString,
    ) -> Result<SignedIn, Fault>;

    /// Proves an e-mail address and a password. Fails the same way, after the same work, for an
    /// unknown address and for a wrong password.
    async fn sign_in(
        &self,
        visitor: &Visitor,
        email: String,
        password: SecretString,
    ) -> Result<SignedIn, Fault>;

    /// Records that a session was ended by its person.
    async fn sign_out(&self, caller: &Caller) -> Result<(), Fault>;

    /// The caller for a live session; `tenant_id` is the seat the session remembers.
    /// [`Fault::SignInAgain`] when the account is gone or suspended.
    async fn caller(
        &self,
        visitor: &Visitor,
        account_id: AccountId,
        tenant_id: Option<TenantId>,
    ) -> Result<Caller, Fault>;

    /// Takes a seat in a tenant: of a member by membership, of a platform admin with a reason that is
    /// written into that tenant's own audit log. `None` returns a platform admin to the platform.
    async fn take_seat(
        &self,
        caller: &Caller,
        tenant_id: Option<TenantId>,
        reason: Option<String>,
    ) -> Result<(), Fault>;
}

/// The browser's session of the request at hand. The server puts one into the request's extensions
/// as `Arc<dyn BrowserSession>`; its cookie is renewed whenever the rights it carries change.
#[async_trait]
pub trait BrowserSession: Send + Sync {
    /// Begins a session for a person, under a new id (against session fixation).
    async fn start(&self, signed_in: SignedIn) -> Result<(), Fault>;

    /// Remembers the seat, under a new id.
    async fn remember_seat(&self, tenant_id: Option<TenantId>) -> Result<(), Fault>;

    /// The form of this id that was refused lately, as it was typed.
    async fn draft(&self, id: &str) -> Option<Draft>;

    /// Ends it, in the browser and in the store.
    async fn end(&self) -> Result<(), Fault>;
}
