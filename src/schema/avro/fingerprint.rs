//! The parsing canonical form of the Avro specification and its 64-bit fingerprint.

use std::{collections::HashSet, sync::LazyLock};

use super::{
    model::{Type, TypeId, Types},
    value::Writer,
};

/// The fingerprint of the empty text, and the polynomial, as the Avro specification gives them.
const EMPTY: u64 = 0xc15d_213a_a4d7_a795;

/// CRC-64-AVRO of a parsing canonical form.
pub fn fingerprint_rabin(canonical: &str) -> u64 {
    static TABLE: LazyLock<[u64; 256]> = LazyLock::new(|| {
        let mut table = [0; 256];
        for (byte, entry) in (0_u64..).zip(&mut table) {
            *entry = (0..8).fold(byte, |crc, _| (crc >> 1) ^ (EMPTY & (crc & 1).wrapping_neg()));
        }
        table
    });
    canonical.bytes().fold(EMPTY, |crc, byte| (crc >> 8) ^ TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)])
}

/// The parsing canonical form: full names, and only what decides how data is read.
pub(super) fn parsing_canonical_form(types: &Types, root: TypeId) -> String {
    let mut printer = Printer { types, known: HashSet::new(), out: Writer::default() };
    printer.write(root);
    printer.out.finish()
}

struct Printer<'t> {
    types: &'t Types,
    known: HashSet<&'t str>,
    out: Writer,
}

impl<'t> Printer<'t> {
    fn write(&mut self, of: TypeId) {
        stacker::maybe_grow(128 * 1024, 1024 * 1024, || match &self.types[of] {
            Type::Array(items, _) => self.container("array", "items", *items),
            Type::Map(values, _) => self.container("map", "values", *values),
            Type::Union(branches) => self.list(branches, |printer, &branch| printer.write(branch)),
            named => match named.definition() {
                Some(definition) => self.named(named, definition.name.full()),
                None => self.out.string(named.keyword()),
            },
        });
    }

    fn named(&mut self, named: &'t Type, full_name: &'t str) {
        if !self.known.insert(full_name) {
            self.out.string(full_name);
            return;
        }
        self.out.open('{');
        self.member("name", full_name);
        self.member("type", named.keyword());
        match named {
            Type::Record(record) => {
                self.out.key("fields");
                self.list(&record.fields, |printer, field| {
                    printer.out.open('{');
                    printer.member("name", &field.name);
                    printer.out.key("type");
                    printer.write(field.of);
                    printer.out.close('}');
                });
            }
            Type::Enum(enumeration) => {
                self.out.key("symbols");
                self.list(&enumeration.symbols, |printer, symbol| printer.out.string(symbol));
            }
            Type::Fixed(fixed) => {
                self.out.key("size");
                self.out.raw(&fixed.size.to_string());
            }
            _ => {}
        }
        self.out.close('}');
    }

    fn container(&mut self, keyword: &str, part_key: &str, part: TypeId) {
        self.out.open('{');
        self.member("type", keyword);
        self.out.key(part_key);
        self.write(part);
        self.out.close('}');
    }

    fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.out.open('[');
        for item in items {
            self.out.next();
            write(self, item);
        }
        self.out.close(']');
    }

    fn member(&mut self, key: &str, text: &str) {
        self.out.key(key);
        self.out.string(text);
    }
}
