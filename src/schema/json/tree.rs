//! The tree of node kinds that both loaders build and that is compared.

use std::collections::{BTreeSet, HashMap};

use super::{decimal::Decimal, pattern::Pattern};

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct NodeId(pub(super) u32);

/// A loaded schema: its nodes, and where its references lead.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: NodeId,
    pub(super) nodes: Vec<Node>,
    /// Where each node was read.
    pub(super) origins: Vec<Origin>,
    /// What the [`Kind::Ref`]s lead to, by their number.
    pub(super) targets: Vec<Target>,
    /// Nodes with the same number are rendered alike.
    pub(super) shapes: Vec<u32>,
}

/// The number of a document, and a byte offset in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) document: usize,
    pub(super) at: usize,
}

/// What a `$ref` leads to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    pub(super) node: NodeId,
    /// Occurrences with different copies are compared apart, although they share the nodes.
    pub(super) copy: u8,
}

/// A node: its kind and what decorates it.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) notes: Notes,
}

/// What decorates a node without constraining data.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    /// The rendering of the default.
    pub(super) default: Option<String>,
    /// Keywords that the loader does not know, rendered.
    pub(super) unknown: String,
    /// Whether Connect says that the data are bytes (`connect.type`).
    pub(super) connect_bytes: bool,
}

/// What a node demands.
#[derive(Debug)]
pub(super) enum Kind {
    /// `{}`
    Empty,
    /// `true`
    True,
    /// `false`
    False,
    /// A boolean.
    Boolean,
    /// `null`
    Null,
    /// A string, or keywords for strings.
    String(StringRules),
    /// A number, or keywords for numbers.
    Number(NumberRules),
    /// One of some values, rendered.
    Enum(BTreeSet<String>),
    /// One value, rendered.
    Const(String),
    /// Anything but.
    Not(NodeId),
    /// `if`, `then`, `else`.
    Conditional([Option<NodeId>; 3]),
    /// `allOf`, `anyOf`, `oneOf`, also where only the loader combines parts.
    Combined(Criterion, Vec<NodeId>),
    /// An object, or keywords for objects.
    Object(Box<ObjectRules>),
    /// An array, or keywords for arrays.
    Array(Box<ArrayRules>),
    /// A `$ref`: its text, and its number among the targets.
    Ref(String, usize),
}

/// How many branches of a combined node must accept a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Criterion {
    /// All.
    All,
    /// At least one.
    Any,
    /// Exactly one.
    One,
}

/// Whether a node states its type or only has keywords that apply to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Typing {
    /// Only keywords.
    #[default]
    Loose,
    /// `type` names it.
    Stated,
}

/// The keywords of a string.
#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub(super) typing: Typing,
    pub(super) max_length: Option<i64>,
    pub(super) min_length: Option<i64>,
    pub(super) pattern: Option<String>,
    pub(super) format: Option<String>,
}

/// The keywords of a number; bounds are compared as doubles, like the reference does.
#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) typing: Typing,
    pub(super) integer: bool,
    pub(super) maximum: Option<f64>,
    pub(super) minimum: Option<f64>,
    pub(super) exclusive_maximum: Option<f64>,
    pub(super) exclusive_minimum: Option<f64>,
    pub(super) multiple_of: Option<Decimal>,
    /// Draft 4's boolean `exclusiveMaximum` and `exclusiveMinimum`: rendered, never compared.
    pub(super) exclusive_flags: [bool; 2],
}

/// The keywords of an object.
#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    pub(super) typing: Typing,
    pub(super) properties: Named<NodeId>,
    pub(super) required: BTreeSet<String>,
    pub(super) patterns: Vec<(Pattern, NodeId)>,
    pub(super) additional: Rest,
    pub(super) unevaluated: Option<NodeId>,
    pub(super) dependent_required: Named<BTreeSet<String>>,
    pub(super) dependent_schemas: Named<NodeId>,
    pub(super) property_names: Option<NodeId>,
    pub(super) max_properties: Option<i64>,
    pub(super) min_properties: Option<i64>,
}

/// The keywords of an array.
#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    pub(super) typing: Typing,
    /// The schema of all items.
    pub(super) items: Option<NodeId>,
    /// The schemas of the first items.
    pub(super) tuple: Vec<NodeId>,
    pub(super) additional: Rest,
    pub(super) unevaluated: Option<NodeId>,
    pub(super) contains: Option<NodeId>,
    pub(super) max_items: Option<i64>,
    pub(super) min_items: Option<i64>,
    pub(super) max_contains: Option<i64>,
    pub(super) min_contains: Option<i64>,
    pub(super) unique: bool,
}

/// What may follow the declared properties or items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Rest {
    /// Anything.
    #[default]
    Allowed,
    /// Nothing.
    Forbidden,
    /// What this schema accepts.
    Schema(NodeId),
}

/// Values by name, in document order.
#[derive(Debug)]
pub(super) struct Named<T> {
    names: Vec<String>,
    values: HashMap<String, T>,
}

impl Tree {
    /// The node with this id.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// What a reference leads to; `None` for other nodes.
    pub(super) fn target(&self, id: NodeId) -> Option<Target> {
        match self.node(id).kind {
            Kind::Ref(_, number) => Some(self.targets[number]),
            _ => None,
        }
    }

    /// Whether a node accepts everything by being `{}` or `true`.
    pub(super) fn is_empty(&self, id: NodeId) -> bool {
        matches!(self.node(id).kind, Kind::Empty | Kind::True)
    }
}

impl Criterion {
    /// The keyword.
    pub(super) fn keyword(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
            Self::One => "oneOf",
        }
    }
}

impl Rest {
    /// The schema, if there is one.
    pub(super) fn schema(self) -> Option<NodeId> {
        match self {
            Self::Schema(node) => Some(node),
            _ => None,
        }
    }
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { names: Vec::new(), values: HashMap::new() }
    }
}

impl<T> Named<T> {
    /// Adds a value, or replaces the one of the same name.
    pub(super) fn insert(&mut self, name: String, value: T) {
        if self.values.insert(name.clone(), value).is_none() {
            self.names.push(name);
        }
    }

    /// Adds all values of another collection.
    pub(super) fn extend(&mut self, mut other: Self) {
        for name in other.names {
            if let Some(value) = other.values.remove(&name) {
                self.insert(name, value);
            }
        }
    }

    /// The value of a name.
    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.values.get(name)
    }

    /// The names in document order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Names and values in document order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.names().map(|name| (name, &self.values[name]))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}
