//! Back to the client: passes the answer on as it comes, and finds out what it used.

use domain::circuit::Fault;
use domain::outcome::Outcome;
use domain::provider::Wire;
use http::{HeaderMap, HeaderValue, header};

use crate::circuits::Verdict;
use crate::gateway::Gateway;
use crate::line::Line;
use crate::mask::Masked;
use crate::metric;
use crate::obligation::{Ending, Obligation};
use crate::send::{Answer, Arrived, Lost};
use crate::{stream, whole};

/// A call whose answer has been delivered, as far as it came.
pub(crate) struct Delivered {
    obligation: Obligation,
    ending: Ending,
}

impl Delivered {
    pub(crate) fn into_parts(self) -> (Obligation, Ending) {
        (self.obligation, self.ending)
    }
}

/// Delivers the answer.
pub(crate) async fn deliver(gateway: &Gateway, masked: Masked, line: &mut Line) -> Delivered {
    let Masked { answer, mut mask } = masked;
    match answer {
        Answer::Lost(lost) => {
            let Lost { obligation, ending, tell } = *lost;
            if let Some(refusal) = &tell {
                metric::refused(refusal);
                line.refuse(refusal).await;
            }
            Delivered { obligation, ending }
        }
        Answer::Arrived(mut arrived) => {
            let ending = if streams(&arrived) {
                stream::relay(&mut arrived, &mut mask, line).await
            } else {
                let bytes_max = gateway.settings().answer_bytes_max;
                whole::relay(&mut arrived, &mut mask, line, gateway.desk(), bytes_max).await
            };
            line.close();
            let Arrived { mut obligation, candidate, .. } = *arrived;
            obligation.trail.upstream_done();
            mask.note(&mut obligation.trail);
            let status = Some(ending.status);
            gateway.circuits().note(&candidate, verdict(&ending), status);
            Delivered { obligation, ending }
        }
    }
}

/// What the end of an answer says of its provider. An error status has been judged with the head.
fn verdict(ending: &Ending) -> Verdict {
    match ending.outcome {
        Outcome::Completed | Outcome::ClientClosed => Verdict::Well,
        Outcome::UpstreamFault => Verdict::Fault(Fault::BrokenAnswer),
        Outcome::TimedOut if ending.by_client => Verdict::Nothing,
        Outcome::TimedOut => Verdict::Fault(Fault::Timeout),
        Outcome::UpstreamError if Fault::of_status(ending.status).is_none() => Verdict::Well,
        Outcome::UpstreamError | Outcome::Killed | Outcome::Refused | Outcome::Expired => {
            Verdict::Nothing
        }
    }
}

/// Whether the body is a stream of events.
fn streams(arrived: &Arrived) -> bool {
    let wanted = match arrived.candidate.target.provider.wire {
        Wire::Bedrock => "application/vnd.amazon.eventstream",
        Wire::Plain | Wire::Azure => "text/event-stream",
    };
    arrived.response.status().is_success() && is(arrived.response.headers(), wanted)
}

fn is(headers: &HeaderMap, wanted: &str) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    media_type.is_some_and(|value| {
        let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
        value[..end].trim_ascii().eq_ignore_ascii_case(wanted.as_bytes())
    })
}
