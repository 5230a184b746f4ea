//! TLS on the way to PostgreSQL: what each mode demands, and what is said when it is not met.

use std::{fs, path::Path};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use sqlx::{Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;

use crate::harness::{Cluster, Process, Run, STRING, avro, command, free_address, run};

/// Everybody has to come over TLS, and one user has to show a certificate.
const RULES: &str = "\
hostssl all certified 127.0.0.1/32 cert
hostssl all all 127.0.0.1/32 trust
";
const SETTINGS: &str = "\
ssl = on
ssl_cert_file = 'server.pem'
ssl_key_file = 'server.key'
ssl_ca_file = 'ca.pem'
";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("an authority");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority")
}

/// A certificate and its key, in PEM.
fn issued(by: &Issuer<'_, KeyPair>, name: &str, purpose: ExtendedKeyUsagePurpose) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a certificate");
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![purpose];
    (params.signed_by(&key, by).expect("a certificate").pem(), key.serialize_pem())
}

/// A PostgreSQL that wants TLS, and a folder with what its clients may have.
struct Secured {
    cluster: Cluster,
    folder: TempDir,
}

impl Secured {
    async fn start(test: &str) -> Option<Self> {
        let (ours, theirs) = (authority("ours"), authority("theirs"));
        let (server, server_key) = issued(&ours, "localhost", ExtendedKeyUsagePurpose::ServerAuth);
        let files = [("server.pem", server.as_str()), ("server.key", &server_key), ("ca.pem", &ours.pem())];
        let cluster = Cluster::start(test, SETTINGS, RULES, &files)?;
        let folder = TempDir::new().expect("a temporary folder");
        let (client, client_key) = issued(&ours, "certified", ExtendedKeyUsagePurpose::ClientAuth);
        let (strange, strange_key) = issued(&theirs, "certified", ExtendedKeyUsagePurpose::ClientAuth);
        for (name, text) in [
            ("ca.pem", ours.pem()),
            ("other-ca.pem", theirs.pem()),
            ("client.pem", client),
            ("client.key", client_key),
            ("strange.pem", strange),
            ("strange.key", strange_key),
            ("empty.pem", String::new()),
        ] {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        let secured = Self { cluster, folder };
        secured.tell("CREATE ROLE certified LOGIN SUPERUSER").await;
        Some(secured)
    }

    async fn tell(&self, statement: &'static str) {
        let mut connection = self.connection().await;
        connection.execute(statement).await.expect("the statement is right");
    }

    async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url("regis", "127.0.0.1", "sslmode=require")).await.expect("the server runs")
    }

    /// An address with parameters in which `~` stands for the folder.
    fn url(&self, user: &str, host: &str, parameters: &str) -> String {
        let parameters = parameters.replace('~', &self.folder.path().display().to_string());
        format!("postgres://{user}@{host}:{}/postgres?{parameters}", self.cluster.port())
    }

    async fn lets_in(&self, user: &str, host: &str, parameters: &str) {
        let server = Process::start(self.folder.path(), &self.url(user, host, parameters)).await;
        assert_eq!(server.register("s", &avro(STRING)).await.status, 200, "{parameters}");
        let encrypted: Vec<bool> = sqlx::query_scalar(
            "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'regis'",
        )
        .fetch_all(&mut self.connection().await)
        .await
        .expect("a list");
        assert!(!encrypted.is_empty() && encrypted.iter().all(|ssl| *ssl), "{parameters}: {encrypted:?}");
    }

    async fn keeps_out(&self, user: &str, host: &str, parameters: &str, words: &[&str]) {
        refused(&start(self.folder.path(), &self.url(user, host, parameters)).await, words);
    }
}

async fn start(folder: &Path, url: &str) -> Run {
    let mut serve = command(folder, &["serve", "--listen", &free_address(), "--database-url", url]);
    // A busy machine is not what is looked at.
    serve.env("REGIS_DATABASE_CONNECT_TIMEOUT", "15000");
    run(serve).await
}

/// Demands an end with one sentence that says these words.
#[track_caller]
fn refused(run: &Run, words: &[&str]) {
    assert_eq!(run.code, Some(1), "{run:?}");
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
    for word in words {
        assert!(run.stderr.contains(word), "expected {word:?} in {run:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_of_tls_demands_what_its_name_says() {
    let Some(secured) = Secured::start("each_mode_of_tls_demands_what_its_name_says").await else { return };
    let (by_name, by_number) = ("localhost", "127.0.0.1");
    for (user, host, parameters) in [
        ("regis", by_number, ""),
        ("regis", by_number, "sslmode=require"),
        ("regis", by_number, "sslmode=verify-ca&sslrootcert=~/ca.pem"),
        ("regis", by_name, "sslmode=verify-full&sslrootcert=~/ca.pem"),
        ("certified", by_number, "sslmode=require&sslcert=~/client.pem&sslkey=~/client.key"),
        ("certified", by_name, "sslmode=verify-full&sslrootcert=~/ca.pem&sslcert=~/client.pem&sslkey=~/client.key"),
    ] {
        secured.lets_in(user, host, parameters).await;
    }
    let unknown = &["UnknownIssuer", "no authority in sslrootcert has issued"][..];
    for (user, host, parameters, words) in [
        ("regis", by_number, "sslmode=disable", &["sslmode=disable: ", "no encryption", "wants TLS"][..]),
        ("regis", by_name, "sslmode=verify-full", &["sslmode=verify-full: ", "UnknownIssuer", "sslrootcert names"]),
        ("regis", by_number, "sslmode=verify-ca&sslrootcert=~/other-ca.pem", unknown),
        ("regis", by_name, "sslmode=verify-full&sslrootcert=~/other-ca.pem", unknown),
        // Who names an authority wants it to be asked.
        ("regis", by_number, "sslmode=require&sslrootcert=~/other-ca.pem", unknown),
        (
            "regis",
            by_number,
            "sslmode=verify-full&sslrootcert=~/ca.pem",
            &["sslmode=verify-full, sslrootcert=", "not valid for name", "127.0.0.1", "localhost"],
        ),
        ("certified", by_number, "sslmode=require", &["sslmode=require: ", "client certificate", "sslcert and sslkey"]),
        (
            "certified",
            by_number,
            "sslmode=require&sslcert=~/strange.pem&sslkey=~/strange.key",
            &["sslmode=require, sslcert=", "strange.pem", "nknown"],
        ),
        (
            "regis",
            by_number,
            "sslmode=require&sslcert=~/client.pem&sslkey=~/strange.key",
            &["sslcert=", "client.pem", "sslkey=", "strange.key"],
        ),
    ] {
        secured.keeps_out(user, host, parameters, words).await;
    }
    secured.tell("ALTER SYSTEM SET ssl = off").await;
    secured.tell("SELECT pg_reload_conf()").await;
    let words = ["sslmode=require: ", "does not support TLS"];
    secured.keeps_out("regis", by_number, "sslmode=require", &words).await;
}

#[tokio::test]
async fn mistakes_in_the_parameters_of_an_address_are_told_before_anybody_is_asked() {
    let folder = TempDir::new().expect("a temporary folder");
    fs::write(folder.path().join("empty.pem"), "").expect("a file");
    for (parameters, words) in [
        ("sslmode=sometimes", &["sslmode=sometimes", "verify-full"][..]),
        ("sslmode=allow", &["sslmode=allow", "prefer"]),
        ("sslmode=verify-full&sslrootcert=no-such-file.pem", &["sslrootcert: cannot read no-such-file.pem: No such"]),
        ("sslrootcert=empty.pem", &["sslrootcert: there is no certificate in empty.pem"]),
        ("sslcert=empty.pem", &["sslcert: there is no certificate", "sslcert and sslkey belong together"]),
        ("sslkey=empty.pem&sslcert=empty.pem", &["sslkey: there is no private key in empty.pem"]),
        ("sslcrl=revoked.pem&passwort=secret", &["the parameter sslcrl ", "the parameter passwort "]),
    ] {
        let url = format!("postgres://regis@127.0.0.1:1/regis?{parameters}");
        let run = start(folder.path(), &url).await;
        refused(&run, words);
        assert!(!run.stderr.contains("secret"), "{run:?}");
    }
}
