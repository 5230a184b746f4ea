//! Keeps the values of sensitive metadata properties unreadable on the disk; everywhere else they are plain.
//!
//! A value is sealed with XChaCha20-Poly1305 under a key derived from the secret of a setting (HKDF-SHA256). Its nonce is
//! derived from the property's name and the value, so that equal contents stay equal on the disk, where they are
//! compared; that tells whether two values are equal and nothing more, which the guid tells as well.

use std::{
    fmt::{self, Debug, Formatter},
    mem,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;

use super::{Error, Registry};
use crate::{
    model::{Definition, Metadata},
    store::{self, Locks, StoredSchema, Tx},
};

/// Shortest secret: what is shorter can be guessed.
const SHORTEST_SECRET: usize = 16;
const NONCE: usize = 24;

/// A secret that no log and no message shows.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Debug for Secret {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A secret of at least 16 bytes; nothing for an empty text.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        match text.len() {
            0 => Ok(None),
            1..SHORTEST_SECRET => Err(format!(
                "the secret is shorter than {SHORTEST_SECRET} bytes; make one with: openssl rand -base64 32"
            )),
            _ => Ok(Some(Self(text.to_owned()))),
        }
    }
}

/// The secrets of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Secrets {
    /// Seals and opens; without it values are stored as they are.
    pub current: Option<Secret>,
    /// Opens what was sealed before.
    pub old: Option<Secret>,
}

struct Key {
    /// Tells which key sealed a value.
    name: String,
    derived: Hkdf<Sha256>,
    cipher: XChaCha20Poly1305,
}

/// The keys; the first one seals.
pub(super) struct Vault {
    keys: Vec<Key>,
    seals: Sealing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sealing {
    Done,
    Skipped,
}

impl Key {
    fn new(secret: &Secret) -> Self {
        let derived = Hkdf::<Sha256>::new(Some(b"regis metadata values"), secret.0.as_bytes());
        let expand = |purpose: &[u8], out: &mut [u8]| {
            derived.expand(purpose, out).expect("a few bytes are less than HKDF can give");
        };
        let (mut key, mut name) = ([0; 32], [0; 4]);
        expand(b"key", &mut key);
        expand(b"name", &mut name);
        let cipher = XChaCha20Poly1305::new_from_slice(&key).expect("the key has 32 bytes");
        Self { name: format!("{:08x}", u32::from_be_bytes(name)), derived, cipher }
    }

    fn nonce(&self, property: &str, value: &str) -> XNonce {
        let mut nonce = [0; NONCE];
        let length = (property.len() as u64).to_be_bytes();
        let purpose: [&[u8]; 4] = [b"nonce", &length, property.as_bytes(), value.as_bytes()];
        self.derived.expand_multi_info(&purpose, &mut nonce).expect("a few bytes are less than HKDF can give");
        nonce.into()
    }

    fn seal(&self, property: &str, value: &str) -> String {
        let nonce = self.nonce(property, value);
        let payload = Payload { msg: value.as_bytes(), aad: property.as_bytes() };
        let sealed = self.cipher.encrypt(&nonce, payload).expect("a value is shorter than the cipher's limit");
        format!("{}.{}", self.name, STANDARD_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn open(&self, property: &str, sealed: &str) -> Option<String> {
        let bytes = STANDARD_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: sealed, aad: property.as_bytes() };
        String::from_utf8(self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?).ok()
    }
}

impl Vault {
    pub(super) fn new(secrets: &Secrets) -> Self {
        let seals = if secrets.current.is_some() { Sealing::Done } else { Sealing::Skipped };
        Self { keys: [&secrets.current, &secrets.old].into_iter().flatten().map(Key::new).collect(), seals }
    }

    fn seal(&self, metadata: &mut Metadata) {
        let Some(key) = self.keys.first().filter(|_| self.seals == Sealing::Done) else { return };
        for name in &metadata.sensitive {
            if let Some(value) = metadata.properties.get_mut(name) {
                *value = key.seal(name, value);
                metadata.sealed.insert(name.clone());
            }
        }
    }

    fn open(&self, metadata: &mut Metadata) -> Result<(), Error> {
        for name in mem::take(&mut metadata.sealed) {
            let Some(value) = metadata.properties.get_mut(&name) else { continue };
            let opened = value.split_once('.').and_then(|(named, sealed)| {
                self.keys.iter().filter(|key| key.name == named).find_map(|key| key.open(&name, sealed))
            });
            *value = opened.ok_or_else(|| {
                let why = "sensitive metadata were sealed with a secret that this server does not have";
                Error::Store(store::Error::Failed(why.into()))
            })?;
        }
        Ok(())
    }

    /// A definition as it is stored.
    pub(super) fn sealed(&self, definition: &Definition) -> Definition {
        let mut sealed = definition.clone();
        sealed.metadata.iter_mut().for_each(|metadata| self.seal(metadata));
        sealed
    }

    /// What was stored, as it is everywhere else.
    pub(super) fn opened(&self, stored: Option<StoredSchema>) -> Result<Option<StoredSchema>, Error> {
        let Some(mut stored) = stored else { return Ok(None) };
        if let Some(metadata) = &mut stored.definition.metadata {
            self.open(metadata)?;
        }
        Ok(Some(stored))
    }
}

impl Registry {
    /// Seals what lies open and what the old secret sealed; fails if something cannot be opened. Answers how many
    /// contents were written.
    pub async fn reseal(&self) -> Result<usize, Error> {
        let registry = self.clone();
        self.store.write(Locks::new(), move |tx| Box::pin(async move { registry.reseal_in(tx).await })).await
    }

    async fn reseal_in(&self, tx: &mut Tx) -> Result<usize, Error> {
        let mut written = 0;
        for stored in tx.sensitive_schemas().await? {
            let before = stored.definition.metadata.clone();
            let (context, id) = (stored.context.clone(), stored.id);
            let opened = self.vault.opened(Some(stored))?.map(|stored| stored.definition);
            let after = opened.and_then(|definition| self.vault.sealed(&definition).metadata);
            if let Some(after) = after.filter(|after| Some(after) != before.as_ref()) {
                tx.put_metadata(&context, id, &after).await?;
                written += 1;
            }
        }
        Ok(written)
    }
}
