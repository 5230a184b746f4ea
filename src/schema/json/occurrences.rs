//! Which occurrences of `$ref` share the schema that they lead to, and which have their own copy of it.
//!
//! In modern dialects the reference copies what a `$ref` leads to for every occurrence, except that all occurrences met
//! while their target was being loaded share one copy. Verdicts do not depend on that, but it decides how often the
//! differences of a recursive type are repeated at deeper paths. Copies here are only numbers: no node exists twice.

/// Most occurrences that get their own copies; with more, all that lead to one schema share it.
const MAX_OCCURRENCES: usize = 64;

/// A schema that is loaded once: the root, or what a `$ref` leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Load(pub(super) usize);

/// The occurrences of `$ref` inside of every load, in order.
#[derive(Debug)]
pub(super) struct Occurrences {
    /// By load: numbers of occurrences.
    inside: Vec<Vec<usize>>,
    /// By occurrence: where it leads.
    pub(super) targets: Vec<Load>,
}

impl Occurrences {
    /// No occurrence yet; the root is the first load.
    pub(super) fn new() -> Self {
        Self { inside: vec![Vec::new()], targets: Vec::new() }
    }

    /// Adds a load.
    pub(super) fn add_load(&mut self) -> Load {
        self.inside.push(Vec::new());
        Load(self.inside.len() - 1)
    }

    /// Adds an occurrence inside of a load.
    pub(super) fn add(&mut self, inside: Load, target: Load) -> usize {
        let number = self.targets.len();
        self.targets.push(target);
        self.inside[inside.0].push(number);
        number
    }

    /// The copies that the reference makes, walking in the order of its loader: 0 is the shared one.
    pub(super) fn copies(&self) -> Vec<u8> {
        let mut copies = vec![0; self.targets.len()];
        let mut entered = vec![false; self.inside.len()];
        let mut open = vec![(Load(0), self.inside[0].iter())];
        while let Some((_, occurrences)) = open.last_mut().filter(|_| copies.len() <= MAX_OCCURRENCES) {
            let Some(&occurrence) = occurrences.next() else {
                open.pop();
                continue;
            };
            let target = self.targets[occurrence];
            if open.iter().any(|(load, _)| *load == target) {
                continue;
            }
            copies[occurrence] = u8::try_from(occurrence + 1).unwrap_or(0);
            if !std::mem::replace(&mut entered[target.0], true) {
                open.push((target, self.inside[target.0].iter()));
            }
        }
        copies
    }
}
