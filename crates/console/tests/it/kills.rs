//! The kill switch: who stops what, what each may know of it, and that it undoes nothing else.

use std::collections::HashMap;

use chrono::TimeDelta;
use contract::activity::ActivityFilter;
use contract::fault::{Fault, Field, Reason};
use contract::kills::{ALL_CALLS, KillRow, KillState, NewKill, NodeState, Target};
use domain::caller::Caller;
use domain::clock::{Clock, SystemClock};
use domain::cursor::Cursor;
use domain::ids::{KillId, NodeId, ProviderId, TenantId};
use domain::kill::KillScope;
use domain::provider::{Auth, ProviderKind, Strategy, Surface, Wire};
use domain::role::{Permission, Role};
use store::aliases::AliasSpec;
use store::audit::AuditEntry;
use store::calls::CallRecord;
use store::nodes::Node;
use store::providers::{OnHangup, ProviderSpec};

use crate::calls::{completed, record};
use crate::house::{House, PASSWORD, Tenant};

const fn invalid(field: Field, reason: Reason) -> Fault {
    Fault::Invalid { field, reason }
}

fn target(scope: KillScope, id: impl ToString) -> Target {
    Target { scope, id: id.to_string() }
}

fn all() -> Target {
    target(KillScope::All, "")
}

fn whole(tenant: &Tenant) -> Target {
    target(KillScope::Tenant, tenant.id)
}

fn new(target: &Target, name: &str) -> NewKill {
    NewKill {
        target: target.clone(),
        reason: "it runs away".into(),
        expires_in_hours: None,
        confirmation: name.into(),
    }
}

async fn stop(house: &House, caller: &Caller, target: &Target, name: &str) -> KillId {
    house.console.kills.arm(caller, new(target, name)).await.unwrap()
}

async fn release(house: &House, caller: &Caller, id: KillId, name: &str) -> Result<(), Fault> {
    house.console.kills.release(caller, id, "it is over".into(), name.into()).await
}

async fn in_force(house: &House, caller: &Caller) -> Vec<KillRow> {
    house.console.kills.list(caller).await.unwrap().in_force
}

async fn provider(house: &House) -> ProviderId {
    let spec = ProviderSpec {
        id: ProviderId::mint(),
        slug: "sim".into(),
        name: "Simulator".into(),
        kind: ProviderKind::Simulator,
        base_url: "http://127.0.0.1:9/v1".into(),
        auth: Auth::Bearer,
        wire: Wire::Plain,
        surfaces: vec![Surface::Chat],
        region: None,
        api_version: None,
        private_network: true,
        secret_id: None,
        on_hangup: OnHangup::Drain,
        active: true,
    };
    let mut tx = house.store.system(store::Reason::Configure).await.unwrap();
    let id = tx.upsert_provider(&spec).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn a_tenant_stops_what_is_its_own_and_releases_it() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let admin = &tenant.admin;
    let key = house.key(admin, tenant.project, "server").await;
    completed(&house, &tenant, key).await;
    let kills = &house.console.kills;
    let offered = kills.list(admin).await.unwrap().scopes;
    assert_eq!(offered, [KillScope::Tenant, KillScope::Project, KillScope::Key, KillScope::Agent]);

    let key_target = target(KillScope::Key, key);
    let agent = target(KillScope::Agent, format!("{}:bot/7", tenant.project));
    for (what, name) in [
        (whole(&tenant), "The acme company"),
        (target(KillScope::Project, tenant.project), "First project"),
        (key_target.clone(), "server"),
        (agent.clone(), "bot/7"),
    ] {
        let preview = kills.preview(admin, what.clone()).await.unwrap();
        assert_eq!((preview.name.as_str(), preview.stopped), (name, false));
        assert_eq!(preview.tenant.as_deref(), Some("The acme company"));
        let wrong = kills.arm(admin, new(&what, "something")).await.unwrap_err();
        assert_eq!(wrong, invalid(Field::Confirmation, Reason::DoesNotMatch));
        stop(&house, admin, &what, &format!(" {name} ")).await;
        assert!(kills.preview(admin, what.clone()).await.unwrap().stopped);
        let again = kills.arm(admin, new(&what, name)).await.unwrap_err();
        assert_eq!(again, invalid(Field::Target, Reason::Stopped));
    }
    assert_eq!(house.store.gateway_snapshot().await.unwrap().kills.len(), 4);
    let preview = kills.preview(admin, key_target).await.unwrap();
    assert_eq!((preview.reach.keys, preview.reach.calls_hour), (1, 1));

    let mut rows = in_force(&house, admin).await;
    assert!(rows.iter().all(|row| row.releasable && !row.by_platform));
    assert_eq!(rows[0].reason.as_deref(), Some("it runs away"));
    let listed = house.console.keys.list(admin).await.unwrap().remove(0);
    assert_eq!(listed.stopped, Some(KillScope::Key));
    let frame = house.console.frame.frame(admin).await.unwrap();
    assert!(frame.projects[0].stopped);
    assert_eq!(frame.stopped.len(), 4);
    while let Some(row) = rows.pop() {
        let name = row.target.unwrap();
        let wrong = release(&house, admin, row.id, "something").await.unwrap_err();
        assert_eq!(wrong, invalid(Field::Confirmation, Reason::DoesNotMatch));
        release(&house, admin, row.id, &name).await.unwrap();
        assert_eq!(release(&house, admin, row.id, &name).await.unwrap_err(), Fault::Conflict);
    }
    let view = kills.list(admin).await.unwrap();
    assert_eq!((view.in_force.len(), view.past.len()), (0, 4));
    let ended = view.past[0].release.clone().unwrap();
    assert_eq!(ended.reason.as_deref(), Some("it is over"));
    assert!(house.store.gateway_snapshot().await.unwrap().kills.is_empty());
}

#[tokio::test]
async fn each_act_is_in_the_log_of_the_tenant_it_concerns() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let before = house.log(TenantId::PLATFORM).await.len();
    let id = stop(&house, &operator, &whole(&tenant), "The acme company").await;
    release(&house, &operator, id, "The acme company").await.unwrap();
    let id = stop(&house, &operator, &all(), ALL_CALLS).await;
    release(&house, &operator, id, ALL_CALLS).await.unwrap();
    let told = |entry: &AuditEntry| {
        (entry.action.clone(), entry.target_kind.clone(), entry.reason.clone().unwrap())
    };
    let expected = |scope: &str| {
        [
            ("kill.release".to_owned(), scope.to_owned(), "it is over".to_owned()),
            ("kill.arm".to_owned(), scope.to_owned(), "it runs away".to_owned()),
        ]
    };
    let own = house.log(tenant.id).await;
    let own: Vec<_> = own.iter().take(2).map(|row| told(&row.entry)).collect();
    assert_eq!(own, expected("tenant"));
    let platform = house.log(TenantId::PLATFORM).await;
    assert_eq!(platform.len(), before + 2);
    let platform: Vec<_> = platform.iter().take(2).map(|row| told(&row.entry)).collect();
    assert_eq!(platform, expected("all"));
}

#[tokio::test]
async fn nobody_stops_releases_or_reads_what_is_anothers() {
    let (house, operator) = House::new().await;
    let (ours, theirs) =
        (house.tenant(&operator, "acme").await, house.tenant(&operator, "globex").await);
    let key = house.key(&theirs.admin, theirs.project, "server").await;
    let kills = &house.console.kills;
    let foreign = [
        whole(&theirs),
        target(KillScope::Project, theirs.project),
        target(KillScope::Key, key),
        target(KillScope::Agent, format!("{}:bot", theirs.project)),
        target(KillScope::Agent, format!("{}:no name", ours.project)),
        target(KillScope::Key, "x"),
    ];
    for what in &foreign {
        let unknown = invalid(Field::Target, Reason::Unknown);
        assert_eq!(kills.preview(&ours.admin, what.clone()).await.unwrap_err(), unknown);
        assert_eq!(kills.arm(&ours.admin, new(what, "server")).await.unwrap_err(), unknown);
    }
    let id = stop(&house, &theirs.admin, &foreign[2], "server").await;
    assert_eq!(release(&house, &ours.admin, id, "server").await.unwrap_err(), Fault::NotFound);
    assert_eq!(kills.propagation(&ours.admin, id).await.unwrap_err(), Fault::NotFound);
    assert!(in_force(&house, &ours.admin).await.is_empty());
    let provider = target(KillScope::Provider, provider(&house).await);
    for what in [all(), provider] {
        let operators = Fault::Forbidden(Permission::ManageTenants);
        assert_eq!(kills.preview(&ours.admin, what.clone()).await.unwrap_err(), operators);
        assert_eq!(kills.arm(&ours.admin, new(&what, ALL_CALLS)).await.unwrap_err(), operators);
    }
    // The operator sees from outside that a tenant has stopped something, and not what, nor why.
    let row = in_force(&house, &operator).await.remove(0);
    assert_eq!((row.scope, row.tenant.unwrap().id), (KillScope::Key, theirs.id));
    assert_eq!((row.target, row.reason, row.by, row.releasable), (None, None, None, false));
    assert_eq!(release(&house, &operator, id, "server").await.unwrap_err(), Fault::NotFound);
    let seated = house.caller(operator.account_id, Some(theirs.id)).await.unwrap();
    release(&house, &seated, id, "server").await.unwrap();
}

#[tokio::test]
async fn what_the_operator_stopped_only_the_operator_releases() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let admin = &tenant.admin;
    let name = "The acme company";
    let imposed = stop(&house, &operator, &whole(&tenant), name).await;
    let own = stop(&house, admin, &whole(&tenant), name).await;
    let refused = release(&house, admin, imposed, name).await.unwrap_err();
    assert_eq!(refused, Fault::Forbidden(Permission::ManageTenants));
    release(&house, admin, own, name).await.unwrap();
    let row = in_force(&house, admin).await.remove(0);
    assert_eq!((row.id, row.by_platform, row.releasable), (imposed, true, false));
    assert_eq!(row.reason.as_deref(), Some("it runs away"), "a tenant learns why it is stopped");
    assert_eq!(house.store.gateway_snapshot().await.unwrap().kills.len(), 1);
    let row = in_force(&house, &operator).await.remove(0);
    assert!(row.releasable && row.reason.is_some());
    release(&house, &operator, imposed, name).await.unwrap();
}

#[tokio::test]
async fn of_everything_and_of_a_provider_a_tenant_learns_that_it_is_and_not_why() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let provider = target(KillScope::Provider, provider(&house).await);
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    completed(&house, &tenant, key).await;
    let preview = house.console.kills.preview(&operator, all()).await.unwrap();
    assert_eq!((preview.reach.tenants, preview.reach.projects, preview.reach.keys), (1, 1, 1));
    let id = stop(&house, &operator, &all(), ALL_CALLS).await;
    stop(&house, &operator, &provider, "Simulator").await;
    let rows = in_force(&house, &tenant.admin).await;
    let told: Vec<_> = rows.iter().map(|row| (row.scope, row.target.as_deref())).collect();
    let (of_all, of_provider) =
        ((KillScope::All, Some(ALL_CALLS)), (KillScope::Provider, Some("Simulator")));
    assert_eq!(told, [of_provider, of_all]);
    assert!(rows.iter().all(|row| row.reason.is_none() && row.by.is_none() && !row.releasable));
    assert_eq!(release(&house, &tenant.admin, id, ALL_CALLS).await.unwrap_err(), Fault::NotFound);
    let listed = house.console.keys.list(&tenant.admin).await.unwrap().remove(0);
    assert_eq!(listed.stopped, Some(KillScope::All));
    for caller in [&operator, &tenant.admin] {
        assert_eq!(house.console.frame.frame(caller).await.unwrap().stopped.len(), 2);
    }
    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();
    assert!(in_force(&house, &seated).await.iter().all(|row| row.reason.is_some()));
    release(&house, &seated, id, ALL_CALLS).await.unwrap();
}

#[tokio::test]
async fn each_choice_says_what_stopping_it_would_stop_at_this_moment() {
    let (house, operator) = House::new().await;
    let (ours, theirs) =
        (house.tenant(&operator, "acme").await, house.tenant(&operator, "globex").await);
    provider(&house).await;
    let key = house.key(&ours.admin, ours.project, "server").await;
    house.key(&ours.admin, ours.project, "idle").await;
    let call = |agent: Option<&str>| CallRecord {
        agent: agent.map(Into::into),
        provider: Some("sim".into()),
        ..record(&house, ours.id, ours.project, key)
    };
    let calls = [call(Some("bot/7")), call(None), call(None)];
    house.store.batch().await.unwrap().settle(&[], &calls, &[]).await.unwrap();
    let kills = &house.console.kills;
    let told = async |caller: &Caller, scope| -> Vec<(String, u64)> {
        let choices = kills.choices(caller, scope, String::new()).await.unwrap();
        choices.into_iter().map(|choice| (choice.name, choice.calls_minute)).collect()
    };
    let counted = |name: &str, calls| (name.to_owned(), calls);
    let mut keys = told(&ours.admin, KillScope::Key).await;
    keys.sort();
    assert_eq!(keys, [counted("idle", 0), counted("server", 3)]);
    assert_eq!(told(&ours.admin, KillScope::Project).await, [counted("First project", 3)]);
    assert_eq!(told(&ours.admin, KillScope::Agent).await, [counted("bot/7", 1)]);
    assert_eq!(told(&ours.admin, KillScope::Tenant).await, [counted("The acme company", 3)]);
    assert_eq!(told(&theirs.admin, KillScope::Tenant).await, [counted("The globex company", 0)]);
    assert_eq!(told(&operator, KillScope::Provider).await, [counted("Simulator", 3)]);
    assert_eq!(told(&operator, KillScope::All).await, [counted(ALL_CALLS, 3)]);
    let tenants = told(&operator, KillScope::Tenant).await;
    assert!(tenants.contains(&counted("The acme company", 3)));
    assert!(tenants.contains(&counted("The globex company", 0)));
}

#[tokio::test]
async fn a_kill_has_a_reason_and_may_end_by_itself() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let (admin, kills) = (&tenant.admin, &house.console.kills);
    let what = target(KillScope::Project, tenant.project);
    let good = NewKill { expires_in_hours: Some(2), ..new(&what, "First project") };
    for (bad, fault) in [
        (NewKill { reason: " ".into(), ..good.clone() }, invalid(Field::Reason, Reason::Missing)),
        (
            NewKill { reason: "x".repeat(501), ..good.clone() },
            invalid(Field::Reason, Reason::TooLong),
        ),
        (
            NewKill { expires_in_hours: Some(0), ..good.clone() },
            invalid(Field::ExpiresAt, Reason::InThePast),
        ),
        (
            NewKill { expires_in_hours: Some(721), ..good.clone() },
            invalid(Field::ExpiresAt, Reason::TooFar),
        ),
    ] {
        assert_eq!(kills.arm(admin, bad).await.unwrap_err(), fault);
    }
    let id = kills.arm(admin, good.clone()).await.unwrap();
    house.clock.advance(TimeDelta::hours(2));
    let view = kills.list(admin).await.unwrap();
    assert_eq!((view.in_force.len(), view.past[0].state), (0, KillState::Expired));
    assert!(house.console.frame.frame(admin).await.unwrap().stopped.is_empty());
    assert_eq!(release(&house, admin, id, "First project").await.unwrap_err(), Fault::Conflict);
    kills.arm(admin, good).await.unwrap();
    let view = kills.list(admin).await.unwrap();
    assert_eq!((view.in_force.len(), view.past[0].state), (1, KillState::Released));
}

/// G7: a key's end clears no kill. G8: whoever is stopped signs in, reads, and manages.
#[tokio::test]
async fn a_stopped_tenant_still_reads_and_manages_and_nothing_of_that_clears_a_kill() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let admin = &tenant.admin;
    let key = house.key(admin, tenant.project, "server").await;
    let call = completed(&house, &tenant, key).await;
    let key_target = target(KillScope::Key, key);
    stop(&house, admin, &key_target, "server").await;
    stop(&house, &operator, &whole(&tenant), "The acme company").await;
    stop(&house, &operator, &all(), ALL_CALLS).await;

    house.sign_in("admin@acme.example", PASSWORD).await.unwrap();
    let again = house.caller(admin.account_id, Some(tenant.id)).await.unwrap();
    let console = &house.console;
    let filter = ActivityFilter::default();
    let page = console.activity.list(&again, &filter, Cursor::Newest).await.unwrap();
    assert_eq!(page.rows.len(), 1);
    console.call.detail(&again, call).await.unwrap();
    console.call.content(&again, call).await.unwrap();
    house.key(&again, tenant.project, "another").await;
    console.keys.revoke(&again, key, "server".into()).await.unwrap();
    let snapshot = house.store.gateway_snapshot().await.unwrap();
    assert!(snapshot.kills.iter().any(|kill| kill.key_id == Some(key)));
    assert_eq!(snapshot.kills.len(), 3);
    // A revoked key is no choice any more; its kill still is there to be released.
    let choices = console.kills.choices(&again, KillScope::Key, String::new()).await.unwrap();
    assert_eq!(choices.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["another"]);
    assert_eq!(in_force(&house, &again).await.len(), 3);
}

#[tokio::test]
async fn a_member_reads_of_the_kills_of_their_projects() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let other = house.project(tenant.id, "other").await;
    let admin = house.caller(tenant.admin.account_id, Some(tenant.id)).await.unwrap();
    let member = house.person(tenant.id, Role::Member, "mia@acme.example", &[other]).await;
    let hidden =
        stop(&house, &admin, &target(KillScope::Project, tenant.project), "First project").await;
    let seen = stop(&house, &admin, &target(KillScope::Project, other), "other").await;
    let rows = in_force(&house, &member).await;
    assert_eq!(
        rows.iter().map(|row| (row.id, row.releasable)).collect::<Vec<_>>(),
        [(seen, false)]
    );
    assert!(house.console.kills.list(&member).await.unwrap().scopes.is_empty());
    assert_eq!(house.console.frame.frame(&member).await.unwrap().stopped.len(), 1);
    let kills = &house.console.kills;
    assert!(kills.propagation(&member, seen).await.is_ok());
    assert_eq!(kills.propagation(&member, hidden).await.unwrap_err(), Fault::NotFound);
}

#[tokio::test]
async fn the_meter_counts_the_nodes_that_confirmed_and_names_them_to_the_operator() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let node = |name: &str| Node {
        id: NodeId::mint(),
        name: name.into(),
        version: "1".into(),
        started_at: SystemClock.now() - TimeDelta::hours(1),
    };
    let (one, two) = (node("gateway-a"), node("gateway-b"));
    let epoch = house.store.epoch().await.unwrap();
    for node in [&one, &two] {
        house.store.node_beat(node, epoch, &HashMap::new()).await.unwrap();
    }
    let id = stop(&house, &tenant.admin, &whole(&tenant), "The acme company").await;
    let kills = &house.console.kills;
    let none = kills.propagation(&tenant.admin, id).await.unwrap();
    assert_eq!((none.counted(), none.complete()), ((0, 2), false));
    let epoch = house.store.gateway_snapshot().await.unwrap().epoch;
    house.store.node_beat(&one, epoch, &HashMap::new()).await.unwrap();
    let half = kills.propagation(&tenant.admin, id).await.unwrap();
    assert_eq!(half.counted(), (1, 2));
    assert_eq!(half.nodes[0].name, "Node 1", "machines are the operator's business");
    assert!(half.nodes[0].took_ms.is_some() && half.nodes[1].state == NodeState::Pending);
    house.store.node_beat(&two, epoch + 5, &HashMap::new()).await.unwrap();
    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();
    let done = kills.propagation(&seated, id).await.unwrap();
    assert!(done.complete() && done.slowest_ms().is_some());
    assert_eq!(done.nodes[1].name, "gateway-b");
}

#[tokio::test]
async fn agents_are_listed_with_what_stops_them() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let admin = &tenant.admin;
    let key = house.key(admin, tenant.project, "server").await;
    let calls: Vec<_> = ["bot", "bot", "crawler"]
        .into_iter()
        .map(|name| CallRecord {
            agent: Some(name.into()),
            ..record(&house, tenant.id, tenant.project, key)
        })
        .collect();
    house.store.batch().await.unwrap().settle(&[], &calls, &[]).await.unwrap();
    let choices =
        house.console.kills.choices(admin, KillScope::Agent, "CRAW".into()).await.unwrap();
    assert_eq!((choices.len(), choices[0].detail.as_str()), (1, "First project"));
    stop(&house, admin, &choices[0].target, "crawler").await;
    let agents = &house.console.agents;
    let view = agents.list(admin, Some(tenant.project), String::new()).await.unwrap();
    let mut told: Vec<_> =
        view.rows.iter().map(|row| (row.name.as_str(), row.calls, row.stopped)).collect();
    told.sort_unstable_by_key(|row| row.0);
    assert_eq!(told, [("bot", 2, None), ("crawler", 1, Some(KillScope::Agent))]);
    let other = house.tenant(&operator, "globex").await;
    assert!(agents.list(&other.admin, None, String::new()).await.unwrap().rows.is_empty());
    let out = house.person(tenant.id, Role::Member, "out@acme.example", &[]).await;
    assert!(agents.list(&out, None, String::new()).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_client_learns_where_the_gateway_is_and_which_models_it_offers() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let mut tx = house.store.system(store::Reason::Configure).await.unwrap();
    let alias = AliasSpec {
        name: "small".into(),
        description: None,
        strategy: Strategy::Priority,
        regions: None,
        targets: vec![],
    };
    tx.put_alias(&alias).await.unwrap();
    tx.commit().await.unwrap();
    let set_up = &house.console.set_up;
    let view = set_up.set_up(&tenant.admin).await.unwrap();
    assert_eq!(view.base_url, "https://tokenone.example");
    assert_eq!((view.models, view.any_key), (vec!["small".to_owned()], false));
    house.key(&tenant.admin, tenant.project, "server").await;
    assert!(set_up.set_up(&tenant.admin).await.unwrap().any_key);
    assert_eq!(set_up.set_up(&operator).await.unwrap_err(), Fault::NoTenant);
}
