//! TLS: authorities of one's own, and client certificates.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::aws_lc_rs,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        server::WebPkiClientVerifier,
    },
};

use super::Desk;

/// Whether the server wants to know its clients.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clients {
    Anybody,
    Certified,
}

/// A server behind TLS that answers every request with an empty list, and what its clients need.
struct Secured {
    url: String,
    authority: String,
    certificate: String,
    key: String,
    task: JoinHandle<()>,
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Secured {
    async fn start(clients: Clients) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("an authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority =
            CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
        let issued = |names: Vec<String>, purpose| {
            let key = KeyPair::generate().expect("a key");
            let mut params = CertificateParams::new(names).expect("a certificate");
            params.extended_key_usages = vec![purpose];
            (params.signed_by(&key, &authority).expect("a certificate"), key)
        };
        let (server, server_key) = issued(vec!["localhost".to_owned()], ExtendedKeyUsagePurpose::ServerAuth);
        let (client, client_key) = issued(Vec::new(), ExtendedKeyUsagePurpose::ClientAuth);
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().expect("protocol versions");
        let builder = match clients {
            Clients::Anybody => builder.with_no_client_auth(),
            Clients::Certified => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.der().clone()).expect("an authority");
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                builder.with_client_cert_verifier(verifier.expect("a verifier"))
            }
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(server_key.serialize_der()));
        let config = builder.with_single_cert(vec![server.der().clone()], key).expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let mut request = [0; 4096];
                if stream.read(&mut request).await.is_ok_and(|read| read > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";
                    let _gone = stream.write_all(answer).await;
                    let _gone = stream.shutdown().await;
                }
            }
        });
        Self {
            url: format!("https://localhost:{port}"),
            authority: authority.pem(),
            certificate: client.pem(),
            key: client_key.serialize_pem(),
            task,
        }
    }

    fn desk(&self) -> Desk {
        let desk = Desk::beside(&self.url);
        desk.write("ca.pem", &self.authority);
        desk.write("client.pem", &self.certificate);
        desk.write("client.key", &self.key);
        desk.write("empty.pem", "");
        desk
    }
}

const PROMPT: (&str, &str) = ("REGIS_REGISTRY_RETRIES", "0");
const AUTHORITY: (&str, &str) = ("REGIS_REGISTRY_CA", "ca.pem");

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_it_is_named() {
    let server = Secured::start(Clients::Anybody).await;
    let desk = server.desk();
    Desk::ends(desk.run_with(&["ls"], &[AUTHORITY]).await, 0);
    let stranger = desk.run_with(&["ls"], &[PROMPT]).await;
    assert!(stranger.stderr.contains("certificate"), "{stranger:?}");
    Desk::ends(stranger, 3);
    let doctor = Desk::ends(desk.run_with(&["doctor"], &[PROMPT]).await, 3);
    assert!(doctor.contains("REGIS_REGISTRY_CA"), "{doctor}");
    let other_name = server.url.replace("localhost", "127.0.0.1");
    Desk::ends(desk.run_with(&["ls", "--registry", &other_name], &[AUTHORITY, PROMPT]).await, 3);
    for wrong in ["missing.pem", "empty.pem"] {
        let run = desk.run_with(&["ls"], &[("REGIS_REGISTRY_CA", wrong)]).await;
        assert!(run.stderr.contains(&format!("REGIS_REGISTRY_CA: {wrong}")), "{run:?}");
        Desk::ends(run, 2);
    }
}

#[tokio::test]
async fn a_client_shows_its_certificate_where_one_is_wanted() {
    let server = Secured::start(Clients::Certified).await;
    let desk = server.desk();
    let identity = [("REGIS_REGISTRY_CERT", "client.pem"), ("REGIS_REGISTRY_KEY", "client.key")];
    Desk::ends(desk.run_with(&["ls"], &[AUTHORITY, identity[0], identity[1]]).await, 0);
    Desk::ends(desk.run_with(&["ls"], &[AUTHORITY, PROMPT]).await, 3);
    let doctor = Desk::ends(desk.run_with(&["doctor"], &[AUTHORITY, PROMPT]).await, 3);
    assert!(doctor.contains("REGIS_REGISTRY_CERT"), "{doctor}");
    let half = desk.run_with(&["ls"], &[AUTHORITY, identity[0]]).await;
    assert!(half.stderr.contains("REGIS_REGISTRY_KEY is not"), "{half:?}");
    Desk::ends(half, 2);
    let wrong = desk.run_with(&["ls"], &[AUTHORITY, identity[0], ("REGIS_REGISTRY_KEY", "empty.pem")]).await;
    let words = "REGIS_REGISTRY_CERT and REGIS_REGISTRY_KEY: client.pem and empty.pem";
    assert!(wrong.stderr.contains(words), "{wrong:?}");
    Desk::ends(wrong, 2);
}
