//! How the texts of settings are read: each into its place, or refused with what to write instead.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use crate::{
    model::Level,
    registry::RuleSets,
    store::{ACCEPTANCE, Durability},
};

/// A host and a port.
pub(super) fn listen(slot: &mut String, text: &str) -> Result<(), String> {
    let named = text
        .rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && !host.contains([':', '/', ' ']) && port.parse::<u16>().is_ok());
    if named || text.parse::<SocketAddr>().is_ok() {
        text.clone_into(slot);
        return Ok(());
    }
    Err(format!("{text:?} is not an address: write HOST:PORT, such as 127.0.0.1:8081"))
}

/// The address of a database. The text is never quoted: it may hold a password.
pub(super) fn database_url(slot: &mut String, text: &str) -> Result<(), String> {
    if let Some(path) = text.strip_prefix("sqlite:") {
        let path = path.strip_prefix("//").unwrap_or(path).split('?').next().unwrap_or_default();
        if matches!(path, "" | ":memory:") {
            return Err(
                "the value names no file: write sqlite:PATH; a database in memory would forget its ids".to_owned()
            );
        }
        text.clone_into(slot);
        return Ok(());
    }
    if ["postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
        text.clone_into(slot);
        return Ok(());
    }
    Err("the value is not a database: write sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
}

/// A whole number.
pub(super) fn number<T: FromStr>(slot: &mut T, text: &str) -> Result<(), String> {
    *slot = text.parse().map_err(|_wrong| format!("{text:?} is not a whole number, or too large"))?;
    Ok(())
}

/// A whole number from 1.
pub(super) fn positive<T: FromStr + PartialOrd + From<u8>>(slot: &mut T, text: &str) -> Result<(), String> {
    match text.parse::<T>() {
        Ok(value) if value >= T::from(1) => {
            *slot = value;
            Ok(())
        }
        _ => Err(format!("{text:?} is not a whole number from 1, or too large")),
    }
}

/// A time in whole seconds.
pub(super) fn seconds(slot: &mut Duration, text: &str) -> Result<(), String> {
    let mut count = 0;
    number::<u32>(&mut count, text)?;
    *slot = Duration::from_secs(count.into());
    Ok(())
}

/// Seconds of waiting for somebody else: none at all would refuse everything.
pub(super) fn patience(slot: &mut Duration, text: &str) -> Result<(), String> {
    let mut count = 0;
    positive::<u32>(&mut count, text)?;
    *slot = Duration::from_secs(count.into());
    Ok(())
}

/// A time in whole milliseconds, from 1.
pub(super) fn milliseconds(slot: &mut Duration, text: &str) -> Result<(), String> {
    let mut count = 0;
    positive::<u32>(&mut count, text)?;
    *slot = Duration::from_millis(count.into());
    Ok(())
}

/// Nothing, or the words that accept weak durability.
pub(super) fn durability(slot: &mut Durability, text: &str) -> Result<(), String> {
    *slot = match text {
        "" => Durability::Demanded,
        ACCEPTANCE => Durability::Waived,
        _ => return Err(format!("say it in these words: {ACCEPTANCE}")),
    };
    Ok(())
}

/// `true` or `false`.
pub(super) fn switch(slot: &mut bool, text: &str) -> Result<(), String> {
    *slot = text.parse().map_err(|_wrong| format!("{text:?} is neither true nor false"))?;
    Ok(())
}

/// A compatibility level.
pub(super) fn level(slot: &mut Level, text: &str) -> Result<(), String> {
    *slot = Level::parse(text).ok_or_else(|| {
        format!(
            "{text:?} is not a compatibility level: write NONE, BACKWARD, BACKWARD_TRANSITIVE, FORWARD, \
             FORWARD_TRANSITIVE, FULL or FULL_TRANSITIVE"
        )
    })?;
    Ok(())
}

/// What becomes of rule sets.
pub(super) fn rule_sets(slot: &mut RuleSets, text: &str) -> Result<(), String> {
    *slot = match text {
        "kept" => RuleSets::Kept,
        "dropped" => RuleSets::Dropped,
        _ => return Err(format!("{text:?} is neither kept nor dropped")),
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hosts_with_ports() {
        for (text, good) in [
            ("127.0.0.1:0", true),
            ("[::1]:8081", true),
            ("localhost:8081", true),
            ("8081", false),
            (":8081", false),
            ("localhost", false),
            ("localhost:70000", false),
            ("http://localhost:8081", false),
        ] {
            assert_eq!(listen(&mut String::new(), text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_sqlite_address_names_a_file() {
        for (text, good) in [
            ("sqlite:a", true),
            ("sqlite:///a/b.db", true),
            ("sqlite:", false),
            ("sqlite://", false),
            ("sqlite:?mode=ro", false),
            ("sqlite::memory:", false),
            ("sqlite://:memory:", false),
        ] {
            assert_eq!(database_url(&mut String::new(), text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_wrong_database_address_is_not_quoted() {
        let wrong = database_url(&mut String::new(), "mysql://me:secret@host/db").expect_err("no such database");
        assert!(!wrong.contains("secret"), "{wrong}");
    }
}
