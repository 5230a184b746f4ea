//! Between our types and those of the `apache-avro` crate.

use std::collections::HashMap;

use apache_avro::{
    AvroResult, Schema,
    schema::{Name, RecordField, RecordSchema},
    types::Value,
};
use serde_json::{Map, Number, Value as Json};

use crate::schema::avro::model::{Primitive, Type, TypeId, Types};

/// The schema for the crate: structure only, definitions at first use, and numbers for the names of types, because the
/// crate does not accept every name that the reference accepts.
///
/// It is built, not parsed: the crate's parser refuses or panics on some texts that are valid for the reference.
pub(super) fn schema(types: &Types, root: TypeId) -> AvroResult<Schema> {
    Builder { types, numbers: HashMap::new() }.build(root)
}

struct Builder<'t> {
    types: &'t Types,
    numbers: HashMap<&'t str, usize>,
}

impl<'t> Builder<'t> {
    fn build(&mut self, of: TypeId) -> AvroResult<Schema> {
        match &self.types[of] {
            Type::Primitive(primitive, _) => Ok(primitive_schema(*primitive)),
            Type::Array(items, _) => Ok(Schema::array(self.build(*items)?).build()),
            Type::Map(values, _) => Ok(Schema::map(self.build(*values)?).build()),
            Type::Union(branches) => {
                let branches = branches.iter().map(|&branch| self.build(branch)).collect::<AvroResult<_>>()?;
                Schema::union(branches)
            }
            named => self.named(named),
        }
    }

    fn named(&mut self, named: &'t Type) -> AvroResult<Schema> {
        let next = self.numbers.len();
        let number = *self.numbers.entry(named.branch_name()).or_insert(next);
        let name = Name::new(format!("T{number}"))?;
        if number < next {
            return Ok(Schema::Ref { name });
        }
        Ok(match named {
            Type::Enum(enumeration) => Schema::r#enum(name, enumeration.symbols.clone()).build(),
            Type::Fixed(fixed) => Schema::fixed(name, fixed.size).build(),
            Type::Record(record) => {
                let fields = record.fields.iter().map(|field| {
                    Ok(RecordField::builder().name(field.name.clone()).schema(self.build(field.of)?).build())
                });
                let fields = fields.collect::<AvroResult<Vec<_>>>()?;
                Schema::Record(RecordSchema::builder().name(name).fields(fields).build())
            }
            _ => Schema::Null,
        })
    }
}

fn primitive_schema(primitive: Primitive) -> Schema {
    match primitive {
        Primitive::Null => Schema::Null,
        Primitive::Boolean => Schema::Boolean,
        Primitive::Int => Schema::Int,
        Primitive::Long => Schema::Long,
        Primitive::Float => Schema::Float,
        Primitive::Double => Schema::Double,
        Primitive::Bytes => Schema::Bytes,
        Primitive::String => Schema::String,
    }
}

/// The Avro JSON encoding of a value that the crate decoded or encoded by this type.
pub(super) fn to_json(types: &Types, of: TypeId, value: &Value) -> Json {
    match (&types[of], value) {
        (Type::Union(branches), Value::Union(at, value)) => {
            let Some(&branch) = usize::try_from(*at).ok().and_then(|at| branches.get(at)) else { return Json::Null };
            match to_json(types, branch, value) {
                Json::Null => Json::Null,
                json => Json::Object(Map::from_iter([(types[branch].branch_name().to_owned(), json)])),
            }
        }
        (Type::Record(record), Value::Record(values)) => {
            let fields = record.fields.iter().zip(values);
            let members = fields.map(|(field, (_, value))| (field.name.clone(), to_json(types, field.of, value)));
            Json::Object(members.collect())
        }
        (Type::Array(items, _), Value::Array(values)) => {
            values.iter().map(|value| to_json(types, *items, value)).collect()
        }
        (Type::Map(of_values, _), Value::Map(values)) => {
            let mut keys: Vec<_> = values.keys().collect();
            keys.sort_unstable();
            let members = keys.into_iter().map(|key| (key.clone(), to_json(types, *of_values, &values[key])));
            Json::Object(members.collect())
        }
        (_, Value::Boolean(bool)) => Json::Bool(*bool),
        (_, Value::Int(int)) => Json::from(*int),
        (_, Value::Long(long)) => Json::from(*long),
        // The shortest digits that mean this float, not those of the double nearest to it.
        (_, Value::Float(float)) => number(float.to_string().parse().unwrap_or(f64::from(*float))),
        (_, Value::Double(double)) => number(*double),
        (_, Value::Bytes(bytes) | Value::Fixed(_, bytes)) => {
            Json::String(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        (_, Value::String(text) | Value::Enum(_, text)) => Json::String(text.clone()),
        _ => Json::Null,
    }
}

fn number(double: f64) -> Json {
    Number::from_f64(double).map_or_else(|| Json::String(crate::schema::avro::value::double_text(double)), Json::Number)
}
