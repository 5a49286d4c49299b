//! Circuits: the breakers that all nodes share. The rule is `domain::circuit`; the database keeps it under
//! a row lock (`migrations/0013_circuits.sql`), and every change is told on [`crate::Channel::Circuits`].

mod estate;
mod history;

use chrono::{DateTime, Utc};
use domain::circuit::{
    COOLDOWN_FIRST_S, COOLDOWN_MAX_S, Circuit, CircuitState, FAULTS_TO_OPEN, Fault, Force, Forced,
    TRIAL_LEASE_S,
};
use domain::ids::{NodeId, ProviderId};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use crate::error::StoreError;
use crate::store::{Store, begin};
use crate::system::SystemTx;
use crate::text::bounded;

pub use estate::{CircuitProvider, Dependant, SecretFacts};
pub use history::{CircuitChange, CircuitEvent, Downtime, EVENT_ROWS_MAX};

/// The model that means the provider as a whole.
pub const WHOLE_PROVIDER: &str = "";
/// Longest a circuit's change may take, in milliseconds: it stands in the path of a call, and a call
/// rather goes without it.
const STATEMENT_MS_MAX: u32 = 1_000;
/// Longest detail of a fault, in characters.
const DETAIL_CHARS_MAX: usize = 200;
/// A circuit as it is stored. A provider or model that never failed has none, and is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CircuitRow {
    /// The provider.
    pub provider_id: ProviderId,
    /// The provider's name of the model; empty for the provider as a whole.
    pub model: String,
    /// The machine.
    pub circuit: Circuit,
    /// The last fault, while there is a row of them.
    pub reason: Option<Fault>,
    /// What there is to say of that fault, such as its status.
    pub detail: Option<String>,
    /// Who makes the trial that is under way.
    pub trial_node: Option<NodeId>,
    /// Why it is forced.
    pub forced_reason: Option<String>,
    /// Who forced it.
    pub forced_by: Option<String>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// An override as a person asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewForce<'a> {
    /// The provider.
    pub provider_id: ProviderId,
    /// The model; empty for the provider as a whole.
    pub model: &'a str,
    /// What calls shall meet.
    pub to: Force,
    /// Why.
    pub reason: &'a str,
    /// Who.
    pub by: &'a str,
    /// For how long, in minutes; at most [`domain::circuit::FORCE_MINUTES_MAX`].
    pub minutes: u32,
}

/// A row of `platform.circuit`, before its words are read.
struct Stored {
    provider_id: Uuid,
    model: String,
    state: String,
    faults: i32,
    opened_at: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    cooldown_s: i32,
    reason: Option<String>,
    detail: Option<String>,
    trial_node: Option<Uuid>,
    trial_until: Option<DateTime<Utc>>,
    forced: Option<String>,
    forced_reason: Option<String>,
    forced_by: Option<String>,
    forced_until: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

/// The columns of a circuit, from a table or from a function that answers with its row.
macro_rules! circuits {
    ($from:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Stored,
            r#"select provider_id as "provider_id!", model as "model!", state as "state!",
                      faults as "faults!", opened_at, until, cooldown_s as "cooldown_s!", reason, detail,
                      trial_node, trial_until, forced, forced_reason, forced_by, forced_until,
                      updated_at as "updated_at!" from "# + $from,
            $($argument),*
        )
    };
}

impl Store {
    /// All circuits, as a node reads them.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer.
    pub async fn circuits(&self) -> Result<Vec<CircuitRow>, StoreError> {
        let rows = circuits!("platform.circuit order by provider_id, model")
            .fetch_all(&self.gateway)
            .await?;
        rows.into_iter().map(Stored::read).collect()
    }

    /// Tells a fault that counts, and what the circuit is after it. `detail` is a word or two for people,
    /// such as the status; never what a caller or a provider wrote.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer within a second;
    /// [`StoreError::Refused`] where there is no such provider.
    pub async fn circuit_fault(
        &self,
        provider: ProviderId,
        model: &str,
        fault: Fault,
        detail: Option<&str>,
    ) -> Result<CircuitRow, StoreError> {
        let detail = detail.map(|text| bounded(text, DETAIL_CHARS_MAX));
        let mut tx = self.circuit_tx().await?;
        let row = circuits!(
            "platform.circuit_fault($1, $2, $3, $4, $5, $6, $7)",
            provider.uuid(),
            model,
            fault.as_str(),
            detail.as_deref(),
            whole(FAULTS_TO_OPEN),
            whole(COOLDOWN_FIRST_S),
            whole(COOLDOWN_MAX_S),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        row.read()
    }

    /// Tells a success, and what the circuit is after it; `None` where it has no row, and is closed. Need
    /// not be told of a circuit that [is clean](Circuit::is_clean).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer within a second.
    pub async fn circuit_success(
        &self,
        provider: ProviderId,
        model: &str,
    ) -> Result<Option<CircuitRow>, StoreError> {
        let mut tx = self.circuit_tx().await?;
        let row = circuits!("platform.circuit_success($1, $2)", provider.uuid(), model)
            .fetch_optional(&mut *tx)
            .await?;
        tx.commit().await?;
        row.map(Stored::read).transpose()
    }

    /// Takes the one trial of a circuit whose cool-down is over; `false` where another has it, or where
    /// there is none to take. It lasts [`TRIAL_LEASE_S`].
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer within a second.
    pub async fn circuit_take_trial(
        &self,
        provider: ProviderId,
        model: &str,
        node: NodeId,
    ) -> Result<bool, StoreError> {
        let mut tx = self.circuit_tx().await?;
        let taken = sqlx::query_scalar!(
            r#"select platform.circuit_take_trial($1, $2, $3, $4) as "taken!""#,
            provider.uuid(),
            model,
            node.uuid(),
            whole(TRIAL_LEASE_S),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(taken)
    }

    /// Gives a trial back that showed neither a fault nor a success, so that the next call may be one;
    /// `false` where this node has none.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] where the database does not answer within a second.
    pub async fn circuit_release_trial(
        &self,
        provider: ProviderId,
        model: &str,
        node: NodeId,
    ) -> Result<bool, StoreError> {
        let mut tx = self.circuit_tx().await?;
        let released = sqlx::query_scalar!(
            r#"select platform.circuit_release_trial($1, $2, $3) as "released!""#,
            provider.uuid(),
            model,
            node.uuid(),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(released)
    }

    async fn circuit_tx(&self) -> Result<Transaction<'static, Postgres>, StoreError> {
        let mut tx = begin(&self.gateway, None).await?;
        sqlx::query!(
            "select set_config('statement_timeout', $1, true) as done",
            STATEMENT_MS_MAX.to_string()
        )
        .fetch_one(&mut *tx)
        .await?;
        Ok(tx)
    }
}

impl SystemTx<'_> {
    /// All circuits, as the operator sees them.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn circuits(&mut self) -> Result<Vec<CircuitRow>, StoreError> {
        let rows = circuits!("platform.circuit order by provider_id, model")
            .fetch_all(self.connection())
            .await?;
        rows.into_iter().map(Stored::read).collect()
    }

    /// Puts a person's decision in the place of a circuit's own; gives the moment at which it ends.
    ///
    /// # Errors
    /// [`StoreError::Refused`] where there is no such provider, [`StoreError::Invalid`] where a value is
    /// out of bounds.
    pub async fn force_circuit(
        &mut self,
        force: &NewForce<'_>,
    ) -> Result<DateTime<Utc>, StoreError> {
        Ok(sqlx::query_scalar!(
            r#"select platform.circuit_force($1, $2, $3, $4, $5, $6) as "until!""#,
            force.provider_id.uuid(),
            force.model,
            force.to.as_str(),
            force.reason,
            force.by,
            whole(force.minutes),
        )
        .fetch_one(self.connection())
        .await?)
    }

    /// Ends an override and says what it was; `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn clear_circuit(
        &mut self,
        provider: ProviderId,
        model: &str,
        by: &str,
    ) -> Result<Option<Force>, StoreError> {
        let was = sqlx::query_scalar!(
            "select platform.circuit_clear($1, $2, $3) as was",
            provider.uuid(),
            model,
            by,
        )
        .fetch_one(self.connection())
        .await?;
        was.map(|word| word.parse().map_err(|_| unreadable("forced"))).transpose()
    }
}

impl Stored {
    fn read(self) -> Result<CircuitRow, StoreError> {
        let count = |number: i32| u32::try_from(number).unwrap_or_default();
        Ok(CircuitRow {
            provider_id: self.provider_id.into(),
            model: self.model,
            circuit: Circuit {
                state: state(&self.state)?,
                faults: count(self.faults),
                opened_at: self.opened_at,
                until: self.until,
                cooldown_s: count(self.cooldown_s),
                trial_until: self.trial_until,
                forced: forced(self.forced, self.forced_until)?,
            },
            reason: self
                .reason
                .map(|word| word.parse().map_err(|_| unreadable("reason")))
                .transpose()?,
            detail: self.detail,
            trial_node: self.trial_node.map(NodeId::from),
            forced_reason: self.forced_reason,
            forced_by: self.forced_by,
            updated_at: self.updated_at,
        })
    }
}

fn state(word: &str) -> Result<CircuitState, StoreError> {
    word.parse().map_err(|_| unreadable("state"))
}

fn forced(to: Option<String>, until: Option<DateTime<Utc>>) -> Result<Option<Forced>, StoreError> {
    to.zip(until)
        .map(|(to, until)| Ok(Forced { to: to.parse().map_err(|_| unreadable("forced"))?, until }))
        .transpose()
}

const fn unreadable(what: &'static str) -> StoreError {
    StoreError::Unreadable { what }
}

fn whole(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
