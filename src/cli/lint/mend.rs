//! `regis lint --fix`: puts the mendings that are certain into the files, or shows what they would change.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::PathBuf,
    process,
};

use similar::TextDiff;

use super::examine;
use crate::{
    cli::{
        exit::Exit,
        finding::{Finding, Fix, Report},
        remote::Failure,
        selection::Selection,
        workspace::LocalSchema,
    },
    schema::Mentions,
};

/// What some programs put before a text.
const MARK: &str = "\u{feff}";

/// A file and what becomes of it.
pub(super) struct Mended {
    /// Its name, as people are told of it.
    pub(super) shown: String,
    /// How many findings are gone.
    pub(super) fixes: usize,
    path: PathBuf,
    before: String,
    after: String,
}

/// What the certain mendings of a report make of the files; nothing is written.
pub(super) fn mend(selection: &Selection, report: &Report) -> Result<Vec<Mended>, Failure> {
    let mut by_subject: BTreeMap<&str, Vec<(&Finding, &Fix)>> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.counts()) {
        if let (Some(subject), Some(fix)) = (&finding.subject, &finding.fix) {
            by_subject.entry(subject).or_default().push((finding, fix));
        }
    }
    let schemas = selection.workspace.schemas.iter();
    let meant = schemas.filter_map(|schema| Some((schema, by_subject.get(schema.subject.as_str())?)));
    meant.map(|(schema, found)| mended(selection, schema, found)).collect()
}

fn mended(selection: &Selection, schema: &LocalSchema, found: &[(&Finding, &Fix)]) -> Result<Mended, Failure> {
    let mut fixes: Vec<&Fix> = found.iter().map(|(_, fix)| *fix).collect();
    fixes.sort_by_key(|fix| fix.at);
    let shown = found.iter().find_map(|(finding, _)| finding.file.clone()).unwrap_or_else(|| schema.file.clone());
    let after = with_insertions(&schema.text, &fixes);
    let mended = LocalSchema { text: after.clone(), ..schema.clone() };
    let left = examine(&selection.configuration, &mended).len();
    let reads = Mentions::of(schema.kind, &after).is_ok();
    if !reads || left + fixes.len() != examine(&selection.configuration, schema).len() {
        let sentence = format!("{shown}: its text would not be what was meant; nothing was written");
        return Err(Failure::new(Exit::Internal, sentence));
    }
    let path = selection.root.folder.join(&schema.file);
    // A byte order mark is no part of the schema, but of the file.
    let mark = if fs::read(&path).is_ok_and(|bytes| bytes.starts_with(MARK.as_bytes())) { MARK } else { "" };
    let (before, after) = (format!("{mark}{}", schema.text), format!("{mark}{after}"));
    Ok(Mended { shown, fixes: fixes.len(), path, before, after })
}

/// The text with every insertion at its place, and otherwise as it was.
fn with_insertions(text: &str, fixes: &[&Fix]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut copied = 0;
    for fix in fixes {
        out.push_str(&text[copied..fix.at]);
        out.push_str(&fix.insert);
        copied = fix.at;
    }
    out.push_str(&text[copied..]);
    out
}

/// What would change, as `patch` and `git apply` read it.
pub(super) fn unified(mended: &[Mended]) -> String {
    let one = |file: &Mended| {
        let (old, new) = (format!("a/{}", file.shown), format!("b/{}", file.shown));
        TextDiff::from_lines(&file.before, &file.after).unified_diff().header(&old, &new).to_string()
    };
    mended.iter().map(one).collect()
}

/// Writes the files, unless one of them is not as it was read.
pub(super) fn write(mended: &[Mended]) -> Result<(), Failure> {
    let mut sentences: Vec<String> = mended.iter().filter_map(obstacle).collect();
    if !sentences.is_empty() {
        sentences.push("so nothing was written".to_owned());
        return Err(Failure { exit: Exit::Usage, sentences });
    }
    for file in mended {
        replace(file).map_err(|error| Failure::usage(format!("{}: {error}", file.shown)))?;
    }
    Ok(())
}

/// Why a file cannot be written, if there is a reason.
fn obstacle(file: &Mended) -> Option<String> {
    let shown = &file.shown;
    match (fs::read(&file.path), fs::metadata(&file.path)) {
        (Ok(found), _) if found != file.before.as_bytes() => {
            Some(format!("{shown}: it changed while it was looked at"))
        }
        (Ok(_), Ok(known)) if known.permissions().readonly() => Some(format!("{shown}: it is read-only")),
        (Ok(_), Ok(_)) => None,
        (Err(error), _) | (_, Err(error)) => Some(format!("{shown}: {error}")),
    }
}

/// Writes a file whole or not at all, with the rights that it had.
fn replace(file: &Mended) -> io::Result<()> {
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let draft = file.path.with_file_name(format!(".{name}.{}", process::id()));
    // Never over a file that somebody else has put there.
    let mut open = fs::File::create_new(&draft)?;
    let written = open
        .write_all(file.after.as_bytes())
        .and_then(|()| fs::set_permissions(&draft, fs::metadata(&file.path)?.permissions()))
        .and_then(|()| fs::rename(&draft, &file.path));
    if written.is_err() {
        // What matters is told; a draft that cannot be removed is harmless.
        let _left_over = fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_meanwhile_keeps_all_from_being_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, found: &str| {
            let path = folder.path().join(name);
            fs::write(&path, found).expect("a file");
            Mended { shown: name.to_owned(), fixes: 1, path, before: "old".to_owned(), after: "new".to_owned() }
        };
        let read = |file: &Mended| fs::read_to_string(&file.path).expect("the file");
        let files = [file("a", "old"), file("b", "newer")];
        let failure = write(&files).expect_err("b is not as it was");
        assert_eq!((failure.exit, failure.sentences.len()), (Exit::Usage, 2), "{failure:?}");
        assert!(failure.sentences[0].starts_with("b: it changed"), "{failure:?}");
        assert_eq!(files.each_ref().map(read), ["old", "newer"]);
        fs::remove_file(&files[1].path).expect("a file");
        assert!(write(&files).is_err(), "a file that is gone is not made again");
        write(&files[..1]).expect("a is as it was");
        assert_eq!(read(&files[0]), "new");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "no draft is left");
    }
}
