//! Checks data against a schema: Regis' own, beyond the contract.

use super::{Conformity, Datum, Error, Nonconformity, Registry, compute};
use crate::{
    model::SchemaId,
    schema::{self, Instance, LazySchema},
};

/// Bytes before the payload: a zero byte and the id.
const WIRE_HEADER: usize = 5;

impl Registry {
    /// Whether a datum conforms to the schema that an id names, and where it does not.
    pub async fn validate(&self, id: SchemaId, subject: &str, datum: Datum) -> Result<Conformity, Error> {
        let mut tx = self.read();
        let unknown = || Error::NamedSchemaNotFound(id.to_string());
        let holder = self.holders_of(&mut tx, id, subject).await?.into_iter().next().ok_or_else(unknown)?;
        let known = self.content_of(&mut tx, &holder.subject.context, holder.version).await?;
        drop(tx);
        compute(move || check(id, &known.schema, datum)).await
    }
}

fn check(id: SchemaId, schema: &LazySchema, datum: Datum) -> Result<Conformity, Error> {
    let unusable = |error: schema::ParseError| Error::InvalidSchema(format!("Schema {id} cannot check data: {error}"));
    let schema = schema.schema().map_err(unusable)?;
    let outcome = match datum {
        Datum::Json(value) => schema.conforms(&Instance::Json(value)),
        Datum::WireFormat(message) => match payload(&message, id) {
            Ok(payload) => schema.conforms(&Instance::Binary(payload)),
            Err(message) => return Ok(nonconforming(id, message)),
        },
    };
    Ok(match outcome.map_err(unusable)? {
        Ok(value) => Conformity { id, value: Some(value), errors: Vec::new() },
        Err(violations) => {
            let errors = violations
                .into_iter()
                .map(|violation| Nonconformity {
                    path: violation.path,
                    schema_path: violation.schema_path,
                    message: violation.message,
                })
                .collect();
            Conformity { id, value: None, errors }
        }
    })
}

fn nonconforming(id: SchemaId, message: String) -> Conformity {
    Conformity { id, value: None, errors: vec![Nonconformity { path: String::new(), schema_path: None, message }] }
}

/// The payload of a message in Kafka's wire format, if its header names `id`.
fn payload(message: &[u8], id: SchemaId) -> Result<&[u8], String> {
    let Some((header, payload)) = message.split_first_chunk::<WIRE_HEADER>() else {
        return Err(format!("the message has {} bytes; the wire format begins with {WIRE_HEADER}", message.len()));
    };
    let [magic, number @ ..] = *header;
    if magic != 0 {
        return Err(format!("the message begins with the byte {magic:#04x}, not with the magic byte 0x00"));
    }
    let named = i32::from_be_bytes(number);
    if named != id.0 {
        return Err(format!("the message names schema {named}, not {id}"));
    }
    Ok(payload)
}
