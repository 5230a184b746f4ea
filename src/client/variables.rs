//! The environment: where addresses and secrets come from, since a command line is seen by everybody on the machine.

use std::{fs, path::PathBuf, time::Duration};

use super::{Addresses, Connection, Credentials, Identity};

const URL: &str = "REGIS_REGISTRY_URL";
const USER: &str = "REGIS_REGISTRY_USER";
const PASSWORD: &str = "REGIS_REGISTRY_PASSWORD";
const PASSWORD_FILE: &str = "REGIS_REGISTRY_PASSWORD_FILE";
const TOKEN: &str = "REGIS_REGISTRY_TOKEN";
const TOKEN_FILE: &str = "REGIS_REGISTRY_TOKEN_FILE";
pub(super) const CA: &str = "REGIS_REGISTRY_CA";
pub(super) const CERT: &str = "REGIS_REGISTRY_CERT";
pub(super) const KEY: &str = "REGIS_REGISTRY_KEY";
const TIMEOUT: &str = "REGIS_REGISTRY_TIMEOUT";
const RETRIES: &str = "REGIS_REGISTRY_RETRIES";
const PARALLEL: &str = "REGIS_REGISTRY_PARALLEL";

/// Every variable with its meaning.
pub const VARIABLES: &[(&str, &str)] = &[
    (URL, "address of the registry; several, separated by commas, if one is not enough"),
    (USER, "user for basic authentication"),
    (PASSWORD, "password for basic authentication"),
    (PASSWORD_FILE, "file that holds the password"),
    (TOKEN, "bearer token"),
    (TOKEN_FILE, "file that holds the token"),
    (CA, "PEM file of authorities that are trusted beside the system's"),
    (CERT, "PEM file of the client certificate (mTLS)"),
    (KEY, "PEM file of the certificate's private key"),
    (TIMEOUT, "seconds that a request may take, its repetitions included; 30 by default"),
    (RETRIES, "repetitions of a request that failed in passing; 4 by default"),
    (PARALLEL, "requests in flight at most; 16 by default"),
];

/// The variables as they are read, and what is wrong with them.
struct Reading<V> {
    variable: V,
    mistakes: Vec<String>,
}

impl Connection {
    /// Reads the environment; an address given elsewhere goes before the one there. Every mistake is told at once.
    pub fn from_variables(
        address: Option<Addresses>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Vec<String>> {
        let mut reading = Reading { variable, mistakes: Vec::new() };
        let found = address.or_else(|| reading.addresses());
        let account = reading.account();
        let authorities = reading.text(CA).map(PathBuf::from);
        let identity = reading.identity();
        let timeout = reading.number(TIMEOUT, 1..=3600);
        let retries = reading.number(RETRIES, 0..=100);
        let parallel = reading.number(PARALLEL, 1..=256);
        let Some(found) = found.filter(|_| reading.mistakes.is_empty()) else { return Err(reading.mistakes) };
        let mut connection = Self::to(found.urls);
        connection.credentials = account.or(found.credentials);
        connection.authorities = authorities;
        connection.identity = identity;
        if let Some(seconds) = timeout {
            connection.timeout = Duration::from_secs(seconds.into());
        }
        connection.retries.most = retries.unwrap_or(connection.retries.most);
        if let Some(parallel) = parallel.and_then(|parallel| usize::try_from(parallel).ok()) {
            connection.parallel = parallel;
        }
        Ok(connection)
    }
}

impl<V: Fn(&str) -> Option<String>> Reading<V> {
    /// A variable that says something.
    fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|text| !text.trim().is_empty())
    }

    fn mistake(&mut self, sentence: impl Into<String>) {
        self.mistakes.push(sentence.into());
    }

    fn addresses(&mut self) -> Option<Addresses> {
        let Some(text) = self.text(URL) else {
            self.mistake(format!("no registry is named; give its address with --registry, or in {URL}"));
            return None;
        };
        Addresses::parse(&text).map_err(|wrong| self.mistake(format!("{URL} {wrong}"))).ok()
    }

    fn account(&mut self) -> Option<Credentials> {
        let user = self.text(USER);
        let password = self.secret(PASSWORD, PASSWORD_FILE);
        let token = self.secret(TOKEN, TOKEN_FILE);
        match (user, password, token) {
            (None, None, None) => None,
            (None, None, Some(token)) => Some(Credentials::Bearer(token)),
            (Some(user), password, None) => Some(Credentials::Basic { user, password: password.unwrap_or_default() }),
            (None, Some(_), None) => {
                self.mistake(format!("{PASSWORD} is set, but {USER} is not"));
                None
            }
            (_, _, Some(_)) => {
                self.mistake(format!("a token and a user are set; leave out {TOKEN} or {USER}"));
                None
            }
        }
    }

    /// A secret, or the text of the file that holds it.
    fn secret(&mut self, direct: &str, file: &str) -> Option<String> {
        let text = self.text(direct);
        let Some(path) = self.text(file) else { return text };
        if text.is_some() {
            self.mistake(format!("{direct} and {file} are both set; leave out one"));
            return text;
        }
        match fs::read_to_string(&path) {
            // A file ends with a line break that nobody means.
            Ok(text) if !text.trim().is_empty() => return Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Ok(_) => self.mistake(format!("{file}: {path} is empty")),
            Err(error) => self.mistake(format!("{file}: {path}: {error}")),
        }
        None
    }

    fn identity(&mut self) -> Option<Identity> {
        match (self.text(CERT), self.text(KEY)) {
            (Some(certificate), Some(key)) => Some(Identity { certificate: certificate.into(), key: key.into() }),
            (None, None) => None,
            (Some(_), None) => {
                self.mistake(format!("{CERT} is set, but {KEY} is not"));
                None
            }
            (None, Some(_)) => {
                self.mistake(format!("{KEY} is set, but {CERT} is not"));
                None
            }
        }
    }

    fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let text = self.text(name)?;
        let number = text.trim().parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (first, last) = (range.start(), range.end());
            self.mistake(format!("{name}: {text:?} is not a whole number from {first} to {last}"));
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &[(&str, &str)]) -> Result<Connection, Vec<String>> {
        let find = |name: &str| list.iter().find(|(found, _)| *found == name).map(|(_, text)| (*text).to_owned());
        Connection::from_variables(None, find)
    }

    #[test]
    fn accounts_come_from_variables_or_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("token");
        fs::write(&file, "a token\n").expect("a file");
        let path = file.display().to_string();
        let bearer = read(&[(URL, "http://a"), (TOKEN_FILE, &path)]).expect("a connection");
        assert_eq!(bearer.credentials, Some(Credentials::Bearer("a token".to_owned())));
        let basic = read(&[(URL, "http://a"), (USER, "me"), (PASSWORD, "p")]).expect("a connection");
        assert_eq!(basic.credentials, Some(Credentials::Basic { user: "me".to_owned(), password: "p".to_owned() }));
        let within = read(&[(URL, "http://me:p@a,http://b"), (TIMEOUT, "7"), (RETRIES, "0")]).expect("a connection");
        assert_eq!(within.credentials, basic.credentials);
        assert_eq!((within.timeout, within.retries.most), (Duration::from_secs(7), 0));
    }

    #[test]
    fn every_mistake_is_told_at_once_and_no_secret_is_repeated() {
        let mistakes = read(&[
            (URL, "me:secret@host"),
            (USER, "me"),
            (TOKEN, "secret"),
            (PASSWORD_FILE, "/nowhere/password"),
            (CERT, "c.pem"),
            (TIMEOUT, "0"),
            (PARALLEL, "many"),
        ])
        .expect_err("mistakes");
        for name in [URL, TOKEN, PASSWORD_FILE, KEY, TIMEOUT, PARALLEL] {
            assert!(mistakes.iter().any(|mistake| mistake.contains(name)), "{name}: {mistakes:#?}");
        }
        assert_eq!(mistakes.len(), 6, "{mistakes:#?}");
        assert!(!mistakes.concat().contains("secret"), "{mistakes:#?}");
    }
}
