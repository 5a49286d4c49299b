//! The catalogue's file: read, checked, searched, written. The committed files are read too.

use chrono::{DateTime, NaiveDate, Utc};
use ledger::catalogue::{Catalogue, Row};
use ledger::cost::{charge, hold_bound};
use ledger::diff::{What, diff};
use ledger::usage::Usage;

use crate::{DOLLAR, price_id};

fn file(rows: &[&str]) -> String {
    let rows = rows.join(",\n");
    format!("{{\"format\":1,\"source\":\"test\",\"state\":\"2026-08-21\",\"prices\":[{rows}]}}")
}

/// A row of one rate, with more JSON fields before the rates.
fn row(model: &str, from: &str, to: &str, input: i64, more: &str) -> String {
    let to = if to.is_empty() { "null".into() } else { format!("\"{to}\"") };
    format!(
        "{{\"provider\":\"p\",\"model\":\"{model}\",{more}\"effective_from\":\"{from}\",\
         \"effective_to\":{to},\"input\":{input},\"cached_input\":0,\"cache_write\":0,\
         \"output\":0,\"source\":\"test\"}}"
    )
}

fn parse(rows: &[&str]) -> Result<Catalogue, String> {
    Catalogue::parse(&file(rows)).map_err(|error| error.to_string())
}

fn at(date: &str) -> DateTime<Utc> {
    date.parse::<NaiveDate>().unwrap().and_hms_opt(12, 0, 0).unwrap().and_utc()
}

#[test]
fn a_bad_row_is_named() {
    let good = row("a", "2026-01-01", "", DOLLAR, "");
    let always = "1970-01-01";
    for (rows, expected) in [
        (vec![row("b", always, "", -1, "")], "price 0 (p/b): `input` is negative"),
        (vec![good.clone(), row("b", always, "", 1_001 * DOLLAR, "")], "price 1 (p/b): `input` is"),
        (vec![good.clone(), good.clone()], "price 1 (p/a): it is out of order, or twice"),
        (vec![row("b", always, "", 1, ""), good.clone()], "price 1 (p/a): it is out of order"),
        (vec![row("a", always, "", 1, ""), good.clone()], "price 1 (p/a): it overlaps"),
        (vec![row("a", always, always, 1, "")], "price 0 (p/a): it ends before"),
        (vec![row("", always, "", 1, "")], "price 0 (p/): `model` must have"),
        (
            vec![good.clone(), row("b", always, "", 1, "\"equals\":[\"a\"],")],
            "price 1 (p/b): the name `a`",
        ),
        (vec![row("b", always, "", 1, "\"colour\":1,")], "price 0 (p/b): unknown field `colour`"),
        (
            vec!["{\"provider\":\"p\",\"model\":\"x\",\"input\":1.5}".into()],
            "price 0 (p/x): invalid type",
        ),
        (vec!["7".into()], "price 0 (/): invalid type"),
    ] {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let message = parse(&rows).unwrap_err();
        assert!(message.starts_with(expected), "{message}");
    }
    assert!(Catalogue::parse("").is_err());
    assert!(
        Catalogue::parse(&file(&[]).replace(":1,", ":2,"))
            .unwrap_err()
            .to_string()
            .contains("format 2")
    );
}

#[test]
fn what_is_written_is_what_is_read() {
    let tier = "\"tiers\":[{\"above_input_tokens\":5,\"rates\":{\"input\":1,\"cached_input\":2,\
                \"cache_write\":3,\"output\":4}}],\"equals\":[\"z\"],\"per_request\":9,";
    let rows = [row("a", "1970-01-01", "2026-01-01", 1, ""), row("b", "1970-01-01", "", 2, tier)];
    let catalogue = parse(&[&rows[0], &rows[1]]).unwrap();
    let text = catalogue.render().unwrap();
    assert_eq!(Catalogue::parse(&text).unwrap(), catalogue);
    assert_eq!(text.lines().filter(|line| line.starts_with("{\"provider\"")).count(), 2);
    let empty = Catalogue { rows: vec![], ..catalogue };
    assert_eq!(Catalogue::parse(&empty.render().unwrap()).unwrap(), empty);
}

#[test]
fn models_are_found_by_name_mark_and_day() {
    let catalogue = parse(&[
        &row("gpt", "1970-01-01", "2026-09-01", 1, "\"starts_with\":[\"gpt\"],"),
        &row("gpt", "2026-09-01", "", 2, "\"starts_with\":[\"gpt\"],"),
        &row("gpt-2024-05-13", "1970-01-01", "", 3, ""),
        &row("pro", "2026-01-01", "", 4, "\"equals\":[\"gpt-pro\"],\"starts_with\":[\"gpt-pro\"],"),
    ])
    .unwrap();
    let input = |model, date| catalogue.find("p", model, at(date)).map(|row| row.input);
    for (model, date, expected) in [
        ("gpt", "2026-08-31", Some(1)),
        ("gpt", "2026-09-01", Some(2)),
        ("gpt-latest", "2026-09-01", Some(2)),
        ("gpt-2025-01-01", "2026-01-01", Some(1)),
        ("gpt-2024-05-13", "2026-01-01", Some(3)),
        ("gpt-pro", "2026-01-01", Some(4)),
        ("gpt-pro-0613", "2026-01-01", Some(4)),
        ("gpt-pro", "2025-12-31", None),
        ("gpt-mini", "2026-01-01", None),
        ("GPT", "2026-01-01", None),
    ] {
        assert_eq!(input(model, date), expected, "{model} on {date}");
    }
    assert!(catalogue.find("q", "gpt", at("2026-01-01")).is_none());
}

#[test]
fn large_changes_are_marked_whatever_way_they_come() {
    let old = parse(&[&row("a", "1970-01-01", "", 100, ""), &row("b", "1970-01-01", "", 0, "")]);
    let changes = |rows: &[&str]| {
        diff(old.as_ref().unwrap(), &parse(rows).unwrap())
            .into_iter()
            .map(|change| (change.to_string(), change.is_large()))
            .collect::<Vec<_>>()
    };
    let b = row("b", "1970-01-01", "", 0, "");
    let one = |input| changes(&[&row("a", "1970-01-01", "", input, ""), &b]);
    assert_eq!(one(100), []);
    assert_eq!(one(200), [("~ p/a from 1970-01-01: input 100 → 200".into(), false)]);
    assert_eq!(one(201), [("~ p/a from 1970-01-01: input 100 → 201 (!)".into(), true)]);
    assert_eq!(one(50), [("~ p/a from 1970-01-01: input 100 → 50".into(), false)]);
    assert!(one(49)[0].1 && one(0)[0].1);
    // From nothing to something, by a new date, and in a tier alone.
    let a = row("a", "1970-01-01", "", 100, "");
    assert!(changes(&[&a, &row("b", "1970-01-01", "", 1, "")])[0].1);
    let dated = changes(&[
        &row("a", "1970-01-01", "2026-01-01", 100, ""),
        &row("a", "2026-01-01", "", 1_000, ""),
        &b,
    ]);
    assert_eq!(dated[0], ("~ p/a from 1970-01-01: names, dates or source".into(), false));
    assert!(dated[1].1);
    let tier = "\"tiers\":[{\"above_input_tokens\":5,\"rates\":{\"input\":300,\"cached_input\":0,\
                \"cache_write\":0,\"output\":0}}],";
    let tiered = changes(&[&row("a", "1970-01-01", "", 100, tier), &b]);
    assert_eq!(tiered, [("~ p/a from 1970-01-01: input above 5 100 → 300 (!)".into(), true)]);
    // Additions and removals are shown, and are not large.
    let moved = changes(&[&b, &row("c", "1970-01-01", "", 999, "")]);
    assert_eq!(
        moved,
        [("+ p/c from 1970-01-01".into(), false), ("- p/a from 1970-01-01".into(), false)]
    );
}

fn committed(name: &str) -> Catalogue {
    let path = format!("{}/../../prices/{name}", env!("CARGO_MANIFEST_DIR"));
    Catalogue::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn rates_of(row: &Row) -> [i64; 4] {
    [row.input, row.cached_input, row.cache_write, row.output]
}

#[test]
fn the_committed_catalogue_holds_and_can_be_built_into_prices() {
    let catalogue = committed("catalogue.json");
    assert!(catalogue.rows.len() > 1_000);
    for row in &catalogue.rows {
        row.price(price_id()).unwrap();
    }
    assert!(diff(&catalogue, &catalogue).is_empty());
    let find = |provider, model| catalogue.find(provider, model, at("2026-08-22")).unwrap();
    let sonnet = find("anthropic", "claude-sonnet-4-5-20250929");
    assert_eq!(sonnet.model, "claude-sonnet-4-5");
    assert_eq!(sonnet.input, 3 * DOLLAR);
    let mini = find("openai", "gpt-4o-mini");
    assert_eq!(rates_of(mini), [150_000_000, 75_000_000, 150_000_000, 600_000_000]);
    // The source dates a price of this model: before and after are two rows.
    assert_eq!(
        catalogue.rows.iter().filter(|r| r.key().0 == "openai" && r.model == "o3").count(),
        2
    );
    assert!(matches!(
        diff(&Catalogue { rows: vec![], ..catalogue.clone() }, &catalogue)[0].what,
        What::Added
    ));
}

/// For every committed price: input at and around each threshold, in every kind of input.
#[test]
fn t10_holds_cover_charges_over_the_whole_catalogue() {
    const OUTPUT: u64 = 4_096;
    let rows = [committed("catalogue.json").rows, committed("simulator.json").rows].concat();
    for row in rows {
        let price = row.price(price_id()).unwrap();
        let thresholds = row.tiers.iter().map(|tier| tier.above_input_tokens);
        for input in std::iter::once(100).chain(thresholds.flat_map(|at| [at, at + 1])) {
            let held = hold_bound(&price, input, OUTPUT, 1, 50_000).unwrap();
            let kinds: [fn(&mut Usage) -> &mut u64; 4] = [
                |usage| &mut usage.input_tokens,
                |usage| &mut usage.cached_input_tokens,
                |usage| &mut usage.cache_write_tokens,
                |usage| &mut usage.cache_write_1h_tokens,
            ];
            for kind in kinds {
                let mut usage = Usage { output_tokens: OUTPUT, ..Usage::default() };
                *kind(&mut usage) = input;
                let charged = charge(&price, &usage, 50_000).unwrap().amount;
                assert!(held >= charged, "{}/{} at {input}", row.provider, row.model);
            }
        }
    }
}

#[test]
fn the_simulator_is_priced() {
    let catalogue = committed("simulator.json");
    let rates = |model| rates_of(catalogue.find("simulator", model, at("2026-08-22")).unwrap());
    assert_eq!(rates("sim-small"), [150_000_000, 75_000_000, 150_000_000, 600_000_000]);
    assert_eq!(rates("sim-large"), [2_500_000_000, 1_250_000_000, 2_500_000_000, 10_000_000_000]);
    assert_eq!(rates("sim-embed"), [20_000_000, 20_000_000, 20_000_000, 0]);
}
