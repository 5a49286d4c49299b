//! What a sealed value belongs to: its place, in one canonical form.

use domain::ids::{CallId, ProjectId, SecretId, TenantId};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::blob::{Algorithm, FORMAT_VERSION};

/// The place a value is sealed for. All of it is authenticated, so a ciphertext that is moved to
/// another row, tenant, column or version does not open. None of it is secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aad<'a> {
    /// This installation of TokenOne; a copy of the database elsewhere is another deployment.
    pub deployment: Uuid,
    /// The tenant that owns the row.
    pub tenant: TenantId,
    /// The project, where the row has one.
    pub project: Option<ProjectId>,
    /// The table's name.
    pub table: &'a str,
    /// The column's name.
    pub column: &'a str,
    /// The row's primary key.
    pub row: Uuid,
    /// Which version of the value this is; begins at 1 and grows when the secret is replaced.
    pub version: u32,
}

/// Which of the two bodies of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallBody {
    /// What the program sent.
    Request,
    /// What it was answered.
    Response,
}

impl Aad<'static> {
    /// The place of a provider's key, a secret of the platform tenant. Whoever configures the provider
    /// seals for it, and the gateway opens with it.
    #[must_use]
    pub const fn provider_key(deployment: Uuid, secret: SecretId, version: u32) -> Self {
        Self {
            deployment,
            tenant: TenantId::PLATFORM,
            project: None,
            table: "secret",
            column: "blob",
            row: secret.uuid(),
            version,
        }
    }

    /// The place of a call's prompt or answer. The gateway seals for it and the console opens with it,
    /// so it is defined once, for both. A body is written once: its version is 1 for ever.
    #[must_use]
    pub const fn call_payload(
        deployment: Uuid,
        tenant: TenantId,
        project: ProjectId,
        call: CallId,
        body: CallBody,
    ) -> Self {
        let column = match body {
            CallBody::Request => "request",
            CallBody::Response => "response",
        };
        Self {
            deployment,
            tenant,
            project: Some(project),
            table: "call_payload",
            column,
            row: call.uuid(),
            version: 1,
        }
    }
}

impl Aad<'_> {
    /// SHA-256 over the canonical encoding together with format and algorithm, so that a blob which
    /// claims an older algorithm has another context and does not open.
    ///
    /// Every field is preceded by its length, so that no two places share an encoding: without it
    /// table `ab`, column `c` would read as table `a`, column `bc`.
    pub(crate) fn context_hash(&self, algorithm: Algorithm) -> [u8; 32] {
        let mut hash = Sha256::new();
        field(&mut hash, b"tokenone/v1/aad");
        field(&mut hash, &[FORMAT_VERSION, algorithm.code()]);
        field(&mut hash, self.deployment.as_bytes());
        field(&mut hash, self.tenant.uuid().as_bytes());
        // No project is an empty field, which no UUID is.
        match self.project {
            Some(project) => field(&mut hash, project.uuid().as_bytes()),
            None => field(&mut hash, &[]),
        }
        field(&mut hash, self.table.as_bytes());
        field(&mut hash, self.column.as_bytes());
        field(&mut hash, self.row.as_bytes());
        field(&mut hash, &self.version.to_be_bytes());
        hash.finalize().into()
    }
}

/// Appends one field with its length in front, as 64 bits big-endian.
pub(crate) fn field(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Aad<'static> {
        Aad {
            deployment: Uuid::from_u128(1),
            tenant: TenantId::from(Uuid::from_u128(2)),
            project: Some(ProjectId::from(Uuid::from_u128(3))),
            table: "secret",
            column: "value",
            row: Uuid::from_u128(4),
            version: 1,
        }
    }

    #[test]
    fn every_field_counts() {
        let here = place();
        let others = [
            Aad { deployment: Uuid::from_u128(9), ..here },
            Aad { tenant: TenantId::from(Uuid::from_u128(9)), ..here },
            Aad { project: None, ..here },
            Aad { project: Some(ProjectId::from(Uuid::nil())), ..here },
            Aad { table: "secre", ..here },
            Aad { column: "valu", ..here },
            Aad { row: Uuid::from_u128(9), ..here },
            Aad { version: 2, ..here },
        ];
        let hash = here.context_hash(Algorithm::HkdfAes256Gcm);
        for other in others {
            assert_ne!(hash, other.context_hash(Algorithm::HkdfAes256Gcm), "{other:?}");
        }
    }

    #[test]
    fn fields_do_not_run_into_each_other() {
        let left = Aad { table: "ab", column: "c", ..place() };
        let right = Aad { table: "a", column: "bc", ..place() };
        let algorithm = Algorithm::HkdfAes256Gcm;
        assert_ne!(left.context_hash(algorithm), right.context_hash(algorithm));
    }
}
