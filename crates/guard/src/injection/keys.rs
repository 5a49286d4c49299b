//! By what a word is known before it is compared with any: eight bytes at each end, and bits of tables.

use std::hash::Hasher;

/// Of each table.
const BITS_LOG2: u32 = 16;
pub const BITS: usize = 1 << BITS_LOG2;
/// Bytes of a literal beyond ASCII by which it is known.
const STEM_BYTES: usize = 3;

/// One bit for each hash.
pub type Bits = [u64; BITS / 64];

pub fn set(bits: &mut Bits, bit: usize) {
    bits[bit / 64] |= 1 << (bit % 64);
}

pub fn is_set(bits: &Bits, bit: usize) -> bool {
    bits[bit / 64] >> (bit % 64) & 1 == 1
}

/// What a word of ASCII is known by, whatever its case: its first eight bytes, its last eight, and how many it has.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    pub head: u64,
    pub tail: u64,
    pub length: usize,
}

/// The case of ASCII, in eight bytes.
const CASES: u64 = 0x2020_2020_2020_2020;

impl Key {
    pub fn of(bytes: &[u8], at: usize, length: usize) -> Self {
        // No branches: whether a word is long is nothing that a processor can foretell.
        let head = (load(bytes, at) | CASES) & (u64::MAX >> (64 - 8 * length.clamp(1, 8)));
        let tail = load(bytes, at + length.saturating_sub(8)) | CASES;
        Self { head, tail: if length > 8 { tail } else { 0 }, length }
    }

    /// Whether it says all of the word.
    pub fn is_whole(&self) -> bool {
        self.length <= 16
    }

    /// The bit of the word and what follows it, of which 0 is nothing.
    pub fn bit(&self, next: u64) -> usize {
        mix(self.head ^ self.tail.rotate_left(23) ^ next << 40 ^ (self.length as u64) << 56)
    }

    /// The bit of its first bytes.
    pub fn stem_bit(&self, length: usize) -> usize {
        mix(self.head & ((1 << (length * 8)) - 1))
    }
}

/// The eight bytes from `at` on; beyond the end there are zeroes.
fn load(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => rest.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)),
    }
}

/// A number of [`BITS_LOG2`] bits to which all bits of `number` add.
fn mix(number: u64) -> usize {
    let mixed = (number ^ number >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (64 - BITS_LOG2)) as usize
}

/// What follows a word: two bytes without their case, or one and nothing.
pub fn pair(next: u8, second: u8) -> u64 {
    u64::from(next | 0x20) << 8 | u64::from(second | 0x20)
}

/// Takes the hash that a [`Key`] has already.
#[derive(Default)]
pub struct KeyHasher(u64);

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

/// The bit of a mark and what follows it.
pub fn mark_bit(bytes: &[u8]) -> usize {
    mix(bytes.iter().take(2).fold(1, |number, byte| number << 8 | u64::from(byte | 0x20)))
}

/// The bit of a stem that is not ASCII.
pub fn stem_bit(bytes: &[u8]) -> usize {
    mix(load(bytes, 0) & ((1 << (STEM_BYTES * 8)) - 1))
}
