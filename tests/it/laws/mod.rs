//! Laws that hold for every schema, and inputs made to hurt.

mod avro;
mod avro_hostile;
mod json;
mod json_hostile;
mod json_rules;
mod names;
mod protobuf;
