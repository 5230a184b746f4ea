//! A maximum matching of a bipartite graph, such as branches of two combined schemas.

/// The edges of a bipartite graph, one row of bits per left node.
#[derive(Debug)]
pub(super) struct Edges {
    rows: Vec<Vec<u64>>,
    right: usize,
}

impl Edges {
    /// A graph without edges.
    pub(super) fn new(left: usize, right: usize) -> Self {
        Self { rows: vec![vec![0; right.div_ceil(64)]; left], right }
    }

    /// Adds an edge.
    pub(super) fn add(&mut self, left: usize, right: usize) {
        self.rows[left][right / 64] |= 1 << (right % 64);
    }

    /// For every left node its partner in a maximum matching.
    pub(super) fn matching(&self) -> Vec<Option<usize>> {
        let mut matching = Matching { partner: vec![None; self.rows.len()], owner: vec![None; self.right] };
        for left in 0..self.rows.len() {
            self.augment(left, &mut matching);
        }
        matching.partner
    }

    /// Searches breadth first for an alternating path from `start` to a free right node, and applies it.
    fn augment(&self, start: usize, matching: &mut Matching) {
        let mut unseen = vec![u64::MAX; self.right.div_ceil(64)];
        let mut reached_from = vec![start; self.right];
        let mut due = vec![start];
        while let Some(left) = due.pop() {
            for (word, (row, unseen)) in self.rows[left].iter().zip(&mut unseen).enumerate() {
                let mut fresh = row & *unseen;
                *unseen &= !row;
                while fresh != 0 {
                    let right = word * 64 + fresh.trailing_zeros() as usize;
                    fresh &= fresh - 1;
                    reached_from[right] = left;
                    match matching.owner[right] {
                        Some(owner) => due.push(owner),
                        None => return matching.apply(right, &reached_from),
                    }
                }
            }
        }
    }
}

struct Matching {
    partner: Vec<Option<usize>>,
    owner: Vec<Option<usize>>,
}

impl Matching {
    /// Turns the path that ends at `right` over: each left node on it takes the next right node.
    fn apply(&mut self, mut right: usize, reached_from: &[usize]) {
        loop {
            let left = reached_from[right];
            self.owner[right] = Some(left);
            match self.partner[left].replace(right) {
                Some(previous) => right = previous,
                None => return,
            }
        }
    }
}
