//! What of one subscriber's videos fits into its bandwidth.
//!
//! First everybody is seen at all, then those who matter most are seen better: the one who speaks, a shared screen, the others alike. Sound is
//! not in here: it goes out always, and what it needs is taken off before.

/// Whose share comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The camera of who speaks, or spoke last.
    Speaker,
    /// A shared screen: text must be readable.
    Screen,
    /// Everybody else, alike.
    Other,
}

/// A layer, and what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which one.
    pub layer: usize,
    /// In bits per second.
    pub rate: u64,
    /// What it needed at most lately: what it may need again.
    pub usual: u64,
}

/// One slot's layers, from the smallest to the one that it wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Its place in the order.
    pub rank: Rank,
    /// None: it wants nothing.
    pub steps: Vec<Step>,
    /// The layer that goes to it now.
    pub current: Option<usize>,
    /// Whether nothing goes to it for want of bandwidth.
    pub held_back: bool,
}

/// What the slots get, and what they would need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// The layer of each claim, in their order; `None`: nothing.
    pub layers: Vec<Option<usize>>,
    /// What the next better picture, or one that is held back, needs together with all that is given; `None` if there is none.
    pub next: Option<u64>,
}

impl Claim {
    /// What the bandwidth must have room for before a step is taken: some more than its rate, unless it is taken already, so that pictures
    /// do not jump between two. The last picture that is left goes on a while where it should not: an estimate that is wrong for a moment
    /// must not freeze it.
    fn price(&self, step: usize) -> u64 {
        let Step { layer, rate, usual } = self.steps[step];
        let has = self.current.is_some_and(|current| current >= layer);
        let is_first = step == 0 && self.current.is_none() && !self.held_back;
        match (has, step) {
            (true, 0) => rate - rate / 3,
            (true, _) => rate,
            (false, _) if is_first => rate,
            (false, _) => usual.max(rate) + usual.max(rate) / 5,
        }
    }

    fn rate(&self, step: Option<usize>) -> u64 {
        step.map_or(0, |step| self.steps[step].rate)
    }
}

/// Shares out `budget` bits per second; without one everybody gets what they want.
pub fn allocate(claims: &[Claim], budget: Option<u64>) -> Allocation {
    let mut taken: Vec<Option<usize>> = vec![None; claims.len()];
    let Some(budget) = budget else {
        let layers = claims.iter().map(|claim| Some(claim.steps.last()?.layer)).collect();
        return Allocation { layers, next: None };
    };
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by_key(|index| claims[*index].rank);
    let mut used = 0;
    // Everybody at all, then each rank to its end, a step for each of it in turn.
    order.iter().for_each(|index| used += take_step(claims, &mut taken, *index, budget.saturating_sub(used)));
    for rank in order.chunk_by(|a, b| claims[*a].rank == claims[*b].rank) {
        let mut again = true;
        while again {
            let before = taken.clone();
            for index in rank.iter().filter(|index| before[**index].is_some()) {
                used += take_step(claims, &mut taken, *index, budget.saturating_sub(used));
            }
            again = before != taken;
        }
    }
    let more = claims.iter().zip(&taken).filter_map(|(claim, taken)| {
        let next = taken.map_or(0, |taken| taken + 1);
        (next < claim.steps.len()).then(|| claim.price(next).saturating_sub(claim.rate(*taken)))
    });
    let next = more.min().map(|more| used + more);
    let layers = claims.iter().zip(&taken).map(|(claim, taken)| taken.map(|step| claim.steps[step].layer)).collect();
    Allocation { layers, next }
}

/// Gives a claim one step more if `left` has room for it. Returns what that adds.
fn take_step(claims: &[Claim], taken: &mut [Option<usize>], index: usize, left: u64) -> u64 {
    let claim = &claims[index];
    let next = taken[index].map_or(0, |taken| taken + 1);
    let has = claim.rate(taken[index]);
    if next >= claim.steps.len() || claim.price(next).saturating_sub(has) > left {
        return 0;
    }
    taken[index] = Some(next);
    claim.rate(Some(next)).saturating_sub(has)
}

#[cfg(test)]
#[path = "allocation_tests.rs"]
mod tests;
