//! Failed tries to sign in, counted per bucket. A bucket is a keyed hash of an address, an IP, or both;
//! the values themselves are not kept.

use chrono::{DateTime, Utc};

use crate::error::StoreError;
use crate::system::SystemTx;

/// Which tries are counted together.
pub type Bucket = [u8; 32];

/// The failed tries of one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AttemptCount {
    /// How many.
    pub failures: u32,
    /// When the latest of them was.
    pub latest: Option<DateTime<Utc>>,
}

impl SystemTx<'_> {
    /// Notes a failed try in each bucket.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn record_attempts(
        &mut self,
        buckets: &[Bucket],
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into identity.failed_attempt (bucket, at)
             select bucket, $2 from unnest($1::bytea[]) bucket",
            &rows(buckets),
            at,
        )
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// How many failed since, and when the latest of them did: one count per bucket, in their order.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn attempt_counts(
        &mut self,
        buckets: &[Bucket],
        since: DateTime<Utc>,
    ) -> Result<Vec<AttemptCount>, StoreError> {
        let counts = sqlx::query!(
            r#"select count(f.at) as "n!", max(f.at) as latest
               from unnest($1::bytea[]) with ordinality b (bucket, place)
               left join identity.failed_attempt f on f.bucket = b.bucket and f.at >= $2
               group by b.place order by b.place"#,
            &rows(buckets),
            since,
        )
        .fetch_all(self.connection())
        .await?;
        Ok(counts
            .into_iter()
            .map(|row| AttemptCount {
                failures: u32::try_from(row.n).unwrap_or(u32::MAX),
                latest: row.latest,
            })
            .collect())
    }

    /// Forgets the tries of these buckets: someone has signed in.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn clear_attempts(&mut self, buckets: &[Bucket]) -> Result<(), StoreError> {
        sqlx::query!("delete from identity.failed_attempt where bucket = any ($1)", &rows(buckets))
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Sweeps out tries before a moment; says how many.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn delete_attempts_before(&mut self, at: DateTime<Utc>) -> Result<u64, StoreError> {
        let done = sqlx::query!("delete from identity.failed_attempt where at < $1", at)
            .execute(self.connection())
            .await?;
        Ok(done.rows_affected())
    }
}

fn rows(buckets: &[Bucket]) -> Vec<Vec<u8>> {
    buckets.iter().map(|bucket| bucket.to_vec()).collect()
}
