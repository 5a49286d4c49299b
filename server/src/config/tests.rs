//! Goal: every mistake is found, at its place, with a remedy. Method: small files and environments.

use std::io::Write;

use domain::provider::{Auth, Capability, OnHangup, ProviderKind, Strategy, Surface, Wire};

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
private_network = true
[[alias]]
name = "small"
targets = [{ provider = "local", model = "m", price_provider = "openai", price_model = "gpt-4o-mini" }]
"#;
    let config = load(text, &[]).unwrap();
    assert_eq!(config.providers[0].base_url, "http://127.0.0.1:8000/v1");
    assert_eq!(config.providers[0].kind, ProviderKind::Compatible);
    let alias = &config.aliases[0];
    assert_eq!((alias.strategy, &alias.regions), (Strategy::Priority, &None));
    let target = &alias.targets[0];
    assert_eq!((target.price_model.as_str(), target.weight), ("gpt-4o-mini", 1));
    assert_eq!((target.context_tokens_max, &target.capabilities), (None, &None));

    for (text, line, what) in [
        (
            "[[alias]]\nname = \"a\"\ntargets = [{ provider = \"x\", model = \"m\" }]",
            "1",
            "the target's provider `x` is not configured",
        ),
        (
            "[[provider]]\nslug = \"p\"\nbase_url = \"file:///etc\"\n",
            "1",
            "`file:///etc` is not a provider's address",
        ),
        (
            "[[provider]]\nslug = \"p\"\nbase_url = \"https://h/v1\"\napi_key = \"k\"\n",
            "4",
            "`api_key` is not a setting here",
        ),
    ] {
        let (found, told, remedy) = problem(text, &[]);
        assert_eq!((found.as_str(), told.as_str()), (line, what));
        assert!(!remedy.is_empty());
    }
}

#[test]
fn a_kind_brings_what_is_left_out_and_gives_way_to_what_is_written() {
    for kind in ProviderKind::ALL.iter().filter(|kind| **kind != ProviderKind::Simulator) {
        let preset = kind.preset();
        let mut text = format!("[[provider]]\nslug = \"p\"\nkind = \"{}\"\n", kind.as_str());
        if preset.base_url.is_empty() {
            text.push_str("base_url = \"https://h/v1\"\n");
        }
        if preset.auth == Auth::SigV4 {
            text.push_str("region = \"eu-central-1\"\n");
        }
        if preset.wire == Wire::Azure {
            text.push_str("api_version = \"2024-10-21\"\n");
        }
        let provider = &load(&text, &[]).unwrap().providers[0];
        assert_eq!((provider.auth, provider.wire), (preset.auth, preset.wire), "{kind:?}");
        assert_eq!(provider.surfaces, preset.surfaces);
        assert_eq!(provider.on_hangup, preset.on_hangup());
        assert!(!provider.private_network);
    }
    let text = r#"
[[provider]]
slug = "near"
kind = "anthropic"
base_url = "https://near/v1"
auth = "bearer"
surfaces = ["messages", "messages"]
region = "eu-central-1"
on_hangup = "drain"
[[alias]]
name = "a"
strategy = "weighted"
regions = ["eu-central-1"]
targets = [{ provider = "near", model = "m", weight = 0, context_tokens_max = 200000, capabilities = ["tools", "images"] },
           { provider = "simulator", model = "sim-small", weight = 7, capabilities = [] }]
"#;
    let config = load(text, &[]).unwrap();
    let provider = &config.providers[0];
    assert_eq!((provider.auth, provider.on_hangup), (Auth::Bearer, OnHangup::Drain));
    assert_eq!(provider.surfaces, [Surface::Messages]);
    assert_eq!(provider.base_url, "https://near/v1");
    let alias = &config.aliases[0];
    assert_eq!(alias.regions.as_deref(), Some(["eu-central-1".to_owned()].as_slice()));
    assert_eq!(
        alias.targets[0].capabilities,
        Some(vec![Capability::Tools, Capability::Images]),
        "as they are written"
    );
    assert_eq!(alias.targets[1].capabilities, Some(Vec::new()), "known to have none");
}

#[test]
fn what_does_not_fit_together_is_told() {
    let provider = |rest: &str| format!("[[provider]]\nslug = \"p\"\n{rest}");
    let alias = |rest: &str| format!("[[alias]]\nname = \"a\"\n{rest}");
    let target = "{ provider = \"simulator\", model = \"sim-small\"";
    for (text, what) in [
        (
            provider("kind = \"simulator\"\nbase_url = \"https://h/v1\""),
            "`simulator` is not a kind of provider",
        ),
        (provider("kind = \"groq\"\nauth = \"basic\""), "`basic` is not a way to show a key"),
        (provider("kind = \"groq\"\nwire = \"x\""), "`x` is not a wire format"),
        (provider("kind = \"groq\"\nsurfaces = [\"chat\", \"x\"]"), "`x` is not a surface"),
        (provider("kind = \"groq\"\nsurfaces = []"), "the provider `p` serves nothing"),
        (provider("kind = \"groq\"\non_hangup = \"x\""), "`x` is not what to do on hang-up"),
        (provider("kind = \"groq\"\nregion = \"EU 1\""), "`EU 1` is not a region"),
        (
            provider("kind = \"groq\"\nprivate_network = \"maybe\""),
            "`maybe` is neither true nor false",
        ),
        (provider("kind = \"azure\"\napi_version = \"1\""), "the provider `p` has no address"),
        (provider("base_url = \"http://h/v1\""), "`http://h/v1` is not encrypted"),
        (
            provider("base_url = \"https://u:hunter2@h/v1\""),
            "the provider's address carries credentials",
        ),
        (
            provider("kind = \"azure\"\nbase_url = \"https://h\""),
            "the provider `p` has no api_version, which Azure's addresses need",
        ),
        (
            provider("kind = \"bedrock\"\nbase_url = \"https://h\""),
            "the provider `p` has no region, which AWS signatures need",
        ),
        (
            alias(&format!("strategy = \"random\"\ntargets = [{target} }}]")),
            "`random` is not a strategy",
        ),
        (
            alias(&format!("strategy = \"weighted\"\ntargets = [{target}, weight = 0 }}]")),
            "no target of the alias `a` has a weight",
        ),
        (alias(&format!("targets = [{target}, weight = 1001 }}]")), "`1001` is not a weight"),
        (
            alias(&format!("targets = [{target}, context_tokens_max = 0 }}]")),
            "`0` is not a number of tokens",
        ),
        (
            alias(&format!("targets = [{target}, capabilities = [\"sight\"] }}]")),
            "`sight` is not a capability",
        ),
        (
            alias(&format!("regions = []\ntargets = [{target} }}]")),
            "the alias `a` allows no region",
        ),
        (alias(&format!("regions = [\"E U\"]\ntargets = [{target} }}]")), "`E U` is not a region"),
        (alias(&format!("targets = [{target}, wait = 1 }}]")), "`wait` is not a setting here"),
    ] {
        let (_, told, remedy) = problem(&text, &[]);
        assert_eq!(told, what, "{text}");
        assert!(!remedy.is_empty() && !remedy.contains("hunter2"));
    }
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
