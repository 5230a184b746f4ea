//! How a registry is reached: addresses, account, certificates, patience.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{Certificate, ClientBuilder, Url, redirect};

use super::{
    Client, Error, Retries,
    variables::{CA, CERT, KEY},
};

/// How long the connection itself may take: an address that does not answer must leave time for the others.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Who the caller is.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A user and a password.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: String,
    },
    /// A token.
    Bearer(String),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Basic { user, .. } => f.debug_struct("Basic").field("user", user).finish_non_exhaustive(),
            Self::Bearer(_) => f.write_str("Bearer"),
        }
    }
}

/// The files of a client certificate, both in PEM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The certificate, with the chain that leads to its authority.
    pub certificate: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// Everything that is needed to reach a registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The addresses of the same data, the preferred one first; never empty.
    pub addresses: Vec<Url>,
    /// Who the caller is.
    pub credentials: Option<Credentials>,
    /// A PEM file of authorities that are trusted beside the system's.
    pub authorities: Option<PathBuf>,
    /// A client certificate.
    pub identity: Option<Identity>,
    /// How long a request may take, its repetitions included.
    pub timeout: Duration,
    /// How often a request is repeated.
    pub retries: Retries,
    /// How many requests are in flight at most, where many are needed.
    pub parallel: usize,
}

impl Connection {
    /// The defaults for these addresses.
    pub fn to(addresses: Vec<Url>) -> Self {
        Self {
            addresses,
            credentials: None,
            authorities: None,
            identity: None,
            timeout: Duration::from_secs(30),
            retries: Retries::default(),
            parallel: 16,
        }
    }

    /// A client; the files of the certificates are read now, but nothing is sent.
    pub fn open(self) -> Result<Client, Error> {
        // A redirect would turn a POST into a GET and might carry the account elsewhere: the answer names the address instead.
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("regis/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT.min(self.timeout))
            .redirect(redirect::Policy::none());
        if let Some(path) = &self.authorities {
            builder = trusting(builder, path)?;
        }
        if let Some(identity) = &self.identity {
            builder = identified(builder, identity)?;
        }
        let http = builder.build().map_err(|error| Error::setup("TLS", &error))?;
        Ok(Client::new(http, self))
    }
}

fn trusting(builder: ClientBuilder, path: &Path) -> Result<ClientBuilder, Error> {
    let pem = read(CA, path)?;
    let place = || format!("{CA}: {}", path.display());
    let authorities = Certificate::from_pem_bundle(&pem).map_err(|error| Error::setup(&place(), &error))?;
    if authorities.is_empty() {
        return Err(Error::Setup { what: place(), why: "there is no certificate in PEM form in it".to_owned() });
    }
    Ok(builder.tls_certs_merge(authorities))
}

fn identified(builder: ClientBuilder, identity: &Identity) -> Result<ClientBuilder, Error> {
    let mut pem = read(CERT, &identity.certificate)?;
    pem.push(b'\n');
    pem.extend(read(KEY, &identity.key)?);
    let place = format!("{CERT} and {KEY}: {} and {}", identity.certificate.display(), identity.key.display());
    let identity = reqwest::Identity::from_pem(&pem).map_err(|error| Error::setup(&place, &error))?;
    Ok(builder.identity(identity))
}

/// Reads a file, which a variable names.
fn read(variable: &str, path: &Path) -> Result<Vec<u8>, Error> {
    let what = format!("{variable}: {}", path.display());
    fs::read(path).map_err(|error| Error::Setup { what, why: error.to_string() })
}
