//! What must not be shown? Wraps an answer: secrets of the caller's that the policy gives back are put back,
//! and personal data is masked, while it arrives. What is kept of the answer has no secret put back.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::guard::Hidden;
use domain::provider::Surface;
use guard::sensitive::mask::Masker;
use guard::sensitive::restore::{Placeholders, Writing};
use guard::sensitive::{DigestKey, Policy};
use speech::answer::{self, Options, Rewriter};
use speech::sse::{Event, Splitter};

use crate::metric;
use crate::redact::{Guarded, header, note};
use crate::send::Answer;
use crate::trail::{Route, Trail};

/// The header that tells what was masked in an answer that came in one piece.
pub(crate) const HEADER: &str = "x-tokenone-masked";

/// An answer that goes to the client through the guard. Nothing else is delivered.
pub(crate) struct Masked {
    pub(crate) answer: Answer,
    pub(crate) mask: Mask,
}

/// How an answer is changed on its way.
#[derive(Default)]
pub(crate) struct Mask(Option<Box<Inner>>);

struct Inner {
    surface: Surface,
    options: Options,
    /// What it has taken so far.
    spent: Duration,
    shown: Side,
    /// As `shown`, but for what is kept, where that differs.
    kept: Option<Side>,
}

/// An answer on its way to somebody.
struct Side {
    pens: Pens,
    stream: Option<answer::Stream<Pen>>,
}

/// Bytes for the client, and those that are kept in their place where they differ.
pub(crate) struct Written {
    pub(crate) shown: Bytes,
    pub(crate) kept: Option<Bytes>,
}

impl Written {
    /// The same for both.
    pub(crate) const fn plain(shown: Bytes) -> Self {
        Self { shown, kept: None }
    }

    /// With more behind it, the same for both.
    pub(crate) fn and(self, more: &Bytes) -> Self {
        let joined = |bytes: Bytes| [bytes, more.clone()].concat().into();
        Self { shown: joined(self.shown), kept: self.kept.map(joined) }
    }
}

/// Wraps an answer.
pub(crate) fn mask(answer: Answer) -> Masked {
    let mask = match &answer {
        Answer::Lost(_) => Mask(None),
        Answer::Arrived(arrived) => {
            let obligation = &arrived.obligation;
            let asked_on = match obligation.trail.route {
                Route::To(surface) => surface,
                // No other route leads to a provider.
                Route::Models | Route::Other => Surface::Chat,
            };
            Mask::new(asked_on, &obligation.guarded)
        }
    };
    Masked { answer, mask }
}

impl Mask {
    fn new(surface: Surface, guarded: &Guarded) -> Self {
        let wishes = &guarded.wishes;
        let restores = guarded.placeholders.clone().filter(|secrets| !secrets.is_empty());
        let speaks = !matches!(surface, Surface::Embeddings | Surface::CountTokens);
        if !speaks || !(wishes.masks || restores.is_some()) {
            return Self(None);
        }
        let kept = Pens {
            personal: Arc::clone(&wishes.personal),
            key: Arc::clone(&guarded.key),
            placeholders: None,
            tally: None,
        };
        let shown = Pens { tally: Some(Arc::default()), placeholders: restores, ..kept.clone() };
        let kept = shown.placeholders.is_some().then_some(kept);
        let options = Options { logprobs: !wishes.masks, reasoning: wishes.reasoning };
        let side = |pens| Side { pens, stream: None };
        let (shown, kept) = (side(shown), kept.map(side));
        Self(Some(Box::new(Inner { surface, options, spent: Duration::ZERO, shown, kept })))
    }

    /// Takes an event of a stream that goes to the client.
    pub(crate) fn event(&mut self, event: Event) -> Written {
        let Some(inner) = &mut self.0 else { return Written::plain(event.into_bytes()) };
        let (surface, options, began) = (inner.surface, inner.options, Instant::now());
        let take = |side: &mut Side| side.event(&event, surface, options);
        let written =
            Written { shown: take(&mut inner.shown), kept: inner.kept.as_mut().map(take) };
        inner.spent += began.elapsed();
        written
    }

    /// Takes events that were put together by us, in the caller's dialect.
    pub(crate) fn events(&mut self, events: Vec<u8>) -> Written {
        if self.0.is_none() {
            return Written::plain(events.into());
        }
        let mut splitter = Splitter::of_ours();
        splitter.push(&events);
        let (mut shown, mut kept) = (Vec::new(), Vec::new());
        let mut differ = false;
        while let Ok(Some(event)) = splitter.next_event() {
            let written = self.event(event);
            differ |= written.kept.is_some();
            kept.extend_from_slice(written.kept.as_deref().unwrap_or(&written.shown));
            shown.extend_from_slice(&written.shown);
        }
        Written { shown: shown.into(), kept: differ.then(|| kept.into()) }
    }

    /// What waits, where a stream ends without the event that says so.
    pub(crate) fn end(&mut self) -> Option<Written> {
        let inner = self.0.as_mut()?;
        let shown = inner.shown.end();
        let kept = inner.kept.as_mut().map(Side::end);
        (!shown.is_empty()).then_some(Written { shown, kept })
    }

    /// How many numbered events there are more than came.
    pub(crate) fn added(&self) -> u64 {
        let stream = self.0.as_ref().and_then(|inner| inner.shown.stream.as_ref());
        stream.map_or(0, answer::Stream::added)
    }

    /// Takes an answer that came in one piece; what is no JSON, as a text.
    pub(crate) fn whole(&mut self, body: Bytes) -> Written {
        let Some(inner) = &mut self.0 else { return Written::plain(body) };
        let began = Instant::now();
        let kept = inner.kept.as_ref().map(|side| side.pens.whole(&body, inner.options));
        let written = Written { shown: inner.shown.pens.whole(&body, inner.options), kept };
        inner.spent += began.elapsed();
        written
    }

    /// Whether it changes anything at all.
    pub(crate) const fn is_needed(&self) -> bool {
        self.0.is_some()
    }

    /// What was masked so far, for the header of a whole answer: how many, and of which kinds.
    pub(crate) fn told(&self) -> Option<String> {
        let tally = self.0.as_ref()?.shown.pens.tally.as_ref()?;
        let tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        let kinds = tally.masked.iter().map(|one| one.kind.as_str());
        (tally.count > 0).then(|| header(tally.count, kinds))
    }

    /// Notes with the call what was masked.
    pub(crate) fn note(&mut self, trail: &mut Trail) {
        let Some(inner) = self.0.take() else { return };
        trail.steps.masking_us = Some(u64::try_from(inner.spent.as_micros()).unwrap_or(u64::MAX));
        let Side { pens, stream } = inner.shown;
        // What still waits counts as well.
        drop(stream);
        let Some(tally) = pens.tally else { return };
        let tally = std::mem::take(&mut *tally.lock().unwrap_or_else(PoisonError::into_inner));
        if tally.count == 0 {
            return;
        }
        metric::masked(tally.count);
        let found = trail.guard.get_or_insert_default();
        found.masked = tally.masked;
        found.left_out = found.left_out.saturating_add(tally.left_out);
    }
}

impl Side {
    fn event(&mut self, event: &Event, surface: Surface, options: Options) -> Bytes {
        let Self { pens, stream } = self;
        let stream = stream.get_or_insert_with(|| answer::Stream::new(surface, options));
        let mut out = Vec::with_capacity(event.bytes().len() + 32);
        stream.event(event, &mut |writing| pens.begin(writing), &mut out);
        out.into()
    }

    fn end(&mut self) -> Bytes {
        let mut out = Vec::new();
        if let Some(stream) = &mut self.stream {
            stream.end(&mut out);
        }
        out.into()
    }
}

/// What texts are rewritten with.
#[derive(Clone)]
struct Pens {
    personal: Arc<Policy>,
    key: Arc<DigestKey>,
    placeholders: Option<Arc<Placeholders>>,
    /// `None` where findings are counted by another.
    tally: Option<Arc<Mutex<Tally>>>,
}

/// What was masked, over all texts of an answer.
#[derive(Default)]
struct Tally {
    masked: Vec<Hidden>,
    left_out: u32,
    count: usize,
}

/// Rewrites one text.
struct Pen {
    masker: Masker,
    tally: Option<Arc<Mutex<Tally>>>,
}

impl Pens {
    fn whole(&self, body: &Bytes, options: Options) -> Bytes {
        let mut begin = |writing| self.begin(writing);
        match answer::whole(body, options, &mut begin) {
            Ok(Cow::Borrowed(_)) => body.clone(),
            Ok(Cow::Owned(body)) => body.into(),
            Err(_) => answer::plain(&String::from_utf8_lossy(body), &mut begin).into(),
        }
    }

    fn begin(&self, writing: answer::Writing) -> Pen {
        let writing = match writing {
            answer::Writing::Text => Writing::Text,
            answer::Writing::Json => Writing::Json,
        };
        let mut masker = Masker::new(Arc::clone(&self.personal), Arc::clone(&self.key), writing);
        if let Some(placeholders) = &self.placeholders {
            masker = masker.restoring(Arc::clone(placeholders));
        }
        Pen { masker, tally: self.tally.clone() }
    }
}

impl Rewriter for Pen {
    fn push(&mut self, piece: &str) -> String {
        self.masker.push(piece)
    }

    fn finish(&mut self) -> String {
        self.masker.finish()
    }
}

/// A text that is over, or of which no more is wanted, has its findings counted.
impl Drop for Pen {
    fn drop(&mut self) {
        let (Some(tally), found) = (&self.tally, self.masker.findings()) else { return };
        if found.is_empty() {
            return;
        }
        let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
        let Tally { masked, left_out, count } = &mut *tally;
        *count += found.len();
        for finding in found {
            note(masked, left_out, finding);
        }
    }
}
