//! The normal form of options: names resolved, paths merged into maps, numbers in decimal notation.

use std::collections::HashMap;

use super::fields::collect;
use super::names::{Extension, Scope};
use super::normal::Normalizer;
use super::scalar::Scalar;
use super::tree::{Field, FieldType, Label, Message, Setting, Value};
use crate::schema::ParseError;

/// Numbers that would need more digits keep their exponent.
const MAX_EXPONENT: i32 = 400;

/// What is known of the field that a value belongs to.
#[derive(Clone, Copy)]
struct Target {
    repeated: bool,
    message: Option<Scope>,
}

const UNKNOWN: Target = Target { repeated: false, message: None };

impl<'a> Normalizer<'_, 'a> {
    pub(super) fn normal_settings(&mut self, scope: Scope, settings: &[Setting]) -> Result<Vec<Setting>, ParseError> {
        let mut normal: Vec<(Setting, Target)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for setting in settings {
            let mut setting = setting.clone();
            let resolved =
                if setting.name.extension { self.names.resolve_extension(scope, &setting.name.text) } else { None };
            let Some((extension, full)) = resolved else {
                normal.push((setting, UNKNOWN));
                continue;
            };
            let full = self.charge(full)?;
            let target = self.extension_target(extension);
            for member in std::mem::take(&mut setting.name.path).into_iter().rev() {
                let key = if member.starts_with('(') { member.replace('(', "[").replace(')', "]") } else { member };
                setting.value = Value::Map(vec![(key, setting.value)]);
            }
            setting.name.text.clone_from(&full);
            let place = *places.entry(full).or_insert(normal.len());
            match (normal.get_mut(place), &mut setting.value) {
                (Some((Setting { value: Value::Map(held), .. }, _)), Value::Map(further)) if !target.repeated => {
                    held.append(further);
                }
                _ => normal.push((setting, target)),
            }
        }
        let mut settings = Vec::with_capacity(normal.len());
        for (Setting { name, value }, target) in normal {
            settings.extend(self.normal_value(scope, value, target)?.map(|value| Setting { name, value }));
        }
        settings.sort_by(|left, right| left.name.text.cmp(&right.name.text));
        Ok(settings)
    }

    /// The normal form of a value; an empty list has none.
    fn normal_value(&mut self, scope: Scope, value: Value, target: Target) -> Result<Option<Value>, ParseError> {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || {
            Ok(Some(match value {
                Value::Text(_) | Value::Word(_) => value,
                Value::Number(number) => Value::Number(decimal(&number)),
                Value::Map(members) => self.normal_map(scope, members, target.message)?,
                Value::List(items) => {
                    let mut normal = Vec::with_capacity(items.len());
                    for item in items {
                        normal.extend(self.normal_value(scope, item, target)?);
                    }
                    return Ok(if normal.len() > 1 { Some(Value::List(normal)) } else { normal.pop() });
                }
            }))
        })
    }

    /// Members sorted by key, those of one key combined.
    fn normal_map(
        &mut self,
        scope: Scope,
        members: Vec<(String, Value)>,
        message: Option<Scope>,
    ) -> Result<Value, ParseError> {
        let mut named = Vec::with_capacity(members.len());
        for (key, value) in members {
            named.push((self.normal_key(scope, key)?, value));
        }
        named.sort_by(|left, right| left.0.cmp(&right.0));
        let mut combined: Vec<(String, Value, Target)> = Vec::with_capacity(named.len());
        for (key, value) in named {
            match combined.last_mut() {
                Some((last, held, target)) if *last == key => match (held, value) {
                    (Value::Map(held), Value::Map(further)) if !target.repeated => held.extend(further),
                    (held, further) => collect(held, further),
                },
                _ => {
                    let target = self.member_target(scope, &key, message);
                    combined.push((key, value, target));
                }
            }
        }
        let mut normal = Vec::with_capacity(combined.len());
        for (key, value, target) in combined {
            normal.extend(self.normal_value(scope, value, target)?.map(|value| (key, value)));
        }
        Ok(Value::Map(normal))
    }

    /// `[extension]` by its full name; other keys as they are.
    fn normal_key(&mut self, scope: Scope, key: String) -> Result<String, ParseError> {
        let Some(name) = bracketed(&key) else { return Ok(key) };
        match self.names.resolve_extension(scope, name) {
            Some((_, full)) => self.charge(format!("[{full}]")),
            None => Ok(key),
        }
    }

    fn extension_target(&self, extension: Extension<'a>) -> Target {
        self.target(extension.field, extension.scope)
    }

    fn member_target(&mut self, scope: Scope, key: &str, message: Option<Scope>) -> Target {
        if let Some(name) = bracketed(key) {
            let extension = self.names.resolve_extension(scope, name);
            return extension.map_or(UNKNOWN, |(extension, _)| self.extension_target(extension));
        }
        let Some(message) = message else { return UNKNOWN };
        let names = self.names;
        let members = self.members.entry(message).or_insert_with(|| {
            let fields = names.message(message).into_iter().flat_map(Message::all_fields);
            fields.map(|field| (field.name.as_str(), field)).collect()
        });
        members.get(key).copied().map_or(UNKNOWN, |field| self.target(field, message))
    }

    fn target(&self, field: &Field, scope: Scope) -> Target {
        match &field.ty {
            FieldType::Named(name) => Target {
                repeated: field.label == Some(Label::Repeated),
                message: if Scalar::of(name).is_some() { None } else { self.names.resolve(scope, name) },
            },
            FieldType::Map { .. } => Target { repeated: true, message: None },
        }
    }
}

fn bracketed(key: &str) -> Option<&str> {
    key.strip_prefix('[')?.strip_suffix(']')
}

/// A number in decimal notation: no exponent, no hexadecimal digits, no trailing zeros. All digits are kept.
pub(super) fn decimal(number: &str) -> String {
    let (sign, magnitude) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    plain(magnitude).map_or_else(|| number.to_owned(), |plain| format!("{sign}{plain}"))
}

fn plain(magnitude: &str) -> Option<String> {
    if let Some(digits) = magnitude.strip_prefix("0x").or_else(|| magnitude.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok().map(|value| value.to_string());
    }
    let (mantissa, exponent) = magnitude.split_once(['e', 'E']).unwrap_or((magnitude, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent: i32 = exponent.parse().ok().filter(|exponent: &i32| exponent.abs() <= MAX_EXPONENT)?;
    // Where the point stands in the row of digits, which grows zeros on the side where it is too short.
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    let leading = usize::try_from(-point).unwrap_or(0);
    let point = usize::try_from(point).unwrap_or(0);
    let digits = format!("{}{digits}", "0".repeat(leading));
    let digits = format!("{digits}{}", "0".repeat(point.saturating_sub(digits.len())));
    let (whole, fraction) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    Some(if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") })
}
