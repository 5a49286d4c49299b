//! A stream on its way from the provider's dialect into the client's.

use domain::provider::Surface;

use crate::context::Context;
use crate::custom;
use crate::delta::Delta;
use crate::failure::{Failure, own};
use crate::fault::{Broken, broken};
use crate::node::Node;
use crate::queue::{Growing, Queue};
use crate::reply::{Finish, Part};
use crate::usage::Usage;
use crate::{chat, messages, responses};

/// Most calls of one answer: far more than any model makes, and few enough to be looked through.
const CALLS_MAX: usize = 4096;

/// Where a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is more to come.
    Going,
    /// The answer is complete, and the client has been told so.
    Done,
    /// The provider reported a failure, and the client has been told so.
    Failed,
}

/// A stream under way. It holds what its last event repeats, and what waits for its turn: memory in
/// proportion to the answer.
#[derive(Debug)]
pub struct Stream {
    context: Context,
    ear: Ear,
    mouth: Mouth,
    queue: Queue,
    usage: Option<Usage>,
    finish: Option<Finish>,
    begun: bool,
    calls: usize,
    refused: bool,
    bytes: u64,
    over: Option<Step>,
}

/// The provider's dialect.
#[derive(Debug)]
enum Ear {
    Chat(chat::hear::Ear),
    Responses(responses::hear::Ear),
    Messages(messages::hear::Ear),
}

/// The client's dialect.
#[derive(Debug)]
enum Mouth {
    Chat(chat::tell::Mouth),
    Responses(responses::tell::Mouth),
    Messages(messages::tell::Mouth),
}

impl Stream {
    /// A stream of which nothing has come.
    #[must_use]
    pub fn new(context: Context) -> Self {
        let ear = match context.provider {
            Surface::Responses => Ear::Responses(responses::hear::Ear::default()),
            Surface::Messages => Ear::Messages(messages::hear::Ear::default()),
            _ => Ear::Chat(chat::hear::Ear::default()),
        };
        let mouth = match context.client {
            Surface::Responses => Mouth::Responses(responses::tell::Mouth::default()),
            Surface::Messages => Mouth::Messages(messages::tell::Mouth::default()),
            _ => Mouth::Chat(chat::tell::Mouth::default()),
        };
        Self {
            context,
            ear,
            mouth,
            queue: Queue::default(),
            usage: None,
            finish: None,
            begun: false,
            calls: 0,
            refused: false,
            bytes: 0,
            over: None,
        }
    }

    /// Takes one event of the provider's stream: its name, which none of the dialects needs, and its
    /// data. Appends whole events in the client's dialect to `out`. After the last one it does nothing.
    ///
    /// # Errors
    /// [`Broken`] where the event is not what the provider's dialect promises. The client does not know
    /// that yet; [`Stream::fail`] tells it.
    pub fn event(
        &mut self,
        name: Option<&str>,
        data: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Step, Broken> {
        let _ = name;
        if let Some(step) = self.over {
            return Ok(step);
        }
        let data = data.trim_ascii();
        if data.is_empty() {
            return Ok(Step::Going);
        }
        if data == b"[DONE]" {
            // Only Chat ends like this; imitators of the others may add it behind their end.
            if matches!(self.ear, Ear::Chat(_)) {
                self.complete(out);
            }
            return Ok(self.over.unwrap_or(Step::Going));
        }
        let node = Node::read(data).map_err(|_| broken("an event is no JSON"))?;
        let mut deltas = Vec::new();
        match &mut self.ear {
            Ear::Chat(ear) => ear.hear(node, &mut deltas)?,
            Ear::Responses(ear) => ear.hear(node, &mut deltas)?,
            Ear::Messages(ear) => ear.hear(node, &mut deltas)?,
        }
        for delta in deltas {
            self.take(delta, out)?;
        }
        Ok(self.over.unwrap_or(Step::Going))
    }

    /// The provider's connection is closed. An answer that was complete but for the formal end is
    /// completed; otherwise this is a failure of this code and message.
    pub fn close(&mut self, code: &str, message: &str, out: &mut Vec<u8>) -> Step {
        if self.over.is_none() && self.finish.is_some() {
            self.complete(out);
        } else {
            self.fail(code, message, out);
        }
        self.over.unwrap_or(Step::Failed)
    }

    /// The stream cannot go on: closes what is open and says so in the client's dialect. A call that is
    /// not complete stays open, so that no client runs it. Does nothing where the client has already
    /// been told of the end.
    pub fn fail(&mut self, code: &str, message: &str, out: &mut Vec<u8>) {
        if self.over.is_none() {
            self.failed(&own(code, message), out);
        }
    }

    /// Whether the client has been told of the end.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.over.is_some()
    }

    fn take(&mut self, delta: Delta<'_>, out: &mut Vec<u8>) -> Result<(), Broken> {
        if self.over.is_some() {
            return Ok(());
        }
        match delta {
            Delta::Usage(usage) => self.usage = Some(usage),
            Delta::Failed(failure) => self.failed(&failure, out),
            Delta::Done => self.complete(out),
            Delta::Begin => self.begin(out),
            Delta::Finish(finish) => {
                self.finish.get_or_insert(finish);
                self.begin(out);
                self.queue.end_all();
                self.pump(out);
            }
            Delta::Text { key, kind, text } => {
                self.begin(out);
                self.bytes = self.bytes.saturating_add(text.len() as u64);
                self.queue.text(key, kind, &text);
                self.pump(out);
            }
            Delta::Call { key, id, name, custom } => {
                if self.calls == CALLS_MAX {
                    return Err(broken("it calls too many tools"));
                }
                self.begin(out);
                let id = match &*id {
                    "" => self.context.call_id(self.calls),
                    id => id.to_owned(),
                };
                self.calls += 1;
                let stands_for_text = !custom && self.context.is_custom(&name);
                let part = Part::Call {
                    id: id.into(),
                    name: name.into_owned().into(),
                    arguments: "".into(),
                    custom: custom || stands_for_text,
                };
                self.queue.call(key, part, stands_for_text);
                self.pump(out);
            }
            Delta::Arguments { key, text } => {
                self.bytes = self.bytes.saturating_add(text.len() as u64);
                self.queue.arguments(key, &text)?;
                self.pump(out);
            }
            Delta::End { key } => {
                self.queue.end(key);
                self.pump(out);
            }
        }
        Ok(())
    }

    /// Tells what can be told.
    fn pump(&mut self, out: &mut Vec<u8>) {
        while let Some(growing) = self.queue.front() {
            if !std::mem::replace(&mut growing.opened, true) {
                self.refused |= matches!(growing.part, Part::Refusal(_));
                self.mouth.open(&self.context, &growing.part, out);
            }
            if !growing.whole && !growing.held.is_empty() {
                let text = std::mem::take(&mut growing.held);
                self.mouth.more(&self.context, &growing.part, &text, out);
            }
            let Some(done) = self.queue.pop_over(self.finish.is_some()) else { return };
            self.mouth.told(&self.context, &done, out);
            let cut = self.queue.is_empty()
                && self.finish.as_ref().is_some_and(|finish| finish.cuts(self.refused));
            self.mouth.close(&self.context, &done.part, !cut, out);
        }
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.begun, true) {
            self.mouth.begin(&self.context, self.usage.as_ref(), out);
        }
    }

    fn complete(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
        let finish = self.finish.get_or_insert_default().clone();
        self.queue.end_all();
        self.pump(out);
        let finish = finish.given(self.calls > 0, self.refused);
        self.mouth.finish(&self.context, &finish, self.usage.as_ref(), self.bytes, out);
        self.over = Some(Step::Done);
    }

    fn failed(&mut self, failure: &Failure, out: &mut Vec<u8>) {
        // A call that is not complete stays open, so that no client runs it.
        if let Some((growing, whole)) = self.queue.pop_failed()
            && (whole || !matches!(growing.part, Part::Call { .. }))
        {
            self.mouth.told(&self.context, &growing, out);
            self.mouth.close(&self.context, &growing.part, whole, out);
        }
        self.mouth.fail(&self.context, failure, out);
        self.over = Some(Step::Failed);
    }
}

impl Mouth {
    fn begin(&mut self, context: &Context, usage: Option<&Usage>, out: &mut Vec<u8>) {
        match self {
            Self::Chat(mouth) => mouth.begin(context, out),
            Self::Responses(mouth) => mouth.begin(context, out),
            Self::Messages(mouth) => mouth.begin(context, usage, out),
        }
    }

    fn open(&mut self, context: &Context, part: &Part<'_>, out: &mut Vec<u8>) {
        match self {
            Self::Chat(mouth) => mouth.open(context, part, out),
            Self::Responses(mouth) => mouth.open(context, part, out),
            Self::Messages(mouth) => mouth.open(part, out),
        }
    }

    fn more(&mut self, context: &Context, part: &Part<'_>, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Chat(mouth) => mouth.more(context, part, text, out),
            Self::Responses(mouth) => mouth.more(context, part, text, out),
            Self::Messages(mouth) => mouth.more(part, text, out),
        }
    }

    /// Tells what was kept until the part was complete: the text of a custom tool.
    fn told(&mut self, context: &Context, done: &Growing, out: &mut Vec<u8>) {
        if done.whole {
            let text = custom::unwrapped(&done.held);
            if !text.is_empty() {
                self.more(context, &done.part, &text, out);
            }
        }
    }

    fn close(&mut self, context: &Context, part: &Part<'_>, complete: bool, out: &mut Vec<u8>) {
        match self {
            Self::Chat(_) => {}
            Self::Responses(mouth) => mouth.close(context, part, complete, out),
            Self::Messages(mouth) => mouth.close(out),
        }
    }

    fn finish(
        &mut self,
        context: &Context,
        finish: &Finish,
        usage: Option<&Usage>,
        bytes: u64,
        out: &mut Vec<u8>,
    ) {
        match self {
            Self::Chat(mouth) => mouth.finish(context, finish, usage, out),
            Self::Responses(mouth) => mouth.finish(context, finish, usage, out),
            Self::Messages(mouth) => {
                let estimate = Usage::estimate(context.input_tokens_estimate, bytes);
                mouth.finish(finish, usage.unwrap_or(&estimate), out);
            }
        }
    }

    fn fail(&mut self, context: &Context, failure: &Failure, out: &mut Vec<u8>) {
        match self {
            Self::Responses(mouth) => mouth.fail(context, failure, out),
            Self::Chat(_) | Self::Messages(_) => failure.write_event(context.client, out),
        }
    }
}
