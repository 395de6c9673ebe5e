//! The one hash rule: BLAKE3 over the given bytes, cut to what the use needs.

/// A look-up key of the index: the first 64 bits of BLAKE3. A collision can only make an
/// update look at more than it must.
pub(crate) type Hash64 = u64;

/// The key of a named thing, for instance `key("definition", "place")`.
pub(crate) fn key(family: &str, name: &str) -> Hash64 {
    let mut bytes = Vec::with_capacity(family.len() + name.len() + 1);
    bytes.extend_from_slice(family.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(name.as_bytes());
    let hash = blake3::hash(&bytes);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    u64::from_le_bytes(first)
}

/// A fingerprint for the dataset: the first 64 bits of BLAKE3 as 16 hex digits.
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let mut hex = blake3::hash(bytes).to_hex().to_string();
    hex.truncate(16);
    hex
}
