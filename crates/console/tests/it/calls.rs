//! One call, and what it said.

use contract::activity::CallRow;
use contract::fault::Fault;
use domain::ids::{CallId, KeyId, PriceId, ProjectId, RequestId, TenantId};
use domain::money::NanoUsd;
use domain::outcome::{Outcome, UsageSource};
use domain::role::{Permission, Role};
use domain::steps::Steps;
use store::calls::{CallRecord, PayloadRecord};
use store::prices::PriceRow;
use store::{HoldRow, Payable, Reason, Resolution, ResolutionKind};
use vault::{Aad, CallBody};

use crate::house::{House, OPERATOR, Tenant};

pub const REQUEST: &str =
    r#"{"model":"small","messages":[{"role":"user","content":"What's my secret?"}]}"#;
const RESPONSE: &str = r#"{"choices":[{"message":{"role":"assistant","content":"42"}}]}"#;

/// A call as the gateway writes it down, refused so that it needs no ledger row.
pub fn record(
    house: &House,
    tenant_id: TenantId,
    project_id: ProjectId,
    key_id: KeyId,
) -> CallRecord {
    let now = domain::clock::Clock::now(&house.clock);
    CallRecord {
        id: CallId::mint(),
        tenant_id,
        project_id,
        key_id,
        price_id: None,
        started_at: now,
        ended_at: now,
        input_tokens: 0,
        cached_input_tokens: 0,
        cache_write_tokens: 0,
        cache_write_1h_tokens: 0,
        output_tokens: 0,
        reasoning_tokens: 0,
        charge: NanoUsd::ZERO,
        cost: NanoUsd::ZERO,
        request_bytes: 10,
        response_bytes: 20,
        steps: Steps { authenticated_us: Some(50), ..Steps::default() },
        total_us: 80,
        markup_ppm: 0,
        status: 404,
        streamed: false,
        simulated: true,
        surface: "chat.completions".into(),
        outcome: Outcome::Refused,
        usage_source: UsageSource::Nothing,
        alias: Some("small".into()),
        model_served: None,
        provider: None,
        code: Some("model_not_found".into()),
        note: None,
        request_id: RequestId::mint().to_string(),
        upstream_request_id: None,
        client_ip: Some([198, 51, 100, 1].into()),
        user_agent: Some("a program".into()),
        agent: None,
        decision: None,
        guard: None,
        origin: None,
    }
}

/// A completed call, held, settled, and with its bodies sealed.
pub async fn completed(house: &House, tenant: &Tenant, key_id: KeyId) -> CallId {
    let price_id = price(house).await;
    let call = CallRecord {
        price_id: Some(price_id),
        input_tokens: 9,
        output_tokens: 1,
        charge: NanoUsd(1_500),
        cost: NanoUsd(1_000),
        steps: Steps {
            authenticated_us: Some(50),
            asked_us: Some(52),
            screened_us: Some(55),
            redacted_us: Some(57),
            routed_us: Some(60),
            admitted_us: Some(2_000),
            first_byte_us: Some(300_000),
            upstream_done_us: Some(400_000),
            masking_us: Some(700),
        },
        total_us: 400_300,
        markup_ppm: 500_000,
        status: 200,
        outcome: Outcome::Completed,
        usage_source: UsageSource::Reported,
        model_served: Some("small-2026".into()),
        provider: Some("simulator".into()),
        code: None,
        ..record(house, tenant.id, tenant.project, key_id)
    };
    let payload = sealed(house, &call).await;
    let mut batch = house.store.batch().await.unwrap();
    let hold = HoldRow {
        call_id: call.id,
        tenant_id: call.tenant_id,
        project_id: call.project_id,
        key_id,
        price_id,
        amount: NanoUsd(9_000),
        idempotency_key: None,
        request_hash: None,
    };
    batch.admit(&[hold], 600).await.unwrap();
    let resolution = Resolution {
        call_id: call.id,
        tenant_id: call.tenant_id,
        kind: ResolutionKind::Post,
        charge: call.charge,
        charge_remainder: 0,
        cost: call.cost,
        cost_remainder: 0,
        payable: Payable::Provider,
        price_id: call.price_id.unwrap(),
    };
    let id = call.id;
    batch.settle(&[resolution], &[call], &[payload]).await.unwrap();
    batch.close().await;
    id
}

async fn sealed(house: &House, call: &CallRecord) -> PayloadRecord {
    let place = |body| {
        let deployment = house.ring.deployment();
        Aad::call_payload(deployment, call.tenant_id, call.project_id, call.id, body)
    };
    let seal = |body, text: &'static str| {
        let place = place(body);
        async move { house.ring.seal(&place, text.as_bytes()).await.unwrap() }
    };
    PayloadRecord {
        tenant_id: call.tenant_id,
        call_id: call.id,
        project_id: call.project_id,
        request: seal(CallBody::Request, REQUEST).await,
        response: Some(seal(CallBody::Response, RESPONSE).await),
        request_bytes: REQUEST.len() as u64,
        response_bytes: 9_999,
        request_truncated: false,
        response_truncated: true,
    }
}

async fn price(house: &House) -> PriceId {
    let price = PriceRow {
        id: PriceId::mint(),
        provider: "simulator".into(),
        model: "small".into(),
        effective_from: domain::clock::Clock::now(&house.clock),
        input_nano_per_mtok: 100_000_000,
        cached_input_nano_per_mtok: 50_000_000,
        cache_write_nano_per_mtok: 100_000_000,
        cache_write_1h_nano_per_mtok: None,
        output_nano_per_mtok: 200_000_000,
        request_nano: 0,
        tiers: serde_json::json!([]),
        source: "a test".into(),
        hash: [0xab; 32],
    };
    let mut tx = house.store.system(Reason::Configure).await.unwrap();
    assert_eq!(tx.insert_prices(std::slice::from_ref(&price)).await.unwrap(), 1);
    tx.commit().await.unwrap();
    price.id
}

#[tokio::test]
async fn a_call_tells_its_times_its_price_and_its_ledger() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let id = completed(&house, &tenant, key).await;
    let detail = house.console.call.detail(&tenant.admin, id).await.unwrap();

    assert_eq!(detail.steps.iter().map(|step| step.length_us).sum::<u64>(), detail.row.total_us);
    let CallRow { overhead_us, project, key, .. } = &detail.row;
    assert_eq!(
        (*overhead_us, project.as_str(), key.as_str()),
        (Some(3_000), "First project", "server")
    );
    assert_eq!(detail.masking_us, Some(700), "it is ours too");
    let price = detail.price.unwrap();
    assert_eq!((price.model.as_str(), price.markup_ppm), ("simulator/small", 500_000));
    assert_eq!(price.hash, "ab".repeat(32));

    let transfers: Vec<_> = detail
        .ledger
        .transfers
        .iter()
        .map(|t| {
            format!(
                "{} {} {}→{} {} −{}",
                t.kind, t.leg, t.debit, t.credit, t.amount.0, t.released.0
            )
        })
        .collect();
    assert_eq!(
        transfers,
        [
            "hold charge wallet→revenue 9000 −0",
            "post charge wallet→revenue 1500 −9000",
            "post cost provider_cost→provider_payable 1000 −0",
        ]
    );
    assert_eq!((detail.ledger.entries.len(), detail.ledger.sum), (8, NanoUsd::ZERO));
    assert!(detail.content_kept);
    assert_eq!((detail.newer, detail.older), (None, None));
}

#[tokio::test]
async fn content_is_opened_for_those_who_may_and_on_record() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let id = completed(&house, &tenant, key).await;
    let auditor = house.person(tenant.id, Role::Auditor, "aud@acme.example", &[]).await;

    let content = house.console.call.content(&auditor, id).await.unwrap();
    assert_eq!((content.request.text.as_str(), content.request.truncated), (REQUEST, false));
    assert_eq!((content.response.bytes, content.response.truncated), (9_999, true));
    let turns: Vec<_> =
        content.turns.iter().map(|turn| format!("{}: {}", turn.role, turn.text)).collect();
    assert_eq!(turns, ["user: What's my secret?", "assistant: 42"]);
    assert!(content.curl.contains("$TOKENONE_API_KEY") && content.curl.contains("What'\\''s"));

    let row = house.log(tenant.id).await.remove(0);
    assert_eq!(row.entry.action, "call.content.read");
    assert_eq!(row.entry.actor_id, Some(auditor.account_id.uuid()));
    assert_eq!(
        (row.entry.target_id, row.entry.project_id),
        (Some(id.uuid()), Some(tenant.project))
    );
    assert_eq!(row.entry.request_id, Some(auditor.request_id));

    // The operator in the tenant sees that calls happen, never what they say.
    let operator = house.caller_of(OPERATOR, Some(tenant.id)).await;
    house.console.call.detail(&operator, id).await.unwrap();
    let refused = house.console.call.content(&operator, id).await.unwrap_err();
    assert_eq!(refused, Fault::Forbidden(Permission::ReadContent));
}

#[tokio::test]
async fn content_that_cannot_be_put_on_record_stays_sealed() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let id = completed(&house, &tenant, key).await;
    house.as_superuser("alter table app.audit_event add check (false) not valid").await;
    let refused = house.console.call.content(&tenant.admin, id).await.unwrap_err();
    assert!(matches!(refused, Fault::Internal { .. }), "{refused:?}");
}

#[tokio::test]
async fn content_that_was_moved_or_changed_does_not_open() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let id = completed(&house, &tenant, key).await;
    house
        .as_superuser(
            "alter table app.call_payload disable trigger append_only;
             update app.call_payload set request = response, response = request;",
        )
        .await;
    let refused = house.console.call.content(&tenant.admin, id).await.unwrap_err();
    assert!(matches!(refused, Fault::Internal { .. }), "{refused:?}");
}

#[tokio::test]
async fn t38_ids_of_another_tenant_do_not_exist() {
    let (house, operator) = House::new().await;
    let ours = house.tenant(&operator, "acme").await;
    let theirs = house.tenant(&operator, "globex").await;
    let key = house.key(&theirs.admin, theirs.project, "server").await;
    let id = completed(&house, &theirs, key).await;
    let unknown = CallId::mint();
    for call in [id, unknown] {
        assert_eq!(
            house.console.call.detail(&ours.admin, call).await.unwrap_err(),
            Fault::NotFound
        );
        assert_eq!(
            house.console.call.content(&ours.admin, call).await.unwrap_err(),
            Fault::NotFound
        );
    }
    for key in [key, KeyId::mint()] {
        let revoked = house.console.keys.revoke(&ours.admin, key, "server".into()).await;
        assert_eq!(revoked.unwrap_err(), Fault::NotFound);
    }
    for tenant in [theirs.id, TenantId::mint(), TenantId::PLATFORM] {
        let taken = house.console.access.take_seat(&ours.admin, Some(tenant), None).await;
        assert_eq!(taken.unwrap_err(), Fault::NotFound);
    }
    let new = contract::keys::NewKey {
        project_id: theirs.project,
        name: "theirs".into(),
        expires_in_days: None,
    };
    assert!(matches!(
        house.console.keys.create(&ours.admin, new).await.unwrap_err(),
        Fault::Invalid { .. }
    ));
}
