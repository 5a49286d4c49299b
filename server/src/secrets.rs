//! What is derived from the key store at start: there is no other secret to keep.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use data_encoding::BASE32_NOPAD;
use domain::clock::Clock;
use secrecy::{SecretBox, SecretString};
use store::RuntimeSecrets;
use uuid::Uuid;
use vault::{FileKeyStore, FirstRun, Key256, KeyStore, KeyStoreError};

use crate::config::Settings;

/// The secrets of one deployment.
pub struct Secrets {
    /// The master keys.
    pub keys: Arc<dyn KeyStore>,
    /// Names this deployment in everything that is sealed.
    pub deployment: Uuid,
    /// For the database roles and the signed context.
    pub runtime: RuntimeSecrets,
    /// Opens the built-in simulator, like any provider's key.
    pub simulator_key: SecretString,
    /// Under which API keys are hashed.
    pub pepper: Key256,
    /// Under which failed attempts are counted.
    pub throttle: Key256,
}

/// The number of the pepper in force, which hashed keys name.
pub const PEPPER: i32 = 1;

impl Secrets {
    /// The pepper, as the gateway takes it.
    #[must_use]
    pub fn pepper(&self) -> gateway::Pepper {
        gateway::Pepper { id: PEPPER, key: SecretBox::new(Box::new(*self.pepper.expose())) }
    }
}

/// Opens the key store and derives the rest.
///
/// # Errors
/// Where the key store is missing, exposed, damaged or in the wrong place; each with its remedy.
pub async fn open(
    settings: &Settings,
    data: &Path,
    first_run: FirstRun,
    clock: Arc<dyn Clock>,
) -> Result<Secrets, KeyStoreError> {
    let path = location(settings)?;
    let keys: Arc<dyn KeyStore> = Arc::new(FileKeyStore::open(&path, data, first_run, clock)?);
    let deployment = keys.derive("deployment-id/v1").await?;
    let mut id = [0_u8; 16];
    id.copy_from_slice(&deployment.expose()[..16]);
    Ok(Secrets {
        deployment: uuid::Builder::from_custom_bytes(id).into_uuid(),
        runtime: RuntimeSecrets {
            gateway_password: password(&*keys, "database-password/tokenone_gateway/v1").await?,
            console_password: password(&*keys, "database-password/tokenone_console/v1").await?,
            context_key: SecretBox::new(Box::new(
                *keys.derive("tenant-context/v1").await?.expose(),
            )),
        },
        pepper: keys.derive("api-key-pepper/v1").await?,
        throttle: keys.derive("throttle-bucket/v1").await?,
        simulator_key: password(&*keys, "simulator-key/v1").await?,
        keys,
    })
}

async fn password(keys: &dyn KeyStore, purpose: &str) -> Result<SecretString, KeyStoreError> {
    let key = keys.derive(purpose).await?;
    Ok(SecretString::from(BASE32_NOPAD.encode(key.expose())))
}

fn location(settings: &Settings) -> Result<PathBuf, KeyStoreError> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    vault::default_location(
        settings.keystore_file.as_deref(),
        variable("XDG_CONFIG_HOME").as_deref(),
        variable("HOME").as_deref(),
    )
}
