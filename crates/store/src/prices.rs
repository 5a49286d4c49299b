//! Prices: facts with a date, added and never changed.

use chrono::{DateTime, Utc};
use domain::ids::PriceId;
use serde_json::Value;

use crate::error::StoreError;
use crate::system::SystemTx;
use crate::tenant::TenantTx;

/// One version of one model's price, in nano-USD per million tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRow {
    /// Its id.
    pub id: PriceId,
    /// The provider, as the catalogue names it.
    pub provider: String,
    /// The model, as the catalogue names it.
    pub model: String,
    /// Since when it applies.
    pub effective_from: DateTime<Utc>,
    /// Input.
    pub input_nano_per_mtok: i64,
    /// Input read from the provider's cache.
    pub cached_input_nano_per_mtok: i64,
    /// Input written to the provider's cache.
    pub cache_write_nano_per_mtok: i64,
    /// Input written to the provider's cache for an hour; `None` where there is no price for it.
    pub cache_write_1h_nano_per_mtok: Option<i64>,
    /// Output.
    pub output_nano_per_mtok: i64,
    /// Per request, in nano-USD.
    pub request_nano: i64,
    /// Dearer components above a length of context, as the ledger crate writes them.
    pub tiers: Value,
    /// Where it was taken from.
    pub source: String,
    /// SHA-256 of what it says, as the ledger crate computes it.
    pub hash: [u8; 32],
}

impl SystemTx<'_> {
    /// Adds those prices that are not there yet, told by their hash; says how many.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] where one is out of bounds.
    pub async fn insert_prices(&mut self, prices: &[PriceRow]) -> Result<u64, StoreError> {
        let number = |pick: fn(&PriceRow) -> i64| prices.iter().map(pick).collect::<Vec<_>>();
        let word = |pick: fn(&PriceRow) -> &String| {
            prices.iter().map(|price| pick(price).clone()).collect::<Vec<_>>()
        };
        let tiers: Vec<Value> = prices.iter().map(|price| price.tiers.clone()).collect();
        let done = sqlx::query!(
            "insert into platform.price (id, provider, model, effective_from, input_nano_per_mtok,
               cached_input_nano_per_mtok, cache_write_nano_per_mtok, output_nano_per_mtok,
               request_nano, tiers, source, hash, cache_write_1h_nano_per_mtok)
             select * from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[],
               $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::jsonb[],
               $11::text[], $12::bytea[], $13::bigint[])
             on conflict (hash) do nothing",
            &prices.iter().map(|price| price.id.uuid()).collect::<Vec<_>>(),
            &word(|price| &price.provider),
            &word(|price| &price.model),
            &prices.iter().map(|price| price.effective_from).collect::<Vec<_>>(),
            &number(|price| price.input_nano_per_mtok),
            &number(|price| price.cached_input_nano_per_mtok),
            &number(|price| price.cache_write_nano_per_mtok),
            &number(|price| price.output_nano_per_mtok),
            &number(|price| price.request_nano),
            &tiers,
            &word(|price| &price.source),
            &prices.iter().map(|price| price.hash.to_vec()).collect::<Vec<_>>(),
            &prices.iter().map(|price| price.cache_write_1h_nano_per_mtok).collect::<Vec<_>>()
                as &[Option<i64>],
        )
        .execute(self.connection())
        .await?;
        Ok(done.rows_affected())
    }
}

impl TenantTx<'_> {
    /// A price by its id. Prices are the operator's and no tenant's.
    ///
    /// # Errors
    /// [`StoreError`] where the database does not answer.
    pub async fn price(&mut self, id: PriceId) -> Result<Option<PriceRow>, StoreError> {
        let row = sqlx::query!("select * from platform.price where id = $1", id.uuid())
            .fetch_optional(self.connection())
            .await?;
        row.map(|row| {
            Ok(PriceRow {
                id: row.id.into(),
                provider: row.provider,
                model: row.model,
                effective_from: row.effective_from,
                input_nano_per_mtok: row.input_nano_per_mtok,
                cached_input_nano_per_mtok: row.cached_input_nano_per_mtok,
                cache_write_nano_per_mtok: row.cache_write_nano_per_mtok,
                cache_write_1h_nano_per_mtok: row.cache_write_1h_nano_per_mtok,
                output_nano_per_mtok: row.output_nano_per_mtok,
                request_nano: row.request_nano,
                tiers: row.tiers,
                source: row.source,
                hash: row.hash.try_into().map_err(|_| StoreError::Unreadable { what: "hash" })?,
            })
        })
        .transpose()
    }
}
