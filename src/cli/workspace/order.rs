//! Puts schemas into an order in which each comes after what it refers to.

use super::{LocalSchema, Problem, Target, Trouble, Workspace};

/// Sorts the schemas; those of a cycle, and what refers to them, become problems.
pub(super) fn sort(workspace: &mut Workspace) {
    let schemas = std::mem::take(&mut workspace.schemas);
    let mut places: Vec<Option<usize>> = vec![None; schemas.len()];
    let mut sorted: Vec<usize> = Vec::with_capacity(schemas.len());
    let mut waiting: Vec<usize> = (0..schemas.len()).collect();
    loop {
        let before = sorted.len();
        waiting.retain(|&at| {
            let ready = targets(&schemas[at]).all(|target| places[target].is_some());
            if ready {
                places[at] = Some(sorted.len());
                sorted.push(at);
            }
            !ready
        });
        if sorted.len() == before {
            break;
        }
    }
    for &at in &waiting {
        let schema = &schemas[at];
        let circle = circle(&schemas, at, &places);
        let next = circle.get(1).copied().unwrap_or(at);
        let reference = schema.references.iter().find(|reference| reference.target == Target::Local(next));
        workspace.problems.push(Problem {
            file: schema.file.clone(),
            subject: Some(schema.subject.clone()),
            kind: Some(schema.kind),
            text: schema.text.clone(),
            at: reference.map(|reference| reference.at),
            what: Trouble::Cycle(circle.iter().map(|&at| schemas[at].file.clone()).collect()),
        });
    }
    let mut schemas: Vec<Option<LocalSchema>> = schemas.into_iter().map(Some).collect();
    workspace.schemas = sorted.into_iter().filter_map(|at| schemas[at].take()).collect();
    for reference in workspace.schemas.iter_mut().flat_map(|schema| &mut schema.references) {
        if let Target::Local(at) = &mut reference.target {
            *at = places[*at].expect("what is sorted refers to what is sorted");
        }
    }
}

fn targets(schema: &LocalSchema) -> impl Iterator<Item = usize> {
    schema.references.iter().filter_map(|reference| match reference.target {
        Target::Local(at) => Some(at),
        Target::Registered { .. } | Target::Unknown => None,
    })
}

/// The way from a schema to the circle that it is in or leads to, up to the first repetition.
fn circle(schemas: &[LocalSchema], start: usize, places: &[Option<usize>]) -> Vec<usize> {
    let mut way = vec![start];
    let mut at = start;
    while let Some(next) = targets(&schemas[at]).find(|&target| places[target].is_none()) {
        let met = way.contains(&next);
        way.push(next);
        if met {
            break;
        }
        at = next;
    }
    way
}
