//! What changed between two Avro texts, for people: also what breaks nothing, which the comparison never tells.

use std::collections::{HashMap, HashSet};

use super::value::text_of;
use crate::schema::{
    Change, ParseError,
    document::{Dialect, Node, Object, Value, pointer_token},
};

/// Attributes that are compared by rules of their own.
const OWN: [&str; 11] =
    ["type", "name", "namespace", "doc", "aliases", "fields", "symbols", "items", "values", "default", "size"];

/// Every change from one text to another, in the order of the new one.
pub fn changes(old: &str, new: &str) -> Result<Vec<Change>, ParseError> {
    let (old, new) = (Node::parse(old, Dialect::Avro)?, Node::parse(new, Dialect::Avro)?);
    let mut walk = Walk { found: Vec::new() };
    let mut open = vec![Pair { old: &old, new: &new, old_at: String::new(), new_at: String::new() }];
    while let Some(pair) = open.pop() {
        let mut inner = Vec::new();
        walk.pair(&pair, &mut inner);
        open.extend(inner.into_iter().rev());
    }
    Ok(walk.found)
}

struct Pair<'n> {
    old: &'n Node,
    new: &'n Node,
    old_at: String,
    new_at: String,
}

impl<'n> Pair<'n> {
    fn below(&self, old: &'n Node, new: &'n Node, step: &str) -> Self {
        self.between(old, new, step, step)
    }

    fn between(&self, old: &'n Node, new: &'n Node, old_step: &str, new_step: &str) -> Self {
        let (old_at, new_at) = (format!("{}{old_step}", self.old_at), format!("{}{new_step}", self.new_at));
        Pair { old, new, old_at, new_at }
    }
}

struct Walk {
    found: Vec<Change>,
}

impl Walk {
    fn note(&mut self, kind: &'static str, pair: &Pair<'_>, steps: (&str, &str), description: String) {
        let (old, new) = (format!("{}{}", pair.old_at, steps.0), format!("{}{}", pair.new_at, steps.1));
        self.found.push(Change { kind, description, old, new });
    }

    fn pair<'n>(&mut self, pair: &Pair<'n>, open: &mut Vec<Pair<'n>>) {
        match (&pair.old.value, &pair.new.value) {
            (Value::Array(old), Value::Array(new)) => self.branches(pair, old, new, open),
            (Value::Object(old), Value::Object(new)) if word(old) == word(new) => {
                for key in ["name", "namespace"] {
                    self.attribute(pair, (old, new), key, ["TYPE_RENAMED"; 3]);
                }
                self.attributes(pair, old, new);
                self.parts(pair, old, new, open);
            }
            _ if label(pair.old) == label(pair.new) => {}
            _ => {
                let description = format!("the type {} became {}", label(pair.old), label(pair.new));
                self.note("TYPE_CHANGED", pair, ("", ""), description);
            }
        }
    }

    fn parts<'n>(&mut self, pair: &Pair<'n>, old: &'n Object, new: &'n Object, open: &mut Vec<Pair<'n>>) {
        for key in ["items", "values"] {
            if let (Some(old), Some(new)) = (old.get(key), new.get(key)) {
                open.push(pair.below(old, new, &format!("/{key}")));
            }
        }
        if let (Some(old), Some(new)) = (old.get("type"), new.get("type"))
            && old.as_str().is_none()
            && new.as_str().is_none()
        {
            open.push(pair.below(old, new, "/type"));
        }
        if let (Some(old), Some(new)) = (list(old, "symbols"), list(new, "symbols")) {
            self.symbols(pair, old, new);
        }
        if let (Some(old), Some(new)) = (list(old, "fields"), list(new, "fields")) {
            self.fields(pair, old, new, open);
        }
    }

    /// Everything about a type or a field but its name, its parts and its place.
    fn attributes(&mut self, pair: &Pair<'_>, old: &Object, new: &Object) {
        self.attribute(pair, (old, new), "doc", ["DOC_CHANGED"; 3]);
        self.attribute(pair, (old, new), "aliases", ["ALIASES_CHANGED"; 3]);
        self.attribute(pair, (old, new), "default", ["DEFAULT_ADDED", "DEFAULT_REMOVED", "DEFAULT_CHANGED"]);
        self.attribute(pair, (old, new), "size", ["ATTRIBUTE_CHANGED"; 3]);
        let mut known = HashSet::new();
        for key in old.iter().chain(new.iter()).map(|member| member.key.as_str()) {
            if !OWN.contains(&key) && known.insert(key) {
                self.attribute(pair, (old, new), key, ["ATTRIBUTE_CHANGED"; 3]);
            }
        }
    }

    fn attribute(
        &mut self,
        pair: &Pair<'_>,
        (old, new): (&Object, &Object),
        key: &str,
        [added, removed, changed]: [&'static str; 3],
    ) {
        let step = format!("/{}", pointer_token(key));
        let quoted = |object: &Object| object.get(key).map(|node| text_of(&node.value));
        match (quoted(old), quoted(new)) {
            (None, Some(new)) => self.note(added, pair, ("", &step), format!("{key} {new} was added")),
            (Some(old), None) => self.note(removed, pair, (&step, ""), format!("{key} {old} is gone")),
            (Some(old), Some(new)) if old != new => {
                self.note(changed, pair, (&step, &step), format!("{key} {old} became {new}"));
            }
            _ => {}
        }
    }

    fn symbols(&mut self, pair: &Pair<'_>, old: &[Node], new: &[Node]) {
        let names = |nodes: &[Node]| nodes.iter().map(label).collect::<Vec<_>>();
        let (old, new) = (names(old), names(new));
        for (at, symbol) in new.iter().enumerate().filter(|(_, symbol)| !old.contains(symbol)) {
            let steps = ("/symbols", format!("/symbols/{at}"));
            self.note("SYMBOL_ADDED", pair, (steps.0, &steps.1), format!("the symbol {symbol} was added"));
        }
        for (at, symbol) in old.iter().enumerate().filter(|(_, symbol)| !new.contains(symbol)) {
            let steps = (format!("/symbols/{at}"), "/symbols");
            self.note("SYMBOL_REMOVED", pair, (&steps.0, steps.1), format!("the symbol {symbol} is gone"));
        }
    }

    fn branches<'n>(&mut self, pair: &Pair<'n>, old: &'n [Node], new: &'n [Node], open: &mut Vec<Pair<'n>>) {
        for (at, branch) in new.iter().enumerate() {
            let step = format!("/{at}");
            if let Some(before) = old.iter().position(|other| label(other) == label(branch)) {
                open.push(pair.between(&old[before], branch, &format!("/{before}"), &step));
            } else {
                self.note("BRANCH_ADDED", pair, ("", &step), format!("the branch {} was added", label(branch)));
            }
        }
        for (at, branch) in old.iter().enumerate() {
            if new.iter().all(|other| label(other) != label(branch)) {
                let description = format!("the branch {} is gone", label(branch));
                self.note("BRANCH_REMOVED", pair, (&format!("/{at}"), ""), description);
            }
        }
    }

    fn fields<'n>(&mut self, pair: &Pair<'n>, old: &'n [Node], new: &'n [Node], open: &mut Vec<Pair<'n>>) {
        let before: HashMap<&str, usize> =
            old.iter().enumerate().filter_map(|(at, field)| Some((field_name(field)?, at))).collect();
        let mut met = HashSet::new();
        let mut furthest = None;
        for (at, field) in new.iter().enumerate() {
            let Some((object, name)) = field.as_object().zip(field_name(field)) else { continue };
            let step = format!("/fields/{at}");
            let aliases = list(object, "aliases").unwrap_or_default().iter().filter_map(Node::as_str);
            let Some(&found) = std::iter::once(name).chain(aliases).find_map(|name| before.get(name)) else {
                self.note("FIELD_ADDED", pair, ("/fields", &step), format!("the field {name} was added"));
                continue;
            };
            met.insert(found);
            let old_step = format!("/fields/{found}");
            let former = field_name(&old[found]).unwrap_or_default();
            if former != name {
                let description = format!("the field {former} is now {name}");
                self.note("FIELD_RENAMED", pair, (&old_step, &step), description);
            }
            if furthest.is_some_and(|furthest| found < furthest) {
                self.note("FIELD_MOVED", pair, (&old_step, &step), format!("the field {name} changed its place"));
            }
            furthest = furthest.max(Some(found));
            if let Some(former) = old[found].as_object() {
                let fields = pair.between(&old[found], field, &old_step, &step);
                self.attributes(&fields, former, object);
                if let (Some(old), Some(new)) = (former.get("type"), object.get("type")) {
                    open.push(fields.below(old, new, "/type"));
                }
            }
        }
        for (at, field) in old.iter().enumerate().filter(|(at, _)| !met.contains(at)) {
            let name = field_name(field).unwrap_or_default();
            self.note(
                "FIELD_REMOVED",
                pair,
                (&format!("/fields/{at}"), "/fields"),
                format!("the field {name} is gone"),
            );
        }
    }
}

fn list<'n>(object: &'n Object, key: &str) -> Option<&'n [Node]> {
    object.get(key).and_then(Node::as_array)
}

fn field_name(field: &Node) -> Option<&str> {
    field.as_object()?.get("name")?.as_str()
}

/// The keyword of a type that is spelled as an object.
fn word(object: &Object) -> Option<&str> {
    object.get("type").and_then(Node::as_str)
}

/// How a type is called: its keyword, or its name.
fn label(node: &Node) -> String {
    match &node.value {
        Value::String(name) => name.rsplit('.').next().unwrap_or(name).to_owned(),
        Value::Array(_) => "union".to_owned(),
        Value::Object(object) => {
            let name = object.get("name").and_then(Node::as_str).map(|name| name.rsplit('.').next().unwrap_or(name));
            name.or(word(object)).unwrap_or("type").to_owned()
        }
        other => text_of(other),
    }
}
