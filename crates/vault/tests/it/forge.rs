//! Makes blobs by hand, honest and forged.

use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::{Aead, KeyInit, Payload};
use domain::ids::{ProjectId, TenantId};
use hkdf::Hkdf;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;
use vault::{Aad, Kek, KekId, Key256, WrapLease};

pub const TENANT: TenantId = TenantId::PLATFORM;

pub fn place() -> Aad<'static> {
    Aad {
        deployment: Uuid::from_u128(0xD),
        tenant: TENANT,
        project: Some(ProjectId::PLATFORM),
        table: "secret",
        column: "sealed",
        row: Uuid::from_u128(0xA),
        version: 1,
    }
}

pub fn kek_id() -> KekId {
    KekId::from(Uuid::from_u128(0xE))
}

/// A KEK of known bytes with many wraps.
pub fn kek(byte: u8) -> Kek {
    kek_of(kek_id(), TENANT, byte)
}

pub fn kek_of(id: KekId, tenant: TenantId, byte: u8) -> Kek {
    let lease = WrapLease::none();
    lease.extend(0, u32::MAX).unwrap();
    Kek::new(id, tenant, Key256::from_slice(&[byte; 32]).unwrap(), Arc::new(lease))
}

/// The hash of a place as the format's description has it.
pub fn context(aad: &Aad<'_>) -> [u8; 32] {
    let project = aad.project.map(|id| id.uuid().as_bytes().to_vec()).unwrap_or_default();
    let tenant = aad.tenant.uuid();
    let fields: [&[u8]; 9] = [
        b"tokenone/v1/aad",
        &[1, 1],
        aad.deployment.as_bytes(),
        tenant.as_bytes(),
        &project,
        aad.table.as_bytes(),
        aad.column.as_bytes(),
        aad.row.as_bytes(),
        &aad.version.to_be_bytes(),
    ];
    let mut text = Vec::new();
    for field in fields {
        text.extend((field.len() as u64).to_be_bytes());
        text.extend(field);
    }
    Sha256::digest(text).into()
}

/// HKDF-SHA256(dek, salt, label || context).
pub fn derive(dek: &[u8; 32], salt: &[u8; 32], label: &str, context: &[u8; 32]) -> [u8; 32] {
    let mut okm = [0; 32];
    let info = [label.as_bytes(), context].concat();
    Hkdf::<Sha256>::new(Some(salt), dek).expand(&info, &mut okm).unwrap();
    okm
}

/// All that a blob is made of.
pub struct Parts {
    pub kek: [u8; 32],
    pub dek: [u8; 32],
    pub salt: [u8; 32],
    pub commitment: [u8; 32],
    pub nonce: [u8; 12],
    pub sealed: Vec<u8>,
}

/// Puts a blob together for [`place`].
pub fn forge(parts: &Parts) -> Vec<u8> {
    let id = *kek_id().uuid().as_bytes();
    let aad = [b"tokenone/v1/dek".as_slice(), &id, &context(&place())].concat();
    let dek_nonce = [7; 12];
    let dek_wrapped = Aes256GcmSiv::new((&parts.kek).into())
        .encrypt((&dek_nonce).into(), Payload { msg: &parts.dek, aad: &aad })
        .unwrap();
    [
        &[1, 1][..],
        &id,
        &60_u16.to_be_bytes(),
        &dek_nonce,
        &dek_wrapped,
        &parts.salt,
        &parts.commitment,
        &parts.nonce,
        &parts.sealed,
    ]
    .concat()
}
