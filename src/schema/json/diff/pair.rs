//! The pairs of nodes that are compared, and a fast map from pairs to what is known about them.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hasher, RandomState},
};

use crate::schema::json::tree::{NodeId, Target, Tree};

/// Two nodes to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) original: NodeId,
    pub(super) update: NodeId,
    /// The copies of reference targets that the nodes stand in.
    copies: [u8; 2],
    sides: Sides,
}

/// Which tree a pair's original is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sides {
    Straight,
    /// Inside of `not`, what the update forbids is the original.
    Swapped,
}

impl Pair {
    /// The roots of two trees.
    pub(super) fn of_roots(original: &Tree, update: &Tree) -> Self {
        Self { original: original.root, update: update.root, copies: [0, 0], sides: Sides::Straight }
    }

    /// Two other nodes of the same trees.
    pub(super) fn with(self, original: NodeId, update: NodeId) -> Self {
        Self { original, update, ..self }
    }

    /// Two nodes of the same trees, in exchanged roles.
    pub(super) fn swapped(self, original: NodeId, update: NodeId) -> Self {
        let sides = match self.sides {
            Sides::Straight => Sides::Swapped,
            Sides::Swapped => Sides::Straight,
        };
        let [first, second] = self.copies;
        Self { original, update, copies: [second, first], sides }
    }

    /// The node of the first tree, which is the writer's, and that of the second.
    pub(super) fn ends(self) -> [NodeId; 2] {
        match self.sides {
            Sides::Straight => [self.original, self.update],
            Sides::Swapped => [self.update, self.original],
        }
    }

    /// The tree of the original and the tree of the update.
    pub(super) fn trees(self, [first, second]: [&Tree; 2]) -> [&Tree; 2] {
        match self.sides {
            Sides::Straight => [first, second],
            Sides::Swapped => [second, first],
        }
    }

    /// The pair of what references lead to; those that lead to references stay.
    pub(super) fn followed(self, [original, update]: [&Tree; 2]) -> Self {
        self.between(self.original_in(original, self.original), self.update_in(update, self.update))
    }

    /// What an original node leads to.
    pub(super) fn original_in(self, tree: &Tree, node: NodeId) -> Target {
        tree.target(node).unwrap_or(Target { node, copy: self.copies[0] })
    }

    /// What an updated node leads to.
    pub(super) fn update_in(self, tree: &Tree, node: NodeId) -> Target {
        tree.target(node).unwrap_or(Target { node, copy: self.copies[1] })
    }

    /// The pair of two nodes that have been followed.
    pub(super) fn between(self, original: Target, update: Target) -> Self {
        Self { original: original.node, update: update.node, copies: [original.copy, update.copy], ..self }
    }

    /// A number for the pair: node ids take less than 20 bits.
    pub(super) fn key(self) -> u64 {
        let [first, second] = self.copies;
        let copies = u64::from(first) << 8 | u64::from(second);
        u64::from(self.sides == Sides::Swapped) << 63
            | copies << 40
            | u64::from(self.original.0) << 20
            | u64::from(self.update.0)
    }
}

/// A map by [`Pair::key`].
pub(super) type PairMap<T> = HashMap<u64, T, PairHashing>;

/// Multiplies keys by a random odd number: a tenth of the cost of the standard hash, and not predictable either.
#[derive(Debug, Clone, Copy)]
pub(super) struct PairHashing {
    factor: u64,
}

impl Default for PairHashing {
    fn default() -> Self {
        Self { factor: RandomState::new().hash_one(0) | 1 }
    }
}

impl BuildHasher for PairHashing {
    type Hasher = PairHasher;

    fn build_hasher(&self) -> PairHasher {
        PairHasher { factor: self.factor, hash: 0 }
    }
}

/// The state of hashing one key.
#[derive(Debug)]
pub(super) struct PairHasher {
    factor: u64,
    hash: u64,
}

impl Hasher for PairHasher {
    fn finish(&self) -> u64 {
        self.hash
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, key: u64) {
        // The high half of the product depends on all bits of the key, and the map looks at both ends.
        let product = (self.hash ^ key).wrapping_mul(self.factor);
        self.hash = product ^ (product >> 32);
    }
}
