//! Loads documents into a tree: a list of reference targets that are still due, and the limits of the work.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    classic,
    documents::{Documents, Place},
    keywords::{Keywords, LoadError},
    modern,
    occurrences::{Load, Occurrences},
    shape,
    tree::{Criterion, Kind, Node, NodeId, Notes, Origin, Target, Tree},
};
use crate::schema::document::Value;

/// Most nodes of a tree.
const MAX_NODES: usize = 500_000;

/// Most bytes of values that are rendered for comparing: values below several reference targets count repeatedly.
const MAX_RENDERED: usize = 64 << 20;

/// Why documents do not load.
pub(super) struct Failure<'d> {
    /// The first error.
    pub(super) error: LoadError,
    /// The documents that it speaks of.
    pub(super) documents: Box<Documents<'d>>,
}

/// The state of loading one schema.
pub(super) struct Loader<'d> {
    pub(super) documents: Documents<'d>,
    nodes: Vec<Node>,
    origins: Vec<Origin>,
    /// The schema that is being loaded.
    here: Origin,
    /// Nodes that combine the parts of one schema and nothing else.
    generated: HashSet<NodeId>,
    occurrences: Occurrences,
    /// What is loaded and where, by document and byte offset.
    loads: HashMap<(usize, usize), Load>,
    /// By load.
    loaded: Vec<Option<NodeId>>,
    due: VecDeque<(Load, Place<'d>)>,
    current: Load,
    /// Loads that wait for a `$dynamicRef` inside of them.
    expanding: Vec<Load>,
    rendered: usize,
}

impl<'d> Loader<'d> {
    /// Loads everything that the root reaches.
    pub(super) fn tree(documents: Documents<'d>) -> Result<Tree, Failure<'d>> {
        let mut loader = Self {
            documents,
            nodes: Vec::new(),
            origins: Vec::new(),
            here: Origin { document: 0, at: 0 },
            generated: HashSet::new(),
            occurrences: Occurrences::new(),
            loads: HashMap::new(),
            loaded: vec![None],
            due: VecDeque::new(),
            current: Load(0),
            expanding: Vec::new(),
            rendered: 0,
        };
        match loader.load_all() {
            Ok(root) => Ok(loader.finish(root)),
            Err(error) => Err(Failure { error, documents: Box::new(loader.documents) }),
        }
    }

    fn load_all(&mut self) -> Result<NodeId, LoadError> {
        let root = self.load(&self.documents.root())?;
        // References are loaded one after the other, never inside each other: a long chain needs no stack.
        while let Some((load, place)) = self.due.pop_front() {
            if self.loaded[load.0].is_none() {
                self.current = load;
                self.loaded[load.0] = Some(self.load(&place)?);
            }
        }
        Ok(root)
    }

    fn finish(self, root: NodeId) -> Tree {
        let modern = self.documents.dialect().is_modern();
        let copies = if modern { self.occurrences.copies() } else { vec![0; self.occurrences.targets.len()] };
        let targets = self.occurrences.targets.iter().zip(copies).map(|(load, copy)| {
            let node = self.loaded[load.0].expect("every load that an occurrence leads to has been due");
            Target { node, copy }
        });
        let shapes = shape::number(&self.nodes);
        Tree { root, targets: targets.collect(), shapes, nodes: self.nodes, origins: self.origins }
    }

    /// Loads the schema at a place.
    pub(super) fn load(&mut self, place: &Place<'d>) -> Result<NodeId, LoadError> {
        let here = Origin { document: place.document, at: place.node.at };
        let around = std::mem::replace(&mut self.here, here);
        let loaded = stacker::maybe_grow(128 * 1024, 1024 * 1024, || self.load_here(place));
        self.here = around;
        loaded
    }

    fn load_here(&mut self, place: &Place<'d>) -> Result<NodeId, LoadError> {
        match &place.node.value {
            Value::Bool(true) => self.push(Kind::True, Notes::default()),
            Value::Bool(false) => self.push(Kind::False, Notes::default()),
            Value::Object(object) => {
                let keywords = Keywords { object, document: place.document };
                if self.documents.dialect().is_modern() {
                    modern::load(self, place, keywords)
                } else {
                    classic::load(self, place, keywords)
                }
            }
            _ => Err(LoadError::Keyword {
                document: place.document,
                at: place.node.at,
                message: "expected an object or a boolean".to_owned(),
            }),
        }
    }

    /// Adds a node.
    pub(super) fn push(&mut self, kind: Kind, notes: Notes) -> Result<NodeId, LoadError> {
        let count = self.nodes.len();
        let id = u32::try_from(count).ok().filter(|_| count < MAX_NODES);
        let id = id.ok_or_else(|| LoadError::TooLarge(format!("the schema has more than {MAX_NODES} nodes")))?;
        self.nodes.push(Node { kind, notes });
        self.origins.push(self.here);
        Ok(NodeId(id))
    }

    /// Counts a rendered value.
    pub(super) fn account(&mut self, rendered: &str) -> Result<(), LoadError> {
        self.rendered += rendered.len();
        if self.rendered > MAX_RENDERED {
            return Err(LoadError::TooLarge("the values in the schema are too large".to_owned()));
        }
        Ok(())
    }

    /// Adds a node that combines the parts of one schema.
    pub(super) fn push_generated(&mut self, kind: Kind, notes: Notes) -> Result<NodeId, LoadError> {
        let id = self.push(kind, notes)?;
        self.generated.insert(id);
        Ok(id)
    }

    /// The parts that a node combines, if it does nothing else.
    pub(super) fn generated_parts(&self, id: NodeId) -> Option<&[NodeId]> {
        match &self.nodes[id.0 as usize].kind {
            Kind::Combined(Criterion::All, parts) if self.generated.contains(&id) => Some(parts),
            _ => None,
        }
    }

    /// The node kind of a `$ref`.
    pub(super) fn refer(&mut self, place: &Place<'d>, keywords: Keywords<'d>) -> Result<Option<Kind>, LoadError> {
        let (Some(text), Some(node)) = (keywords.string("$ref")?, keywords.get("$ref")) else { return Ok(None) };
        let target = self.documents.resolve(place, &text).map_err(|why| keywords.unresolved(node, why))?;
        let load = self.load_of(&target);
        if self.loaded[load.0].is_none() {
            self.due.push_back((load, target));
        }
        Ok(Some(Kind::Ref(text, self.occurrences.add(self.current, load))))
    }

    /// The node kind of a `$dynamicRef`, whose target is loaded at once; `None` if that is being done already.
    pub(super) fn expand(&mut self, text: String, target: &Place<'d>) -> Result<Option<Kind>, LoadError> {
        let load = self.load_of(target);
        if self.expanding.contains(&load) {
            return Ok(None);
        }
        let occurrence = self.occurrences.add(self.current, load);
        if self.loaded[load.0].is_none() {
            let before = std::mem::replace(&mut self.current, load);
            self.expanding.push(load);
            let node = self.load(target)?;
            self.expanding.pop();
            self.current = before;
            self.loaded[load.0] = Some(node);
        }
        Ok(Some(Kind::Ref(text, occurrence)))
    }

    fn load_of(&mut self, target: &Place<'d>) -> Load {
        let (occurrences, loaded) = (&mut self.occurrences, &mut self.loaded);
        *self.loads.entry((target.document, target.node.at)).or_insert_with(|| {
            loaded.push(None);
            occurrences.add_load()
        })
    }
}
