//! Golden files: for each case of `tests/golden` what the client asks, what the provider is sent, what
//! the provider answers and what the client is given, whole and streamed.
//!
//! A case is a folder named `<client>-<provider>-<what>`. Its files, each optional in pairs:
//! `ask.json` → `sent.json` or `refused.json`; `answer.json` → `given.json`; `stream.txt` → `told.txt`;
//! `error.json` (`{"status", "body"}`) → `error_given.json`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use dialect::{Context, Translated, Unsupported};
use domain::provider::Surface;
use serde_json::{Value, json};

use crate::{WANTED, sse};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// Compares, or writes what came where `TOKENONE_WRITE_GOLDEN` is set, for a person to review.
fn same(path: &Path, came: &str) {
    if std::env::var_os("TOKENONE_WRITE_GOLDEN").is_some() && !path.exists() {
        fs::write(path, came).unwrap();
    }
    let name = path.display();
    let known = read(path).unwrap_or_else(|| panic!("{name} is missing; it would be:\n{came}"));
    if path.extension().is_some_and(|extension| extension == "json") {
        assert_eq!(value(came), value(&known), "{name} differs; what came is:\n{came}");
    } else {
        assert_eq!(shown(came), shown(&known), "{name} differs; what came is:\n{came}");
    }
}

/// Events with their data as values, so that the order of fields does not count.
fn shown(stream: &str) -> Vec<(Option<String>, Value)> {
    sse::events(stream)
        .into_iter()
        .map(|(name, data)| (name, serde_json::from_str(&data).unwrap_or(Value::String(data))))
        .collect()
}

fn pretty(bytes: &[u8]) -> String {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

fn surface(word: &str) -> Surface {
    match word {
        "chat" => Surface::Chat,
        "responses" => Surface::Responses,
        "messages" => Surface::Messages,
        _ => panic!("no dialect: {word}"),
    }
}

fn check(case: &Path) {
    let name = case.file_name().unwrap().to_string_lossy().into_owned();
    let mut words = name.split('-');
    let mut next = || surface(words.next().unwrap_or_default());
    let (client, provider) = (next(), next());
    let ask = read(&case.join("ask.json")).unwrap_or_else(|| panic!("{name} asks nothing"));
    let model = read(&case.join("model.txt"));
    let mut wanted = WANTED;
    if let Some(model) = &model {
        wanted.upstream_model = model.trim();
    }
    let context = match dialect::request(client, provider, ask.as_bytes(), &wanted) {
        Ok(Translated { body, context }) => {
            same(&case.join("sent.json"), &pretty(&body));
            context
        }
        Err(Unsupported { field, reason }) => {
            let refused = json!({ "field": field, "reason": reason });
            same(&case.join("refused.json"), &pretty(refused.to_string().as_bytes()));
            return;
        }
    };
    answers(case, &context);
    if let Some(error) = read(&case.join("error.json")) {
        let error = value(&error);
        let status = u16::try_from(error["status"].as_u64().unwrap()).unwrap();
        let body = match &error["body"] {
            Value::String(text) => text.clone(),
            body => body.to_string(),
        };
        let given = dialect::error(provider, client, status, body.as_bytes());
        same(&case.join("error_given.json"), &pretty(&given));
    }
}

fn answers(case: &Path, context: &Context) {
    if let Some(answer) = read(&case.join("answer.json")) {
        let given = dialect::answer(context, answer.as_bytes()).unwrap();
        same(&case.join("given.json"), &pretty(&given));
    }
    if let Some(stream) = read(&case.join("stream.txt")) {
        let (told, _) = sse::run(context, &sse::events(&stream));
        same(&case.join("told.txt"), &told);
    }
}

#[test]
fn golden_cases_hold() {
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases.iter().for_each(|case| check(case));
    let pairs: BTreeSet<String> = cases
        .iter()
        .map(|case| case.file_name().unwrap().to_string_lossy().into_owned())
        .map(|name| name.splitn(3, '-').take(2).collect::<Vec<_>>().join("-"))
        .collect();
    for client in ["chat", "responses", "messages"] {
        for provider in ["chat", "responses", "messages"] {
            let pair = format!("{client}-{provider}");
            assert!(client == provider || pairs.contains(&pair), "no case of {pair}");
        }
    }
}
