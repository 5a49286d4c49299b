//! In which order the targets of an alias are tried.

use std::cmp::Reverse;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use domain::provider::{Strategy, Surface};
use ledger::cost::hold_bound;

use crate::ask::AskedParts;
use crate::pace::Pace;
use crate::snapshot::{Alias, Target};

/// The targets in the order of the alias's strategy.
pub(crate) fn order(alias: &Alias, asked: &AskedParts, pace: &Pace) -> Vec<Arc<Target>> {
    let mut targets = alias.targets.clone();
    match alias.strategy {
        Strategy::Priority => {}
        Strategy::Weighted => {
            let luck = luck(asked);
            targets.sort_by_key(|target| Reverse(drawn(target, luck)));
        }
        // Answers that only one account can continue must not wander with prices and speeds.
        Strategy::Cheapest | Strategy::Fastest if keeps_state(asked) => {}
        Strategy::Cheapest => targets.sort_by_key(|target| expense(target, asked)),
        Strategy::Fastest => targets.sort_by_key(|target| pace.of(target)),
    }
    targets
}

/// Whether later calls may refer to what this one leaves with the provider.
const fn keeps_state(asked: &AskedParts) -> bool {
    matches!(asked.request.surface(), Surface::Responses)
}

/// What the draw depends on: the call, so that each is drawn anew; for calls that leave something with
/// the account the key, so that the calls that follow find it again, on every node.
fn luck(asked: &AskedParts) -> u64 {
    let mut hasher = DefaultHasher::new();
    if keeps_state(asked) {
        asked.owner.key_id.hash(&mut hasher);
    } else {
        asked.trail.call_id.hash(&mut hasher);
    }
    hasher.finish()
}

/// A target's draw: weighted rendezvous hashing (Schindelhauer and Schomaker, "Weighted Distributed Hash Tables", SPAA 2005), in whole numbers.
/// Over many draws each target wins in proportion to its weight, and one that is added or taken away
/// moves no other's share.
fn drawn(target: &Target, luck: u64) -> u128 {
    let mut hasher = DefaultHasher::new();
    (luck, target.provider.id, &target.upstream_model).hash(&mut hasher);
    // -ln(u) / weight is smallest for the winner; 2^64 / -log2(u) in fixed point orders the same way.
    let uniform = hasher.finish() | 1;
    let minus_log2 = minus_log2_fixed(uniform).max(1);
    (u128::from(target.weight) << 64) / u128::from(minus_log2)
}

/// `-log2(x / 2^64)` with 32 bits behind the point.
fn minus_log2_fixed(x: u64) -> u64 {
    let whole = u64::from(x.leading_zeros());
    // Normalised to [1, 2) with 63 bits behind the point, squared once for each bit of the logarithm.
    let mut mantissa = u128::from(x << whole);
    let mut fraction = 0_u64;
    for bit in (0..32).rev() {
        mantissa = (mantissa * mantissa) >> 63;
        if mantissa >= 1 << 64 {
            mantissa >>= 1;
            fraction |= 1 << bit;
        }
    }
    ((whole + 1) << 32) - fraction
}

/// What the call can cost at most there; a target that cannot be computed comes last.
fn expense(target: &Target, asked: &AskedParts) -> i64 {
    let output = target.output_bound(&asked.request);
    let (bytes, n) = (asked.body.len() as u64, asked.request.answers());
    hold_bound(&target.price, bytes, output, n, 0).map_or(i64::MAX, |amount| amount.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logarithm_is_right_to_a_millionth() {
        for x in [1, 2, 3, 1 << 32, u64::MAX / 3, u64::MAX / 2, u64::MAX] {
            let exact = 64.0 - (x as f64).log2();
            let fixed = minus_log2_fixed(x) as f64 / 4_294_967_296.0;
            assert!((exact - fixed).abs() < 1e-6, "{x}: {exact} {fixed}");
        }
    }

    #[test]
    fn each_target_wins_in_proportion_to_its_weight() {
        let wins = |weights: [u32; 3]| {
            let mut won = [0_u32; 3];
            for luck in 0..30_000_u64 {
                let draw = |index: usize| {
                    let mut hasher = DefaultHasher::new();
                    (luck, index).hash(&mut hasher);
                    let log = minus_log2_fixed(hasher.finish() | 1).max(1);
                    (u128::from(weights[index]) << 64) / u128::from(log)
                };
                won[(0..3).max_by_key(|index| draw(*index)).unwrap()] += 1;
            }
            won.map(|won| won / 300)
        };
        let shares = wins([1, 3, 6]);
        for (share, expected) in shares.into_iter().zip([10, 30, 60]) {
            assert!(share.abs_diff(expected) <= 2, "{shares:?}");
        }
        assert_eq!(wins([0, 1, 0]), [0, 100, 0]);
    }
}
