//! From how a call ended and what its answer said to what is charged for it.

use domain::outcome::{Outcome, UsageSource};
use ledger::usage::{Reading, Usage};

use crate::upstream::meter::Meter;

/// What is charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bill {
    /// Nothing: the hold is voided.
    Nothing,
    /// The price of this usage.
    Used {
        /// Tokens.
        usage: Usage,
        /// Whether the provider reported them.
        source: UsageSource,
        /// The provider reported something that cannot be true, so that what we owe it is in doubt:
        /// the cost goes to suspense.
        doubtful: bool,
    },
}

/// Decides. `request_bytes` is the length of the body that was sent.
///
/// - A credible report counts, whoever broke off.
/// - Without one, a completed call and one that the client left are estimated: the prompt was sent,
///   and the provider bills for it.
/// - When the provider broke off, only an answer of which something was delivered is charged.
/// - A provider's error costs nothing.
#[must_use]
pub fn bill(outcome: Outcome, meter: &Meter, request_bytes: u64) -> Bill {
    let charged_anyway = match outcome {
        Outcome::Completed | Outcome::ClientClosed => true,
        Outcome::UpstreamFault | Outcome::TimedOut => meter.delivered(),
        Outcome::Refused | Outcome::UpstreamError | Outcome::Expired => return Bill::Nothing,
    };
    let estimate = meter.estimate(request_bytes);
    let estimated =
        |doubtful| Bill::Used { usage: estimate, source: UsageSource::Estimated, doubtful };
    match meter.reading() {
        // Text came, and the report says that there was none.
        Reading::Reported(usage) if usage.output_tokens == 0 && meter.delivered() => Bill::Used {
            usage: if usage.input_total() == 0 {
                estimate
            } else {
                Usage { output_tokens: estimate.output_tokens, ..usage }
            },
            source: UsageSource::Estimated,
            doubtful: false,
        },
        Reading::Reported(usage) => {
            Bill::Used { usage, source: UsageSource::Reported, doubtful: false }
        }
        Reading::Missing if charged_anyway => estimated(false),
        Reading::Absurd(_) if charged_anyway => estimated(true),
        Reading::Missing | Reading::Absurd(_) => Bill::Nothing,
    }
}
