//! Reads case files and counts what passed.

use std::{fs, io::Read, path::PathBuf};

use serde_json::Value;

/// The cases of one file: from the folder that `REGIS_CORPORA` names, else the committed copy, else none.
///
/// Some files hold texts from other projects' tests; they are not committed, and a run without them says so.
pub fn load(name: &str) -> Option<Vec<Value>> {
    if let Ok(folder) = std::env::var("REGIS_CORPORA") {
        let path = PathBuf::from(folder).join(format!("{name}.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return Some(serde_json::from_str(&text).expect("a corpus is a JSON array"));
    }
    let committed = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/corpora/{name}.json.gz"));
    let Ok(file) = fs::File::open(&committed) else {
        println!("{name}: not run; set REGIS_CORPORA to the folder that holds {name}.json");
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("a committed corpus is gzip");
    Some(serde_json::from_str(&text).expect("a corpus is a JSON array"))
}

/// Runs `check` on every case, prints the failures and the count, and fails the test if any case failed.
pub fn run(name: &str, check: impl Fn(&Value) -> Result<(), String>) {
    run_some(name, "", |_case| true, check);
}

/// Runs `check` on the cases of a file that `select` takes; `part` names them.
pub fn run_some(name: &str, part: &str, select: impl Fn(&Value) -> bool, check: impl Fn(&Value) -> Result<(), String>) {
    let Some(mut cases) = load(name) else { return };
    cases.retain(select);
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|why| format!("{}: {why}", case["name"].as_str().unwrap_or("?"))))
        .collect();
    for failure in failures.iter().take(20) {
        println!("{failure}");
    }
    let label = format!("{name} {part}");
    println!("{}: {} passed, {} failed", label.trim_end(), cases.len() - failures.len(), failures.len());
    assert!(!cases.is_empty(), "{name} has no case for {part}");
    assert!(failures.is_empty(), "{name}: {} of {} cases failed", failures.len(), cases.len());
}
