//! Which declaration a name means: all types and extensions of a schema, its references and the built-in files.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use super::builtin;
use super::tree::{Enum, Extend, Field, File, Message};

/// A scope: the root, a package, a message or another declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Scope(usize);

/// The scope around everything.
pub(super) const ROOT: Scope = Scope(0);

/// Which file declares something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Origin {
    /// The schema itself.
    Main,
    /// The reference at this index.
    Reference(usize),
    /// The built-in file at this index.
    Builtin(usize),
}

/// A file by a number, as spots hold it: the schema itself, its references from 1 on, or a built-in one.
pub(super) type FileNumber = u32;

/// The schema itself.
pub(super) const MAIN: FileNumber = 0;

impl Origin {
    pub(super) fn number(self) -> FileNumber {
        match self {
            Self::Main => MAIN,
            Self::Reference(index) => u32::try_from(index + 1).unwrap_or(FileNumber::MAX),
            Self::Builtin(_) => FileNumber::MAX,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Type<'a> {
    Message(&'a Message),
    Enum,
}

/// An extension and the scope in which the name of its type is looked up.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extension<'a> {
    pub(super) field: &'a Field,
    pub(super) scope: Scope,
    origin: Origin,
}

#[derive(Clone)]
struct Node<'a> {
    parent: Scope,
    segment: &'a str,
    declared: Option<(Type<'a>, Origin, Scope)>,
    extension: Option<Extension<'a>>,
}

/// All declarations by name; of two with the same name the one added first counts, and any before a built-in one.
pub(super) struct Names<'a> {
    /// The declarations of all built-in files, shared unless a reference replaces one of the files.
    builtin: Option<&'static Names<'static>>,
    /// The scopes behind the shared ones.
    nodes: Vec<Node<'a>>,
    /// Shared scopes in which something was declared again.
    redeclared: HashMap<Scope, Node<'a>>,
    children: HashMap<(Scope, &'a str), Scope>,
}

/// Collected once, because every schema needs them.
static BUILTIN: LazyLock<Names<'static>> = LazyLock::new(|| Names::builtin_without(&HashSet::new()));

impl<'a> Names<'a> {
    /// The declarations of a schema, its references (import name and file) and the built-in files.
    pub(super) fn new(main: &'a File, references: &'a [(String, File)]) -> Self {
        let replaced: HashSet<&str> = references.iter().map(|(name, _)| name.as_str()).collect();
        let mut names = if builtin::files().iter().any(|(name, _)| replaced.contains(name.as_str())) {
            Self::builtin_without(&replaced)
        } else {
            Self { builtin: Some(&BUILTIN), ..Self::empty() }
        };
        names.add_file(main, Origin::Main);
        for (index, (_, file)) in references.iter().enumerate() {
            names.add_file(file, Origin::Reference(index));
        }
        names
    }

    fn empty() -> Self {
        Self { builtin: None, nodes: Vec::new(), redeclared: HashMap::new(), children: HashMap::new() }
    }

    /// The built-in files, except those that references replace.
    fn builtin_without(replaced: &HashSet<&str>) -> Self {
        let mut names = Self::empty();
        names.nodes.push(Node { parent: ROOT, segment: "", declared: None, extension: None });
        for (index, (name, file)) in builtin::files().iter().enumerate() {
            if !replaced.contains(name.as_str()) {
                names.add_file(file, Origin::Builtin(index));
            }
        }
        names
    }

    /// How many scopes are shared.
    fn shared(&self) -> usize {
        self.builtin.map_or(0, |builtin| builtin.nodes.len())
    }

    fn node(&self, scope: Scope) -> &Node<'a> {
        match self.builtin.and_then(|builtin| builtin.nodes.get(scope.0)) {
            Some(shared) => self.redeclared.get(&scope).unwrap_or(shared),
            None => &self.nodes[scope.0 - self.shared()],
        }
    }

    fn node_mut(&mut self, scope: Scope) -> &mut Node<'a> {
        if let Some(shared) = self.builtin.and_then(|builtin| builtin.nodes.get(scope.0)) {
            return self.redeclared.entry(scope).or_insert_with(|| shared.clone());
        }
        let own = scope.0 - self.shared();
        &mut self.nodes[own]
    }

    fn step(&self, scope: Scope, segment: &str) -> Option<Scope> {
        let shared = self.builtin.and_then(|builtin| builtin.children.get(&(scope, segment)));
        shared.or_else(|| self.children.get(&(scope, segment))).copied()
    }

    /// The scope of a file's package.
    pub(super) fn package(&self, file: &File) -> Scope {
        file.package.as_deref().and_then(|package| self.walk(ROOT, package)).unwrap_or(ROOT)
    }

    /// The scope of something declared in a scope.
    pub(super) fn child(&self, scope: Scope, name: &str) -> Option<Scope> {
        // A name may contain points: the reference lets them pass.
        self.walk(scope, name)
    }

    /// The type that a name means in a scope.
    pub(super) fn resolve(&self, scope: Scope, name: &str) -> Option<Scope> {
        self.search(scope, name, |node| node.declared.is_some())
    }

    /// The extension that a name means in a scope, and its full name.
    pub(super) fn resolve_extension(&self, scope: Scope, name: &str) -> Option<(Extension<'a>, String)> {
        let found = self.search(scope, name, |node| node.extension.is_some())?;
        Some((self.node(found).extension?, self.full_name(found)))
    }

    /// The declaration at a scope.
    pub(super) fn declared(&self, scope: Scope) -> Option<Type<'a>> {
        self.node(scope).declared.map(|(declared, ..)| declared)
    }

    /// The message at a scope.
    pub(super) fn message(&self, scope: Scope) -> Option<&'a Message> {
        match self.declared(scope) {
            Some(Type::Message(message)) => Some(message),
            _ => None,
        }
    }

    /// The file of the declaration at a scope.
    pub(super) fn origin(&self, scope: Scope) -> Option<Origin> {
        self.node(scope).declared.map(|(_, origin, _)| origin)
    }

    /// The name of the declaration without its file's package, from the inside out.
    pub(super) fn local_parts(&self, scope: Scope) -> Vec<&'a str> {
        let package = self.node(scope).declared.map_or(ROOT, |(.., package)| package);
        self.parts(scope, package)
    }

    /// The full name, without a leading point.
    pub(super) fn full_name(&self, scope: Scope) -> String {
        let mut parts = self.parts(scope, ROOT);
        parts.reverse();
        parts.join(".")
    }

    fn parts(&self, mut scope: Scope, end: Scope) -> Vec<&'a str> {
        let mut parts = Vec::new();
        while scope != end && scope != ROOT {
            let node = self.node(scope);
            parts.push(node.segment);
            scope = node.parent;
        }
        parts
    }

    fn search(&self, mut scope: Scope, name: &str, wanted: impl Fn(&Node<'a>) -> bool) -> Option<Scope> {
        let find = |scope, name| self.walk(scope, name).filter(|found| wanted(self.node(*found)));
        if let Some(absolute) = name.strip_prefix('.') {
            return find(ROOT, absolute);
        }
        loop {
            if let Some(found) = find(scope, name) {
                return Some(found);
            }
            if scope == ROOT {
                return None;
            }
            scope = self.node(scope).parent;
        }
    }

    fn walk(&self, scope: Scope, name: &str) -> Option<Scope> {
        name.split('.').try_fold(scope, |scope, segment| self.step(scope, segment))
    }

    fn enter(&mut self, scope: Scope, name: &'a str) -> Scope {
        name.split('.').fold(scope, |parent, segment| {
            if let Some(known) = self.step(parent, segment) {
                return known;
            }
            let next = Scope(self.shared() + self.nodes.len());
            self.nodes.push(Node { parent, segment, declared: None, extension: None });
            self.children.insert((parent, segment), next);
            next
        })
    }

    fn add_file(&mut self, file: &'a File, origin: Origin) {
        let package = file.package.as_deref().map_or(ROOT, |package| self.enter(ROOT, package));
        self.add_extensions(&file.extends, package, origin);
        self.add_enums(&file.enums, package, origin, package);
        // Messages wait in a list instead of on the stack.
        let mut open: Vec<(Scope, &'a Message)> =
            file.messages.iter().rev().map(|message| (package, message)).collect();
        while let Some((parent, message)) = open.pop() {
            let scope = self.enter(parent, &message.name);
            self.declare(scope, (Type::Message(message), origin, package));
            self.add_extensions(&message.extends, scope, origin);
            self.add_enums(&message.enums, scope, origin, package);
            open.extend(message.messages.iter().rev().map(|nested| (scope, nested)));
        }
    }

    fn add_enums(&mut self, enums: &'a [Enum], parent: Scope, origin: Origin, package: Scope) {
        for declared in enums {
            let scope = self.enter(parent, &declared.name);
            self.declare(scope, (Type::Enum, origin, package));
        }
    }

    fn declare(&mut self, scope: Scope, declaration: (Type<'a>, Origin, Scope)) {
        let declared = &mut self.node_mut(scope).declared;
        if declared.is_none_or(|(_, origin, _)| matches!(origin, Origin::Builtin(_))) {
            *declared = Some(declaration);
        }
    }

    fn add_extensions(&mut self, extends: &'a [Extend], scope: Scope, origin: Origin) {
        for field in extends.iter().flat_map(|extend| &extend.fields) {
            let entered = self.enter(scope, &field.name);
            let extension = &mut self.node_mut(entered).extension;
            if extension.is_none_or(|known| matches!(known.origin, Origin::Builtin(_))) {
                *extension = Some(Extension { field, scope, origin });
            }
        }
    }
}
