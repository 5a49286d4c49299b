//! What is known of a call so far: it begins with the first byte, grows step by step, and ends as one
//! row of the feed.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::guard::Findings;
use domain::ids::{CallId, KeyId, ProjectId, TenantId};
use domain::kill::AgentName;
use domain::provider::Surface;
use domain::steps::Steps;

use crate::decision::Decision;
use crate::metric;
use crate::refuse::Voice;
use crate::snapshot::Target;

/// Which route a call came in by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// One that leads to a provider.
    To(Surface),
    /// `GET /v1/models…`
    Models,
    /// Any other route.
    Other,
}

impl Route {
    /// The word in the feed and in metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::To(Surface::Chat) => "chat.completions",
            Self::To(Surface::Responses) => "responses",
            Self::To(Surface::Messages) => "messages",
            Self::To(Surface::CountTokens) => "messages.count_tokens",
            Self::To(Surface::Embeddings) => "embeddings",
            Self::To(Surface::Completions) => "completions",
            Self::Models => "models",
            Self::Other => "other",
        }
    }
}

/// Whose key a call came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) tenant_id: TenantId,
    pub(crate) project_id: ProjectId,
    pub(crate) key_id: KeyId,
    /// What the tenant pays above cost, in millionths.
    pub(crate) markup_ppm: i32,
}

/// The facts of one call.
#[derive(Debug)]
pub(crate) struct Trail {
    pub(crate) call_id: CallId,
    pub(crate) route: Route,
    /// In which error shape the caller is answered.
    pub(crate) voice: Voice,
    pub(crate) began: Instant,
    pub(crate) started_at: DateTime<Utc>,
    pub(crate) client_ip: Option<IpAddr>,
    pub(crate) user_agent: Option<String>,
    /// Known once the key has been.
    pub(crate) owner: Option<Owner>,
    /// What the program calls itself.
    pub(crate) agent: Option<AgentName>,
    /// Known once the body has been read.
    pub(crate) model: Option<String>,
    pub(crate) streamed: bool,
    pub(crate) request_bytes: u64,
    /// Known once a target has been chosen.
    pub(crate) target: Option<Arc<Target>>,
    /// How it was chosen.
    pub(crate) decision: Option<Decision>,
    /// What the guard found, where there is something to say.
    pub(crate) guard: Option<Box<Findings>>,
    pub(crate) steps: Steps,
}

impl Trail {
    /// A call that begins now; `started_at` is what the clock says.
    pub(crate) fn new(
        call_id: CallId,
        route: Route,
        voice: Voice,
        started_at: DateTime<Utc>,
    ) -> Self {
        Self {
            call_id,
            route,
            voice,
            began: Instant::now(),
            started_at,
            client_ip: None,
            user_agent: None,
            owner: None,
            agent: None,
            model: None,
            streamed: false,
            request_bytes: 0,
            target: None,
            decision: None,
            guard: None,
            steps: Steps::default(),
        }
    }

    /// The key has been looked up.
    pub(crate) fn authenticated(&mut self) {
        self.steps.authenticated_us = Some(self.elapsed_us());
    }

    /// The body has been read and understood.
    pub(crate) fn asked(&mut self) {
        self.steps.asked_us = Some(self.elapsed_us());
    }

    /// The guard has looked for injections.
    pub(crate) fn screened(&mut self) {
        self.steps.screened_us = Some(self.elapsed_us());
    }

    /// The secrets have been taken out.
    pub(crate) fn redacted(&mut self) {
        self.steps.redacted_us = Some(self.elapsed_us());
    }

    /// The target has been chosen.
    pub(crate) fn routed(&mut self, target: &Arc<Target>) {
        self.target = Some(Arc::clone(target));
        self.steps.routed_us = Some(self.elapsed_us());
    }

    /// The hold is durable.
    pub(crate) fn admitted(&mut self) {
        self.steps.admitted_us = Some(self.elapsed_us());
        metric::overhead(self.began.elapsed());
    }

    /// The provider has begun to answer. Only the first time counts.
    pub(crate) fn first_byte(&mut self) {
        if self.steps.first_byte_us.is_none() {
            self.steps.first_byte_us = Some(self.elapsed_us());
            metric::first_byte(self.began.elapsed());
        }
    }

    /// The provider is done.
    pub(crate) fn upstream_done(&mut self) {
        self.steps.upstream_done_us = Some(self.elapsed_us());
    }

    /// Microseconds since the call began.
    pub(crate) fn elapsed_us(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}
