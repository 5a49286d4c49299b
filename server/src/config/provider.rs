//! Providers in the configuration file.
//!
//! ```toml
//! [[provider]]
//! slug = "openai"
//! kind = "openai"                           # brings base_url, auth, wire, surfaces, on_hangup
//! credential_file = "/run/secrets/openai"   # read at start, sealed into the vault
//! ```

use std::collections::BTreeSet;
use std::path::PathBuf;

use domain::address::{self, AddressFlaw};
use domain::provider::{Auth, OnHangup, ProviderKind, Surface, Wire, is_region, is_version};
use toml::de::DeArray;

use super::file::Source;
use super::table::{Entry, entries, is_slug};
use super::{Config, Problem};

/// A provider to configure at start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Short name, unique; the price catalogue knows providers by it.
    pub slug: String,
    /// Name to show; the short name where it is left out.
    pub name: String,
    /// Whose service it is: where the rest comes from that is left out.
    pub kind: ProviderKind,
    /// With the path up to and including `/v1` where there is one.
    pub base_url: String,
    /// How it is shown its key.
    pub auth: Auth,
    /// How addresses and bodies are formed.
    pub wire: Wire,
    /// What it serves.
    pub surfaces: Vec<Surface>,
    /// Where it computes.
    pub region: Option<String>,
    /// What Azure's addresses end with.
    pub api_version: Option<String>,
    /// Whether its address may lead to loopback or a private network, and be unencrypted.
    pub private_network: bool,
    /// A file that holds the API key and nothing else.
    pub credential_file: Option<PathBuf>,
    /// What happens to a stream whose client has gone.
    pub on_hangup: OnHangup,
    place: String,
}

/// What a table says, before its kind fills in the rest.
#[derive(Default)]
struct Written {
    slug: String,
    name: Option<String>,
    kind: Option<ProviderKind>,
    base_url: Option<String>,
    auth: Option<Auth>,
    wire: Option<Wire>,
    surfaces: Option<Vec<Surface>>,
    region: Option<String>,
    api_version: Option<String>,
    private_network: bool,
    credential_file: Option<PathBuf>,
    on_hangup: Option<OnHangup>,
}

pub(super) fn read(
    config: &mut Config,
    source: &Source<'_>,
    rows: &DeArray<'_>,
    problems: &mut Vec<Problem>,
) {
    for row in rows {
        let mut written = Written::default();
        let whole = entries(row, source, problems, |entry| written.take(entry));
        if whole.is_some() {
            config.providers.push(written.complete(source.place(row.span().start)));
        }
    }
}

impl Written {
    fn take(&mut self, mut entry: Entry<'_, '_>) {
        match entry.key {
            "slug" => self.slug = entry.text().unwrap_or_default(),
            "name" => self.name = entry.text(),
            "kind" => self.kind = entry.word("a kind of provider", KINDS, ProviderKind::as_str),
            "base_url" => {
                self.base_url = entry.text().map(|text| text.trim_end_matches('/').to_owned());
            }
            "auth" => self.auth = entry.word("a way to show a key", Auth::ALL, Auth::as_str),
            "wire" => self.wire = entry.word("a wire format", Wire::ALL, Wire::as_str),
            "surfaces" => {
                self.surfaces = entry.words("a surface", Surface::ALL, Surface::as_str);
            }
            "region" => self.region = entry.text(),
            "api_version" => self.api_version = entry.text(),
            "private_network" => self.private_network = entry.flag().unwrap_or_default(),
            "credential_file" => self.credential_file = entry.text().map(PathBuf::from),
            "on_hangup" => {
                self.on_hangup =
                    entry.word("what to do on hang-up", OnHangup::ALL, OnHangup::as_str);
            }
            _ => entry.unknown(
                "a provider takes slug, name, kind, base_url, auth, wire, surfaces, region, \
                 api_version, private_network, credential_file, on_hangup",
            ),
        }
    }

    fn complete(self, place: String) -> ProviderConfig {
        let kind = self.kind.unwrap_or(ProviderKind::Compatible);
        let preset = kind.preset();
        ProviderConfig {
            name: self.name.unwrap_or_else(|| self.slug.clone()),
            slug: self.slug,
            kind,
            base_url: self.base_url.unwrap_or_else(|| preset.base_url.to_owned()),
            auth: self.auth.unwrap_or(preset.auth),
            wire: self.wire.unwrap_or(preset.wire),
            surfaces: self.surfaces.unwrap_or_else(|| preset.surfaces.to_vec()),
            region: self.region,
            api_version: self.api_version,
            private_network: self.private_network,
            credential_file: self.credential_file,
            on_hangup: self.on_hangup.unwrap_or_else(|| preset.on_hangup()),
            place,
        }
    }
}

/// The kinds that a file can name: the simulator is built in.
const KINDS: &[ProviderKind] = &[
    ProviderKind::OpenAi,
    ProviderKind::Anthropic,
    ProviderKind::Azure,
    ProviderKind::Gemini,
    ProviderKind::Bedrock,
    ProviderKind::Mistral,
    ProviderKind::Groq,
    ProviderKind::Compatible,
    ProviderKind::Lakera,
];

/// What can only be judged once everything is read.
pub(super) fn check(config: &Config, problems: &mut Vec<Problem>) {
    let mut slugs = BTreeSet::new();
    for provider in &config.providers {
        let mut fault = |what: String, remedy: &str| {
            problems.push(Problem::new(provider.place.clone(), what, remedy));
        };
        if !is_slug(&provider.slug) {
            fault(
                format!("the provider's slug `{}` is not a short name", provider.slug),
                "use lower-case letters, digits and hyphens",
            );
        } else if !slugs.insert(provider.slug.as_str()) {
            fault(format!("the provider `{}` stands twice", provider.slug), "remove one");
        }
        if provider.slug == "simulator" {
            fault("`simulator` is the built-in provider".to_owned(), "choose another slug");
        }
        check_address(provider, &mut fault);
        check_facts(provider, &mut fault);
    }
}

fn check_address(provider: &ProviderConfig, fault: &mut impl FnMut(String, &str)) {
    let Err(flaw) = address::check(&provider.base_url, provider.private_network) else { return };
    match flaw {
        AddressFlaw::Missing => fault(
            format!("the provider `{}` has no address", provider.slug),
            "write base_url = \"https://host/v1\": its kind does not bring one",
        ),
        AddressFlaw::Unencrypted => fault(
            format!("`{}` is not encrypted", provider.base_url),
            "use https://, or write private_network = true where it is reached in your own network",
        ),
        AddressFlaw::Credentials => fault(
            "the provider's address carries credentials".to_owned(),
            "take them out of base_url, and give the key by credential_file",
        ),
        _ => fault(
            format!("`{}` is not a provider's address", provider.base_url),
            "write base_url = \"https://host/v1\", without credentials, query or fragment",
        ),
    }
}

fn check_facts(provider: &ProviderConfig, fault: &mut impl FnMut(String, &str)) {
    let slug = &provider.slug;
    if provider.surfaces.is_empty() && provider.kind.answers_calls() {
        fault(
            format!("the provider `{slug}` serves nothing"),
            "name at least one of its surfaces, or leave the key out",
        );
    }
    match &provider.region {
        Some(region) if !is_region(region) => fault(
            format!("`{region}` is not a region"),
            "use lower-case letters, digits and hyphens, at most 40",
        ),
        None if provider.auth == Auth::SigV4 => fault(
            format!("the provider `{slug}` has no region, which AWS signatures need"),
            "write region = \"eu-central-1\", or where it is",
        ),
        _ => {}
    }
    match &provider.api_version {
        Some(version) if !is_version(version) => fault(
            format!("`{version}` is not an API version"),
            "use letters, digits, dots and hyphens, at most 40",
        ),
        None if provider.wire == Wire::Azure => fault(
            format!("the provider `{slug}` has no api_version, which Azure's addresses need"),
            "write api_version = \"2024-10-21\", or the one that you use",
        ),
        _ => {}
    }
}
