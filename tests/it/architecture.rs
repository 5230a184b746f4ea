//! The rooms of the house, the doors between them, and the form of a file.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Each room, the rooms it may enter, and the guarded crates it may use.
const ROOMS: &[(&str, &[&str], &[&str])] = &[
    ("model", &[], &[]),
    ("schema", &["model"], &["apache_avro", "jsonschema", "prost", "prost_reflect", "prost_types"]),
    ("store", &["model"], &["sqlx"]),
    ("registry", &["model", "schema", "store"], &["chacha20poly1305", "hkdf", "quick_cache"]),
    ("wire", &["model", "schema"], &["utoipa"]),
    (
        "http",
        &["model", "registry", "wire"],
        &["axum", "hyper", "hyper_util", "tower", "tower_http", "utoipa", "utoipa_axum", "utoipa_swagger_ui"],
    ),
    ("client", &["model", "wire"], &["reqwest"]),
    (
        "cli",
        &["client", "http", "model", "registry", "schema", "store", "wire"],
        &[
            "clap",
            "annotate_snippets",
            "clap_complete",
            "globset",
            "ignore",
            "indicatif",
            "quick_junit",
            "saphyr",
            "toml",
            "tracing_subscriber",
        ],
    ),
];

/// Files that hold the map and the entrance, not a room.
const OUTSIDE: [&str; 2] = ["lib.rs", "main.rs"];

/// A file longer than this holds two ideas.
const LONGEST_FILE: usize = 400;

#[test]
fn every_use_goes_through_a_door() {
    let guarded: BTreeSet<&str> = ROOMS.iter().flat_map(|(_, _, crates)| *crates).copied().collect();
    let mut wrong = Vec::new();
    for (room, doors, crates) in ROOMS {
        for (name, text) in sources(&source_folder().join(room)) {
            let code = without_comments(&text);
            for used in paths_after(&code, "crate::") {
                if used != *room && !doors.contains(&used.as_str()) && is_room(&used) {
                    wrong.push(format!("{name}: {room} may not use crate::{used}"));
                }
            }
            for used in guarded.iter().filter(|used| !crates.contains(*used) && mentions(&code, used)) {
                wrong.push(format!("{name}: {room} may not use {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_doors_form_no_circle() {
    let mut left: Vec<_> = ROOMS.iter().map(|(room, doors, _)| (*room, doors.to_vec())).collect();
    while let Some(at) = left.iter().position(|(_, doors)| doors.is_empty()) {
        let (ground, _) = left.remove(at);
        for (_, doors) in &mut left {
            doors.retain(|door| *door != ground);
        }
    }
    assert!(left.is_empty(), "circle among {left:?}");
}

#[test]
fn every_file_lies_in_a_room() {
    let entries = fs::read_dir(source_folder()).expect("the sources").map(|entry| entry.expect("an entry").file_name());
    let names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
    let strays: Vec<&String> =
        names.iter().filter(|name| !OUTSIDE.contains(&name.as_str()) && !is_room(name)).collect();
    assert!(strays.is_empty(), "{strays:?} lie in no room of tests/it/architecture.rs");
}

#[test]
fn every_file_says_what_it_is_for_and_holds_one_idea() {
    let mut wrong = Vec::new();
    for (name, text) in sources(&source_folder()) {
        if !text.starts_with("//! ") {
            wrong.push(format!("{name} does not open with a sentence (//!) that says what it is for"));
        }
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{name} has {lines} lines; {LONGEST_FILE} is the limit"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

fn source_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn is_room(name: &str) -> bool {
    ROOMS.iter().any(|(room, ..)| *room == name)
}

/// Name and text of every Rust file below a folder.
fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path.strip_prefix(source_folder()).expect("a source").display().to_string(), text));
            }
        }
    }
    found
}

fn without_comments(code: &str) -> String {
    code.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// Whether a crate is used: its name as a whole word before `::`.
fn mentions(code: &str, name: &str) -> bool {
    code.match_indices(&format!("{name}::"))
        .any(|(at, _)| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// First path segments after `prefix`, reading through `use crate::{a::…, b::…}` groups.
fn paths_after(code: &str, prefix: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => found.extend([identifier(rest)]),
            Some(group) => found.extend(members(group)),
        }
    }
    found
}

/// The first segments of the members of a group whose opening brace was read.
fn members(group: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut starts) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => starts = true,
            c if depth == 0 && starts && c.is_alphabetic() => {
                found.push(identifier(&group[at..]));
                starts = false;
            }
            _ => {}
        }
    }
    found
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}
