//! Reads JSON by a schema and finds everything that does not fit.

use std::collections::HashMap;

use apache_avro::types::Value;
use serde_json::{Map, Value as Json};

use super::{MAX_DEPTH, MAX_STEPS, MAX_VALUES, Nonconformity, Place, too_much};
use crate::schema::{
    ParseError,
    avro::model::{Enumeration, Primitive, Record, Type, TypeId, Types},
};

/// Most nonconformities that are listed.
const MAX_FOUND: usize = 1_000;

/// The value, or everything that keeps it from being one.
pub(super) fn read(types: &Types, root: TypeId, json: &Json) -> Result<Result<Value, Vec<Nonconformity>>, ParseError> {
    let mut reader = Reader { types, found: Vec::new(), values: 0, steps: 0, depth: 0 };
    let value = reader.read(root, json, &Place::ROOT)?;
    Ok(match value {
        Some(value) if reader.found.is_empty() => Ok(value),
        _ => Err(reader.found),
    })
}

struct Reader<'t> {
    types: &'t Types,
    found: Vec<Nonconformity>,
    values: usize,
    steps: usize,
    depth: usize,
}

impl<'t> Reader<'t> {
    /// The value, or `None` after something was found.
    fn read(&mut self, of: TypeId, json: &Json, place: &Place<'_>) -> Result<Option<Value>, ParseError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(too_much("values", MAX_VALUES));
        }
        if self.depth >= MAX_DEPTH {
            return Err(too_much("levels", MAX_DEPTH));
        }
        self.depth += 1;
        let value = self.value(of, json, place);
        self.depth -= 1;
        value
    }

    fn step(&mut self, cost: usize) -> Result<(), ParseError> {
        self.steps += cost;
        if self.steps > MAX_STEPS { Err(too_much("steps", MAX_STEPS)) } else { Ok(()) }
    }

    fn value(&mut self, of: TypeId, json: &Json, place: &Place<'_>) -> Result<Option<Value>, ParseError> {
        let types = self.types;
        self.step(match &types[of] {
            Type::Union(branches) => branches.len(),
            Type::Record(record) => record.fields.len(),
            Type::Enum(enumeration) => enumeration.symbols.len() / 8,
            _ => 0,
        })?;
        match (&types[of], json) {
            (Type::Union(branches), _) => self.union(branches, json, place),
            (Type::Record(record), Json::Object(object)) => self.record(record, object, place),
            (Type::Array(items, _), Json::Array(values)) => {
                let mut read = Vec::with_capacity(values.len());
                for (at, value) in values.iter().enumerate() {
                    read.extend(self.read(*items, value, &place.at(at))?);
                }
                Ok(Some(Value::Array(read)))
            }
            (Type::Map(values, _), Json::Object(object)) => {
                let mut read = HashMap::with_capacity(object.len());
                for (key, value) in object {
                    if let Some(value) = self.read(*values, value, &place.key(key))? {
                        read.insert(key.clone(), value);
                    }
                }
                Ok(Some(Value::Map(read)))
            }
            (of, json) => Ok(match scalar(of, json) {
                Ok(value) => Some(value),
                Err(message) => self.wrong(place, message),
            }),
        }
    }

    /// Notes a nonconformity; there is no value then.
    fn wrong(&mut self, place: &Place<'_>, message: impl Into<String>) -> Option<Value> {
        if self.found.len() < MAX_FOUND {
            self.found.push(place.nonconformity(message));
        }
        None
    }

    fn record(
        &mut self,
        record: &'t Record,
        object: &Map<String, Json>,
        place: &Place<'_>,
    ) -> Result<Option<Value>, ParseError> {
        let mut fields = Vec::with_capacity(record.fields.len());
        for field in &record.fields {
            let Some(value) = object.get(&field.name) else {
                self.wrong(&place.key(&field.name), format!("the field {} is missing", field.name));
                continue;
            };
            let value = self.read(field.of, value, &place.key(&field.name))?;
            fields.extend(value.map(|value| (field.name.clone(), value)));
        }
        let name = record.definition.name.full();
        for key in object.keys().filter(|key| !record.index.contains_key(*key)) {
            self.wrong(&place.key(key), format!("the record {name} has no such field"));
        }
        Ok(Some(Value::Record(fields)))
    }

    /// Reads the tagged form where the tag names a branch; otherwise, or if that does not fit, the plain form.
    fn union(&mut self, branches: &'t [TypeId], json: &Json, place: &Place<'_>) -> Result<Option<Value>, ParseError> {
        let before = self.found.len();
        let tagged = single_member(json).and_then(|(tag, value)| {
            let at = branches.iter().position(|&branch| self.types[branch].branch_name() == tag)?;
            Some((at, tag, value))
        });
        let mut told = None;
        if let Some((at, tag, value)) = tagged {
            if let Some(read) = self.branch(branches, at, value, &place.key(tag))? {
                return Ok(Some(read));
            }
            told = Some(self.found.split_off(before));
        }
        let likely: Vec<usize> =
            (0..branches.len()).filter(|&at| has_form_of(&self.types[branches[at]], json)).collect();
        for &at in &likely {
            if let Some(read) = self.branch(branches, at, json, place)? {
                return Ok(Some(read));
            }
            let found = self.found.split_off(before);
            // What is wrong is clear only where one branch was meant.
            told = told.or_else(|| (likely.len() == 1).then_some(found));
        }
        if let Some(found) = told {
            self.found.extend(found);
            return Ok(None);
        }
        let names: Vec<_> = branches.iter().map(|&branch| self.types[branch].branch_name()).collect();
        Ok(self.wrong(place, format!("{} fits no branch of the union: {}", form(json), names.join(", "))))
    }

    fn branch(
        &mut self,
        branches: &[TypeId],
        at: usize,
        json: &Json,
        place: &Place<'_>,
    ) -> Result<Option<Value>, ParseError> {
        let before = self.found.len();
        let value = self.read(branches[at], json, place)?.filter(|_| self.found.len() == before);
        Ok(value.map(|value| Value::Union(u32::try_from(at).unwrap_or(u32::MAX), Box::new(value))))
    }
}

fn single_member(json: &Json) -> Option<(&String, &Json)> {
    json.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next())
}

/// Whether the kind of JSON value is one that the type is written as.
fn has_form_of(of: &Type, json: &Json) -> bool {
    match of {
        Type::Primitive(primitive, _) => match primitive {
            Primitive::Null => json.is_null(),
            Primitive::Boolean => json.is_boolean(),
            Primitive::Int | Primitive::Long => json.is_number(),
            Primitive::Float | Primitive::Double => json.is_number() || not_finite(json).is_some(),
            Primitive::Bytes | Primitive::String => json.is_string(),
        },
        Type::Enum(_) | Type::Fixed(_) => json.is_string(),
        Type::Array(..) => json.is_array(),
        Type::Map(..) | Type::Record(_) => json.is_object(),
        Type::Union(_) | Type::Unresolved => false,
    }
}

fn scalar(of: &Type, json: &Json) -> Result<Value, String> {
    let expected = |what: &str| format!("expected {what}, found {}", form(json));
    match of {
        Type::Primitive(primitive, _) => primitive_value(*primitive, json)
            .unwrap_or_else(|| Err(expected(&format!("a value of type {}", primitive.keyword())))),
        Type::Enum(enumeration) => symbol(enumeration, json).unwrap_or_else(|| Err(expected("a symbol of an enum"))),
        Type::Fixed(fixed) => {
            let bytes = bytes_of(json.as_str().ok_or_else(|| expected("the bytes of a fixed as a string"))?)?;
            if bytes.len() == fixed.size {
                Ok(Value::Fixed(fixed.size, bytes))
            } else {
                Err(format!("expected {} bytes, found {}", fixed.size, bytes.len()))
            }
        }
        Type::Array(..) => Err(expected("an array")),
        Type::Map(..) => Err(expected("an object as a map")),
        Type::Record(record) => Err(expected(&format!("an object as the record {}", record.definition.name.full()))),
        Type::Union(_) | Type::Unresolved => Err(expected("a branch of a union")),
    }
}

/// `None` if the JSON value is of another kind.
fn primitive_value(primitive: Primitive, json: &Json) -> Option<Result<Value, String>> {
    let integer = |what: &str| format!("expected {what}, found {json}");
    Some(match (primitive, json) {
        (Primitive::Null, Json::Null) => Ok(Value::Null),
        (Primitive::Boolean, Json::Bool(bool)) => Ok(Value::Boolean(*bool)),
        (Primitive::Int, Json::Number(number)) => number
            .as_i64()
            .and_then(|long| i32::try_from(long).ok())
            .map(Value::Int)
            .ok_or_else(|| integer("an integer of 32 bits")),
        (Primitive::Long, Json::Number(number)) => {
            number.as_i64().map(Value::Long).ok_or_else(|| integer("an integer of 64 bits"))
        }
        (Primitive::Float | Primitive::Double, _) => {
            let double = json.as_f64().or_else(|| not_finite(json))?;
            #[expect(clippy::cast_possible_truncation, reason = "a float is what the schema asks for")]
            Ok(if primitive == Primitive::Float { Value::Float(double as f32) } else { Value::Double(double) })
        }
        (Primitive::String, Json::String(text)) => Ok(Value::String(text.clone())),
        (Primitive::Bytes, Json::String(text)) => bytes_of(text).map(Value::Bytes),
        _ => return None,
    })
}

fn not_finite(json: &Json) -> Option<f64> {
    match json.as_str()? {
        "NaN" => Some(f64::NAN),
        "Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        _ => None,
    }
}

fn symbol(enumeration: &Enumeration, json: &Json) -> Option<Result<Value, String>> {
    let text = json.as_str()?;
    let at = enumeration.symbols.iter().position(|symbol| symbol == text);
    Some(match at.and_then(|at| u32::try_from(at).ok()) {
        Some(at) => Ok(Value::Enum(at, text.to_owned())),
        None => Err(format!("{json} is no symbol of the enum {}", enumeration.definition.name.full())),
    })
}

/// One byte for each code point, as in ISO-8859-1.
fn bytes_of(text: &str) -> Result<Vec<u8>, String> {
    let bytes = text.chars().map(|char| {
        u8::try_from(char).map_err(|_| format!("bytes are written as characters up to U+00FF, not {char:?}"))
    });
    bytes.collect()
}

/// A word for the kind of a JSON value.
fn form(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "an array",
        Json::Object(_) => "an object",
    }
}
