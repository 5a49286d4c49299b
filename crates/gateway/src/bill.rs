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
/// - Without one, a completed call and one that the client left or the kill switch cut are estimated: the
///   prompt was sent, and the provider bills for it.
/// - When the provider broke off, only an answer of which something was delivered is charged.
/// - A provider's error costs nothing.
#[must_use]
pub fn bill(outcome: Outcome, meter: &Meter, request_bytes: u64) -> Bill {
    let charged_anyway = match outcome {
        Outcome::Completed | Outcome::ClientClosed | Outcome::Killed => true,
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
        // What was said at the beginning counts no output yet.
        Reading::Reported(usage) if meter.only_begun() && outcome != Outcome::Completed => {
            let output_tokens = usage.output_tokens.max(estimate.output_tokens);
            let usage = Usage { output_tokens, ..usage };
            Bill::Used { usage, source: UsageSource::Estimated, doubtful: false }
        }
        Reading::Reported(usage) => {
            Bill::Used { usage, source: UsageSource::Reported, doubtful: false }
        }
        Reading::Missing if charged_anyway => estimated(false),
        Reading::Absurd(_) if charged_anyway => estimated(true),
        Reading::Missing | Reading::Absurd(_) => Bill::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use domain::provider::Surface;

    use super::*;

    const TEXT: &str = r#"{"choices":[{"delta":{"content":"twelve bytes"}}]}"#;
    const USAGE: &str = r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}"#;
    const ABSURD: &str = r#"{"choices":[],"usage":{"prompt_tokens":-9,"completion_tokens":2}}"#;
    const ZERO: &str = r#"{"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0}}"#;

    fn billed(outcome: Outcome, events: &[&str]) -> Option<(u64, u64, UsageSource, bool)> {
        let mut meter = Meter::new(Surface::Chat);
        for event in events {
            meter.event(event.as_bytes());
        }
        match bill(outcome, &meter, 40) {
            Bill::Nothing => None,
            Bill::Used { usage, source, doubtful } => {
                Some((usage.input_total(), usage.output_tokens, source, doubtful))
            }
        }
    }

    #[test]
    fn b7_the_whole_rule_as_a_table() {
        use Outcome as O;
        let reported = Some((9, 2, UsageSource::Reported, false));
        let estimated = Some((10, 3, UsageSource::Estimated, false));
        let doubtful = Some((10, 3, UsageSource::Estimated, true));
        let prompt_only = Some((10, 0, UsageSource::Estimated, false));
        for (outcome, events, expected) in [
            (O::Completed, &[TEXT, USAGE][..], reported),
            (O::Completed, &[TEXT], estimated),
            (O::Completed, &[TEXT, ZERO], estimated),
            (O::Completed, &[TEXT, ABSURD], doubtful),
            (O::ClientClosed, &[TEXT, USAGE], reported),
            (O::ClientClosed, &[TEXT], estimated),
            (O::ClientClosed, &[], prompt_only),
            (O::UpstreamFault, &[TEXT], estimated),
            (O::UpstreamFault, &[TEXT, USAGE], reported),
            (O::UpstreamFault, &[], None),
            (O::TimedOut, &[TEXT, ABSURD], doubtful),
            (O::TimedOut, &[], None),
            (O::UpstreamError, &[TEXT, USAGE], None),
            (O::Refused, &[TEXT], None),
        ] {
            assert_eq!(billed(outcome, events), expected, "{outcome:?} {events:?}");
        }
    }
}
