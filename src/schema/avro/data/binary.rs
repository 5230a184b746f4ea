//! Walks over binary data by a schema, before the `apache-avro` crate decodes it.
//!
//! The crate takes the end of the data for null in some places, recurses without end into records that take no bytes,
//! and reserves memory for as many items as the data claims to have. What passes here does none of that.

use super::{MAX_DEPTH, MAX_VALUES, Nonconformity, Place, too_much};
use crate::schema::{
    ParseError,
    avro::model::{Primitive, Type, TypeId, Types},
};

/// The first reason why the bytes are not one value of this type.
pub(super) fn check(types: &Types, root: TypeId, bytes: &[u8]) -> Result<Result<(), Nonconformity>, ParseError> {
    let mut walk = Walk { types, bytes, at: 0, values: 0, depth: 0 };
    let end = walk.value(root, &Place::ROOT).and_then(|()| match bytes.len() - walk.at {
        0 => Ok(()),
        left => Err(walk.wrong(&Place::ROOT, &format!("{left} bytes are left after the value"))),
    });
    match end {
        Ok(()) => Ok(Ok(())),
        Err(Stop::Wrong(found)) => Ok(Err(found)),
        Err(Stop::TooMuch(error)) => Err(error),
    }
}

enum Stop {
    Wrong(Nonconformity),
    TooMuch(ParseError),
}

struct Walk<'a> {
    types: &'a Types,
    bytes: &'a [u8],
    at: usize,
    values: usize,
    depth: usize,
}

impl<'a> Walk<'a> {
    fn wrong(&self, place: &Place<'_>, message: &str) -> Stop {
        Stop::Wrong(place.nonconformity(format!("{message} (at byte {})", self.at)))
    }

    fn value(&mut self, of: TypeId, place: &Place<'_>) -> Result<(), Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(Stop::TooMuch(too_much("values", MAX_VALUES)));
        }
        if self.depth >= MAX_DEPTH {
            return Err(Stop::TooMuch(too_much("levels", MAX_DEPTH)));
        }
        self.depth += 1;
        self.walk(of, place)?;
        self.depth -= 1;
        Ok(())
    }

    fn walk(&mut self, of: TypeId, place: &Place<'_>) -> Result<(), Stop> {
        let types = self.types;
        match &types[of] {
            Type::Primitive(primitive, _) => self.primitive(*primitive, place),
            Type::Fixed(fixed) => self.take(fixed.size, place).map(|_| ()),
            Type::Enum(enumeration) => {
                let at = self.long(place)?;
                if usize::try_from(at).is_ok_and(|at| at < enumeration.symbols.len()) {
                    return Ok(());
                }
                let (name, symbols) = (enumeration.definition.name.full(), enumeration.symbols.len());
                Err(self.wrong(place, &format!("the enum {name} has {symbols} symbols, none of them number {at}")))
            }
            Type::Union(branches) => {
                let at = self.long(place)?;
                let Some(&branch) = usize::try_from(at).ok().and_then(|at| branches.get(at)) else {
                    let message = format!("the union has {} branches, none of them number {at}", branches.len());
                    return Err(self.wrong(place, &message));
                };
                match types[branch].branch_name() {
                    "null" => self.value(branch, place),
                    name => self.value(branch, &place.key(name)),
                }
            }
            Type::Record(record) => {
                record.fields.iter().try_for_each(|field| self.value(field.of, &place.key(&field.name)))
            }
            Type::Array(items, _) => {
                let mut at = 0;
                self.blocks(place, |walk| {
                    at += 1;
                    walk.value(*items, &place.at(at - 1))
                })
            }
            Type::Map(values, _) => self.blocks(place, |walk| {
                let key = walk.text(place)?;
                walk.value(*values, &place.key(key))
            }),
            Type::Unresolved => Ok(()),
        }
    }

    fn primitive(&mut self, primitive: Primitive, place: &Place<'_>) -> Result<(), Stop> {
        match primitive {
            Primitive::Null => Ok(()),
            Primitive::Boolean => match self.take(1, place)? {
                [0 | 1] => Ok(()),
                other => Err(self.wrong(place, &format!("a boolean is 0 or 1, not {}", other[0]))),
            },
            Primitive::Int => {
                let long = self.long(place)?;
                i32::try_from(long)
                    .map(|_| ())
                    .map_err(|_| self.wrong(place, &format!("{long} is no integer of 32 bits")))
            }
            Primitive::Long => self.long(place).map(|_| ()),
            Primitive::Float => self.take(4, place).map(|_| ()),
            Primitive::Double => self.take(8, place).map(|_| ()),
            Primitive::Bytes => self.counted(place).map(|_| ()),
            Primitive::String => self.text(place).map(|_| ()),
        }
    }

    /// The blocks of an array or a map, up to the empty one.
    fn blocks(&mut self, place: &Place<'_>, mut item: impl FnMut(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        loop {
            let mut count = self.long(place)?;
            if count == 0 {
                return Ok(());
            }
            if count < 0 {
                let size = self.long(place)?;
                if size < 0 {
                    return Err(self.wrong(place, &format!("the size of a block is negative: {size}")));
                }
                count = count.checked_neg().ok_or_else(|| self.wrong(place, "the count of a block is out of range"))?;
            }
            for _ in 0..count {
                item(self)?;
            }
        }
    }

    fn text(&mut self, place: &Place<'_>) -> Result<&'a str, Stop> {
        let bytes = self.counted(place)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong(place, "a string is not UTF-8"))
    }

    fn counted(&mut self, place: &Place<'_>) -> Result<&'a [u8], Stop> {
        let length = self.long(place)?;
        let length =
            usize::try_from(length).map_err(|_| self.wrong(place, &format!("a length is negative: {length}")))?;
        self.take(length, place)
    }

    fn take(&mut self, length: usize, place: &Place<'_>) -> Result<&'a [u8], Stop> {
        let left = &self.bytes[self.at..];
        let Some(taken) = left.get(..length) else {
            return Err(self.wrong(place, &format!("{length} bytes are needed, {} are left", left.len())));
        };
        self.at += length;
        Ok(taken)
    }

    /// A zigzag number of up to ten bytes.
    fn long(&mut self, place: &Place<'_>) -> Result<i64, Stop> {
        let mut bits: u64 = 0;
        for shift in (0..70).step_by(7) {
            let Some(&byte) = self.bytes.get(self.at) else {
                return Err(self.wrong(place, "the data end within a number or before it"));
            };
            self.at += 1;
            let seven = u64::from(byte & 0x7f);
            if shift == 63 && seven > 1 {
                break;
            }
            bits |= seven << shift;
            if byte < 0x80 {
                return Ok((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed());
            }
        }
        Err(self.wrong(place, "a number takes more than 64 bits"))
    }
}
