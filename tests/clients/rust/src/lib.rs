//! Scenarios of `schema_registry_converter` against the registry that `REGIS_URL` names; `tests/clients/run` sets it.

#![cfg(test)]

mod avro;
mod deletion;
mod json_schema;
mod protobuf;
mod registration;
mod registry;
