//! D1. Project Wycheproof's vectors against the primitives, called as the vault calls them: AES-256-GCM
//! and AES-256-GCM-SIV in place with 96-bit nonces, and HKDF-SHA256.

use aes_gcm::Aes256Gcm;
use aes_gcm_siv::Aes256GcmSiv;
use aes_gcm_siv::aead::{AeadInOut, KeyInit};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{aead, hkdf as kdf};

/// What a cipher makes of one vector: ciphertext and tag, and whether it opens the vector's own.
struct Answer {
    sealed: (Vec<u8>, Vec<u8>),
    opened: Option<Vec<u8>>,
}

fn ask<C>(test: &aead::Test) -> Answer
where
    C: AeadInOut + KeyInit,
{
    let cipher = C::new_from_slice(&test.key).unwrap();
    let nonce = test.nonce.as_ref().try_into().unwrap();
    let mut sealed = test.pt.to_vec();
    let tag = cipher
        .encrypt_inout_detached(nonce, &test.aad, sealed.as_mut_slice().into())
        .unwrap()
        .to_vec();
    let mut opened = [test.ct.as_ref(), test.tag.as_ref()].concat();
    let ok = cipher.decrypt_in_place(nonce, &test.aad, &mut opened).is_ok();
    Answer { sealed: (sealed, tag), opened: ok.then_some(opened) }
}

/// Runs a set's 256-bit groups; returns how many vectors that were valid and how many were not.
fn run(name: aead::TestName, answer: fn(&aead::Test) -> Answer) -> (usize, usize) {
    let (mut valid, mut invalid) = (0, 0);
    for group in aead::TestSet::load(name).unwrap().test_groups {
        if group.key_size != 256 || group.nonce_size != 96 || group.tag_size != 128 {
            continue;
        }
        for test in group.tests {
            let answer = answer(&test);
            if test.result.must_fail() {
                assert!(answer.opened.is_none(), "{name:?} {}: opened", test.tc_id);
                invalid += 1;
            } else {
                let (ct, tag) = &answer.sealed;
                assert_eq!((&ct[..], &tag[..]), (&test.ct[..], &test.tag[..]), "{}", test.tc_id);
                assert_eq!(answer.opened.as_deref(), Some(&test.pt[..]), "{}", test.tc_id);
                valid += 1;
            }
        }
    }
    (valid, invalid)
}

#[test]
fn d1_aes_256_gcm() {
    let counted = run(aead::TestName::AesGcm, ask::<Aes256Gcm>);
    assert_eq!(counted, (39, 27), "the number of vectors has changed");
}

#[test]
fn d1_aes_256_gcm_siv() {
    let counted = run(aead::TestName::AesGcmSiv, ask::<Aes256GcmSiv>);
    assert_eq!(counted, (69, 34), "the number of vectors has changed");
}

#[test]
fn d1_hkdf_sha256() {
    let (mut valid, mut invalid) = (0, 0);
    for group in kdf::TestSet::load(kdf::TestName::HkdfSha256).unwrap().test_groups {
        for test in group.tests {
            let mut okm = vec![0; test.size];
            let made =
                Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
            if test.result.must_fail() {
                assert!(made.is_err(), "{}", test.tc_id);
                invalid += 1;
            } else {
                made.unwrap();
                assert_eq!(okm, test.okm.to_vec(), "{}", test.tc_id);
                valid += 1;
            }
        }
    }
    assert_eq!((valid, invalid), (83, 3), "the number of vectors has changed");
}
