//! Complete descriptors, built by the published crate that checks what protoc checks.

use std::collections::{HashMap, HashSet};

use prost::Message as _;
use prost_reflect::{DescriptorPool, FileDescriptor};

use super::builtin;
use super::encode::{Style, encode, importable};
use super::names::Names;
use super::scalar::Scalar;
use super::tree::{Enum, FieldType, File, Message};
use crate::schema::ParseError;

/// How many bytes the full names of a file's declarations may take.
const MAX_NAMES: usize = 64 * 1024 * 1024;

/// Builds the descriptors of a file and of everything it imports.
pub(super) fn build(file: &File, references: &[(String, File)]) -> Result<FileDescriptor, ParseError> {
    let names = Names::new(file, references);
    let importable = importable(references);
    let mut name = "schema".to_owned();
    while importable.contains(name.as_str()) {
        name.push('_');
    }
    let mut pool = DescriptorPool::new();
    check(file)?;
    for (import, imported) in imports_first(file, references)? {
        check(imported)?;
        add(&mut pool, &encode(import, imported, &names, &importable, Style::Complete)?.encode_to_vec())?;
    }
    add(&mut pool, &encode(&name, file, &names, &importable, Style::Complete)?.encode_to_vec())?;
    pool.get_file_by_name(&name).ok_or_else(|| ParseError::new("the descriptor is incomplete"))
}

fn add(pool: &mut DescriptorPool, bytes: &[u8]) -> Result<(), ParseError> {
    // The crate reads and checks nested messages recursively; the parser bounds their depth.
    stacker::maybe_grow(2 * 1024 * 1024, 8 * 1024 * 1024, || pool.decode_file_descriptor_proto(bytes))
        .map_err(|error| ParseError::new(error.to_string()))
}

/// Checks what the crate relies on: keys of maps are scalars, entries spelled out are entries, and the full names,
/// which it keeps for every declaration, do not take too much memory.
fn check(file: &File) -> Result<(), ParseError> {
    let wrong =
        |name: &str| Err(ParseError::new(format!("{name} is no map: its key must be an integer, a bool or a string")));
    let package = file.package.as_deref().map_or(0, str::len);
    let mut names = constants(&file.enums) * package;
    let mut open: Vec<(usize, &Message)> = file.messages.iter().map(|message| (package, message)).collect();
    while let Some((around, message)) = open.pop() {
        let entry = message.entry_types().map(|(key, _)| key);
        if message.is_map_entry() && (message.all_fields().count() != 2 || !entry.is_some_and(is_key)) {
            return wrong(&message.name);
        }
        let mut declared = constants(&message.enums) + message.oneofs.len() + 1;
        for field in message.all_fields() {
            declared += 1;
            match &field.ty {
                FieldType::Map { key, .. } if !is_key(&FieldType::Named(key.clone())) => return wrong(&field.name),
                FieldType::Map { .. } => declared += 3,
                FieldType::Named(_) => {}
            }
        }
        let scope = around + message.name.len() + 1;
        names += declared * scope;
        if names > MAX_NAMES {
            return Err(ParseError::new("the full names of all declarations would be too large"));
        }
        open.extend(message.messages.iter().map(|nested| (scope, nested)));
    }
    Ok(())
}

fn constants(enums: &[Enum]) -> usize {
    enums.iter().map(|declared| declared.constants.len() + 1).sum()
}

fn is_key(ty: &FieldType) -> bool {
    let FieldType::Named(name) = ty else { return false };
    !matches!(Scalar::of(name), None | Some(Scalar::Float | Scalar::Double | Scalar::Bytes))
}

/// All files that are imported, directly or not, each behind its own imports; unknown ones are left out.
fn imports_first<'a>(file: &'a File, references: &'a [(String, File)]) -> Result<Vec<(&'a str, &'a File)>, ParseError> {
    let builtin = builtin::files().iter();
    let known = builtin.chain(references).map(|(name, file)| (name.as_str(), file));
    let known: HashMap<&str, &File> = known.collect();
    let (mut ordered, mut done, mut open) = (Vec::new(), HashSet::new(), HashSet::new());
    // Each entry is met twice: when its imports begin and when they are complete.
    let mut stack: Vec<(&str, bool)> = imports(file).map(|import| (import, false)).collect();
    while let Some((name, complete)) = stack.pop() {
        let Some(&imported) = known.get(name) else { continue };
        if complete {
            open.remove(name);
            done.insert(name);
            ordered.push((name, imported));
        } else if open.contains(name) {
            return Err(ParseError::new(format!("import cycle at {name}")));
        } else if !done.contains(name) {
            open.insert(name);
            stack.push((name, true));
            stack.extend(imports(imported).filter(|import| !done.contains(import)).map(|import| (import, false)));
        }
    }
    Ok(ordered)
}

fn imports(file: &File) -> impl Iterator<Item = &str> {
    file.imports.iter().chain(&file.public_imports).map(String::as_str)
}
