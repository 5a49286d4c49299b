//! From usage and price to money: exact sums in 128 bits, one division, one rounding.

use domain::money::NanoUsd;

use crate::price::Price;
use crate::usage::Usage;

/// Input tokens that a provider may count beyond the bytes of the request: its own frame around the
/// messages, and the preamble that tools switch on. Messages themselves need no allowance, since
/// each is longer in JSON than its frame is in tokens.
pub const REQUEST_OVERHEAD_TOKENS: u64 = 1_024;

/// Rates are per million tokens.
const TOKENS_PER_RATE: i128 = 1_000_000;
/// A markup is in millionths.
const PPM: i128 = 1_000_000;

/// What the provider bills for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// The amount, rounded half-even to whole nano-USD.
    pub amount: NanoUsd,
    /// What rounding took, in millionths of a nano-USD, −500,000 to 500,000: the exact cost is
    /// `amount` plus this. Kept so that sums can be recomputed exactly.
    pub remainder: i32,
}

/// What the customer is charged for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Charge {
    /// The amount, rounded half-even to whole nano-USD.
    pub amount: NanoUsd,
    /// What rounding took, in 10⁻¹² nano-USD, at most half a nano-USD either way: the exact charge
    /// is `amount` plus this.
    pub remainder: i64,
}

/// Why an amount cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CostError {
    /// It is beyond the ±9.2 billion dollars that a row holds.
    #[error("the amount is beyond the range of the ledger")]
    Overflow,
    /// The markup takes away more than the whole cost.
    #[error("the markup of {0} ppm is below −100 %")]
    Markup(i32),
}

/// What the provider bills: the sum of all components, divided once.
///
/// # Errors
/// [`CostError::Overflow`] where the amount does not fit a ledger row.
pub fn cost(price: &Price, usage: &Usage) -> Result<Cost, CostError> {
    let (amount, remainder) = half_even(sum(price, usage)?, TOKENS_PER_RATE);
    Ok(Cost {
        amount: nano(amount)?,
        remainder: i32::try_from(remainder).map_err(|_| CostError::Overflow)?,
    })
}

/// What the customer is charged: the same exact sum with the markup in millionths (50,000 is 5 %),
/// rounded once, half-even, and not on top of the rounded cost.
///
/// # Errors
/// [`CostError`] where the amount does not fit a ledger row or the markup is below −100 %.
pub fn charge(price: &Price, usage: &Usage, markup_ppm: i32) -> Result<Charge, CostError> {
    let marked = marked_up(sum(price, usage)?, markup_ppm)?;
    let (amount, remainder) = half_even(marked, TOKENS_PER_RATE * PPM);
    Ok(Charge {
        amount: nano(amount)?,
        remainder: i64::try_from(remainder).map_err(|_| CostError::Overflow)?,
    })
}

/// An amount that the charge of a call cannot exceed as long as its input has at most `input_bytes`
/// bytes and each of its `n` answers at most `max_output_tokens` tokens.
///
/// It rests on each token being at least one byte of text, plus [`REQUEST_OVERHEAD_TOKENS`], every
/// input token meeting the dearest input rate and every token the dearest tier within reach. Input
/// that is referred to rather than sent (an image by its address) can exceed it; the settlement then
/// records an overrun. At least 1 nano-USD, since a hold of nothing is no hold.
///
/// # Errors
/// [`CostError`] where the amount does not fit a ledger row or the markup is below −100 %.
pub fn hold_bound(
    price: &Price,
    input_bytes: u64,
    max_output_tokens: u64,
    n: u32,
    markup_ppm: i32,
) -> Result<NanoUsd, CostError> {
    let input_tokens = input_bytes.saturating_add(REQUEST_OVERHEAD_TOKENS);
    let rates = price.tariff().dearest_up_to(input_tokens);
    let writes = rates.cache_write.max(rates.cache_write_1h_or_less());
    let input_rate = rates.input.max(rates.cached_input).max(writes);
    let output = product(max_output_tokens, rates.output)?
        .checked_mul(i128::from(n.max(1)))
        .ok_or(CostError::Overflow)?;
    let sum = product(input_tokens, input_rate)?
        .checked_add(output)
        .and_then(|sum| sum.checked_add(fee(price)))
        .ok_or(CostError::Overflow)?;
    let marked = marked_up(sum, markup_ppm)?;
    let divisor = TOKENS_PER_RATE * PPM;
    let up = marked.checked_add(divisor - 1).ok_or(CostError::Overflow)? / divisor;
    nano(up.max(1))
}

/// Divides by a positive divisor to the nearest whole number, of two equally near the even one, and
/// gives what is left: `dividend = quotient × divisor + remainder`.
#[must_use]
pub const fn half_even(dividend: i128, divisor: i128) -> (i128, i128) {
    let down = dividend.div_euclid(divisor);
    let left = dividend.rem_euclid(divisor);
    let missing = divisor - left;
    if left > missing || (left == missing && down % 2 != 0) {
        (down + 1, -missing)
    } else {
        (down, left)
    }
}

/// The exact cost in millionths of a nano-USD.
fn sum(price: &Price, usage: &Usage) -> Result<i128, CostError> {
    let rates = price.tariff().rates_at(usage.input_total());
    let parts = [
        (usage.input_tokens, rates.input),
        (usage.cached_input_tokens, rates.cached_input),
        (usage.cache_write_tokens, rates.cache_write),
        (usage.cache_write_1h_tokens, rates.cache_write_1h_or_less()),
        (usage.output_tokens, rates.output),
    ];
    parts.into_iter().try_fold(fee(price), |sum, (tokens, rate)| {
        sum.checked_add(product(tokens, rate)?).ok_or(CostError::Overflow)
    })
}

/// The fee per request, in millionths of a nano-USD.
const fn fee(price: &Price) -> i128 {
    price.tariff().per_request_nano as i128 * TOKENS_PER_RATE
}

fn product(tokens: u64, rate: i64) -> Result<i128, CostError> {
    i128::from(tokens).checked_mul(i128::from(rate)).ok_or(CostError::Overflow)
}

fn marked_up(sum: i128, markup_ppm: i32) -> Result<i128, CostError> {
    let factor = PPM + i128::from(markup_ppm);
    if factor < 0 {
        return Err(CostError::Markup(markup_ppm));
    }
    sum.checked_mul(factor).ok_or(CostError::Overflow)
}

fn nano(amount: i128) -> Result<NanoUsd, CostError> {
    i64::try_from(amount).map(NanoUsd).map_err(|_| CostError::Overflow)
}
