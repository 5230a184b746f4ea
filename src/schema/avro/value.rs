//! JSON values inside Avro schemas: how the reference prints and compares defaults and properties.

use std::cmp::Ordering;

use crate::schema::document::{MAX_DEPTH, Node, Number, Object, Value};

/// Writes compact JSON and counts how deep it nests.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    depth: usize,
    deepest: usize,
}

impl Writer {
    /// The text written so far.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// Whether the text nests deeper than any reader of schemas accepts.
    pub(super) fn is_too_deep(&self) -> bool {
        self.deepest > MAX_DEPTH
    }

    pub(super) fn open(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
    }

    pub(super) fn close(&mut self, bracket: char) {
        self.out.push(bracket);
        self.depth -= 1;
    }

    /// Separates this element from the one before it, if there is one.
    pub(super) fn next(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    /// Starts a member of an object.
    pub(super) fn key(&mut self, key: &str) {
        self.next();
        self.string(key);
        self.out.push(':');
    }

    /// Text that is JSON already.
    pub(super) fn raw(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// A string; only quotes, backslashes and control characters are escaped.
    pub(super) fn string(&mut self, text: &str) {
        self.out.push('"');
        for char in text.chars() {
            match char {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                '\u{8}' => self.out.push_str("\\b"),
                '\u{c}' => self.out.push_str("\\f"),
                '\n' => self.out.push_str("\\n"),
                '\r' => self.out.push_str("\\r"),
                '\t' => self.out.push_str("\\t"),
                control if control < ' ' => {
                    self.out.push_str("\\u00");
                    self.out.push(if control < '\u{10}' { '0' } else { '1' });
                    let low = char::from_digit(u32::from(control) % 16, 16).expect("the rest is a digit");
                    self.out.push(low.to_ascii_uppercase());
                }
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }

    /// Any value.
    pub(super) fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.raw("null"),
            Value::Bool(true) => self.raw("true"),
            Value::Bool(false) => self.raw("false"),
            Value::Number(number) => self.raw(&number_text(number)),
            Value::String(text) => self.string(text),
            Value::Array(items) => self.nested(|writer| {
                writer.open('[');
                for item in items {
                    writer.next();
                    writer.value(&item.value);
                }
                writer.close(']');
            }),
            Value::Object(object) => self.nested(|writer| {
                writer.open('{');
                for member in object.iter() {
                    writer.key(&member.key);
                    writer.value(&member.node.value);
                }
                writer.close('}');
            }),
        }
    }

    fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || write(self));
    }
}

/// The text of a value, as the reference prints it in schemas and in messages.
pub(super) fn text_of(value: &Value) -> String {
    let mut writer = Writer::default();
    writer.value(value);
    writer.finish()
}

/// Integers keep their digits; everything else goes through a double, as in the reference.
pub(super) fn number_text(number: &Number) -> String {
    let spelling = number.spelling();
    if number.is_integral() {
        return if spelling == "-0" { "0".to_owned() } else { spelling.to_owned() };
    }
    let double = spelling.parse().unwrap_or(f64::NAN);
    let text = double_text(double);
    if double.is_finite() { text } else { format!("\"{text}\"") }
}

/// A double as Java's `Double.toString` prints it.
pub(super) fn double_text(double: f64) -> String {
    if double.is_nan() {
        return "NaN".to_owned();
    }
    if double.is_infinite() {
        return if double > 0.0 { "Infinity".to_owned() } else { "-Infinity".to_owned() };
    }
    let shortest = format!("{double:e}");
    // Java prefers two digits to one where both mean the same number (4.9E-324, not 5.0E-324).
    let two_digits = format!("{double:.1e}");
    let same = two_digits.parse::<f64>().is_ok_and(|parsed| parsed.to_bits() == double.to_bits());
    java_form(if shortest.contains('.') || !same { &shortest } else { &two_digits })
}

/// A number in single precision as Java's `Float.toString` prints it.
pub(super) fn float_text(float: f32) -> String {
    if !float.is_finite() {
        return double_text(f64::from(float));
    }
    let shortest = format!("{float:e}");
    let two_digits = format!("{float:.1e}");
    let same = two_digits.parse::<f32>().is_ok_and(|parsed| parsed.to_bits() == float.to_bits());
    java_form(if shortest.contains('.') || !same { &shortest } else { &two_digits })
}

/// Turns `d.ddde±n` into Java's decimal form (1e-3 ≤ |x| < 1e7) or its form with exponent.
fn java_form(scientific: &str) -> String {
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let rest = rest.trim_end_matches('0');
    let digits = format!("{first}{rest}");
    if digits == "0" {
        return format!("{sign}0.0");
    }
    let fraction = |digits: &str| if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
    match usize::try_from(exponent) {
        Ok(whole) if exponent < 7 => {
            let whole = whole + 1;
            let padded = format!("{digits:0<whole$}");
            format!("{sign}{}.{}", &padded[..whole], fraction(&padded[whole..]))
        }
        Err(_) if exponent >= -3 => {
            let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
            format!("{sign}0.{}{digits}", "0".repeat(zeros))
        }
        _ => format!("{sign}{first}.{}E{exponent}", fraction(rest)),
    }
}

/// Java's order of strings: by UTF-16 units.
pub(super) fn compare_text(left: &str, right: &str) -> Ordering {
    left.encode_utf16().cmp(right.encode_utf16())
}

/// A copy of the value; the derived one would need a deep stack.
pub(super) fn copied(value: &Value) -> Value {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || match value {
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| Node { at: item.at, value: copied(&item.value) }).collect())
        }
        Value::Object(object) => {
            let mut copy = Object::default();
            for member in object.iter() {
                let node = Node { at: member.node.at, value: copied(&member.node.value) };
                copy.insert(member.key.clone(), member.key_at, node);
            }
            Value::Object(copy)
        }
        scalar => scalar.clone(),
    })
}

/// The same value with the keys of every object sorted.
pub(super) fn sorted(value: &Value) -> Value {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || match value {
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| Node { at: item.at, value: sorted(&item.value) }).collect())
        }
        Value::Object(object) => {
            sorted_object(object.iter().map(|member| (member.key.clone(), sorted(&member.node.value))).collect())
        }
        scalar => scalar.clone(),
    })
}

/// An object of these members, sorted by key.
pub(super) fn sorted_object(mut members: Vec<(String, Value)>) -> Value {
    members.sort_by(|left, right| compare_text(&left.0, &right.0));
    let mut object = Object::default();
    for (key, value) in members {
        object.insert(key, 0, Node { at: 0, value });
    }
    Value::Object(object)
}

/// Whether two values are equal: the order of keys does not matter, the kind of number (integer or not) does.
pub(super) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Number(left), Value::Number(right)) => number_text(left) == number_text(right),
        (Value::String(left), Value::String(right)) => left == right,
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len()
                && nested_equal(left.iter().map(|item| &item.value).zip(right.iter().map(|item| &item.value)))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|member| right.get(&member.key).is_some())
                && nested_equal(
                    left.iter()
                        .filter_map(|member| right.get(&member.key).map(|other| (&member.node.value, &other.value))),
                )
        }
        _ => false,
    }
}

fn nested_equal<'a>(mut pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> bool {
    stacker::maybe_grow(128 * 1024, 1024 * 1024, || pairs.all(|(left, right)| equal(left, right)))
}
