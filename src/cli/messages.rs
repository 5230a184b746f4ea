//! Takes messages out of a stream of bytes, and the name of its schema out of a message.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::model::Guid;

/// How messages follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Framing {
    /// Everything is one message.
    One,
    /// Each message comes after its length: four bytes, the highest first.
    Length,
    /// One message per line, in base64.
    Base64,
    /// One message per line, in hexadecimal digits.
    Hex,
}

/// A message, and the byte of the input at which it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) at: usize,
    pub(super) bytes: Vec<u8>,
}

/// Something that is no message, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unreadable {
    pub(super) at: usize,
    pub(super) why: String,
}

/// Which schema wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Writer {
    /// By its id in the registry.
    Id(i32),
    /// By its guid.
    Guid(Guid),
}

/// Every message of an input; where one cannot be read, the rest of a line is passed over and the rest of a stream lost.
pub(super) fn split(input: &[u8], framing: Framing) -> Vec<Result<Message, Unreadable>> {
    match framing {
        Framing::One => vec![Ok(Message { at: 0, bytes: input.to_vec() })],
        Framing::Length => by_length(input),
        Framing::Base64 => by_line(input, |line| STANDARD.decode(line).map_err(|error| format!("no base64: {error}"))),
        Framing::Hex => by_line(input, hexadecimal),
    }
}

fn by_length(input: &[u8]) -> Vec<Result<Message, Unreadable>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < input.len() {
        let rest = &input[at..];
        let Some((length, rest)) = rest.split_first_chunk::<4>() else {
            found.push(Err(Unreadable { at, why: format!("{} bytes are left, a length has 4", rest.len()) }));
            break;
        };
        let length = u32::from_be_bytes(*length) as usize;
        let Some(bytes) = rest.get(..length) else {
            let why = format!("a message of {length} bytes is announced, {} are left", rest.len());
            found.push(Err(Unreadable { at, why }));
            break;
        };
        found.push(Ok(Message { at: at + 4, bytes: bytes.to_vec() }));
        at += 4 + length;
    }
    found
}

fn by_line(input: &[u8], decode: impl Fn(&[u8]) -> Result<Vec<u8>, String>) -> Vec<Result<Message, Unreadable>> {
    let (mut found, mut at) = (Vec::new(), 0);
    for line in input.split(|byte| *byte == b'\n') {
        let text = line.trim_ascii();
        if !text.is_empty() {
            found.push(decode(text).map(|bytes| Message { at, bytes }).map_err(|why| Unreadable { at, why }));
        }
        at += line.len() + 1;
    }
    found
}

fn hexadecimal(line: &[u8]) -> Result<Vec<u8>, String> {
    let digits: Vec<u8> = line.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    if !digits.len().is_multiple_of(2) {
        return Err("an odd number of hexadecimal digits".to_owned());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pair = |pair: &[u8]| Some(digit(pair[0])? << 4 | digit(pair[1])?);
    digits.chunks(2).map(pair).collect::<Option<_>>().ok_or_else(|| "not only hexadecimal digits".to_owned())
}

/// The schema that a message names, and what follows: a zero byte and an id, or a one and a guid.
pub(super) fn writer(message: &[u8]) -> Result<(Writer, &[u8]), String> {
    let cut_off = |needed: usize| format!("{} bytes; the head of the wire format has {needed}", message.len());
    match message {
        [0, rest @ ..] => {
            let (id, payload) = rest.split_first_chunk::<4>().ok_or_else(|| cut_off(5))?;
            Ok((Writer::Id(i32::from_be_bytes(*id)), payload))
        }
        [1, rest @ ..] => {
            let (guid, payload) = rest.split_first_chunk::<16>().ok_or_else(|| cut_off(17))?;
            Ok((Writer::Guid(Guid::from_bytes(*guid)), payload))
        }
        [other, ..] => Err(format!(
            "it begins with {other:#04x}, not with 0x00 (an id follows) or 0x01 (a guid follows); \
             it was not written by a serialiser that uses a registry"
        )),
        [] => Err("it is empty".to_owned()),
    }
}

impl std::fmt::Display for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Id(id) => write!(f, "id {id}"),
            Self::Guid(guid) => write!(f, "guid {guid}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Plain = Result<(usize, Vec<u8>), (usize, String)>;

    fn read(input: &[u8], framing: Framing) -> Vec<Plain> {
        let plain = |found: Result<Message, Unreadable>| {
            found.map(|message| (message.at, message.bytes)).map_err(|wrong| (wrong.at, wrong.why))
        };
        split(input, framing).into_iter().map(plain).collect()
    }

    #[test]
    fn messages_are_told_apart_with_their_places() {
        assert_eq!(read(b"ab", Framing::One), [Ok((0, b"ab".to_vec()))]);
        let lengths = read(b"\0\0\0\x02ab\0\0\0\0\0\0\0\x09c", Framing::Length);
        let short = "a message of 9 bytes is announced, 1 are left".to_owned();
        assert_eq!(lengths, [Ok((4, b"ab".to_vec())), Ok((10, Vec::new())), Err((10, short))]);
        let left = read(b"\0\0", Framing::Length);
        assert_eq!(left, [Err((0, "2 bytes are left, a length has 4".to_owned()))]);
        let lines = read(b"AAEC\n\n!!\n", Framing::Base64);
        assert_eq!(lines[0], Ok((0, vec![0, 1, 2])));
        assert!(lines[1].as_ref().is_err_and(|(at, why)| *at == 6 && why.starts_with("no base64")), "{lines:?}");
        let digits = read(b"00 0a\n0\nxy", Framing::Hex);
        assert_eq!(digits[0], Ok((0, vec![0, 10])));
        assert!(digits[1].is_err() && digits[2].is_err(), "{digits:?}");
    }

    #[test]
    fn the_head_names_the_schema() {
        assert_eq!(writer(b"\0\0\0\x01\x02xy"), Ok((Writer::Id(258), &b"xy"[..])));
        let guid = *b"0123456789abcdef";
        let message = [&[1], &guid[..], &[9]].concat();
        assert_eq!(writer(&message), Ok((Writer::Guid(Guid::from_bytes(guid)), &[9][..])));
        for wrong in [&b""[..], b"\0\0\0", b"\x01\0", b"{\"a\":1}"] {
            assert!(writer(wrong).is_err(), "{wrong:?}");
        }
    }
}
