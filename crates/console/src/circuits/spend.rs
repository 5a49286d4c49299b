//! What today's calls cost at each provider. The sum goes over all calls of the day, and whoever watches the
//! circuits asks again and again: so it is taken once for a while, and shared.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use store::{StoreError, SystemTx};
use tokio::sync::Mutex;

use super::view::midnight;

/// How long a sum is good for.
const GOOD_FOR: TimeDelta = TimeDelta::seconds(20);

/// By a provider's short name, in nano-USD.
type Spend = HashMap<String, i64>;

/// The latest sum.
#[derive(Default)]
pub struct SpentToday(Mutex<Option<(DateTime<Utc>, Spend)>>);

impl SpentToday {
    /// What was spent since midnight, as of at most [`GOOD_FOR`] ago.
    pub(super) async fn read(
        &self,
        tx: &mut SystemTx<'_>,
        now: DateTime<Utc>,
    ) -> Result<Spend, StoreError> {
        let today = midnight(now.date_naive());
        // Held while the sum is made: the others wait for it instead of making their own.
        let mut latest = self.0.lock().await;
        if let Some((at, spend)) = &*latest
            && *at >= today.max(now - GOOD_FOR)
            && *at <= now
        {
            return Ok(spend.clone());
        }
        let spend = tx.provider_spend(today).await?;
        *latest = Some((now, spend.clone()));
        Ok(spend)
    }
}
