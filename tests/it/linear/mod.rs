//! Linearizability: what many clients were told at once is what one registry could have told them one by one.
//!
//! Clients of one registry (on PostgreSQL: of three that share a database) register, look up, delete, change levels and
//! read; each notes what it asked and was told, and when. For each context a search looks for an order of the
//! operations in which a registry in miniature gives the same answers. Contexts are searched apart, which is sound: a
//! history is linearizable if and only if it is so for each object on its own (Herlihy and Wing), and no request here
//! touches two of them.
//!
//! `REGIS_HISTORIES` says how many histories are recorded, `REGIS_HISTORY_SEED` from which seed on.

mod client;
mod contents;
mod model;
mod random;
mod request;
mod search;

use std::{collections::BTreeSet, fmt::Write as _, path::PathBuf, sync::Arc, time::Instant};

use regis::registry::Options;

use self::{
    client::{History, SUBJECTS, Workload, record},
    model::{Numbering, Registry},
    request::{Fate, Operation, Reply, Request, Seen},
    search::{Event, Verdict, linearize},
};
use crate::harness::{App, is_postgres, variable};

const CLIENTS: usize = 16;
const REQUESTS: usize = 500;
/// Nodes on one PostgreSQL; a SQLite file has one.
const NODES: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_clients_see_a_registry_that_does_one_thing_at_a_time() {
    let first = App::start().await;
    let mut apps = vec![first];
    while is_postgres() && apps.len() < NODES {
        let beside = apps[0].start_beside(Options::default()).await;
        apps.push(beside);
    }
    let nodes: Vec<String> = apps.iter().map(|app| app.address().to_owned()).collect();
    let numbering = if nodes.len() == 1 { Numbering::Successive } else { Numbering::Distinct };
    let seed = variable("REGIS_HISTORY_SEED", 1);
    let histories = variable("REGIS_HISTORIES", 4);
    for number in seed..seed + histories {
        // One context, or two: the first is where they meet most, the second shows that contexts count apart.
        let contexts = (0..=number % 2).map(|at| format!("h{number}_{at}")).collect();
        let workload =
            Workload { nodes: nodes.clone(), contexts, clients: CLIENTS, requests: REQUESTS, seed: number as u64 };
        let began = Instant::now();
        let recorded = record(&Arc::new(workload)).await;
        println!("history {number}: recorded within {:.1?}", began.elapsed());
        let judged = tokio::task::spawn_blocking(move || {
            for history in recorded {
                judge(number, history, numbering);
            }
        });
        judged.await.unwrap_or_else(|failed| std::panic::resume_unwind(failed.into_panic()));
        println!("history {number}: recorded and judged within {:.1?}", began.elapsed());
    }
    println!("linearizable: {histories} histories of {CLIENTS} clients x {REQUESTS} requests on {} nodes", nodes.len());
}

/// Demands that a history of one context has an order, that nothing failed, and that ids are dense on a single node.
fn judge(number: usize, mut history: History, numbering: Numbering) {
    history.sort_unstable_by_key(|event| event.began);
    let verdict = linearize(Registry::new(SUBJECTS, numbering), &history);
    if let Verdict::Violation { operation, under_way, states } = &verdict {
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("history-{number}.txt"));
        let lines: String = history.iter().fold(String::new(), |mut lines, event| {
            let _infallible = writeln!(lines, "{event:?}");
            lines
        });
        let written =
            std::fs::write(&file, lines).map_or_else(|error| error.to_string(), |()| file.display().to_string());
        panic!("history {number} has no order ({written})\n{}", explained(&history, *operation, under_way, states));
    }
    assert_eq!(verdict, Verdict::Linearizable, "history {number}");
    let unanswered = history.iter().filter(|event| event.ended.is_none()).count();
    assert_eq!(unanswered, 0, "history {number}: without a fault every request has an answer below 500");
    let given: BTreeSet<i64> = history.iter().filter_map(|event| id_of(&event.operation.reply)).collect();
    let highest = given.last().copied().unwrap_or(0);
    let gaps = (1..=highest).filter(|id| !given.contains(id)).count();
    assert!(
        gaps == 0 || numbering == Numbering::Distinct,
        "history {number}: {gaps} of {highest} ids were given to nobody"
    );
}

fn id_of(reply: &Reply) -> Option<i64> {
    match reply {
        Reply::Found { id, .. } => Some(*id),
        _ => None,
    }
}

/// What could not be put into an order, what was under way meanwhile, and what led there.
fn explained(history: &History, operation: usize, under_way: &[usize], states: &[Registry]) -> String {
    let ended = history[operation].ended.unwrap_or(u64::MAX);
    let mut before: Vec<&Event<Operation>> =
        history.iter().filter(|event| event.ended.is_some_and(|at| at < ended)).collect();
    before.sort_unstable_by_key(|event| event.ended);
    let mut text = format!("an order was found for the first {} answers; the last of them:\n", before.len());
    let line = |event: &Event<Operation>| format!("  {event:?}\n");
    text.extend(before[before.len().saturating_sub(12)..].iter().map(|event| line(event)));
    let _infallible = write!(text, "this answer fits into none:\n{}", line(&history[operation]));
    text.push_str("whatever of these took effect before it:\n");
    text.extend(under_way.iter().filter(|at| **at != operation).map(|at| line(&history[*at])));
    text.push_str("states in which it was still missing:\n");
    text.extend(states.iter().map(|state| format!("  {state:?}\n")));
    text
}

/// A history written by hand: each operation with its begin and its end.
fn history(operations: &[(u64, u64, Request, Reply)]) -> History {
    let event = |(began, ended, request, reply): &(u64, u64, Request, Reply)| Event {
        began: *began,
        ended: (*reply != Reply::Unknown).then_some(*ended),
        operation: Operation { request: *request, reply: reply.clone() },
    };
    operations.iter().map(event).collect()
}

fn verdict(operations: &[(u64, u64, Request, Reply)]) -> Verdict<Registry> {
    linearize(Registry::new(SUBJECTS, Numbering::Distinct), &history(operations))
}

fn is_violation(operations: &[(u64, u64, Request, Reply)]) -> bool {
    matches!(verdict(operations), Verdict::Violation { .. })
}

/// `"string"`, `"bytes"` (each reads the other) and `"int"`, which reads neither.
const STRING: usize = 0;
const BYTES: usize = 3;
const INT: usize = 6;

fn found(id: i64, version: i64, content: usize) -> Reply {
    Reply::Found { id, version, content }
}

#[test]
fn the_checker_takes_any_order_of_what_overlaps() {
    let together = [
        (0, 9, Request::Register(0, STRING), found(2, 2, STRING)),
        (1, 8, Request::Register(0, BYTES), found(1, 1, BYTES)),
        (2, 7, Request::Latest(0), Reply::Refused(40401)),
        (3, 6, Request::Versions(0, Seen::Live), Reply::Numbers(vec![1])),
    ];
    assert_eq!(verdict(&together), Verdict::Linearizable);
    let mut one_by_one = together;
    one_by_one[1].0 = 10;
    one_by_one[1].1 = 11;
    assert!(is_violation(&one_by_one), "version 2 cannot be given before version 1");
}

#[test]
fn the_checker_lets_a_write_wait_until_it_matters() {
    let level = Reply::Level(regis::model::Level::Full);
    let set = Request::SetLevel(None, regis::model::Level::Full);
    let again = [
        (0, 1, set, level.clone()),
        (2, 7, set, level.clone()),
        (3, 6, Request::UnsetLevel(None), level.clone()),
        (8, 9, Request::Level(None), level),
    ];
    assert_eq!(verdict(&again), Verdict::Linearizable);
}

#[test]
fn the_checker_finds_two_siblings_that_were_both_accepted() {
    let parent = (0, 1, Request::Register(0, STRING), found(1, 1, STRING));
    let both = [
        parent.clone(),
        (2, 5, Request::Register(0, BYTES), found(2, 2, BYTES)),
        (3, 4, Request::Register(0, INT), found(3, 3, INT)),
    ];
    assert!(is_violation(&both));
    let one = [parent, both[1].clone(), (3, 4, Request::Register(0, INT), Reply::Refused(409))];
    assert_eq!(verdict(&one), Verdict::Linearizable);
}

#[test]
fn the_checker_finds_a_read_of_the_past() {
    let written = (0, 1, Request::Register(0, STRING), found(1, 1, STRING));
    let missed = [written.clone(), (2, 3, Request::Latest(0), Reply::Refused(40401))];
    assert!(is_violation(&missed));
    let deleted = (2, 3, Request::DeleteSubject(0, Fate::Soft), Reply::Numbers(vec![1]));
    let seen = [written, deleted, (4, 5, Request::Versions(0, Seen::Live), Reply::Numbers(vec![1]))];
    assert!(is_violation(&seen));
}

#[test]
fn the_checker_finds_an_id_that_is_given_twice() {
    let reused = [
        (0, 1, Request::Register(0, STRING), found(1, 1, STRING)),
        (2, 3, Request::DeleteSubject(0, Fate::Soft), Reply::Numbers(vec![1])),
        (4, 5, Request::DeleteSubject(0, Fate::Permanent), Reply::Numbers(vec![1])),
        (6, 7, Request::Register(0, BYTES), found(1, 1, BYTES)),
    ];
    assert!(is_violation(&reused));
    let mut fresh = reused;
    fresh[3].3 = found(2, 1, BYTES);
    assert_eq!(verdict(&fresh), Verdict::Linearizable);
}

#[test]
fn the_checker_lets_an_unknown_outcome_come_late_or_never() {
    let unknown = (0, 0, Request::Register(0, STRING), Reply::Unknown);
    let never = [unknown.clone(), (1, 2, Request::Latest(0), Reply::Refused(40401))];
    assert_eq!(verdict(&never), Verdict::Linearizable);
    let late = [never[0].clone(), never[1].clone(), (3, 4, Request::Latest(0), found(7, 1, STRING))];
    assert_eq!(verdict(&late), Verdict::Linearizable);
    let undone = [late[0].clone(), late[2].clone(), (5, 6, Request::Latest(0), Reply::Refused(40401))];
    assert!(is_violation(&undone), "what was seen once does not go away by itself");
}
