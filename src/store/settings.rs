//! Records of settings: one configuration and one mode for a subject, a context, or the whole registry.

use super::{Error, Tx, tx::on};
use crate::model::{Config, Context, Mode, Subject};

/// Every record that reaches a subject, as they were at one moment; equal values mean that nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scoped {
    /// Configurations by key.
    pub configs: Vec<(Subject, Config)>,
    /// Modes by key.
    pub modes: Vec<(Subject, Mode)>,
}

/// A record as it is stored: context, subject, and what it says.
pub(super) type Record = (String, String, String);

impl Scoped {
    /// What records mean, in an order that does not depend on how they came; one may have come twice.
    pub(super) fn of(mut configs: Vec<Record>, mut modes: Vec<Record>) -> Result<Self, Error> {
        let mut scoped = Self::default();
        for records in [&mut configs, &mut modes] {
            records.sort_unstable();
            records.dedup();
        }
        let key = |context: String, name: String| Subject::new(Context::from_raw(context), name);
        for (context, name, document) in configs {
            scoped.configs.push((key(context, name), config(&document)?));
        }
        for (context, name, text) in modes {
            scoped.modes.push((key(context, name), mode(&text)?));
        }
        Ok(scoped)
    }
}

/// The keys whose records reach a subject, nearest first; the global ones come last.
pub(super) fn scope(subject: &Subject) -> [Subject; 4] {
    [
        subject.clone(),
        Subject::of_context(subject.context.clone()),
        Subject::of_context(Context::global()),
        Subject::none(),
    ]
}

pub(super) fn config(document: &str) -> Result<Config, Error> {
    serde_json::from_str(document).map_err(|error| Error::Corrupt(format!("a configuration that reads {error}")))
}

pub(super) fn mode(name: &str) -> Result<Mode, Error> {
    Mode::parse(name).ok_or_else(|| Error::Corrupt(format!("the mode {name:?}")))
}

impl Tx {
    /// Every record that reaches `subject`.
    pub async fn settings(&mut self, subject: &Subject) -> Result<Scoped, Error> {
        let [own, context, global, none] = scope(subject);
        let configs: Vec<Record> = on!(self, conn => sqlx::query_as(
            "SELECT context, subject, document FROM configs
             WHERE (context = $1 AND subject = $2) OR (context = $3 AND subject = '')
                OR (context = $4 AND subject = '') OR (context = $5 AND subject = '')
             ORDER BY context, subject",
        ).bind(own.context.stored_name()).bind(own.stored_name()).bind(context.context.stored_name())
         .bind(global.context.stored_name()).bind(none.context.stored_name()).fetch_all(conn).await)?;
        let modes: Vec<Record> = on!(self, conn => sqlx::query_as(
            "SELECT context, subject, mode FROM modes
             WHERE (context = $1 AND subject = $2) OR (context = $3 AND subject = '')
                OR (context = $4 AND subject = '') OR (context = $5 AND subject = '')
             ORDER BY context, subject",
        ).bind(own.context.stored_name()).bind(own.stored_name()).bind(context.context.stored_name())
         .bind(global.context.stored_name()).bind(none.context.stored_name()).fetch_all(conn).await)?;
        Scoped::of(configs, modes)
    }

    /// One configuration by its key.
    pub async fn config(&mut self, key: &Subject) -> Result<Option<Config>, Error> {
        let document: Option<String> = on!(self, conn => sqlx::query_scalar(
            "SELECT document FROM configs WHERE context = $1 AND subject = $2",
        ).bind(key.context.stored_name()).bind(key.stored_name()).fetch_optional(conn).await)?;
        document.as_deref().map(config).transpose()
    }

    /// Every configuration.
    pub async fn configs(&mut self) -> Result<Vec<(Subject, Config)>, Error> {
        let rows: Vec<(String, String, String)> = on!(self, conn => sqlx::query_as(
            "SELECT context, subject, document FROM configs ORDER BY context, subject",
        ).fetch_all(conn).await)?;
        let read = |(context, name, document): (String, String, String)| {
            Ok((Subject::new(Context::from_raw(context), name), config(&document)?))
        };
        rows.into_iter().map(read).collect()
    }

    /// Stores a configuration in place of an earlier one.
    pub async fn put_config(&mut self, key: &Subject, config: &Config) -> Result<(), Error> {
        let document = serde_json::to_string(config).map_err(|error| Error::Corrupt(error.to_string()))?;
        on!(self, conn => sqlx::query(
            "INSERT INTO configs (context, subject, document) VALUES ($1, $2, $3)
             ON CONFLICT (context, subject) DO UPDATE SET document = excluded.document",
        ).bind(key.context.stored_name()).bind(key.stored_name()).bind(document).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Removes a configuration.
    pub async fn delete_config(&mut self, key: &Subject) -> Result<(), Error> {
        on!(self, conn => sqlx::query("DELETE FROM configs WHERE context = $1 AND subject = $2")
            .bind(key.context.stored_name()).bind(key.stored_name()).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Stores a mode in place of an earlier one.
    pub async fn put_mode(&mut self, key: &Subject, mode: Mode) -> Result<(), Error> {
        on!(self, conn => sqlx::query(
            "INSERT INTO modes (context, subject, mode) VALUES ($1, $2, $3)
             ON CONFLICT (context, subject) DO UPDATE SET mode = excluded.mode",
        ).bind(key.context.stored_name()).bind(key.stored_name()).bind(mode.as_str()).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Removes a mode.
    pub async fn delete_mode(&mut self, key: &Subject) -> Result<(), Error> {
        on!(self, conn => sqlx::query("DELETE FROM modes WHERE context = $1 AND subject = $2")
            .bind(key.context.stored_name()).bind(key.stored_name()).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Removes the modes of every subject of a context, but not the context's own.
    pub async fn delete_subject_modes(&mut self, context: &Context) -> Result<(), Error> {
        on!(self, conn => sqlx::query("DELETE FROM modes WHERE context = $1 AND subject <> ''")
            .bind(context.stored_name()).execute(conn).await.map(drop))?;
        Ok(())
    }
}
