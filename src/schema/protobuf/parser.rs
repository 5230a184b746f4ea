//! Words to a tree: files, messages, enums, services; as lenient as the reference.

use std::collections::HashMap;

use super::lexer::Lexer;
use super::tree::{
    Constant, Enum, Extend, Extensions, File, MAX_TAG, Message, Oneof, Reserved, Rpc, RpcType, Service, Setting, Syntax,
};
use crate::schema::ParseError;

/// Deepest nesting of messages and of option values. protoc stops at 32; the contract names no limit.
pub(super) const MAX_DEPTH: usize = 100;

/// Parses the text of a `.proto` file.
pub(super) fn parse(text: &str) -> Result<File, ParseError> {
    Parser { lexer: Lexer::new(text), proto3: false, depth: 0, scope: 0 }.file()
}

/// Longest name of a package, and of a message with the names of those around it: both are in front of many names.
const MAX_NAME: usize = 1024;

pub(super) struct Parser<'a> {
    pub(super) lexer: Lexer<'a>,
    pub(super) proto3: bool,
    pub(super) depth: usize,
    /// How long the names of the messages around are together.
    scope: usize,
}

/// Where each name of one scope was declared, to refuse the second declaration.
#[derive(Default)]
struct Declared(HashMap<String, usize>);

impl Declared {
    fn add(&mut self, lexer: &Lexer<'_>, name: &str, at: usize) -> Result<(), ParseError> {
        match self.0.insert(name.to_owned(), at) {
            None => Ok(()),
            Some(first) => {
                let message = format!("{name} ({}) is already defined at {}", lexer.place(at), lexer.place(first));
                Err(ParseError::at(at, message))
            }
        }
    }
}

impl Parser<'_> {
    /// Reads something that may contain its like, unless that goes too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        if self.depth >= MAX_DEPTH {
            return Err(self.lexer.unexpected(&format!("nested more than {MAX_DEPTH} levels deep")));
        }
        self.depth += 1;
        let result = stacker::maybe_grow(128 * 1024, 1024 * 1024, || read(self));
        self.depth -= 1;
        result
    }

    fn file(mut self) -> Result<File, ParseError> {
        let mut file = File::default();
        let (mut types, mut services) = (Declared::default(), Declared::default());
        let mut first = true;
        while self.lexer.peek()?.is_some() {
            if self.lexer.take(b';')? {
                continue;
            }
            let at = self.lexer.place_of_next()?;
            match self.lexer.word()? {
                "syntax" if first => file.syntax = Some(self.syntax(at)?),
                "syntax" => {
                    return Err(self.lexer.error(at, "'syntax' element must be the first declaration in a file"));
                }
                "edition" => return Err(self.lexer.error(at, "edition is not currently supported")),
                "package" => {
                    file.package = Some(self.package()?);
                }
                "import" => self.import(&mut file)?,
                "option" => file.options.push(self.option()?),
                "message" => {
                    let message = self.message()?;
                    types.add(&self.lexer, &message.name, at)?;
                    file.messages.push(message);
                }
                "enum" => {
                    let declared = self.enumeration()?;
                    types.add(&self.lexer, &declared.name, at)?;
                    file.enums.push(declared);
                }
                "extend" => file.extends.push(self.extend()?),
                "service" => {
                    let service = self.service()?;
                    services.add(&self.lexer, &service.name, at)?;
                    file.services.push(service);
                }
                other => return Err(self.lexer.error(at, format!("unexpected label: {other}"))),
            }
            first = false;
        }
        Ok(file)
    }

    fn syntax(&mut self, at: usize) -> Result<Syntax, ParseError> {
        self.lexer.expect(b'=')?;
        let syntax = match self.lexer.quoted()?.as_str() {
            "proto2" => Syntax::Proto2,
            "proto3" => Syntax::Proto3,
            other => return Err(self.lexer.error(at, format!("unexpected syntax: {other}"))),
        };
        self.proto3 = syntax == Syntax::Proto3;
        self.lexer.expect(b';')?;
        Ok(syntax)
    }

    fn package(&mut self) -> Result<String, ParseError> {
        let at = self.lexer.place_of_next()?;
        let name = self.lexer.word()?;
        // Names are looked up in the package and in each package around it.
        if name.len() > MAX_NAME || name.split('.').count() > MAX_DEPTH {
            let limits = format!("a package of more than {MAX_DEPTH} parts or {MAX_NAME} characters");
            return Err(self.lexer.error(at, limits));
        }
        self.lexer.expect(b';')?;
        Ok(name.to_owned())
    }

    fn import(&mut self, file: &mut File) -> Result<(), ParseError> {
        let quoted = matches!(self.lexer.peek()?, Some(b'"' | b'\''));
        let word = self.lexer.string()?;
        match word.as_str() {
            "public" if !quoted => file.public_imports.push(self.lexer.string()?),
            // The reference forgets weak imports.
            "weak" if !quoted => {
                self.lexer.string()?;
            }
            _ => file.imports.push(word),
        }
        self.lexer.expect(b';')
    }

    fn option(&mut self) -> Result<Setting, ParseError> {
        let option = self.setting()?;
        self.lexer.expect(b';')?;
        Ok(option)
    }

    fn message(&mut self) -> Result<Message, ParseError> {
        let (at, name) = self.lexer.placed_word()?;
        let around = self.scope;
        self.scope += name.len() + 1;
        if self.scope > MAX_NAME {
            return Err(self.lexer.error(at, format!("names of nested messages of more than {MAX_NAME} characters")));
        }
        self.lexer.expect(b'{')?;
        let mut message = Message { name: name.to_owned(), at, ..Message::default() };
        self.nested(|parser| parser.message_body(&mut message))?;
        self.scope = around;
        Ok(message)
    }

    fn message_body(&mut self, message: &mut Message) -> Result<(), ParseError> {
        let mut types = Declared::default();
        while !self.lexer.take(b'}')? {
            if self.lexer.take(b';')? {
                continue;
            }
            let at = self.lexer.place_of_next()?;
            match self.lexer.word()? {
                "option" => message.options.push(self.option()?),
                "reserved" => message.reserved.push(self.reserved()?),
                "extensions" => message.extensions.push(self.extensions()?),
                "extend" => message.extends.push(self.extend()?),
                "oneof" => message.oneofs.push(self.oneof()?),
                "message" => {
                    let nested = self.message()?;
                    types.add(&self.lexer, &nested.name, at)?;
                    message.messages.push(nested);
                }
                "enum" => {
                    let nested = self.enumeration()?;
                    types.add(&self.lexer, &nested.name, at)?;
                    message.enums.push(nested);
                }
                word => self.field_or_group(at, word, &mut message.fields, &mut message.groups)?,
            }
        }
        Ok(())
    }

    fn oneof(&mut self) -> Result<Oneof, ParseError> {
        let (at, name) = self.lexer.placed_word()?;
        let mut oneof = Oneof { name: name.to_owned(), at, ..Oneof::default() };
        self.lexer.expect(b'{')?;
        while !self.lexer.take(b'}')? {
            if self.lexer.take(b';')? {
                continue;
            }
            match self.lexer.word()? {
                "option" => oneof.options.push(self.option()?),
                "group" => oneof.groups.push(self.group(None)?),
                word => {
                    let ty = self.field_type(word)?;
                    oneof.fields.push(self.field(None, ty)?);
                }
            }
        }
        Ok(oneof)
    }

    fn extend(&mut self) -> Result<Extend, ParseError> {
        let name = self.lexer.word()?.to_owned();
        let mut extend = Extend { name, fields: Vec::new(), groups: Vec::new() };
        self.lexer.expect(b'{')?;
        while !self.lexer.take(b'}')? {
            if self.lexer.take(b';')? {
                continue;
            }
            let at = self.lexer.place_of_next()?;
            let word = self.lexer.word()?;
            self.field_or_group(at, word, &mut extend.fields, &mut extend.groups)?;
        }
        Ok(extend)
    }

    fn enumeration(&mut self) -> Result<Enum, ParseError> {
        let (at, name) = self.lexer.placed_word()?;
        let mut declared = Enum { name: name.to_owned(), at, ..Enum::default() };
        self.lexer.expect(b'{')?;
        while !self.lexer.take(b'}')? {
            if self.lexer.take(b';')? {
                continue;
            }
            match self.lexer.placed_word()? {
                (_, "option") => declared.options.push(self.option()?),
                (_, "reserved") => declared.reserved.push(self.reserved()?),
                (at, name) => {
                    self.lexer.expect(b'=')?;
                    let (number_at, number) = self.lexer.placed_int()?;
                    let options = self.settings()?;
                    self.lexer.expect(b';')?;
                    declared.constants.push(Constant { name: name.to_owned(), at, number, number_at, options });
                }
            }
        }
        Ok(declared)
    }

    fn reserved(&mut self) -> Result<Vec<Reserved>, ParseError> {
        let mut items = Vec::new();
        loop {
            items.push(match self.lexer.peek()? {
                Some(b'"' | b'\'') => Reserved::Name(self.lexer.quoted()?),
                _ => self.range()?,
            });
            if self.lexer.take(b';')? {
                return Ok(items);
            }
            if !self.lexer.take(b',')? {
                return Err(self.lexer.unexpected("expected ',' or ';'"));
            }
        }
    }

    fn extensions(&mut self) -> Result<Extensions, ParseError> {
        let mut ranges = vec![self.range()?];
        while self.lexer.take(b',')? {
            ranges.push(self.range()?);
        }
        let options = self.settings()?;
        self.lexer.expect(b';')?;
        Ok(Extensions { ranges, options })
    }

    /// `5`, `5 to 7` or `5 to max`.
    fn range(&mut self) -> Result<Reserved, ParseError> {
        let start = self.lexer.int()?;
        if matches!(self.lexer.peek()?, Some(b',' | b';' | b'[')) {
            return Ok(Reserved::Tag(start));
        }
        let at = self.lexer.place_of_next()?;
        if self.lexer.word()? != "to" {
            return Err(self.lexer.error(at, "expected ',', ';', or 'to'"));
        }
        let at = self.lexer.place_of_next()?;
        let end = match self.lexer.word()? {
            "max" => MAX_TAG,
            word => self.lexer.number(at, word)?,
        };
        Ok(Reserved::Range(start, end))
    }

    fn service(&mut self) -> Result<Service, ParseError> {
        let (at, name) = self.lexer.placed_word()?;
        let mut service = Service { name: name.to_owned(), at, options: Vec::new(), rpcs: Vec::new() };
        self.lexer.expect(b'{')?;
        while !self.lexer.take(b'}')? {
            if self.lexer.take(b';')? {
                continue;
            }
            let at = self.lexer.place_of_next()?;
            match self.lexer.word()? {
                "option" => service.options.push(self.option()?),
                "rpc" => service.rpcs.push(self.rpc()?),
                other => return Err(self.lexer.error(at, format!("unexpected label: {other}"))),
            }
        }
        Ok(service)
    }

    fn rpc(&mut self) -> Result<Rpc, ParseError> {
        let (at, name) = self.lexer.placed_word()?;
        let request = self.rpc_type()?;
        let (returns_at, returns) = self.lexer.placed_word()?;
        if returns != "returns" {
            return Err(self.lexer.error(returns_at, "expected 'returns'"));
        }
        let response = self.rpc_type()?;
        let mut options = Vec::new();
        if self.lexer.take(b'{')? {
            while !self.lexer.take(b'}')? {
                if self.lexer.take(b';')? {
                    continue;
                }
                let at = self.lexer.place_of_next()?;
                match self.lexer.word()? {
                    "option" => options.push(self.option()?),
                    other => return Err(self.lexer.error(at, format!("unexpected label: {other}"))),
                }
            }
        } else {
            self.lexer.expect(b';')?;
        }
        Ok(Rpc { name: name.to_owned(), at, request, response, options })
    }

    fn rpc_type(&mut self) -> Result<RpcType, ParseError> {
        self.lexer.expect(b'(')?;
        let word = self.lexer.word()?;
        let streams = word == "stream" && self.lexer.peek()? != Some(b')');
        let name = if streams { self.lexer.word()? } else { word };
        self.lexer.expect(b')')?;
        Ok(RpcType { name: name.to_owned(), streams })
    }
}
