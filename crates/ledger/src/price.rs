//! What a model costs: one version of one model's price.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use domain::ids::PriceId;
use domain::limits::MODEL_BYTES_MAX;
use domain::money::NANO_PER_USD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::usage::Usage;

/// The dearest rate that is believed, in nano-USD per million tokens: $1,000. A public catalogue
/// once carried prices 10⁵ times too high; such a price is refused, not charged.
pub const RATE_NANO_PER_MTOK_MAX: i64 = 1_000 * NANO_PER_USD;
/// The dearest fee per request that is believed, in nano-USD: $10.
pub const REQUEST_NANO_MAX: i64 = 10 * NANO_PER_USD;
/// The most tiers of one price.
pub const TIERS_MAX: usize = 16;

/// Name the encoding under [`Price::hash`]; another encoding gets another name. The second has a rate for
/// cache writes of an hour behind each set of rates; a price without any is encoded by the first.
const ENCODING: &[u8] = b"tokenone/price/v1";
const ENCODING_WITH_HOURS: &[u8] = b"tokenone/price/v2";

/// Rates in nano-USD per million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Input tokens.
    pub input: i64,
    /// Input tokens read from the provider's cache.
    pub cached_input: i64,
    /// Input tokens written to the provider's cache, for as long as it keeps them by itself.
    pub cache_write: i64,
    /// Input tokens written to the provider's cache for an hour; `None` where there is no price for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_1h: Option<i64>,
    /// Output tokens.
    pub output: i64,
}

/// Rates for all tokens of a call whose input, cached or not, is long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The tier applies to calls with more input tokens than this.
    pub above_input_tokens: u64,
    /// What it charges.
    pub rates: Rates,
}

/// What is charged, without for what and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tariff {
    /// The rates where no tier applies.
    pub base: Rates,
    /// A fee per request, in nano-USD.
    pub per_request_nano: i64,
    /// Tiers by rising threshold; the last that applies counts.
    pub tiers: Vec<Tier>,
}

/// One version of one model's price. It never changes; a new price is a new version. It can only
/// be built within the bounds, so whoever holds one may multiply by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    id: PriceId,
    provider: String,
    model: String,
    effective_from: DateTime<Utc>,
    tariff: Tariff,
    hash: [u8; 32],
}

/// Why a price is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PriceError {
    /// The name is empty or too long.
    #[error("`{field}` must have 1 to {MODEL_BYTES_MAX} bytes")]
    Name {
        /// `provider` or `model`.
        field: &'static str,
    },
    /// The rate is negative.
    #[error("`{component}` is negative")]
    Negative {
        /// The component of the price.
        component: &'static str,
    },
    /// The rate is beyond belief.
    #[error("`{component}` is above {bound} nano-USD")]
    TooDear {
        /// The component of the price.
        component: &'static str,
        /// The bound, in nano-USD.
        bound: i64,
    },
    /// The tiers are too many, or not in rising order.
    #[error("the tiers must be at most {TIERS_MAX}, with rising thresholds")]
    Tiers,
    /// The moment is out of range.
    #[error("the effective date is out of range")]
    EffectiveFrom,
}

impl Price {
    /// Builds a price within the bounds. The moment is cut to whole microseconds, as Postgres keeps
    /// it, so that the hash is the same before and after storage.
    ///
    /// # Errors
    /// [`PriceError`] names what is out of bounds.
    pub fn new(
        id: PriceId,
        provider: &str,
        model: &str,
        effective_from: DateTime<Utc>,
        tariff: Tariff,
    ) -> Result<Self, PriceError> {
        check_names(provider, model)?;
        tariff.check()?;
        let effective_from = effective_from
            .duration_trunc(TimeDelta::microseconds(1))
            .map_err(|_| PriceError::EffectiveFrom)?;
        let hash = hash(provider, model, effective_from, &tariff);
        Ok(Self {
            id,
            provider: provider.into(),
            model: model.into(),
            effective_from,
            tariff,
            hash,
        })
    }

    /// The id of this version in its deployment.
    #[must_use]
    pub const fn id(&self) -> PriceId {
        self.id
    }

    /// Whose model.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Which model, by the provider's name.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Since when it holds.
    #[must_use]
    pub const fn effective_from(&self) -> DateTime<Utc> {
        self.effective_from
    }

    /// What is charged.
    #[must_use]
    pub const fn tariff(&self) -> &Tariff {
        &self.tariff
    }

    /// The version: SHA-256 over everything but the id, so that the same price has the same hash in
    /// every deployment. A ledger row names it, which proves what the charge was computed from.
    #[must_use]
    pub const fn hash(&self) -> [u8; 32] {
        self.hash
    }
}

impl Tariff {
    /// Whether a call that wrote to the cache for an hour is charged less than the provider bills, since
    /// there is no price for it.
    #[must_use]
    pub fn lacks_hours(&self, usage: &Usage) -> bool {
        usage.cache_write_1h_tokens > 0
            && self.rates_at(usage.input_total()).cache_write_1h.is_none()
    }

    /// The rates for a call with this many input tokens, cached or not.
    #[must_use]
    pub fn rates_at(&self, input_total: u64) -> Rates {
        let applies = |tier: &&Tier| input_total > tier.above_input_tokens;
        self.tiers.iter().rev().find(applies).map_or(self.base, |tier| tier.rates)
    }

    /// For each component, the highest rate that a call of up to this many input tokens can meet.
    #[must_use]
    pub fn dearest_up_to(&self, input_total: u64) -> Rates {
        let reachable = self.tiers.iter().filter(|tier| input_total > tier.above_input_tokens);
        reachable.fold(self.base, |dearest, tier| Rates {
            input: dearest.input.max(tier.rates.input),
            cached_input: dearest.cached_input.max(tier.rates.cached_input),
            cache_write: dearest.cache_write.max(tier.rates.cache_write),
            cache_write_1h: dearest.cache_write_1h.max(tier.rates.cache_write_1h),
            output: dearest.output.max(tier.rates.output),
        })
    }

    /// Checks every component and the order of the tiers.
    ///
    /// # Errors
    /// [`PriceError`] names what is out of bounds.
    pub fn check(&self) -> Result<(), PriceError> {
        self.base.check()?;
        bounded("per_request", self.per_request_nano, REQUEST_NANO_MAX)?;
        let rising = self
            .tiers
            .windows(2)
            .all(|pair| pair[0].above_input_tokens < pair[1].above_input_tokens);
        if self.tiers.len() > TIERS_MAX || !rising {
            return Err(PriceError::Tiers);
        }
        self.tiers.iter().try_for_each(|tier| tier.rates.check())
    }
}

impl Rates {
    /// What a token written to the cache for an hour is charged at: where there is no price for it, at the
    /// rate of the shorter time, which is less than the provider bills.
    #[must_use]
    pub fn cache_write_1h_or_less(&self) -> i64 {
        self.cache_write_1h.unwrap_or(self.cache_write)
    }

    /// Every component that each price has, with its name.
    #[must_use]
    pub const fn components(&self) -> [(&'static str, i64); 4] {
        [
            ("input", self.input),
            ("cached_input", self.cached_input),
            ("cache_write", self.cache_write),
            ("output", self.output),
        ]
    }

    fn check(&self) -> Result<(), PriceError> {
        self.components()
            .into_iter()
            .chain(self.cache_write_1h.map(|rate| ("cache_write_1h", rate)))
            .try_for_each(|(name, rate)| bounded(name, rate, RATE_NANO_PER_MTOK_MAX))
    }
}

/// Checks the names of a price.
pub(crate) fn check_names(provider: &str, model: &str) -> Result<(), PriceError> {
    for (field, name) in [("provider", provider), ("model", model)] {
        if name.is_empty() || name.len() > MODEL_BYTES_MAX {
            return Err(PriceError::Name { field });
        }
    }
    Ok(())
}

const fn bounded(component: &'static str, nano: i64, bound: i64) -> Result<(), PriceError> {
    if nano < 0 {
        return Err(PriceError::Negative { component });
    }
    if nano > bound {
        return Err(PriceError::TooDear { component, bound });
    }
    Ok(())
}

/// Every text is preceded by its length and every number is 8 bytes, big-endian, so that no two
/// prices share an encoding.
fn hash(provider: &str, model: &str, effective_from: DateTime<Utc>, tariff: &Tariff) -> [u8; 32] {
    let mut all = std::iter::once(&tariff.base).chain(tariff.tiers.iter().map(|tier| &tier.rates));
    let hours = all.any(|rates| rates.cache_write_1h.is_some());
    let encoding = if hours { ENCODING_WITH_HOURS } else { ENCODING };
    let mut digest = Sha256::new();
    for text in [encoding, provider.as_bytes(), model.as_bytes()] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    digest.update(effective_from.timestamp_micros().to_be_bytes());
    digest.update(tariff.per_request_nano.to_be_bytes());
    let rates = |digest: &mut Sha256, rates: &Rates| {
        for (_, rate) in rates.components() {
            digest.update(rate.to_be_bytes());
        }
        if hours {
            // No rate is negative, so that none is another.
            digest.update(rates.cache_write_1h.unwrap_or(-1).to_be_bytes());
        }
    };
    rates(&mut digest, &tariff.base);
    digest.update((tariff.tiers.len() as u64).to_be_bytes());
    for tier in &tariff.tiers {
        digest.update(tier.above_input_tokens.to_be_bytes());
        rates(&mut digest, &tier.rates);
    }
    digest.finalize().into()
}
