//! Back to the client: passes the answer on as it comes, and finds out what it used.

use domain::ids::CallId;
use domain::refusal::Refusal;
use http::{HeaderMap, HeaderValue, header};

use crate::line::Line;
use crate::metric;
use crate::obligation::{Ending, Obligation};
use crate::refuse;
use crate::send::{Answer, Lost};
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
pub(crate) async fn deliver(answer: Answer, line: &mut Line, answer_bytes_max: usize) -> Delivered {
    match answer {
        Answer::Lost(lost) => {
            let Lost { obligation, ending, tell } = *lost;
            if let Some(refusal) = &tell {
                refuse(line, refusal, obligation.trail.call_id);
            }
            Delivered { obligation, ending }
        }
        Answer::Arrived(mut arrived) => {
            let streams =
                arrived.response.status().is_success() && is_stream(arrived.response.headers());
            let ending = if streams {
                stream::relay(&mut arrived, line).await
            } else {
                whole::relay(&mut arrived, line, answer_bytes_max).await
            };
            line.close();
            let mut obligation = arrived.obligation;
            obligation.trail.upstream_done();
            Delivered { obligation, ending }
        }
    }
}

/// Answers with a refusal of ours, after the hold.
pub(crate) fn refuse(line: &mut Line, refusal: &Refusal, call_id: CallId) {
    metric::refused(refusal);
    line.answer(refuse::response(refusal, call_id));
}

fn is_stream(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    media_type.is_some_and(|value| {
        let end = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
        value[..end].trim_ascii().eq_ignore_ascii_case(b"text/event-stream")
    })
}
