//! A provider as calls need it: where it is, what opens it, what it serves.

use domain::ids::ProviderId;
use domain::provider::{ProviderKind, Surface, Wire};
use reqwest::Url;

use super::address;
use super::credential::Credential;

/// A provider that can be called.
#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) id: ProviderId,
    pub(crate) slug: String,
    pub(crate) kind: ProviderKind,
    pub(crate) simulated: bool,
    pub(crate) base: Url,
    pub(crate) wire: Wire,
    pub(crate) surfaces: Vec<Surface>,
    pub(crate) region: Option<String>,
    pub(crate) api_version: Option<String>,
    pub(crate) credential: Option<Credential>,
    /// Whether its address may be of a private network.
    pub(crate) private_network: bool,
    /// Whether a stream whose client has hung up is read to its end.
    pub(crate) drain: bool,
}

impl Provider {
    /// Whether it serves a surface.
    pub(crate) fn serves(&self, surface: Surface) -> bool {
        self.surfaces.contains(&surface)
    }

    /// The address of a model's surface.
    pub(crate) fn url(&self, surface: Surface, model: &str, streamed: bool) -> Option<Url> {
        let version = self.api_version.as_deref();
        address::of(&self.base, self.wire, version, surface, model, streamed)
    }

    /// The address of the question whether a prompt is an attack (docs.lakera.ai, "Guard API").
    pub(crate) fn guard_url(&self) -> Option<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().push("guard");
        Some(url)
    }

    /// The address that lists its models.
    pub(crate) fn models_url(&self) -> Option<Url> {
        address::of_models(&self.base, self.wire, self.api_version.as_deref())
    }
}
