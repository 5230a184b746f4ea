//! Clients that ask one registry, or several on one database, at the same time, and write down what they were told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;
use regis::model::Level;
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    contents::{self, Content},
    random::Random,
    request::{Fate, Operation, Reply, Request, Seen, Subject, Which},
    search::Event,
};

/// Subjects of each context.
pub const SUBJECTS: usize = 4;
/// After this long a client takes the outcome for unknown.
const PATIENCE: Duration = Duration::from_secs(30);

const LEVELS: [Level; 7] = [
    Level::None,
    Level::Backward,
    Level::BackwardTransitive,
    Level::Forward,
    Level::ForwardTransitive,
    Level::Full,
    Level::FullTransitive,
];

/// Who asks, where, and how much.
pub struct Workload {
    /// Host and port of each node; every request goes to any of them.
    pub nodes: Vec<String>,
    /// The contexts that are used: the histories of two of them do not touch each other.
    pub contexts: Vec<String>,
    pub clients: usize,
    /// Requests of each client.
    pub requests: usize,
    pub seed: u64,
}

/// What happened in one context.
pub type History = Vec<Event<Operation>>;

/// Runs a workload and answers the history of each context.
pub async fn record(workload: &Arc<Workload>) -> Vec<History> {
    let clock = Arc::new(AtomicU64::new(0));
    let clients = (0..workload.clients).map(|number| {
        let (workload, clock) = (Arc::clone(workload), Arc::clone(&clock));
        tokio::spawn(async move { Client::new(&workload, number).run(&workload, &clock).await })
    });
    let mut histories = vec![Vec::new(); workload.contexts.len()];
    for outcome in join_all(clients).await {
        for (context, event) in outcome.expect("a client does not fail") {
            histories[context].push(event);
        }
    }
    histories
}

struct Client {
    random: Random,
    http: reqwest::Client,
    /// The highest id that this client was told, for each context: it asks for ids around it.
    highest: Vec<i64>,
}

impl Client {
    fn new(workload: &Workload, number: usize) -> Self {
        Self {
            random: Random::new(workload.seed.wrapping_mul(1000).wrapping_add(number as u64)),
            http: reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client"),
            highest: vec![1; workload.contexts.len()],
        }
    }

    async fn run(mut self, workload: &Workload, clock: &AtomicU64) -> Vec<(usize, Event<Operation>)> {
        let mut told = Vec::new();
        for _ in 0..workload.requests {
            let context = self.random.below(workload.contexts.len());
            let request = self.request(context);
            let node = &workload.nodes[self.random.below(workload.nodes.len())];
            let began = clock.fetch_add(1, Ordering::SeqCst);
            let reply = self.ask(node, &workload.contexts[context], request).await;
            let ended = (reply != Reply::Unknown).then(|| clock.fetch_add(1, Ordering::SeqCst));
            if let Reply::Found { id, .. } = reply {
                self.highest[context] = self.highest[context].max(id);
            }
            // A question that nobody answered changed nothing and says nothing.
            if reply != Reply::Unknown || request.may_change() {
                told.push((context, Event { began, ended, operation: Operation { request, reply } }));
            }
        }
        told
    }

    fn request(&mut self, context: usize) -> Request {
        let random = &mut self.random;
        let subject = random.below(SUBJECTS);
        let content = random.below(contents::COUNT);
        let seen = random.pick(&[Seen::Live, Seen::All]);
        let id = 1 + i64::try_from(random.below(usize::try_from(self.highest[context]).unwrap_or(1) + 3)).unwrap_or(0);
        let key = random.pick(&[Some(subject), Some(subject), None]);
        match random.below(100) {
            0..36 => Request::Register(subject, content),
            36..46 => Request::LookUp(subject, content, seen),
            46..54 => Request::Latest(subject),
            54..62 => Request::Versions(subject, seen),
            62..67 => Request::Schema(id),
            67..71 => Request::Holders(id, seen),
            71..74 => Request::Check(subject, content),
            74..82 => {
                let number = i64::try_from(random.below(6)).unwrap_or(0);
                let which = if number == 0 { Which::Latest } else { Which::Number(number) };
                Request::DeleteVersion(subject, which, random.pick(&[Fate::Soft, Fate::Soft, Fate::Permanent]))
            }
            82..92 => Request::DeleteSubject(subject, random.pick(&[Fate::Soft, Fate::Permanent])),
            92..94 => Request::Level(key),
            94..98 => Request::SetLevel(key, random.pick(&LEVELS)),
            _ => Request::UnsetLevel(key),
        }
    }

    async fn ask(&self, node: &str, context: &str, request: Request) -> Reply {
        let (method, path, body) = wire(context, request);
        let mut asked = self
            .http
            .request(method, format!("http://{node}{path}"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json");
        if let Some(body) = body {
            asked = asked.body(body.to_string());
        }
        let Ok(response) = asked.send().await else { return Reply::Unknown };
        let status = response.status().as_u16();
        let Ok(text) = response.text().await else { return Reply::Unknown };
        if status >= 500 {
            // Without a fault nobody should see one; the test says so, and this says which.
            println!("{status} {request:?}: {text}");
            return Reply::Unknown;
        }
        understood(request, status, &text)
            .unwrap_or_else(|| panic!("{request:?} in {context:?} was answered {status} {text}"))
    }
}

/// A subject's name on the wire; the default context has no prefix.
fn named(context: &str, subject: Option<Subject>) -> String {
    let prefix = if context.is_empty() { String::new() } else { format!(":.{context}:") };
    subject.map_or(prefix.clone(), |subject| format!("{prefix}s{subject}"))
}

fn wire(context: &str, request: Request) -> (Method, String, Option<Value>) {
    let under = |subject: Subject| format!("/subjects/{}", named(context, Some(subject)));
    let config = |key: Option<Subject>| match named(context, key) {
        name if name.is_empty() => "/config".to_owned(),
        name => format!("/config/{name}"),
    };
    let all = |seen: Seen| if seen == Seen::All { "deleted=true" } else { "deleted=false" };
    let permanent = |fate: Fate| if fate == Fate::Permanent { "?permanent=true" } else { "" };
    let body = |content: Content| Some(json!({"schema": contents::text(content)}));
    let scope = named(context, None);
    match request {
        Request::Register(subject, content) => (Method::POST, format!("{}/versions", under(subject)), body(content)),
        Request::LookUp(subject, content, seen) => {
            (Method::POST, format!("{}?{}", under(subject), all(seen)), body(content))
        }
        Request::Latest(subject) => (Method::GET, format!("{}/versions/latest", under(subject)), None),
        Request::Versions(subject, seen) => (Method::GET, format!("{}/versions?{}", under(subject), all(seen)), None),
        Request::Schema(id) => (Method::GET, format!("/schemas/ids/{id}?subject={scope}"), None),
        Request::Holders(id, seen) => {
            (Method::GET, format!("/schemas/ids/{id}/subjects?subject={scope}&{}", all(seen)), None)
        }
        Request::Check(subject, content) => {
            let path = format!("/compatibility/subjects/{}/versions", named(context, Some(subject)));
            (Method::POST, path, body(content))
        }
        Request::DeleteVersion(subject, which, fate) => {
            let number = match which {
                Which::Latest => "latest".to_owned(),
                Which::Number(number) => number.to_string(),
            };
            (Method::DELETE, format!("{}/versions/{number}{}", under(subject), permanent(fate)), None)
        }
        Request::DeleteSubject(subject, fate) => {
            (Method::DELETE, format!("{}{}", under(subject), permanent(fate)), None)
        }
        Request::Level(key) => (Method::GET, config(key), None),
        Request::SetLevel(key, level) => (Method::PUT, config(key), Some(json!({"compatibility": level.as_str()}))),
        Request::UnsetLevel(key) => (Method::DELETE, config(key), None),
    }
}

/// What an answer says in the model's words; none if it says something that no registry should.
fn understood(request: Request, status: u16, text: &str) -> Option<Reply> {
    let body: Value = serde_json::from_str(text).ok()?;
    if status != 200 {
        let code = body["error_code"].as_u64()?;
        return Some(Reply::Refused(if code == 40901 { 409 } else { code }));
    }
    match request {
        Request::Register(..) | Request::LookUp(..) | Request::Latest(_) => {
            let (id, version) = (body["id"].as_i64()?, body["version"].as_i64()?);
            Some(Reply::Found { id, version, content: contents::with_text(body["schema"].as_str()?)? })
        }
        Request::Schema(_) => Some(Reply::Content(contents::with_text(body["schema"].as_str()?)?)),
        Request::Versions(..) | Request::DeleteSubject(..) => {
            Some(Reply::Numbers(body.as_array()?.iter().map(Value::as_i64).collect::<Option<_>>()?))
        }
        Request::DeleteVersion(..) => Some(Reply::Numbers(vec![body.as_i64()?])),
        Request::Holders(..) => {
            let number = |name: &Value| name.as_str()?.rsplit_once('s')?.1.parse().ok();
            let mut subjects: Vec<Subject> = body.as_array()?.iter().map(number).collect::<Option<_>>()?;
            subjects.sort_unstable();
            Some(Reply::Subjects(subjects))
        }
        Request::Check(..) => body["is_compatible"].as_bool().map(Reply::Compatible),
        Request::Level(_) | Request::UnsetLevel(_) => {
            Some(Reply::Level(Level::parse(body["compatibilityLevel"].as_str()?)?))
        }
        Request::SetLevel(..) => Some(Reply::Level(Level::parse(body["compatibility"].as_str()?)?)),
    }
}
