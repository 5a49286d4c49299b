//! Goal: every mistake is found, at its place, with a remedy. Method: small files and environments.

use std::io::Write;

use super::setting::{SETTINGS, variable};
use super::*;

fn load(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<Problem>> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Config::load(
        Some(file.path()),
        environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())),
    )
}

/// The only problem, with the file's directory taken off its place.
fn problem(text: &str, environment: &[(&str, &str)]) -> (String, String, String) {
    let problems = load(text, environment).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let Problem { place, what, remedy } = problems.into_iter().next().unwrap();
    let line = place.rsplit_once(':').map(|(_, line)| line.to_owned()).unwrap_or(place);
    (line, what, remedy)
}

#[test]
fn an_empty_file_gives_the_defaults() {
    let config = load("", &[]).unwrap();
    assert_eq!(config.settings.listen.to_string(), "127.0.0.1:3900");
    assert!(config.settings.demo);
    assert!(config.settings.database_url.is_none());
}

#[test]
fn the_environment_stands_over_the_file() {
    let text = "[server]\nlisten = \"127.0.0.1:1\"\n[gateway]\ncalls_in_flight = 7\n";
    let config = load(text, &[("TOKENONE_LISTEN", "127.0.0.1:2"), ("PATH", "/bin")]).unwrap();
    assert_eq!(config.settings.listen.port(), 2);
    assert_eq!(config.settings.calls_in_flight, 7);
    let config = load(text, &[("TOKENONE_SERVER_LISTEN", "127.0.0.1:3")]).unwrap();
    assert_eq!(config.settings.listen.port(), 3);
}

#[test]
fn a_misspelt_key_is_refused_with_its_line_and_the_likely_name() {
    let (line, what, remedy) = problem("[server]\n# a comment\nlisen = \"x\"\n", &[]);
    assert_eq!(line, "3");
    assert_eq!(what, "`server.lisen` is not a setting");
    assert_eq!(remedy, "did you mean `server.listen`?");
}

#[test]
fn a_value_that_does_not_fit_is_refused_with_what_would() {
    for (text, what) in [
        ("[server]\nlisten = \"nowhere\"\n", "`nowhere` is not an address with a port"),
        ("[gateway]\ncalls_in_flight = 0\n", "`0` is out of range"),
        ("[gateway]\nupstream_timeout = \"soon\"\n", "`soon` is not a whole number of seconds"),
        ("[data]\ndemo = \"perhaps\"\n", "`perhaps` is neither true nor false"),
        ("[server]\npublic_url = \"ftp://x\"\n", "`ftp://x` is not an http(s) URL"),
        ("[server]\ntrusted_proxies = [\"10.0.0.0/33\"]\n", "`10.0.0.0/33` is not a CIDR network"),
        ("[gateway]\nkeep_content = 1.5\n", "holds a float"),
    ] {
        let (line, found, remedy) = problem(text, &[]);
        assert_eq!((line.as_str(), found.as_str()), ("2", what));
        assert!(!remedy.is_empty());
    }
}

#[test]
fn a_database_url_never_reaches_a_message() {
    let (_, what, remedy) = problem("[database]\nurl = \"mysql://u:hunter2@h/d\"\n", &[]);
    assert!(!what.contains("hunter2") && !remedy.contains("hunter2"), "{what} {remedy}");
    let config = load("", &[("DATABASE_URL", "postgres://u:hunter2@h/d")]).unwrap();
    assert!(!format!("{config:?}").contains("hunter2"));
}

#[test]
fn an_unknown_variable_of_our_prefix_is_refused() {
    let (place, _, remedy) = problem("", &[("TOKENONE_SERVER_LISEN", "x")]);
    assert_eq!(place, "environment variable TOKENONE_SERVER_LISEN");
    assert_eq!(remedy, "did you mean TOKENONE_SERVER_LISTEN?");
}

#[test]
fn broken_toml_is_told_with_its_line() {
    let (line, what, _) = problem("[server]\nlisten = \n", &[]);
    assert_eq!(line, "2");
    assert!(what.starts_with("is not TOML"), "{what}");
}

#[test]
fn providers_and_aliases_are_read_and_checked() {
    let text = r#"
[[provider]]
slug = "local"
base_url = "http://127.0.0.1:8000/v1/"
[[alias]]
name = "small"
targets = [{ provider = "local", model = "m", price_provider = "openai", price_model = "gpt-4o-mini" }]
"#;
    let config = load(text, &[]).unwrap();
    assert_eq!(config.providers[0].base_url, "http://127.0.0.1:8000/v1");
    assert_eq!(config.aliases[0].targets[0].price_model, "gpt-4o-mini");

    let (line, what, _) =
        problem("[[alias]]\nname = \"a\"\ntargets = [{ provider = \"x\", model = \"m\" }]", &[]);
    assert_eq!(
        (line.as_str(), what.as_str()),
        ("1", "the target's provider `x` is not configured")
    );
    let (line, what, _) = problem("[[provider]]\nslug = \"p\"\nbase_url = \"file:///etc\"\n", &[]);
    assert_eq!((line.as_str(), what.as_str()), ("1", "`file:///etc` is not a provider's address"));
    let (line, what, _) =
        problem("[[provider]]\nslug = \"p\"\nbase_url = \"http://h/v1\"\napi_key = \"k\"\n", &[]);
    assert_eq!((line.as_str(), what.as_str()), ("4", "`api_key` is not a setting here"));
}

#[test]
fn every_setting_is_documented() {
    let page = include_str!("../../../docs/configuration.md");
    for setting in SETTINGS {
        let row = format!(
            "| `{}` | `{}` | {} | {} | {} |",
            setting.key,
            variable(setting.key),
            setting.unit,
            if setting.default.is_empty() {
                "—".to_owned()
            } else {
                format!("`{}`", setting.default)
            },
            setting.meaning,
        );
        assert!(page.contains(&row), "docs/configuration.md lacks:\n{row}");
    }
}
