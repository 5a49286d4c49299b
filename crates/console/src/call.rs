//! One call: its numbers for whoever sees the feed, its words for few, and never unnoticed.

mod curl;
pub(crate) mod steps;
mod transcript;

use async_trait::async_trait;
use contract::call::{
    CallContent, CallDetail, Calls, EntryView, LedgerView, Payload, PriceView, TransferView,
};
use contract::fault::Fault;
use domain::caller::Caller;
use domain::ids::CallId;
use domain::money::NanoUsd;
use domain::role::Permission;
use store::calls::PayloadRecord;
use store::ledger::CallLedger;
use store::prices::PriceRow;
use vault::{Aad, CallBody};

use crate::Services;
use crate::act::{Act, Event};
use crate::activity::row;
use crate::fault::Failure;

#[async_trait]
impl Calls for Services {
    async fn detail(&self, caller: &Caller, call_id: CallId) -> Result<CallDetail, Fault> {
        Ok(self.call_detail(caller, call_id).await?)
    }

    async fn content(&self, caller: &Caller, call_id: CallId) -> Result<CallContent, Fault> {
        Ok(self.call_content(caller, call_id).await?)
    }
}

impl Services {
    async fn call_detail(&self, caller: &Caller, id: CallId) -> Result<CallDetail, Failure> {
        let scope = caller.scope(Permission::ReadActivity)?;
        let mut tx = self.store.tenant(&scope).await?;
        let named = tx.call(id).await?.ok_or(Fault::NotFound)?;
        let price = match named.call.price_id {
            Some(price_id) => tx.price(price_id).await?,
            None => None,
        };
        let decision = tx.call_decision(id).await?;
        let ledger = tx.call_ledger(id).await?;
        let content_kept = tx.has_payload(id).await?;
        let neighbours = tx.call_neighbours(id).await?;
        let call = named.call.clone();
        Ok(CallDetail {
            steps: steps::steps(&named.call.steps, named.call.total_us),
            masking_us: named.call.steps.masking_us,
            row: row(named),
            ended_at: call.ended_at,
            request_id: call.request_id,
            upstream_request_id: call.upstream_request_id,
            client_ip: call.client_ip.map(|ip| ip.to_string()),
            user_agent: call.user_agent,
            cached_input_tokens: call.cached_input_tokens,
            cache_write_tokens: call.cache_write_tokens,
            reasoning_tokens: call.reasoning_tokens,
            request_bytes: call.request_bytes,
            response_bytes: call.response_bytes,
            cost: call.cost,
            price: price.map(|price| price_view(price, call.markup_ppm)),
            // One in a form that this version does not know is as good as none.
            decision: decision.and_then(|json| serde_json::from_value(json).ok()),
            guard: call.guard,
            ledger: ledger_view(ledger),
            note: call.note,
            content_kept,
            newer: neighbours.newer,
            older: neighbours.older,
        })
    }

    /// The order is the point: the audit row is committed while the words are still sealed.
    async fn call_content(&self, caller: &Caller, id: CallId) -> Result<CallContent, Failure> {
        let mut act = Act::in_tenant(self, caller, Permission::ReadContent).await?;
        let named = act.tx().call(id).await?.ok_or(Fault::NotFound)?;
        let sealed = act.tx().payload(id).await?.ok_or(Fault::NotFound)?;
        act.done(Event {
            action: "call.content.read",
            target_kind: "call",
            target_id: Some(id.uuid()),
            target: Some(named.call.request_id),
            project_id: Some(named.call.project_id),
            ..Event::default()
        })
        .await?;
        let request = Payload {
            text: self.open(&sealed, CallBody::Request).await?,
            bytes: sealed.request_bytes,
            truncated: sealed.request_truncated,
        };
        let response = Payload {
            text: self.open(&sealed, CallBody::Response).await?,
            bytes: sealed.response_bytes,
            truncated: sealed.response_truncated,
        };
        let path = curl::path(&named.call.surface);
        Ok(CallContent {
            turns: transcript::turns(&request.text, &response.text),
            curl: curl::curl(&path, &request.text, request.truncated),
            request,
            response,
        })
    }

    /// Opens one body; an answer that never came is empty.
    async fn open(&self, sealed: &PayloadRecord, body: CallBody) -> Result<String, Failure> {
        let bytes = match body {
            CallBody::Request => &sealed.request,
            CallBody::Response => match &sealed.response {
                Some(response) => response,
                None => return Ok(String::new()),
            },
        };
        let place = Aad::call_payload(
            self.ring.deployment(),
            sealed.tenant_id,
            sealed.project_id,
            sealed.call_id,
            body,
        );
        let opened = self.ring.open(&place, bytes).await?;
        Ok(String::from_utf8_lossy(&opened).into_owned())
    }
}

fn price_view(price: PriceRow, markup_ppm: u32) -> PriceView {
    PriceView {
        id: price.id,
        model: format!("{}/{}", price.provider, price.model),
        input_per_mtok: NanoUsd(price.input_nano_per_mtok),
        cached_input_per_mtok: NanoUsd(price.cached_input_nano_per_mtok),
        output_per_mtok: NanoUsd(price.output_nano_per_mtok),
        markup_ppm: i32::try_from(markup_ppm).unwrap_or(i32::MAX),
        hash: price.hash.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn ledger_view(ledger: CallLedger) -> LedgerView {
    // A sum out of range is no zero, which is all that anybody asks of it.
    let sum = i64::try_from(ledger.sum()).unwrap_or(i64::MAX);
    LedgerView {
        transfers: ledger
            .transfers
            .into_iter()
            .map(|transfer| TransferView {
                at: transfer.at,
                kind: transfer.kind.as_str().into(),
                leg: transfer.leg.as_str().into(),
                debit: transfer.debit,
                credit: transfer.credit,
                amount: transfer.amount,
                released: transfer.released,
            })
            .collect(),
        entries: ledger
            .entries
            .into_iter()
            .map(|entry| EntryView {
                kind: entry.kind.as_str().into(),
                account: entry.account,
                layer: entry.layer,
                amount: entry.amount,
            })
            .collect(),
        sum: NanoUsd(sum),
    }
}
