//! Who may do what, asked of every method: changing the policy means changing this picture of it.

use contract::activity::ActivityFilter;
use contract::circuits::NewForce;
use contract::fault::{Fault, Field, Reason};
use contract::guard::Span;
use contract::keys::NewKey;
use contract::kills::{NewKill, Target};
use domain::caller::Caller;
use domain::circuit::Force;
use domain::cursor::Cursor;
use domain::guard::{Channel, Policy};
use domain::ids::{CallId, TenantId};
use domain::kill::KillScope;
use domain::role::Role;

use crate::aliases::alias;
use crate::calls::completed;
use crate::house::{House, Tenant, new_tenant};
use crate::providers::new_provider;

const METHODS: [&str; 36] = [
    "frame",
    "list",
    "newer",
    "detail",
    "content",
    "keys",
    "make key",
    "revoke",
    "set up",
    "agents",
    "kills",
    "choices",
    "preview key",
    "preview own tenant",
    "preview other tenant",
    "preview all",
    "stop key",
    "how far",
    "release",
    "tenants",
    "make tenant",
    "circuits",
    "circuit",
    "force",
    "clear",
    "probe",
    "enter other",
    "providers",
    "make provider",
    "aliases",
    "make alias",
    "guard",
    "set policy",
    "drop policy",
    "try out",
    "report",
];

/// `x` done, `.` forbidden, `t` asks for a tenant first, `-` nothing there.
fn mark<T>(result: Result<T, Fault>) -> char {
    match result {
        Ok(_) => 'x',
        Err(Fault::Forbidden(_)) => '.',
        Err(Fault::NoTenant) => 't',
        Err(Fault::NotFound) => '-',
        Err(Fault::Invalid { field: Field::Target, reason: Reason::Unknown }) => '-',
        Err(other) => panic!("{other:?}"),
    }
}

/// Asks every method as one caller. `name` makes what is made distinct.
async fn row(
    house: &House,
    caller: &Caller,
    name: &str,
    tenant: &Tenant,
    call: CallId,
    other: TenantId,
) -> String {
    let c = &house.console;
    let filter = ActivityFilter::default();
    let victim = house.key(&tenant.admin, tenant.project, &format!("victim {name}")).await;
    let new = NewKey { project_id: tenant.project, name: name.into(), expires_in_days: None };
    let slug = name.replace(' ', "-");
    let made = new_tenant(&slug, &format!("{slug}@new.example"));
    let why = Some("to see whether they may".to_owned());
    let force = NewForce {
        model: String::new(),
        to: Force::Open,
        reason: "to see whether they may".into(),
        minutes: 1,
    };
    let target = |scope, id: String| Target { scope, id };
    let kept = format!("kept {name}");
    let key = house.key(&tenant.admin, tenant.project, &kept).await;
    let key = target(KillScope::Key, key.to_string());
    let stop = |target: &Target, confirmation: &str| NewKill {
        target: target.clone(),
        reason: "to see whether they may".into(),
        expires_in_hours: None,
        confirmation: confirmation.into(),
    };
    let stopped = house.key(&tenant.admin, tenant.project, &format!("stopped {name}")).await;
    let stopped = stop(&target(KillScope::Key, stopped.to_string()), &format!("stopped {name}"));
    let kill = c.kills.arm(&tenant.admin, stopped).await.unwrap();
    let why_not = || "it is over".to_owned();
    let marks = [
        mark(c.frame.frame(caller).await),
        mark(c.activity.list(caller, &filter, Cursor::Newest).await),
        mark(c.activity.newer(caller, &filter, None).await),
        mark(c.call.detail(caller, call).await),
        mark(c.call.content(caller, call).await),
        mark(c.keys.list(caller).await),
        mark(c.keys.create(caller, new).await),
        mark(c.keys.revoke(caller, victim, format!("victim {name}")).await),
        mark(c.set_up.set_up(caller).await),
        mark(c.agents.list(caller, None, String::new()).await),
        mark(c.kills.list(caller).await),
        mark(c.kills.choices(caller, KillScope::Key, String::new()).await),
        mark(c.kills.preview(caller, key.clone()).await),
        mark(c.kills.preview(caller, target(KillScope::Tenant, tenant.id.to_string())).await),
        mark(c.kills.preview(caller, target(KillScope::Tenant, other.to_string())).await),
        mark(c.kills.preview(caller, target(KillScope::All, String::new())).await),
        mark(c.kills.arm(caller, stop(&key, &kept)).await),
        mark(c.kills.propagation(caller, kill).await),
        mark(c.kills.release(caller, kill, why_not(), format!("stopped {name}")).await),
        mark(c.tenants.list(caller).await),
        mark(c.tenants.create(caller, made).await),
        mark(c.circuits.list(caller).await),
        mark(c.circuits.detail(caller, "alpha").await),
        mark(c.circuits.force(caller, "alpha", force).await),
        mark(c.circuits.clear(caller, "alpha", "").await),
        mark(c.circuits.probe(caller, "alpha", "").await),
        mark(c.access.take_seat(caller, Some(other), why).await),
        mark(c.providers.list(caller).await),
        mark(c.providers.create(caller, new_provider(&slug)).await),
        mark(c.aliases.list(caller).await),
        mark(c.aliases.create(caller, name.into(), alias("known")).await),
        mark(c.guard.view(caller, Span::Day).await),
        mark(c.guard.set_policy(caller, None, Policy::default(), 0).await),
        mark(c.guard.drop_policy(caller, None, 1).await),
        mark(c.guard.try_out(caller, None, Channel::User, "x".into()).await),
        mark(c.guard.report(caller, call, "x".into()).await),
    ];
    format!("{name:<16} {}", marks.iter().collect::<String>())
}

#[tokio::test]
async fn every_method_asks_the_policy() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let other = house.tenant(&operator, "globex").await.id;
    let key = house.key(&tenant.admin, tenant.project, "server").await;
    let call = completed(&house, &tenant, key).await;
    house.provider("alpha").await;
    let projects = [tenant.project];
    let member = house.person(tenant.id, Role::Member, "mia@acme.example", &projects).await;
    let outside = house.person(tenant.id, Role::Member, "out@acme.example", &[]).await;
    let auditor = house.person(tenant.id, Role::Auditor, "aud@acme.example", &[]).await;
    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();

    house.console.providers.create(&operator, new_provider("known")).await.unwrap();

    let mut table = Vec::new();
    for (name, caller) in [
        ("operator", &operator),
        ("operator seated", &seated),
        ("tenant admin", &tenant.admin),
        ("member", &member),
        ("member outside", &outside),
        ("auditor", &auditor),
    ] {
        table.push(row(&house, caller, name, &tenant, call, other).await);
    }
    assert_eq!(
        table,
        [
            "operator         xttt.t..ttxttxxxt--xxxxxxxxxxxxttttt",
            "operator seated  xxxx.x..xxxxxxxxxxxxxxxxxxxxxxxxxxx-",
            "tenant admin     xxxxxxxxxxxxxx-.xxx.......-....xxxx-",
            "member           xxxx.x..xxx......x........-....x..x-",
            "member outside   xxx-.x..xxx......-........-....x..x-",
            "auditor          xxxxxx..xxx......x........-....x..x-",
        ],
        "columns: {METHODS:?}"
    );
}

#[tokio::test]
async fn the_frame_shows_what_each_may_see() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    house.tenant(&operator, "globex").await;
    let frame = house.console.frame.frame(&operator).await.unwrap();
    assert_eq!(
        (frame.role, frame.tenant.is_none(), frame.tenants.len()),
        (Role::PlatformAdmin, true, 2)
    );
    assert!(frame.simulated && frame.projects.is_empty());

    let seated = house.caller(operator.account_id, Some(tenant.id)).await.unwrap();
    let frame = house.console.frame.frame(&seated).await.unwrap();
    assert_eq!(frame.tenant.unwrap().name, "The acme company");
    assert_eq!((frame.tenants.len(), frame.projects.len()), (2, 1));

    let frame = house.console.frame.frame(&tenant.admin).await.unwrap();
    assert_eq!((frame.tenants.len(), frame.projects[0].id), (1, tenant.project));
    assert_eq!((frame.name.as_str(), frame.email.as_str()), ("Anna", "admin@acme.example"));
    let may: Vec<_> = frame.permissions.iter().map(|p| Role::TenantAdmin.may(*p)).collect();
    assert_eq!(may, [true; 8]);
}
