//! The complete list of differences between two schemas, in the reference's order.
//!
//! The reference compares a type from a registered schema anew for every field, so its list grows with the number of
//! paths. Here each pair of messages is compared once; then the list is replayed from the findings, as far as a budget
//! of steps allows. Beyond that each pair is told once: the verdict is the same, only repetitions are missing.

use std::collections::{HashMap, HashSet, VecDeque};

use super::change::Change;
use super::names::{FileNumber, MAIN, Scope};
use super::pairs::{Event, Findings, Pair, Sides, Types};
use crate::schema::TooComplex;

/// Findings that may be made for one comparison.
const MAX_FINDINGS: usize = 10_000_000;
/// Steps that the exact order may cost, repetitions included.
const MAX_STEPS: usize = 200_000;
/// Levels of fields inside the types of fields that are followed exactly.
const MAX_LEVELS: usize = 1_000;
/// Bytes of all paths of a list.
const MAX_PATHS: usize = 64 * 1024 * 1024;

/// A change, the path of its place, and the files of the original's and the update's declaration.
pub(super) type Found = (Change, String, [FileNumber; 2]);

/// Compares two lists of types and all messages below them.
pub(super) fn compare<'a>(
    sides: &Sides<'_, 'a>,
    original: Types<'a>,
    update: Types<'a>,
) -> Result<Vec<Found>, TooComplex> {
    let top = sides.types(original, update);
    let graph = Graph::new(sides, &top)?;
    let mut exact = Exact { sides, graph: &graph, found: List::default(), active: HashSet::new(), steps: 0 };
    match exact.events(&top, "#", [MAIN; 2]) {
        Ok(()) => Ok(exact.found.items),
        Err(Exhausted) => each_once(sides, &graph, &top).map_err(|Exhausted| too_complex()),
    }
}

fn too_complex() -> TooComplex {
    TooComplex("there are too many differences".to_owned())
}

/// A budget is used up.
struct Exhausted;

/// The findings of all pairs that can be reached, and what is below each of them.
struct Graph<'a> {
    places: HashMap<Pair, usize>,
    findings: Vec<Findings<'a>>,
    /// Whether anything differs in the pair or below.
    differs: Vec<bool>,
    /// Whether something in the pair or below breaks readers.
    breaks: Vec<bool>,
}

fn next_pair(event: &Event<'_>) -> Option<Pair> {
    match event {
        Event::Typed(_, pair) | Event::Kept(_, pair) => Some(*pair),
        Event::Changed(..) => None,
    }
}

impl<'a> Graph<'a> {
    fn new(sides: &Sides<'_, 'a>, top: &[Event<'a>]) -> Result<Self, TooComplex> {
        let mut places = HashMap::new();
        let mut findings: Vec<Findings<'a>> = Vec::new();
        let mut parents: Vec<Vec<usize>> = Vec::new();
        let mut open: Vec<(Option<usize>, Pair)> = top.iter().filter_map(next_pair).map(|pair| (None, pair)).collect();
        let mut size = 0;
        while let Some((parent, pair)) = open.pop() {
            let place = *places.entry(pair).or_insert(findings.len());
            if place == findings.len() {
                let found = sides.messages(pair);
                size += 1 + found.fields.len() + found.types.len() + sides.size(pair);
                if size > MAX_FINDINGS {
                    return Err(too_complex());
                }
                let events = found.fields.iter().chain(&found.types);
                open.extend(events.filter_map(next_pair).map(|pair| (Some(place), pair)));
                findings.push(found);
                parents.push(Vec::new());
            }
            parents[place].extend(parent);
        }
        let changed = |wanted: fn(Change) -> bool| -> Vec<bool> {
            let any = |found: &Findings<'a>| {
                let mut events = found.fields.iter().chain(&found.types);
                events.any(|event| matches!(event, Event::Changed(change, _) if wanted(*change)))
            };
            reaching(findings.iter().map(any).collect(), &parents)
        };
        let (differs, breaks) = (changed(|_| true), changed(Change::breaks));
        Ok(Self { places, findings, differs, breaks })
    }
}

/// Spreads marks from nodes to all their ancestors.
fn reaching(mut marked: Vec<bool>, parents: &[Vec<usize>]) -> Vec<bool> {
    let mut open: Vec<usize> = (0..marked.len()).filter(|&node| marked[node]).collect();
    while let Some(node) = open.pop() {
        for &parent in &parents[node] {
            if !std::mem::replace(&mut marked[parent], true) {
                open.push(parent);
            }
        }
    }
    marked
}

/// A list of differences that may not become too long.
#[derive(Default)]
struct List {
    items: Vec<Found>,
    size: usize,
}

impl List {
    fn push(&mut self, change: Change, path: String, files: [FileNumber; 2]) -> Result<(), Exhausted> {
        self.size += path.len();
        if self.size > MAX_PATHS {
            return Err(Exhausted);
        }
        self.items.push((change, path, files));
        Ok(())
    }
}

/// The path at which the type of a field is compared: it starts anew at the type.
fn type_path(sides: &Sides<'_, '_>, (original, _): Pair) -> String {
    let parts = sides.original.local_parts(original);
    parts.iter().rev().fold("#".to_owned(), |path, part| path + "/" + part)
}

/// Walks the findings as the reference does, repetitions included.
struct Exact<'s, 'n, 'a> {
    sides: &'s Sides<'n, 'a>,
    graph: &'s Graph<'a>,
    found: List,
    /// The original messages whose fields are being compared further up.
    active: HashSet<Scope>,
    steps: usize,
}

impl<'a> Exact<'_, '_, 'a> {
    fn events(&mut self, events: &[Event<'a>], path: &str, files: [FileNumber; 2]) -> Result<(), Exhausted> {
        for event in events {
            self.step(1)?;
            match event {
                Event::Changed(change, place) => self.found.push(*change, format!("{path}/{place}"), files)?,
                Event::Kept(name, pair) => self.pair(*pair, || format!("{path}/{name}"))?,
                Event::Typed(place, pair) => {
                    let start = self.found.items.len();
                    let sides = self.sides;
                    self.pair(*pair, || type_path(sides, *pair))?;
                    self.step(self.found.items.len() - start)?;
                    if self.found.items[start..].iter().any(|(change, ..)| change.breaks()) {
                        self.found.push(Change::FieldNamedTypeChanged, format!("{path}/{place}"), files)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn pair(&mut self, pair: Pair, path: impl FnOnce() -> String) -> Result<(), Exhausted> {
        let graph = self.graph;
        let place = graph.places[&pair];
        if !graph.differs[place] {
            return Ok(());
        }
        if self.active.len() >= MAX_LEVELS {
            return Err(Exhausted);
        }
        let path = path();
        let files = self.sides.files(pair);
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            let entered = self.active.insert(pair.0);
            if entered {
                self.events(&graph.findings[place].fields, &path, files)?;
            }
            self.events(&graph.findings[place].types, &path, files)?;
            if entered {
                self.active.remove(&pair.0);
            }
            Ok(())
        })
    }

    fn step(&mut self, count: usize) -> Result<(), Exhausted> {
        self.steps += count;
        if self.steps > MAX_STEPS { Err(Exhausted) } else { Ok(()) }
    }
}

/// Findings that are still to be told, with their path and their files.
type Open<'s, 'a> = VecDeque<(&'s [Event<'a>], String, [FileNumber; 2])>;

/// Tells the findings of each pair once, those of the types of fields behind all others.
fn each_once<'a>(sides: &Sides<'_, 'a>, graph: &Graph<'a>, top: &[Event<'a>]) -> Result<Vec<Found>, Exhausted> {
    let mut list = List::default();
    let mut told = vec![false; graph.findings.len()];
    let mut open: Open<'_, 'a> = VecDeque::from([(top, "#".to_owned(), [MAIN; 2])]);
    let mut typed: VecDeque<Pair> = VecDeque::new();
    loop {
        while let Some((events, path, files)) = open.pop_front() {
            for event in events {
                match event {
                    Event::Changed(change, place) => list.push(*change, format!("{path}/{place}"), files)?,
                    Event::Kept(name, pair) => {
                        tell((sides, graph), &mut told, &mut open, *pair, || format!("{path}/{name}"));
                    }
                    Event::Typed(place, pair) => {
                        if graph.breaks[graph.places[pair]] {
                            list.push(Change::FieldNamedTypeChanged, format!("{path}/{place}"), files)?;
                        }
                        typed.push_back(*pair);
                    }
                }
            }
        }
        let Some(pair) = typed.pop_front() else { return Ok(list.items) };
        tell((sides, graph), &mut told, &mut open, pair, || type_path(sides, pair));
    }
}

/// Has the findings of a pair told if they have not been.
fn tell<'s, 'a>(
    (sides, graph): (&Sides<'_, 'a>, &'s Graph<'a>),
    told: &mut [bool],
    open: &mut Open<'s, 'a>,
    pair: Pair,
    path: impl FnOnce() -> String,
) {
    let place = graph.places[&pair];
    if graph.differs[place] && !std::mem::replace(&mut told[place], true) {
        let (path, files) = (path(), sides.files(pair));
        open.push_back((&graph.findings[place].fields, path.clone(), files));
        open.push_back((&graph.findings[place].types, path, files));
    }
}
