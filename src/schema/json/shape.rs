//! Numbers nodes so that two nodes of one tree have the same number exactly if they are rendered alike.

use std::{collections::HashMap, fmt::Debug, fmt::Write as _};

use super::tree::{ArrayRules, Kind, Named, Node, NodeId, Notes, ObjectRules, Rest};

/// The numbers of all nodes; children stand before their parents.
pub(super) fn number(nodes: &[Node]) -> Vec<u32> {
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut shapes = Vec::with_capacity(nodes.len());
    for node in nodes {
        let rendering = render(node, &shapes);
        let next = u32::try_from(known.len()).unwrap_or(u32::MAX);
        shapes.push(*known.entry(rendering).or_insert(next));
    }
    shapes
}

/// A text that is equal for nodes that the reference prints alike; children appear as their numbers.
fn render(node: &Node, shapes: &[u32]) -> String {
    let shape = |id: NodeId| shapes[id.0 as usize];
    let Notes { id, title, description, default, unknown, .. } = &node.notes;
    let mut out = format!("{id:?}{title:?}{description:?}{default:?}{unknown:?}");
    let rendered = match &node.kind {
        Kind::Empty
        | Kind::True
        | Kind::False
        | Kind::Boolean
        | Kind::Null
        | Kind::String(_)
        | Kind::Number(_)
        | Kind::Enum(_)
        | Kind::Const(_) => write!(out, "{:?}", node.kind),
        // A reference is printed as its text, not as what it leads to.
        Kind::Ref(text, _) => write!(out, "ref{text:?}"),
        Kind::Not(negated) => write!(out, "not{}", shape(*negated)),
        Kind::Conditional(parts) => write!(out, "if{:?}", parts.map(|part| part.map(shape))),
        Kind::Combined(criterion, branches) => {
            write!(out, "{criterion:?}{:?}", branches.iter().map(|branch| shape(*branch)).collect::<Vec<_>>())
        }
        Kind::Object(rules) => write!(out, "object{}", object(rules, &shape)),
        Kind::Array(rules) => write!(out, "array{}", array(rules, &shape)),
    };
    rendered.expect("writing to a string does not fail");
    out
}

fn object(rules: &ObjectRules, shape: &impl Fn(NodeId) -> u32) -> String {
    let patterns: Vec<_> = rules.patterns.iter().map(|(pattern, node)| (pattern.as_str(), shape(*node))).collect();
    format!(
        "{:?}{}{:?}{patterns:?}{:?}{:?}{}{}{:?}{:?}{:?}",
        rules.typing,
        named(&rules.properties, |node| shape(*node)),
        rules.required,
        rest(rules.additional, shape),
        rules.unevaluated.map(shape),
        named(&rules.dependent_required, Clone::clone),
        named(&rules.dependent_schemas, |node| shape(*node)),
        rules.property_names.map(shape),
        rules.max_properties,
        rules.min_properties,
    )
}

fn array(rules: &ArrayRules, shape: &impl Fn(NodeId) -> u32) -> String {
    format!(
        "{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{:?}{}",
        rules.typing,
        rules.items.map(shape),
        rules.tuple.iter().map(|node| shape(*node)).collect::<Vec<_>>(),
        rest(rules.additional, shape),
        rules.unevaluated.map(shape),
        rules.contains.map(shape),
        rules.max_items,
        rules.min_items,
        rules.max_contains,
        rules.min_contains,
        rules.unique,
    )
}

fn rest(rest: Rest, shape: &impl Fn(NodeId) -> u32) -> (bool, Option<u32>) {
    (rest != Rest::Forbidden, rest.schema().map(shape))
}

/// The order of names does not show.
fn named<T, S: Ord + Debug>(all: &Named<T>, shape: impl Fn(&T) -> S) -> String {
    let mut sorted: Vec<(&str, S)> = all.iter().map(|(name, value)| (name, shape(value))).collect();
    sorted.sort();
    format!("{sorted:?}")
}
