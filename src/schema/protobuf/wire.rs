//! The parts of the Protobuf wire format that are read and written by hand.

/// Wire types of keys: a number, and bytes with their length.
pub(super) const VARINT: u64 = 0;
pub(super) const LENGTH: u64 = 2;

/// Appends a number, seven bits at a time.
pub(super) fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// Appends a field that holds a number.
pub(super) fn put_number(out: &mut Vec<u8>, tag: u32, value: u64) {
    put_varint(out, u64::from(tag) << 3 | VARINT);
    put_varint(out, value);
}

/// Appends a field that holds bytes.
pub(super) fn put_bytes(out: &mut Vec<u8>, tag: u32, value: &[u8]) {
    put_varint(out, u64::from(tag) << 3 | LENGTH);
    put_varint(out, value.len() as u64);
    out.extend_from_slice(value);
}

/// Takes a number from the front; `None` if it is cut off or too long.
pub(super) fn take_varint(input: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = input.split_first()?;
        *input = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// The value of a field that was read.
pub(super) enum Taken<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

/// Takes a field from the front: its number and its value; `None` if the input is malformed.
pub(super) fn take_field<'a>(input: &mut &'a [u8]) -> Option<(u32, Taken<'a>)> {
    let key = take_varint(input)?;
    let tag = u32::try_from(key >> 3).ok()?;
    let taken = match key & 7 {
        VARINT => Taken::Number(take_varint(input)?),
        LENGTH => {
            let length = usize::try_from(take_varint(input)?).ok()?;
            Taken::Bytes(take_bytes(input, length)?)
        }
        1 => take_bytes(input, 8).map(|_| Taken::Other)?,
        5 => take_bytes(input, 4).map(|_| Taken::Other)?,
        _ => return None,
    };
    Some((tag, taken))
}

fn take_bytes<'a>(input: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = input.split_at_checked(length)?;
    *input = rest;
    Some(taken)
}
