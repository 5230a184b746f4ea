//! Brings a database to the schema this program knows, or refuses it.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::OpenError;

/// Version, name and text of every migration, oldest first.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "registry", include_str!("../../migrations/0001_registry.sql")),
    (2, "sensitive metadata", include_str!("../../migrations/0002_sensitive_metadata.sql")),
];

fn migrator() -> Migrator {
    let migrations = MIGRATIONS
        .iter()
        .map(|(version, name, sql)| {
            let sql = sqlx::SqlStr::from_static(sql);
            Migration::new(*version, Cow::Borrowed(name), MigrationType::Simple, sql, false)
        })
        .collect();
    Migrator::with_migrations(migrations)
}

/// Runs the migrations that are missing, each in a transaction of its own.
pub(super) async fn run<'a, A>(address: &str, database: A) -> Result<(), OpenError>
where
    A: sqlx::Acquire<'a>,
    <A::Connection as std::ops::Deref>::Target: Migrate,
{
    match migrator().run(database).await {
        Ok(()) => Ok(()),
        Err(MigrateError::VersionMissing(found)) => Err(OpenError::Newer {
            address: address.to_owned(),
            found,
            known: MIGRATIONS.last().map_or(0, |(version, ..)| *version),
        }),
        Err(error) => Err(OpenError::Migration { address: address.to_owned(), reason: error.to_string() }),
    }
}
