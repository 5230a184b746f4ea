//! Associations: which subject describes a resource's keys or values.

use super::{Error, Tx, tx::on};
use crate::model::{Association, AssociationType, Context, Lifecycle, ResourceName, Subject};

/// Every query of associations reads the same columns.
macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT resource_id, resource_type, association_type, resource_namespace, resource_name, context, subject, ",
            "guid, lifecycle, frozen, created_at, updated_at FROM associations WHERE ",
            $condition,
            " ORDER BY resource_id, resource_type, association_type"
        )
    };
}

type Row = (String, String, String, String, String, String, String, String, String, bool, i64, i64);

fn association(row: Row) -> Result<Association, Error> {
    let (
        resource_id,
        resource_type,
        part,
        namespace,
        name,
        context,
        subject,
        guid,
        lifecycle,
        frozen,
        created_at,
        updated_at,
    ) = row;
    let corrupt = |what: &str, text: &str| Error::Corrupt(format!("an association with the {what} {text:?}"));
    Ok(Association {
        subject: Subject::new(Context::from_raw(context), subject),
        guid: guid.parse().map_err(|_wrong| corrupt("guid", &guid))?,
        resource: ResourceName { namespace, name },
        resource_id,
        resource_type,
        association_type: AssociationType::parse(&part).ok_or_else(|| corrupt("type", &part))?,
        lifecycle: Lifecycle::parse(&lifecycle).ok_or_else(|| corrupt("lifecycle", &lifecycle))?,
        frozen,
        created_at,
        updated_at,
    })
}

/// Lists are sorted here: collations differ.
fn associations(rows: Vec<Row>) -> Result<Vec<Association>, Error> {
    let mut associations = rows.into_iter().map(association).collect::<Result<Vec<_>, _>>()?;
    associations.sort();
    Ok(associations)
}

/// PostgreSQL takes no NUL; nothing that has one is ever stored.
fn is_storable(text: &str) -> bool {
    !text.contains('\0')
}

impl Tx {
    /// The associations of a resource id, in the order of lists.
    pub async fn associations_of_resource(&mut self, resource_id: &str) -> Result<Vec<Association>, Error> {
        if !is_storable(resource_id) {
            return Ok(Vec::new());
        }
        let rows: Vec<Row> = on!(self, conn => sqlx::query_as(select!("resource_id = $1"))
            .bind(resource_id).fetch_all(conn).await)?;
        associations(rows)
    }

    /// The associations of all resources with a name; without a namespace or a name any will do.
    pub async fn associations_of_name(
        &mut self,
        namespace: Option<&str>,
        name: Option<&str>,
    ) -> Result<Vec<Association>, Error> {
        if ![namespace, name].into_iter().flatten().all(is_storable) {
            return Ok(Vec::new());
        }
        // One text for each question: a plan that is made once must not serve all four.
        let text = match (namespace, name) {
            (Some(_), Some(_)) => select!("resource_namespace = $1 AND resource_name = $2"),
            (Some(_), None) => select!("resource_namespace = $1 AND CAST($2 AS TEXT) IS NULL"),
            (None, Some(_)) => select!("CAST($1 AS TEXT) IS NULL AND resource_name = $2"),
            (None, None) => select!("CAST($1 AS TEXT) IS NULL AND CAST($2 AS TEXT) IS NULL"),
        };
        let rows: Vec<Row> = on!(self, conn => sqlx::query_as(text).bind(namespace).bind(name).fetch_all(conn).await)?;
        associations(rows)
    }

    /// The associations of a subject, in the order of lists.
    pub async fn associations_of_subject(&mut self, subject: &Subject) -> Result<Vec<Association>, Error> {
        let rows: Vec<Row> = on!(self, conn => sqlx::query_as(select!("context = $1 AND subject = $2"))
            .bind(subject.context.stored_name()).bind(subject.stored_name()).fetch_all(conn).await)?;
        associations(rows)
    }

    /// Stores an association in place of the one that the resource has of this type.
    pub async fn put_association(&mut self, association: &Association) -> Result<(), Error> {
        let Association { subject, resource, .. } = association;
        on!(self, conn => sqlx::query(
            "INSERT INTO associations (resource_id, resource_type, association_type, resource_namespace, resource_name,
                 context, subject, guid, lifecycle, frozen, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
             ON CONFLICT (resource_id, resource_type, association_type) DO UPDATE SET
                 resource_namespace = excluded.resource_namespace, resource_name = excluded.resource_name,
                 context = excluded.context, subject = excluded.subject, guid = excluded.guid,
                 lifecycle = excluded.lifecycle, frozen = excluded.frozen, created_at = excluded.created_at,
                 updated_at = excluded.updated_at",
        ).bind(&association.resource_id).bind(&association.resource_type).bind(association.association_type.as_str())
         .bind(&resource.namespace).bind(&resource.name).bind(subject.context.stored_name()).bind(subject.stored_name())
         .bind(association.guid.to_string()).bind(association.lifecycle.as_str()).bind(association.frozen)
         .bind(association.created_at).bind(association.updated_at).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// Removes an association.
    pub async fn delete_association(&mut self, association: &Association) -> Result<(), Error> {
        on!(self, conn => sqlx::query(
            "DELETE FROM associations WHERE resource_id = $1 AND resource_type = $2 AND association_type = $3",
        ).bind(&association.resource_id).bind(&association.resource_type).bind(association.association_type.as_str())
         .execute(conn).await.map(drop))?;
        Ok(())
    }
}
