//! D5. AES-GCM alone does not commit to its key: whoever knows two keys can make one ciphertext that
//! opens under both (Dodis, Grubbs, Ristenpart, Woodage 2018, "invisible salamanders"). Here one is
//! made, shown to deceive plain GCM, and shown not to deceive the envelope.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::aes::Aes256;
use aes_gcm::aes::cipher::BlockCipherEncrypt;
use vault::OpenError;

use crate::forge::{Parts, context, derive, forge, kek, place};

/// Product in GF(2^128) with the bit order of NIST SP 800-38D section 6.3.
fn times(x: u128, y: u128) -> u128 {
    let (mut product, mut shifted) = (0, x);
    for bit in (0..128).rev() {
        if y >> bit & 1 == 1 {
            product ^= shifted;
        }
        let carry = shifted & 1;
        shifted >>= 1;
        if carry == 1 {
            shifted ^= 0xE1 << 120;
        }
    }
    product
}

/// x^(2^128 - 2), which is 1/x.
fn inverse(x: u128) -> u128 {
    let (mut result, mut square) = (1 << 127, x);
    for _ in 1..128 {
        square = times(square, square);
        result = times(result, square);
    }
    result
}

fn encrypt_block(key: &[u8; 32], block: u128) -> u128 {
    let mut bytes = block.to_be_bytes().into();
    Aes256::new(key.into()).encrypt_block(&mut bytes);
    u128::from_be_bytes(bytes.into())
}

/// GHASH of the blocks with one key, and the mask that makes it the tag.
fn tag(key: &[u8; 32], nonce: &[u8; 12], blocks: &[u128]) -> u128 {
    let h = encrypt_block(key, 0);
    let hashed = blocks.iter().fold(0, |sum, block| times(sum ^ block, h));
    let mut counter = [0; 16];
    counter[..12].copy_from_slice(nonce);
    counter[15] = 1;
    hashed ^ encrypt_block(key, u128::from_be_bytes(counter))
}

/// Two blocks of ciphertext with a tag, valid under both keys.
fn salamander(keys: [&[u8; 32]; 2], nonce: &[u8; 12], aad: &[u8; 32]) -> Vec<u8> {
    let block = |at: usize| u128::from_be_bytes(aad[at..at + 16].try_into().unwrap());
    let lengths = (32 * 8) << 64 | (32 * 8);
    let first = u128::from_be_bytes(*b"any block at all");
    // With the second block still zero the tags differ; a block X adds X·H² to each.
    let without = |key| tag(key, nonce, &[block(0), block(16), first, 0, lengths]);
    let squared = |key| {
        let h = encrypt_block(key, 0);
        times(h, h)
    };
    let gap = without(keys[0]) ^ without(keys[1]);
    let second = times(gap, inverse(squared(keys[0]) ^ squared(keys[1])));
    let closed = tag(keys[0], nonce, &[block(0), block(16), first, second, lengths]);
    [first.to_be_bytes(), second.to_be_bytes(), closed.to_be_bytes()].concat()
}

#[test]
fn d5_one_ciphertext_under_two_keys_is_rejected_by_the_commitment() {
    let (salt, nonce, deks) = ([4; 32], [5; 12], [[0x11; 32], [0x22; 32]]);
    let context = context(&place());
    let keys = deks.map(|dek| derive(&dek, &salt, "tokenone/v1/enc", &context));
    let sealed = salamander([&keys[0], &keys[1]], &nonce, &context);

    // Plain AES-256-GCM is deceived: both keys authenticate, and read two different texts.
    let texts = keys.map(|key| {
        let payload = Payload { msg: sealed.as_slice(), aad: &context };
        Aes256Gcm::new((&key).into()).decrypt((&nonce).into(), payload).unwrap()
    });
    assert_ne!(texts[0], texts[1]);

    // The envelope is not. The forger holds the tenant's key and wraps either data key honestly; the
    // commitment can be to one of them only.
    let commitments = deks.map(|dek| derive(&dek, &salt, "tokenone/v1/commit", &context));
    for (wrapped, dek) in deks.into_iter().enumerate() {
        for (committed, commitment) in commitments.into_iter().enumerate() {
            let sealed = sealed.clone();
            let blob = forge(&Parts { kek: [1; 32], dek, salt, commitment, nonce, sealed });
            let opened = kek(1).open(&place(), &blob);
            if committed == wrapped {
                assert_eq!(opened.unwrap().as_slice(), texts[wrapped]);
            } else {
                assert_eq!(opened.unwrap_err(), OpenError::Commitment);
            }
        }
    }
}

#[test]
fn d5_another_tenants_key_with_its_own_wrapping_is_rejected_by_the_commitment() {
    let ours = kek(1).seal(&place(), b"ours").unwrap();
    // The same blob, with a data key that the other KEK wraps properly.
    let forged = forge(&Parts {
        kek: [2; 32],
        dek: [9; 32],
        salt: ours[80..112].try_into().unwrap(),
        commitment: ours[112..144].try_into().unwrap(),
        nonce: ours[144..156].try_into().unwrap(),
        sealed: ours[156..].to_vec(),
    });
    assert_eq!(kek(2).open(&place(), &forged).unwrap_err(), OpenError::Commitment);
}
