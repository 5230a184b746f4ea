//! What was acknowledged survives a crash: the server is killed while clients register, again and again.
//!
//! `REGIS_KILL_CYCLES` says how often.

use std::{collections::BTreeMap, sync::Arc};

use tokio::sync::mpsc;

use crate::harness::{Database, Process, STRING, avro, variable};

/// Clients that register at the same time.
const CLIENTS: usize = 8;

/// Registers schemas that no other client has until the server is gone, and reports each acknowledged one.
async fn register_until_killed(
    server: Arc<Process>,
    client: String,
    acknowledged: mpsc::UnboundedSender<(i64, String)>,
) {
    for number in 0.. {
        let text = format!(r#"{{"type":"record","name":"R","doc":"{client}, {number}","fields":[]}}"#);
        let subject = format!("{client}-{}", number % 3);
        let Some(answer) = server.try_to_register(&subject, &avro(&text)).await else { return };
        if answer.status >= 500 {
            // A server that is being killed may say that it does not know how a write ended.
            return;
        }
        let _nobody_counts_any_more = acknowledged.send((answer.id(), text));
    }
}

/// Lets clients register, kills the server after some acknowledgements, and answers all that were given.
async fn crash(server: Process, cycle: usize) -> Vec<(i64, String)> {
    let server = Arc::new(server);
    let (send, mut receive) = mpsc::unbounded_channel();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let name = format!("c{cycle}_{client}");
            tokio::spawn(register_until_killed(Arc::clone(&server), name, send.clone()))
        })
        .collect();
    drop(send);
    let mut acknowledged = Vec::new();
    // A different moment each time, so that different work is cut off.
    for _ in 0..3 + cycle * 7 % 23 {
        acknowledged.extend(receive.recv().await);
    }
    server.kill();
    while let Some(one) = receive.recv().await {
        acknowledged.push(one);
    }
    for client in clients {
        client.await.expect("a client ends when the server is gone");
    }
    acknowledged
}

async fn verify(server: &Process, acknowledged: &BTreeMap<i64, String>, since: usize) {
    for (id, text) in acknowledged.iter().rev().take(since) {
        server.get(&format!("/schemas/ids/{id}/schema")).await.says(200, text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_id_survives_kill_9_with_the_same_bytes() {
    let database = Database::create().await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut acknowledged = BTreeMap::new();
    let cycles = variable("REGIS_KILL_CYCLES", 10);
    for cycle in 0..cycles {
        let server = Process::start(folder.path(), &database.url()).await;
        let new = crash(server, cycle).await;
        let count = new.len();
        assert!(count > 0, "cycle {cycle} acknowledged nothing");
        for (id, text) in new {
            let before = acknowledged.insert(id, text);
            assert_eq!(before, None, "cycle {cycle} gave the id {id} twice");
        }
        assert_eq!(database.faults().await, Vec::<String>::new(), "cycle {cycle} left something half done");
        let server = Process::start(folder.path(), &database.url()).await;
        verify(&server, &acknowledged, count).await;
        server.kill();
    }
    let server = Process::start(folder.path(), &database.url()).await;
    verify(&server, &acknowledged, acknowledged.len()).await;
    let next = server.register("after", &avro(STRING)).await.id();
    assert!(!acknowledged.contains_key(&next), "the id {next} was given before");
    println!("durability: {cycles} times killed, {} acknowledged registrations, none missing", acknowledged.len());
}
