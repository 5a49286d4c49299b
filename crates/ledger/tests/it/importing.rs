//! Import from the shape of genai-prices.

use ledger::catalogue::Row;
use ledger::import::{Import, Remark, convert};

use crate::DOLLAR;

/// A file of one provider with these models: id, match, prices.
fn file(provider: &str, models: &[(&str, &str, &str)]) -> String {
    let models: Vec<String> = models
        .iter()
        .map(|(id, matches, prices)| {
            format!("{{\"id\":\"{id}\",\"match\":{matches},\"prices\":{prices}}}")
        })
        .collect();
    format!(
        "[{{\"id\":\"{provider}\",\"name\":\"x\",\"api_pattern\":\"x\",\"models\":[{}]}}]",
        models.join(",")
    )
}

fn one(prices: &str) -> Result<Import, String> {
    convert(&file("p", &[("m", "{\"equals\":\"m\"}", prices)])).map_err(|error| error.to_string())
}

fn only_row(prices: &str) -> Row {
    let [row] = one(prices).unwrap().rows.try_into().unwrap();
    row
}

#[test]
fn decimals_become_whole_nano_dollars() {
    let row = only_row("{\"input_mtok\":0.15,\"cache_read_mtok\":0.075,\"output_mtok\":6e-1}");
    assert_eq!((row.input, row.cached_input), (150_000_000, 75_000_000));
    // Without a price of its own, a token written to the cache is an input token.
    assert_eq!((row.cache_write, row.output), (150_000_000, 600_000_000));
    assert_eq!((row.provider.as_str(), row.model.as_str()), ("p", "m"));
    assert_eq!((row.source.as_str(), row.per_request), ("genai-prices", 0));
    let row = only_row("{\"input_mtok\":1,\"output_mtok\":1,\"requests_kcount\":12}");
    assert_eq!(row.per_request, 12_000_000);
}

#[test]
fn anthropics_cache_writes_of_an_hour_cost_twice_the_input_and_nobody_elses_are_derived() {
    let prices = "{\"input_mtok\":{\"base\":3,\"tiers\":[{\"start\":200000,\"price\":6}]},\
                   \"cache_write_mtok\":3.75,\"output_mtok\":15}";
    let rows = |provider, prices| {
        convert(&file(provider, &[("m", "{\"equals\":\"m\"}", prices)])).unwrap().rows
    };
    let row = &rows("anthropic", prices)[0];
    assert_eq!(row.cache_write_1h, Some(6 * DOLLAR));
    assert_eq!(row.tiers[0].rates.cache_write_1h, Some(12 * DOLLAR));
    assert_eq!(rows("aws", prices)[0].cache_write_1h, None);
    // A model without a cache has no price for writing to it.
    let plain = "{\"input_mtok\":8,\"output_mtok\":24}";
    assert_eq!(rows("anthropic", plain)[0].cache_write_1h, None);
}

#[test]
fn rounding_is_half_even_and_noted() {
    let import = one("{\"input_mtok\":0.08333333333333334,\"output_mtok\":1}").unwrap();
    assert_eq!(import.rows[0].input, 83_333_333);
    assert_eq!(import.notes[0].what, Remark::Rounded);
}

#[test]
fn tiers_reprice_every_component() {
    let row = only_row(
        "{\"input_mtok\":{\"base\":3,\"tiers\":[{\"start\":200000,\"price\":6}]},\
          \"output_mtok\":{\"base\":15,\"tiers\":[{\"start\":400000,\"price\":22.5}]}}",
    );
    let tiers: Vec<_> = row
        .tiers
        .iter()
        .map(|tier| {
            (tier.above_input_tokens, tier.rates.input, tier.rates.cached_input, tier.rates.output)
        })
        .collect();
    assert_eq!(
        tiers,
        [
            (200_000, 6 * DOLLAR, 6 * DOLLAR, 15 * DOLLAR),
            (400_000, 6 * DOLLAR, 6 * DOLLAR, 22 * DOLLAR + DOLLAR / 2)
        ]
    );
}

#[test]
fn dated_prices_follow_each_other() {
    let rows = one("[{\"prices\":{\"input_mtok\":2,\"output_mtok\":10}},\
          {\"constraint\":{\"start_date\":\"2026-09-01\"},\
           \"prices\":{\"input_mtok\":3,\"output_mtok\":15}}]")
    .unwrap()
    .rows;
    let periods: Vec<_> = rows
        .iter()
        .map(|row| {
            (row.effective_from.to_string(), row.effective_to.map(|d| d.to_string()), row.input)
        })
        .collect();
    let change = "2026-09-01".to_string();
    assert_eq!(
        periods,
        [("1970-01-01".to_string(), Some(change.clone()), 2 * DOLLAR), (change, None, 3 * DOLLAR)]
    );
    let backwards = one(
        "[{\"constraint\":{\"start_date\":\"2026-09-01\"},\"prices\":{\"input_mtok\":3,\"output_mtok\":1}},\
          {\"prices\":{\"input_mtok\":2,\"output_mtok\":1}}]",
    );
    assert!(backwards.unwrap_err().starts_with("p/m: its prices do not follow"));
}

#[test]
fn prices_beyond_belief_refuse_the_whole_file() {
    for (prices, expected) in [
        ("{\"input_mtok\":1000.01,\"output_mtok\":1}", "p/m: `input` is above"),
        ("{\"input_mtok\":1,\"output_mtok\":1e29}", "p/m: `output` is above"),
        ("{\"input_mtok\":-1,\"output_mtok\":1}", "p/m: `input` is negative"),
        ("{\"input_mtok\":-1e-20,\"output_mtok\":1}", "p/m: `input_mtok: -1e-20` is not"),
        ("{\"input_mtok\":\"3\",\"output_mtok\":1}", "p/m: `input_mtok: \"3\"` is not"),
        ("{\"input_mtok\":null,\"output_mtok\":1}", "p/m: `input_mtok: null` is not"),
        ("{\"input_mtok\":1,\"output_mtok\":1,\"requests_kcount\":10001}", "p/m: `per_request`"),
        (
            "{\"input_mtok\":{\"base\":1,\"tiers\":[{\"start\":1,\"price\":2000}]},\"output_mtok\":1}",
            "p/m: `input` is above",
        ),
    ] {
        let message = one(prices).unwrap_err();
        assert!(message.starts_with(expected), "{message}");
    }
    assert!(convert("{}").is_err());
}

#[test]
fn what_cannot_be_represented_is_left_out_and_named() {
    let by_the_hour = "[{\"prices\":{\"input_mtok\":1,\"output_mtok\":1}},\
        {\"constraint\":{\"start_time\":\"00:30:00Z\",\"end_time\":\"16:30:00Z\"},\
         \"prices\":{\"input_mtok\":2,\"output_mtok\":2}}]";
    for (prices, expected) in [
        ("{}", Remark::NoPrice),
        ("{\"output_mtok\":1}", Remark::NoPrice),
        ("{\"input_mtok\":1}", Remark::NoOutputPrice),
        ("{\"input_mtok\":1,\"output_mtok\":1,\"output_audio_mtok\":9}", Remark::SoundOutput),
        ("{\"input_mtok\":1,\"output_mtok\":1,\"input_video_mtok\":9}", Remark::UnknownComponent),
        (by_the_hour, Remark::TimeOfDay),
    ] {
        let import = one(prices).unwrap();
        assert!(import.rows.is_empty(), "{prices}");
        let notes: Vec<_> = import.notes.iter().map(|note| note.what).collect();
        assert_eq!(notes, [expected]);
    }
    let sound = one("{\"input_mtok\":1,\"output_mtok\":1,\"input_audio_mtok\":3}").unwrap();
    assert_eq!((sound.rows.len(), sound.notes[0].what), (1, Remark::SoundInput));
    // An embedding has no output, so it needs no price for it.
    let embedding =
        convert(&file("p", &[("x-embed-1", "{\"equals\":\"x\"}", "{\"input_mtok\":1}")]));
    assert_eq!(embedding.unwrap().rows[0].output, 0);
}

#[test]
fn only_plain_names_are_taken_and_each_means_one_model() {
    let prices = "{\"input_mtok\":1,\"output_mtok\":1}";
    let import = convert(&file(
        "p",
        &[
            (
                "b",
                "{\"or\":[{\"equals\":\"x\"},{\"equals\":\"a\"},{\"equals\":\"b\"},\
                 {\"starts_with\":\"b-\"},{\"contains\":\"c\"},{\"regex\":\"d\"},{\"ends_with\":\"e\"}]}",
                prices,
            ),
            ("a", "{\"or\":[{\"equals\":\"x\"},{\"starts_with\":\"b-\"},{\"equals\":\"y\"}]}", prices),
            ("c", "{\"and\":[{\"equals\":\"z\"},{\"contains\":\"z\"}]}", prices),
        ],
    ))
    .unwrap();
    let names: Vec<_> = import
        .rows
        .iter()
        .map(|row| (row.model.as_str(), row.equals.join(","), row.starts_with.join(",")))
        .collect();
    assert_eq!(
        names,
        [
            ("a", "y".to_string(), String::new()),
            ("b", "x".to_string(), "b-".to_string()),
            ("c", String::new(), String::new())
        ]
    );
}
