//! The feed: pages in both directions, filters, and what a member reaches.

use contract::activity::{ActivityFilter, ActivityPage};
use contract::fault::Fault;
use domain::caller::Caller;
use domain::cursor::Cursor;
use domain::ids::CallId;
use domain::outcome::Outcome;
use domain::role::Role;
use store::calls::CallRecord;

use crate::calls::record;
use crate::house::{House, Tenant};

/// `count` calls; every third asked for another model.
async fn calls(house: &House, tenant: &Tenant, count: usize) -> Vec<CallId> {
    let key = house.key(&tenant.admin, tenant.project, "feed").await;
    let mut calls: Vec<CallRecord> =
        (0..count).map(|_| record(house, tenant.id, tenant.project, key)).collect();
    for call in calls.iter_mut().step_by(3) {
        call.alias = Some("large".into());
    }
    let mut ids: Vec<CallId> = calls.iter().map(|call| call.id).collect();
    let mut batch = house.store.batch().await.unwrap();
    batch.settle(&[], &calls, &[]).await.unwrap();
    batch.close().await;
    ids.reverse();
    ids
}

async fn page(
    house: &House,
    caller: &Caller,
    filter: &ActivityFilter,
    cursor: Cursor,
) -> ActivityPage {
    house.console.activity.list(caller, filter, cursor).await.unwrap()
}

fn ids(page: &ActivityPage) -> Vec<CallId> {
    page.rows.iter().map(|row| row.id).collect()
}

/// Walks to the oldest page and back, and gives what was seen on the way down.
async fn walk(house: &House, caller: &Caller, filter: &ActivityFilter) -> Vec<CallId> {
    let mut down = vec![page(house, caller, filter, Cursor::Newest).await];
    assert_eq!(down[0].newer, None, "nothing is newer than the newest");
    while let Some(cursor) = down.last().unwrap().older {
        down.push(page(house, caller, filter, cursor).await);
    }
    for (index, below) in down.iter().enumerate().skip(1).rev() {
        let above = page(house, caller, filter, below.newer.unwrap()).await;
        assert_eq!(ids(&above), ids(&down[index - 1]), "the way up is the way down");
    }
    down.iter().flat_map(ids).collect()
}

#[tokio::test]
async fn pages_lead_down_and_up_with_and_without_a_filter() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let admin = &tenant.admin;
    let nothing = page(&house, admin, &ActivityFilter::default(), Cursor::Newest).await;
    assert_eq!((nothing.any_calls, nothing.latest, nothing.rows.len()), (false, None, 0));

    let all = calls(&house, &tenant, 160).await;
    assert_eq!(walk(&house, admin, &ActivityFilter::default()).await, all);

    let large = ActivityFilter { model: Some("large".into()), ..ActivityFilter::default() };
    let seen = walk(&house, admin, &large).await;
    assert_eq!(seen.len(), 54);
    assert!(seen.iter().all(|id| all.contains(id)));

    let first = page(&house, admin, &large, Cursor::Newest).await;
    assert_eq!((first.any_calls, first.latest), (true, Some(all[0])));
    assert_eq!(first.facets.keys.len(), 1);
}

#[tokio::test]
async fn a_filter_that_nothing_matches_is_no_empty_tenant() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let all = calls(&house, &tenant, 3).await;
    let filter = ActivityFilter { outcome: Some(Outcome::Completed), ..ActivityFilter::default() };
    let empty = page(&house, &tenant.admin, &filter, Cursor::Newest).await;
    assert_eq!((empty.rows.len(), empty.any_calls, empty.older), (0, true, None));

    let newer = |after| house.console.activity.newer(&tenant.admin, &OPEN, after);
    assert_eq!(newer(None).await.unwrap(), 3);
    assert_eq!(newer(Some(all[1])).await.unwrap(), 1);
    assert_eq!(newer(Some(all[0])).await.unwrap(), 0);
    let none = house.console.activity.newer(&tenant.admin, &filter, None).await.unwrap();
    assert_eq!(none, 0);
}

static OPEN: ActivityFilter = ActivityFilter {
    from: None,
    to: None,
    project_id: None,
    key_id: None,
    agent: None,
    model: None,
    provider: None,
    outcome: None,
    code: None,
    charge_at_least: None,
    latency_ms_at_least: None,
};

#[tokio::test]
async fn a_window_that_is_too_long_is_refused() {
    let (house, operator) = House::new().await;
    let tenant = house.tenant(&operator, "acme").await;
    let now = domain::clock::Clock::now(&house.clock);
    let filter = ActivityFilter {
        from: Some(now - chrono::TimeDelta::days(93)),
        ..ActivityFilter::default()
    };
    let refused =
        house.console.activity.list(&tenant.admin, &filter, Cursor::Newest).await.unwrap_err();
    assert!(matches!(refused, Fault::Invalid { .. }));
}

#[tokio::test]
async fn a_member_sees_only_what_their_projects_did() {
    let (house, operator) = House::new().await;
    let mut tenant = house.tenant(&operator, "acme").await;
    let other = house.project(tenant.id, "other").await;
    tenant.admin = house.caller_of("admin@acme.example", Some(tenant.id)).await;
    let member = house.person(tenant.id, Role::Member, "mia@acme.example", &[other]).await;

    let hidden = calls(&house, &tenant, 4).await;
    let key = house.key(&tenant.admin, other, "others").await;
    let shown = record(&house, tenant.id, other, key);
    let mut batch = house.store.batch().await.unwrap();
    batch.settle(&[], std::slice::from_ref(&shown), &[]).await.unwrap();
    batch.close().await;

    let everything = page(&house, &tenant.admin, &OPEN, Cursor::Newest).await;
    assert_eq!(everything.rows.len(), 5);
    let reached = page(&house, &member, &OPEN, Cursor::Newest).await;
    assert_eq!((ids(&reached), reached.latest), (vec![shown.id], Some(shown.id)));
    assert_eq!(reached.facets.keys, [(key, "others".to_owned())]);
    let keys = house.console.keys.list(&member).await.unwrap();
    assert_eq!(keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>(), ["others"]);
    for id in hidden {
        assert_eq!(house.console.call.detail(&member, id).await.unwrap_err(), Fault::NotFound);
    }
    let detail = house.console.call.detail(&member, shown.id).await.unwrap();
    assert_eq!((detail.newer, detail.older), (None, None));
    let frame = house.console.frame.frame(&member).await.unwrap();
    assert_eq!(frame.projects.len(), 1);

    let nowhere = house.person(tenant.id, Role::Member, "nobody@acme.example", &[]).await;
    let nothing = page(&house, &nowhere, &OPEN, Cursor::Newest).await;
    assert_eq!((nothing.rows.len(), nothing.any_calls, nothing.latest), (0, false, None));
    assert!(house.console.keys.list(&nowhere).await.unwrap().is_empty());
}
