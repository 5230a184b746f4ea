//! The name of each subject's file. It need not be read back, for the lock says what is in it; it must be one of its own.

use std::fmt::Write as _;

use crate::{
    cli::workspace::digest,
    model::{SchemaKind, Subject},
};

/// What a file's name cannot hold on some system, `%`, which stands for it, and `@`, which stands before a version.
const ESCAPED: &str = "%/\\:*?\"<>|@";
/// Most bytes of a part: file systems take 255, and a version and an ending follow.
const LONGEST: usize = 200;

/// The path of a subject's file, with its version if it is not the one that the subject is about; a context is a folder.
pub(super) fn file_name(subject: &str, version: Option<i32>, kind: SchemaKind) -> String {
    let parsed = Subject::parse(subject);
    let extension = match kind {
        SchemaKind::Avro => "avsc",
        SchemaKind::Json => "schema.json",
        SchemaKind::Protobuf => "proto",
    };
    let number = version.map_or_else(String::new, |version| format!("@{version}"));
    let name = format!("{}{number}.{extension}", part(parsed.name()));
    if parsed.context.is_default() {
        return name;
    }
    let context = parsed.context.as_str();
    format!("{}/{name}", part(context.strip_prefix('.').unwrap_or(context)))
}

/// A text as a part of a path.
fn part(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for (at, letter) in text.char_indices() {
        // A leading dot hides a file, and `.` and `..` are folders.
        if letter.is_ascii_control() || ESCAPED.contains(letter) || (at == 0 && letter == '.') {
            let _never_fails = write!(escaped, "%{:02X}", u32::from(letter));
        } else {
            escaped.push(letter);
        }
    }
    if escaped.is_empty() {
        // The subject without a name; every other % has two digits behind it.
        return "%".to_owned();
    }
    if escaped.len() <= LONGEST {
        return escaped;
    }
    let cut = escaped.floor_char_boundary(LONGEST - 17);
    format!("{}~{}", &escaped[..cut], &digest(text.as_bytes())[..16])
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use super::*;

    #[test]
    fn every_subject_has_a_file_of_its_own_and_none_leads_out_of_the_folder() {
        for (subject, version, file) in [
            ("orders-value", None, "orders-value.avsc"),
            ("orders-value", Some(3), "orders-value@3.avsc"),
            ("orders-value@3", None, "orders-value%403.avsc"),
            (":.team:a/b", None, "team/a%2Fb.avsc"),
            ("", None, "%.avsc"),
            ("..", None, "%2E..avsc"),
            ("../../etc/passwd", None, "%2E.%2F..%2Fetc%2Fpasswd.avsc"),
            ("a%2Fb", None, "a%252Fb.avsc"),
            ("é *ü", None, "é %2Aü.avsc"),
            (":.../x:y", None, "%2E.%2Fx/y.avsc"),
        ] {
            let name = file_name(subject, version, SchemaKind::Avro);
            assert!(Path::new(&name).components().all(|part| matches!(part, Component::Normal(_))), "{name}");
            assert_eq!(name, file);
        }
    }

    #[test]
    fn a_long_subject_is_cut_and_stays_one_of_its_own() {
        let [one, two] = ["é", "ü"].map(|end| file_name(&format!("{}{end}", "ä/".repeat(100)), None, SchemaKind::Json));
        assert_ne!(one, two);
        assert!(one.len() <= 255 && one.starts_with("ä%2Fä%2F") && one.ends_with(".schema.json"), "{one}");
    }
}
