//! How long `regis check` takes: a thousand changed schema files offline, and against a registry of ten thousand subjects.
//!
//! `cargo bench --bench check` makes a repository and a registry in temporary folders, and prints the best of several
//! runs of the binary, its start included.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use regis::{
    client::{self, Addresses, Client, Connection, Registration},
    wire::RegisterSchemaRequest,
};

const FILES: usize = 1_000;
const SUBJECTS: usize = 10_000;
const RUNS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let repository = folder.path();
    write(repository, 10);
    git(repository, &["init", "--quiet", "--initial-branch=main"]);
    git(repository, &["add", "--all"]);
    git(repository, &["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=x"]);
    write(repository, 11);
    report("1,000 changed files against git:main", || check(repository, "git:main"));

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let server = Server::start(folder.path());
    let address = Addresses::parse(&server.url).expect("an address");
    let client = Connection::from_variables(Some(address), |_| None).expect("a connection").open().expect("a client");
    runtime.block_on(fill(&client));
    report("1,000 changed files against a registry of 10,000 subjects", || check(repository, &server.url));
    report("10 changed files against a registry of 10,000 subjects", || {
        let some = repository.join("schemas/00");
        run(Command::new(env!("CARGO_BIN_EXE_regis")).args(["check", "--against", &server.url]).arg(some));
    });
}

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn report(name: &str, work: impl Fn()) {
    let mut best = Duration::MAX;
    for _ in 0..RUNS {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed());
    }
    println!("{name}: {:.3} s", best.as_secs_f64());
}

/// Half Avro, half JSON Schema, each with some fields; ten to a folder.
fn write(repository: &Path, fields: usize) {
    for number in 0..FILES {
        let folder = repository.join(format!("schemas/{:02}", number / 10));
        fs::create_dir_all(&folder).expect("a folder");
        let extension = if number % 2 == 0 { "avsc" } else { "json" };
        fs::write(folder.join(format!("s{number}.{extension}")), text(number, fields)).expect("a file");
    }
}

fn text(number: usize, fields: usize) -> String {
    let fields = |field: &dyn Fn(usize) -> String| (0..fields).map(field).collect::<Vec<_>>().join(",\n    ");
    if number.is_multiple_of(2) {
        let field = |at| format!("{{\"name\": \"f{at}\", \"type\": [\"null\", \"string\"], \"default\": null}}");
        let fields = fields(&field);
        return format!("{{\"type\": \"record\", \"name\": \"R{number}\", \"fields\": [\n    {fields}]}}\n");
    }
    let fields = fields(&|at| format!("\"f{at}\": {{\"type\": \"string\", \"maxLength\": 50}}"));
    format!(
        "{{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\",\n  \"additionalProperties\": false,\n  \
         \"properties\": {{\n    {fields}}}}}\n"
    )
}

/// Registers the first state of the files, and as many other subjects as are missing.
async fn fill(client: &Client) {
    let done = client::each(0..SUBJECTS, 64, async |number| {
        let kind = if number % 2 == 0 { "AVRO" } else { "JSON" };
        let body = RegisterSchemaRequest {
            schema_type: Some(kind.to_owned()),
            schema: Some(text(number, 10)),
            ..RegisterSchemaRequest::default()
        };
        client.register(&format!("s{number}"), &body, &Registration::default()).await
    });
    done.await.expect("every schema is registered");
}

fn check(repository: &Path, against: &str) {
    run(Command::new(env!("CARGO_BIN_EXE_regis")).args(["check", "--against", against]).arg(repository));
}

fn run(command: &mut Command) {
    let done = command.stdin(Stdio::null()).output().expect("the binary starts");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn git(folder: &Path, arguments: &[&str]) {
    run(Command::new("git").current_dir(folder).args(arguments));
}

/// A registry of its own, stopped by its process id.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        drop(listener);
        let database = format!("sqlite:{}", folder.join("regis.db").display());
        let child = Command::new(env!("CARGO_BIN_EXE_regis"))
            .args(["serve", "--listen", &address, "--database-url", &database, "--log-level", "error"])
            .stdout(Stdio::null())
            .spawn()
            .expect("the binary starts");
        let until = Instant::now() + Duration::from_secs(30);
        while std::net::TcpStream::connect(&address).is_err() {
            assert!(Instant::now() < until, "the server did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Self { child, url: format!("http://{address}") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
