//! Exact decimals as Java's `BigDecimal` has them: digits and a scale, printed its way.

use std::fmt;

use crate::schema::document::Number;

/// Most significant digits of a divisor; a longer one divides nothing but itself.
const MAX_DIVISOR_DIGITS: usize = 37;

/// A decimal number: `digits` × 10^-`scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: String,
    scale: i64,
}

impl Decimal {
    /// Reads a JSON number; `None` for `NaN`, the infinities and exponents beyond Java's range.
    pub(super) fn read(number: &Number) -> Option<Self> {
        let (negative, text) = match number.spelling().strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, number.spelling()),
        };
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let exponent: i32 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let scale = i64::try_from(fraction.len()).ok()? - i64::from(exponent);
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0');
        let digits = if significant.is_empty() { "0" } else { significant };
        // Java's decimals have no negative zero.
        Some(Self { negative: negative && digits != "0", digits: digits.to_owned(), scale })
    }

    /// Whether this number equals `other` in value, whatever the scales.
    pub(super) fn same_value(&self, other: &Self) -> bool {
        self.stripped() == other.stripped()
    }

    /// Whether this number is `divisor` times an integer; false for a divisor of zero.
    pub(super) fn is_multiple_of(&self, divisor: &Self) -> bool {
        let (_, digits, exponent) = self.stripped();
        let (_, divisor_digits, divisor_exponent) = divisor.stripped();
        if divisor_digits.is_empty() {
            return false;
        }
        if digits.is_empty() || digits == divisor_digits && exponent >= divisor_exponent {
            return true;
        }
        // Without trailing zeros `digits` has no factor 10, so a divisor with a higher power of ten cannot fit.
        if exponent < divisor_exponent || divisor_digits.len() > MAX_DIVISOR_DIGITS {
            return false;
        }
        let Ok(modulus) = divisor_digits.parse::<u128>() else { return false };
        let rest = digits.bytes().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % modulus);
        // A number of n digits has fewer than 4n factors 2 or 5: further zeros change nothing.
        let zeros = usize::try_from(exponent - divisor_exponent).unwrap_or(usize::MAX).min(4 * MAX_DIVISOR_DIGITS);
        (0..zeros).fold(rest, |rest, _| rest * 10 % modulus) == 0
    }

    /// Sign, digits without trailing zeros (none for zero), power of ten.
    fn stripped(&self) -> (bool, &str, i64) {
        let digits = self.digits.trim_end_matches('0');
        let zeros = i64::try_from(self.digits.len() - digits.len()).unwrap_or(i64::MAX);
        if digits.is_empty() { (false, "", 0) } else { (self.negative, digits, zeros - self.scale) }
    }
}

impl fmt::Display for Decimal {
    /// Prints like `BigDecimal.toString`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        let adjusted = length - 1 - self.scale;
        if self.scale == 0 {
            return f.write_str(&self.digits);
        }
        if self.scale > 0 && adjusted >= -6 {
            let scale = usize::try_from(self.scale).unwrap_or(usize::MAX);
            let padded = format!("{:0>1$}", self.digits, scale + 1);
            let (whole, fraction) = padded.split_at(padded.len() - scale);
            return write!(f, "{whole}.{fraction}");
        }
        let (first, rest) = self.digits.split_at(1);
        f.write_str(first)?;
        if !rest.is_empty() {
            write!(f, ".{rest}")?;
        }
        if adjusted == 0 { Ok(()) } else { write!(f, "E{adjusted:+}") }
    }
}
