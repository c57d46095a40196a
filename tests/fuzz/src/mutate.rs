//! Changes inputs at random, the same way for the same seed.

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
struct Random(u64);

impl Random {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        (self.number() % end.max(1) as u64) as usize
    }
}

/// Bytes at the edges of what fits into one.
const EDGES: [u8; 8] = [0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x20, 0x0a];
/// An input's length. Larger: slower rounds.
const LENGTH_MAX: usize = 8192;

/// Makes inputs of a corpus.
pub struct Mutator<'a> {
    random: Random,
    corpus: &'a [Vec<u8>],
    words: &'a [&'a [u8]],
}

impl<'a> Mutator<'a> {
    /// `words`: what stands in inputs of this format.
    pub fn new(seed: u64, corpus: &'a [Vec<u8>], words: &'a [&'a [u8]]) -> Self {
        Self { random: Random(seed), corpus, words }
    }

    fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        let at = self.random.below(list.len());
        list.get(at).cloned()
    }

    /// The next input: one of the corpus, changed in up to eight places.
    pub fn input(&mut self) -> Vec<u8> {
        let mut input = self.pick(self.corpus).unwrap_or_default();
        for _ in 0..=self.random.below(8) {
            self.change(&mut input);
        }
        input.truncate(LENGTH_MAX);
        input
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.random.below(length + 1);
        let longest = (length - from).min(32);
        from..from + self.random.below(longest + 1)
    }

    fn change(&mut self, input: &mut Vec<u8>) {
        let at = self.random.below(input.len());
        match self.random.below(9) {
            0 if !input.is_empty() => input[at] ^= 1 << self.random.below(8),
            1 if !input.is_empty() => input[at] = self.pick(&EDGES).unwrap_or(0),
            2 if !input.is_empty() => input[at] = self.random.number() as u8,
            3 => drop(input.drain(self.range(input.len()))),
            4 => {
                let piece = input[self.range(input.len())].to_vec();
                input.splice(at..at, piece);
            }
            5 => {
                let other = self.pick(self.corpus).unwrap_or_default();
                let piece = other[self.range(other.len())].to_vec();
                input.splice(at..at, piece);
            }
            6 => {
                let word = self.pick(self.words).unwrap_or_default().to_vec();
                input.splice(at..at, word);
            }
            7 => input.truncate(at),
            _ => {
                let bytes: Vec<u8> = (0..=self.random.below(8)).map(|_| self.random.number() as u8).collect();
                input.splice(at..at, bytes);
            }
        }
    }
}
