//! Defaults of fields: how they are read, and whether they fit their type.

use super::{
    canonical::text_of_type,
    model::{Field, Primitive, Type, TypeId, Types},
    value::{copied, double_text, text_of},
};
use crate::schema::{
    ParseError,
    document::{Node, Number, Object, Value},
};

/// A default may take the defaults of the records inside it; a chain of these ends here.
const MAX_CHAIN: usize = 1000;

/// Values compared with types per text; a default may be tried on many branches of nested unions.
const MAX_STEPS: usize = 4_000_000;

/// Reads the default of a field of this type: a text for a float or a double becomes a number.
pub(super) fn read(of: &Type, default: &Node) -> Result<Value, ParseError> {
    match (of, &default.value) {
        (Type::Primitive(Primitive::Float | Primitive::Double, _), Value::String(text)) => {
            let double = java_double(text)
                .ok_or_else(|| ParseError::at(default.at, format!("For input string: {}", text_of(&default.value))))?;
            let text = double_text(double);
            Ok(if double.is_finite() { Value::Number(Number::from_spelling(text)) } else { Value::String(text) })
        }
        (_, value) => Ok(copied(value)),
    }
}

/// Reads a number as Java's `Double.valueOf` does: spaces around, a sign, a type suffix, hexadecimal.
fn java_double(text: &str) -> Option<f64> {
    let text = text.trim_matches(|char| char <= ' ');
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let double = match body {
        "NaN" => f64::NAN,
        "Infinity" => f64::INFINITY,
        _ => {
            let body = body.strip_suffix(['f', 'F', 'd', 'D']).unwrap_or(body);
            match body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
                Some(hexadecimal) => hexadecimal_double(hexadecimal)?,
                // Rust reads the same decimal grammar, and words besides.
                None if body.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) => {
                    if body.starts_with(['+', '-']) {
                        return None;
                    }
                    body.parse().ok()?
                }
                None => return None,
            }
        }
    };
    Some(if negative { -double } else { double })
}

/// The value of `h.hp±d`, rounded once.
fn hexadecimal_double(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    let sign_and_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    if sign_and_digits.is_empty() || !sign_and_digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent: i64 = exponent.parse().unwrap_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.len() + fraction.len() == 0 {
        return None;
    }
    let mut bits: u64 = 0;
    let mut scale = exponent.clamp(-1_000_000_000, 1_000_000_000);
    for digit in whole.chars().chain(fraction.chars()) {
        let digit = u64::from(digit.to_digit(16)?);
        if bits >> 58 == 0 {
            bits = bits << 4 | digit;
        } else {
            // Digits beyond the 60th bit decide only whether a tie is one.
            scale += 4;
            bits |= u64::from(digit != 0);
        }
    }
    scale -= 4 * i64::try_from(fraction.len()).ok()?;
    Some(scale_by_power(bits, scale))
}

/// `bits * 2^scale`, rounded to nearest, ties to even.
fn scale_by_power(bits: u64, scale: i64) -> f64 {
    if bits == 0 {
        return 0.0;
    }
    let length = 64 - i64::from(bits.leading_zeros());
    let top = scale + length;
    if top > 1024 {
        return f64::INFINITY;
    }
    // The unit in the last place is 2^low; below 2^-1074 there is none.
    let low = (top - 53).max(-1074);
    let shift = low - scale;
    let significand = if shift <= 0 {
        u128::from(bits) << -shift
    } else if shift > 64 {
        0
    } else {
        let wide = u128::from(bits);
        let (quotient, rest, half) = (wide >> shift, wide & ((1 << shift) - 1), 1_u128 << (shift - 1));
        quotient + u128::from(rest > half || (rest == half && quotient & 1 == 1))
    };
    #[expect(clippy::cast_precision_loss, reason = "the significand was rounded to 53 bits")]
    let exact = significand as f64;
    let exponent = i32::try_from(low).unwrap_or(i32::MIN);
    // Two steps, because 2^-1074 is no normal number.
    exact * 2_f64.powi(exponent / 2) * 2_f64.powi(exponent - exponent / 2)
}

/// Checks the defaults of the given fields: record, place of the field, place in the text.
pub(super) fn check_defaults(types: &Types, defaults: &[(TypeId, usize, usize)]) -> Result<(), ParseError> {
    let mut check = Check { types, steps: 0 };
    for &(record, place, at) in defaults {
        let Type::Record(record) = &types[record] else { continue };
        let field = &record.fields[place];
        let fits = check.own_default_fits(field, 0).map_err(|message| ParseError::at(at, message))?;
        if let (false, Some(default)) = (fits, &field.default) {
            let schema = text_of_type(types, field.of).unwrap_or_else(|| types[field.of].branch_name().to_owned());
            let message = format!("Invalid default for field {}: {} not a {schema}", field.name, text_of(default));
            return Err(ParseError::at(at, message));
        }
    }
    Ok(())
}

struct Check<'t> {
    types: &'t Types,
    steps: usize,
}

impl Check<'_> {
    /// Whether a field has a default and it fits.
    fn own_default_fits(&mut self, field: &Field, chain: usize) -> Result<bool, String> {
        match (field.default.as_deref(), &self.types[field.of]) {
            (None, _) => Ok(false),
            // Only "NaN" and the infinities are still texts here.
            (Some(Value::String(_)), Type::Primitive(Primitive::Float | Primitive::Double, _)) => Ok(true),
            (Some(default), _) => self.fits(default, field.of, chain),
        }
    }

    fn fits(&mut self, value: &Value, of: TypeId, chain: usize) -> Result<bool, String> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err("the defaults take too long to check".to_owned());
        }
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match (&self.types[of], value) {
            (Type::Primitive(primitive, _), value) => Ok(fits_primitive(value, *primitive)),
            (Type::Enum(_) | Type::Fixed(_), value) => Ok(matches!(value, Value::String(_))),
            (Type::Array(items, _), Value::Array(values)) => {
                self.all_fit(values.iter().map(|value| &value.value), *items, chain)
            }
            (Type::Map(of, _), Value::Object(object)) => {
                self.all_fit(object.iter().map(|member| &member.node.value), *of, chain)
            }
            (Type::Record(record), Value::Object(object)) => self.record_fits(object, &record.fields, chain),
            (Type::Union(branches), value) => {
                for &branch in branches {
                    if self.fits(value, branch, chain)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        })
    }

    fn all_fit<'v>(
        &mut self,
        values: impl Iterator<Item = &'v Value>,
        of: TypeId,
        chain: usize,
    ) -> Result<bool, String> {
        for value in values {
            if !self.fits(value, of, chain)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn record_fits(&mut self, object: &Object, fields: &[Field], chain: usize) -> Result<bool, String> {
        for field in fields {
            let fits = match object.get(&field.name) {
                Some(value) => self.fits(&value.value, field.of, chain)?,
                None if chain >= MAX_CHAIN => {
                    return Err(format!("the default of field {} needs itself or too many others", field.name));
                }
                None => self.own_default_fits(field, chain + 1)?,
            };
            if !fits {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn fits_primitive(value: &Value, primitive: Primitive) -> bool {
    match (primitive, value) {
        (Primitive::Null, Value::Null)
        | (Primitive::Boolean, Value::Bool(_))
        | (Primitive::Float | Primitive::Double, Value::Number(_))
        | (Primitive::String | Primitive::Bytes, Value::String(_)) => true,
        (Primitive::Int, Value::Number(number)) => number.is_integral() && number.spelling().parse::<i32>().is_ok(),
        (Primitive::Long, Value::Number(number)) => number.is_integral() && number.spelling().parse::<i64>().is_ok(),
        _ => false,
    }
}
