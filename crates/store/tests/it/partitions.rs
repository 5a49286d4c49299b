//! Months of calls: made ahead, across the turn of the year, and with a clock that was wrong.

use chrono::{DateTime, Utc};
use domain::outcome::Outcome;

use crate::attacks;
use crate::estate::{House, Tenant, id_at, payload, run, texts};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn place(house: &House, tenant: &Tenant, moment: &str) -> String {
    let call = id_at(moment, 1);
    let mut batch = house.store.batch().await.unwrap();
    let record = house.record(tenant, call, Outcome::Refused);
    batch.settle(&[], &[record], &[payload(tenant, call)]).await.unwrap();
    let mut admin = house.admin().await;
    let places = texts(
        &mut admin,
        format!(
            "select tableoid::regclass::text from app.call where id = '{call}'
         union all select tableoid::regclass::text from app.call_payload where call_id = '{call}'"
        ),
    )
    .await;
    assert_eq!(places[1], places[0].replace("call_", "call_payload_"));
    places[0].clone()
}

#[tokio::test]
async fn partitions_are_made_ahead_across_the_turn_of_the_year() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    assert_eq!(house.store.make_partitions(at("2031-12-15T12:00:00Z")).await.unwrap(), 6);
    assert_eq!(house.store.make_partitions(at("2031-12-31T23:59:59Z")).await.unwrap(), 0);
    for (moment, partition) in [
        ("2031-12-01T00:00:00Z", "app.call_2031_12"),
        ("2031-12-31T23:59:59.999Z", "app.call_2031_12"),
        ("2032-01-01T00:00:00Z", "app.call_2032_01"),
        ("2032-02-29T23:59:59.999Z", "app.call_2032_02"),
        ("2032-03-01T00:00:00Z", "app.call_default"),
        ("1999-01-01T00:00:00Z", "app.call_default"),
    ] {
        assert_eq!(place(&house, &a, moment).await, partition, "{moment}");
    }
    // Rows of March 2032 lie in the default partition already, so that March gets none of its own;
    // April does, and nothing is lost.
    assert_eq!(house.store.make_partitions(at("2032-03-10T00:00:00Z")).await.unwrap(), 4);
    assert_eq!(place(&house, &a, "2032-03-20T00:00:00Z").await, "app.call_default");
    assert_eq!(place(&house, &a, "2032-04-01T00:00:00Z").await, "app.call_2032_04");
    assert_eq!(house.store.verify().await, Ok(()));
    let mut admin = house.admin().await;
    run(&mut admin, "begin").await.unwrap();
    assert_eq!(attacks::lint(&mut admin).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_month_of_today_has_its_partition_from_the_start() {
    let house = House::new().await;
    let a = house.tenant("ada").await;
    let now = crate::estate::moment(domain::ids::CallId::mint());
    let place = place(&house, &a, &now.to_rfc3339()).await;
    assert_eq!(place, now.format("app.call_%Y_%m").to_string());
}
