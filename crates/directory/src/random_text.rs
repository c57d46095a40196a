//! Random text of a given alphabet.

use convene_model::Random;

/// `length` characters of `alphabet`, each chosen alike. The bias of the reduction is below 2^-56.
pub(crate) fn pick(random: &mut dyn Random, alphabet: &[u8], length: usize) -> String {
    (0..length)
        .map(|_| {
            let mut bytes = [0u8; 8];
            random.fill(&mut bytes);
            let scaled = u128::from(u64::from_le_bytes(bytes)) * alphabet.len() as u128;
            char::from(alphabet[(scaled >> 64) as usize])
        })
        .collect()
}
