//! What providers report, in normal form, and what is not believed.

use ledger::usage::{Absurd, Reading, TOKENS_MAX, Usage};
use serde_json::{Value, json};

fn openai(usage: &Value) -> Reading {
    Reading::openai_chat(Some(usage))
}

#[test]
fn t49_cached_tokens_are_part_of_openai_prompts_and_not_of_anthropic_input() {
    let reading = openai(&json!({
        "prompt_tokens": 2006, "completion_tokens": 300, "total_tokens": 2306,
        "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 192}
    }));
    let expected = Usage {
        input_tokens: 86,
        cached_input_tokens: 1920,
        cache_write_tokens: 0,
        cache_write_1h_tokens: 0,
        output_tokens: 300,
        reasoning_tokens: 192,
    };
    assert_eq!(reading, Reading::Reported(expected));

    let reading = Reading::anthropic(Some(&json!({
        "input_tokens": 86, "cache_read_input_tokens": 1920, "cache_creation_input_tokens": 248,
        "output_tokens": 300, "service_tier": "standard"
    })));
    let expected = Usage { cache_write_tokens: 248, reasoning_tokens: 0, ..expected };
    assert_eq!(reading, Reading::Reported(expected));
    assert_eq!(expected.input_total(), 86 + 1920 + 248);
}

#[test]
fn t49_what_openai_wrote_to_a_cache_is_part_of_the_prompt_and_has_its_own_price() {
    let details = json!({"cached_tokens": 1900, "cache_write_tokens": 100});
    let expected = Usage {
        input_tokens: 6,
        cached_input_tokens: 1900,
        cache_write_tokens: 100,
        cache_write_1h_tokens: 0,
        output_tokens: 3,
        reasoning_tokens: 0,
    };
    let chat = json!({
        "prompt_tokens": 2006, "completion_tokens": 3, "prompt_tokens_details": details,
    });
    assert_eq!(openai(&chat), Reading::Reported(expected));
    let response =
        json!({"input_tokens": 2006, "output_tokens": 3, "input_tokens_details": details});
    assert_eq!(Reading::openai_responses(Some(&response)), Reading::Reported(expected));
    let absurd = Absurd::PartAboveWhole { part: "cache_write_tokens", whole: "prompt_tokens" };
    let short = json!({
        "prompt_tokens": 1999, "completion_tokens": 3, "prompt_tokens_details": details,
    });
    assert_eq!(openai(&short), Reading::Absurd(absurd));
}

#[test]
fn anthropics_thinking_is_part_of_its_output() {
    let usage = json!({
        "input_tokens": 9, "output_tokens": 50, "output_tokens_details": {"thinking_tokens": 30},
    });
    let expected =
        Usage { input_tokens: 9, output_tokens: 50, reasoning_tokens: 30, ..Usage::default() };
    assert_eq!(Reading::anthropic(Some(&usage)), Reading::Reported(expected));
}

#[test]
fn an_anthropic_stream_reports_in_two_parts() {
    let start = json!({"input_tokens": 25, "cache_read_input_tokens": 7, "output_tokens": 1});
    let delta = json!({"output_tokens": 15, "input_tokens": null});
    let usage =
        Usage { input_tokens: 25, cached_input_tokens: 7, output_tokens: 15, ..Usage::default() };
    assert_eq!(Reading::anthropic_stream(Some(&start), Some(&delta)), Reading::Reported(usage));
    // Broken off before the delta: what the start says is what there is.
    let cut = Usage { output_tokens: 1, ..usage };
    assert_eq!(Reading::anthropic_stream(Some(&start), None), Reading::Reported(cut));
    assert_eq!(Reading::anthropic_stream(None, Some(&delta)), Reading::Missing);
    assert_eq!(Reading::anthropic_stream(None, None), Reading::Missing);
    assert_eq!(
        Reading::anthropic_stream(Some(&start), Some(&json!(3))),
        Reading::Absurd(Absurd::NotAnObject)
    );
}

#[test]
fn other_names_and_habits_of_counting_are_understood() {
    let reported = |input, cached, output, reasoning| {
        Reading::Reported(Usage {
            input_tokens: input,
            cached_input_tokens: cached,
            cache_write_tokens: 0,
            cache_write_1h_tokens: 0,
            output_tokens: output,
            reasoning_tokens: reasoning,
        })
    };
    let cases = [
        (json!({"prompt_tokens": 9, "completion_tokens": 3}), reported(9, 0, 3, 0)),
        (json!({"prompt_tokens": 9, "total_tokens": 12}), reported(9, 0, 3, 0)),
        (json!({"completion_tokens": 3, "total_tokens": 12}), reported(9, 0, 3, 0)),
        (json!({"prompt_tokens": 9.0, "completion_tokens": 3.0}), reported(9, 0, 3, 0)),
        (
            json!({"prompt_tokens": 9, "completion_tokens": 3, "prompt_cache_hit_tokens": 4}),
            reported(5, 4, 3, 0),
        ),
        (
            json!({"prompt_tokens": 9, "completion_tokens": 3, "cached_tokens": 4}),
            reported(5, 4, 3, 0),
        ),
        // Reasoning counted beside the completion, as the total shows.
        (
            json!({"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 19,
                   "completion_tokens_details": {"reasoning_tokens": 7}}),
            reported(9, 0, 10, 7),
        ),
        // Reasoning counted inside the completion.
        (
            json!({"prompt_tokens": 9, "completion_tokens": 10, "total_tokens": 19,
                   "completion_tokens_details": {"reasoning_tokens": 7},
                   "prompt_tokens_details": null}),
            reported(9, 0, 10, 7),
        ),
        (json!({"prompt_tokens": 0, "completion_tokens": 0}), reported(0, 0, 0, 0)),
    ];
    for (usage, expected) in cases {
        assert_eq!(openai(&usage), expected, "{usage}");
    }
    let embeddings = json!({"prompt_tokens": 8, "total_tokens": 8});
    assert_eq!(Reading::openai_embeddings(Some(&embeddings)), reported(8, 0, 0, 0));
}

#[test]
fn b7_usage_that_is_missing_is_not_taken_for_zero() {
    for usage in [
        json!(null),
        json!({}),
        json!({"prompt_tokens": null, "completion_tokens": null}),
        json!({"prompt_tokens": 5}),
        json!({"completion_tokens": 5}),
        json!({"total_tokens": 5}),
        json!({"prompt_tokens": 9, "total_tokens": 3}),
    ] {
        assert_eq!(openai(&usage), Reading::Missing, "{usage}");
    }
    assert_eq!(Reading::openai_chat(None), Reading::Missing);
    assert_eq!(Reading::anthropic(Some(&json!({"output_tokens": 1}))), Reading::Missing);
    assert!(Usage::default().is_nothing());
}

#[test]
fn b7_usage_that_cannot_be_true_is_absurd() {
    let field = "prompt_tokens";
    let too_large = Absurd::TooLarge { field, bound: TOKENS_MAX };
    for (prompt, expected) in [
        ("-1", Absurd::Negative { field }),
        ("-9223372036854775809", Absurd::Negative { field }),
        ("-0.5", Absurd::Negative { field }),
        ("9223372036854775808", too_large),
        ("18446744073709551616", too_large),
        ("1e30", too_large),
        ("1099511627777", too_large),
        ("1.5", Absurd::NotWhole { field }),
        ("1e-9", Absurd::NotWhole { field }),
        ("\"12\"", Absurd::NotWhole { field }),
        ("[12]", Absurd::NotWhole { field }),
        ("true", Absurd::NotWhole { field }),
    ] {
        let text = format!("{{\"prompt_tokens\": {prompt}, \"completion_tokens\": 1}}");
        let usage: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(openai(&usage), Reading::Absurd(expected), "{text}");
    }
    for usage in [json!([]), json!("12"), json!(3)] {
        assert_eq!(openai(&usage), Reading::Absurd(Absurd::NotAnObject), "{usage}");
    }
    let parts = [
        (
            json!({"prompt_tokens": 5, "completion_tokens": 1,
                "prompt_tokens_details": {"cached_tokens": 6}}),
            "cached_tokens",
        ),
        (
            json!({"prompt_tokens": 5, "completion_tokens": 1,
                "completion_tokens_details": {"reasoning_tokens": 2}}),
            "reasoning_tokens",
        ),
    ];
    for (usage, expected) in parts {
        let Reading::Absurd(Absurd::PartAboveWhole { part, .. }) = openai(&usage) else {
            panic!("{usage} was believed");
        };
        assert_eq!(part, expected);
    }
}

#[test]
fn integers_that_were_already_read_are_checked_alike() {
    let usage = Usage::from_openai(Some(10), Some(4), Some(3), None).unwrap();
    assert_eq!((usage.input_tokens, usage.cached_input_tokens, usage.output_tokens), (6, 4, 3));
    assert!(Usage::from_openai(Some(-1), None, None, None).is_err());
    assert!(Usage::from_openai(Some(i64::MAX), None, None, None).is_err());
    assert!(Usage::from_openai(None, Some(1), None, None).is_err());
    let usage = Usage::from_anthropic(Some(10), Some(4), Some(5), Some(3)).unwrap();
    assert_eq!(usage.input_total(), 19);
    assert!(Usage::from_anthropic(None, None, Some(i64::MIN), None).is_err());
}

#[test]
fn a_bound_such_as_twice_the_context_window_can_be_set() {
    let usage = json!({"prompt_tokens": 1_000, "completion_tokens": 50});
    assert!(matches!(openai(&usage).within(1_000), Reading::Reported(_)));
    let expected = Reading::Absurd(Absurd::TooLarge { field: "input", bound: 999 });
    assert_eq!(openai(&usage).within(999), expected);
    assert_eq!(Reading::Missing.within(1), Reading::Missing);
}
