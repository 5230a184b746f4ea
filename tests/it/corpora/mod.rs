//! What the reference does, as data: every case of the corpora against our languages.

mod avro;
mod cases;
mod json;
mod levels;
mod protobuf;
