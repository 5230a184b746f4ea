//! What comparing a pair of nodes found, shared between the places where the pair occurs.

use std::borrow::Cow;

use super::{kinds::Change, pair::Pair};
use crate::schema::{Difference, Direction, Policy, Spot, TooComplex, document::pointer_token, json::tree::NodeId};

/// Most differences that are listed; a schema whose parts share each other can have exponentially many.
const MAX_LISTED: usize = 100_000;

/// Findings in a [`Ledger`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FindingsId(u32);

impl FindingsId {
    /// No difference at all.
    pub(super) const NONE: Self = Self(0);
}

/// One finding; paths are relative to the pair, empty for its own place.
#[derive(Debug)]
pub(super) enum Finding {
    /// A difference.
    Here(&'static Change, Cow<'static, str>),
    /// All differences of another pair.
    Within(Cow<'static, str>, FindingsId),
}

#[derive(Debug)]
struct Findings {
    all: Vec<Finding>,
    /// What was compared: a node of the writer and one of the reader.
    ends: [NodeId; 2],
    breaks: bool,
}

/// All findings of a comparison; entries only refer to earlier ones.
#[derive(Debug)]
pub(super) struct Ledger {
    policy: Policy,
    entries: Vec<Findings>,
}

impl Ledger {
    /// A ledger that knows which differences break.
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy, entries: vec![Findings { all: Vec::new(), ends: [NodeId(0); 2], breaks: false }] }
    }

    /// Keeps findings.
    pub(super) fn add(&mut self, all: Vec<Finding>, pair: Pair) -> FindingsId {
        if all.is_empty() {
            return FindingsId::NONE;
        }
        let breaks = self.any_breaks(&all);
        let id = u32::try_from(self.entries.len()).expect("the step budget is far below 2^32");
        self.entries.push(Findings { all, ends: pair.ends(), breaks });
        FindingsId(id)
    }

    /// Whether one of some findings breaks.
    pub(super) fn any_breaks(&self, found: &[Finding]) -> bool {
        found.iter().any(|finding| match finding {
            Finding::Here(change, _) => change.breaks(self.policy),
            Finding::Within(_, id) => self.breaks(*id),
        })
    }

    /// Whether a breaking difference is among the findings.
    pub(super) fn breaks(&self, id: FindingsId) -> bool {
        self.entries[id.0 as usize].breaks
    }

    /// Lists all differences in order with their full paths.
    ///
    /// Past the limit, differences that break nothing are left out; if those that break are too many, this fails.
    pub(super) fn list(&self, id: FindingsId, direction: Direction) -> Result<Vec<Difference>, TooComplex> {
        self.list_below(id, direction, "#/".to_owned())
    }

    /// The same below a path.
    pub(super) fn list_below(
        &self,
        id: FindingsId,
        direction: Direction,
        mut path: String,
    ) -> Result<Vec<Difference>, TooComplex> {
        let mut listed = Vec::new();
        // Pairs that are being listed: the next of their findings, their nodes, and the length of their path.
        let entry = |id: FindingsId| &self.entries[id.0 as usize];
        let mut open = vec![(entry(id).all.iter(), entry(id).ends, path.len())];
        while let Some((findings, ends, length)) = open.last_mut() {
            path.truncate(*length);
            let Some(finding) = findings.next() else {
                open.pop();
                continue;
            };
            let full = listed.len() >= MAX_LISTED;
            match finding {
                Finding::Here(change, step) => {
                    let breaks = change.breaks(self.policy);
                    if full && breaks {
                        return Err(TooComplex(format!("there are more than {MAX_LISTED} differences")));
                    }
                    if !full {
                        append(&mut path, step);
                        let (description, message) = change.message(&path, direction);
                        let [writer, reader] = ends.map(|node| Spot { node: node.0, tail: tail(step) });
                        let (kind, path) = (change.name, path.clone());
                        listed.push(Difference { kind, path, breaks, description, message, reader, writer });
                    }
                }
                Finding::Within(step, id) if !full || self.breaks(*id) => {
                    append(&mut path, step);
                    open.push((entry(*id).all.iter(), entry(*id).ends, path.len()));
                }
                Finding::Within(..) => {}
            }
        }
        Ok(listed)
    }
}

fn append(path: &mut String, step: &str) {
    if !step.is_empty() {
        if path.len() > "#/".len() {
            path.push('/');
        }
        path.push_str(step);
    }
}

/// A step as the rest of a JSON pointer: a keyword, and perhaps a name with any characters.
fn tail(step: &str) -> String {
    match step.split_once('/') {
        Some((keyword, name)) => format!("/{keyword}/{}", pointer_token(name)),
        None if step.is_empty() => String::new(),
        None => format!("/{step}"),
    }
}
