//! The normalised form: properties and aliases sorted, valid logical types first, defaults through their typed value.

use std::sync::Arc;

use super::{
    model::{Definition, Primitive, Properties, RecordKeyword, Type, TypeId, Types},
    value::{compare_text, double_text, float_text, sorted, sorted_object},
};
use crate::schema::document::{Node, Number, Value};

/// The same types, each in its normalised form.
pub(super) fn normalized(types: &Types) -> Types {
    let mut normal = types.clone();
    for id in types.ids_from(0) {
        normalize(types, &mut normal[id]);
    }
    normal
}

fn normalize(types: &Types, of: &mut Type) {
    let logical = logical_properties(of);
    match of {
        Type::Primitive(_, properties) | Type::Array(_, properties) | Type::Map(_, properties) => {
            sort_properties(properties, &logical);
        }
        Type::Enum(enumeration) => sort_definition(&mut enumeration.definition, &logical),
        Type::Fixed(fixed) => sort_definition(&mut fixed.definition, &logical),
        Type::Record(record) => {
            sort_definition(&mut record.definition, &logical);
            record.keyword = RecordKeyword::Record;
            for field in &mut record.fields {
                field.aliases.sort_by(|left, right| compare_text(left, right));
                sort_properties(&mut field.properties, &[]);
                if let Some(typed) = field.default.as_deref().and_then(|default| through_type(types, default, field.of))
                {
                    field.default = Some(Arc::new(typed));
                }
            }
        }
        Type::Union(_) | Type::Unresolved => {}
    }
}

fn sort_definition(definition: &mut Definition, logical: &[&str]) {
    definition.doc = definition.doc.take().filter(|doc| !doc.is_empty());
    definition.aliases.sort_by(|left, right| compare_text(left.full(), right.full()));
    sort_properties(&mut definition.properties, logical);
}

/// Sorts by key, behind the properties of the logical type.
fn sort_properties(properties: &mut Properties, logical: &[&str]) {
    let rank = |key: &str| logical.iter().position(|&first| first == key).unwrap_or(logical.len());
    properties.sort_by(|left, right| rank(&left.0).cmp(&rank(&right.0)).then_with(|| compare_text(&left.0, &right.0)));
    for (_, value) in properties {
        *value = Arc::new(sorted(value));
    }
}

/// The properties that make up a valid logical type, in their order; a scale of 0 counts as an ordinary property.
fn logical_properties(of: &Type) -> Vec<&'static str> {
    use Primitive::{Bytes, Int, Long, String};
    let properties = match of {
        Type::Primitive(_, properties) => properties,
        Type::Fixed(fixed) => &fixed.definition.properties,
        _ => return Vec::new(),
    };
    let get = |key: &str| properties.iter().find(|(name, _)| name == key).map(|(_, value)| &**value);
    let Some(Value::String(logical)) = get("logicalType") else { return Vec::new() };
    let valid = match (logical.as_str(), of) {
        ("decimal", _) => {
            let (precision, scale) = (get("precision"), get("scale"));
            return match decimal(of, precision, scale) {
                Some(0) => vec!["logicalType", "precision"],
                Some(_) => vec!["logicalType", "precision", "scale"],
                None => Vec::new(),
            };
        }
        ("uuid", Type::Fixed(fixed)) => fixed.size == 16,
        ("duration", Type::Fixed(fixed)) => fixed.size == 12,
        (name, Type::Primitive(primitive, _)) => matches!(
            (primitive, name),
            (String, "uuid")
                | (Bytes, "big-decimal")
                | (Int, "date" | "time-millis")
                | (
                    Long,
                    "time-micros"
                        | "timestamp-millis"
                        | "timestamp-micros"
                        | "timestamp-nanos"
                        | "local-timestamp-millis"
                        | "local-timestamp-micros"
                        | "local-timestamp-nanos"
                )
        ),
        _ => false,
    };
    if valid { vec!["logicalType"] } else { Vec::new() }
}

/// The scale of a valid decimal.
fn decimal(of: &Type, precision: Option<&Value>, scale: Option<&Value>) -> Option<i32> {
    let precision = integer(precision?)?;
    let scale = scale.map_or(Some(0), integer)?;
    let fits = match of {
        Type::Primitive(Primitive::Bytes, _) => true,
        Type::Fixed(fixed) => f64::from(precision) <= decimal_digits(fixed.size),
        _ => false,
    };
    (fits && precision > 0 && scale >= 0 && scale <= precision).then_some(scale)
}

/// How many decimal digits always fit into a two's-complement number of this many bytes.
fn decimal_digits(bytes: usize) -> f64 {
    // floor(log10(2^(8n-1) - 1)); the 1 matters nowhere but at n = 0.
    let bits = u32::try_from(bytes).unwrap_or(u32::MAX).saturating_mul(8).saturating_sub(1);
    (f64::from(bits) * 2_f64.log10()).floor()
}

fn integer(value: &Value) -> Option<i32> {
    match value {
        Value::Number(number) if number.is_integral() => number.spelling().parse().ok(),
        _ => None,
    }
}

/// The default as its typed value prints; `None` where it has none, and stays as it is.
///
/// The reference takes a union's first branch for every default, and loses or fails on those of other branches.
fn through_type(types: &Types, default: &Value, of: TypeId) -> Option<Value> {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || match (&types[of], default) {
        (Type::Union(branches), _) => through_type(types, default, *branches.first()?),
        (_, Value::Null) => Some(Value::Null),
        (_, Value::Bool(bool)) => Some(Value::Bool(*bool)),
        (Type::Primitive(primitive, _), Value::Number(number)) => typed_number(number, *primitive),
        (Type::Primitive(Primitive::Bytes, _) | Type::Fixed(_), Value::String(text)) => {
            Some(Value::String(text.chars().map(|char| if char <= 'ÿ' { char } else { '?' }).collect()))
        }
        (Type::Primitive(Primitive::String, _) | Type::Enum(_), Value::String(text)) => {
            Some(Value::String(text.clone()))
        }
        (Type::Array(of_items, _), Value::Array(values)) => {
            let items = values
                .iter()
                .map(|item| Some(Node { at: item.at, value: through_type(types, &item.value, *of_items)? }));
            Some(Value::Array(items.collect::<Option<_>>()?))
        }
        (Type::Map(values, _), Value::Object(object)) => {
            let members = object
                .iter()
                .map(|member| Some((member.key.clone(), through_type(types, &member.node.value, *values)?)));
            Some(sorted_object(members.collect::<Option<_>>()?))
        }
        (Type::Record(record), Value::Object(object)) => {
            let members = object.iter().map(|member| {
                let field = &record.fields[*record.index.get(&member.key)?];
                Some((member.key.clone(), through_type(types, &member.node.value, field.of)?))
            });
            Some(sorted_object(members.collect::<Option<_>>()?))
        }
        _ => None,
    })
}

fn typed_number(number: &Number, primitive: Primitive) -> Option<Value> {
    let long = || number.spelling().parse::<i64>().ok();
    if number.is_integral() && long().is_none() {
        return None;
    }
    let text = match primitive {
        Primitive::Int | Primitive::Long if number.is_integral() => long()?.to_string(),
        Primitive::Double => double_text(number.spelling().parse().ok()?),
        // The reference converts to single precision from the double, not from the text.
        #[expect(clippy::cast_possible_truncation, reason = "single precision is what is asked for")]
        Primitive::Float => float_text(number.spelling().parse::<f64>().ok()? as f32),
        _ => return None,
    };
    text.parse::<f64>().is_ok_and(f64::is_finite).then(|| Value::Number(Number::from_spelling(text)))
}
