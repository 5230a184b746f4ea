//! The rules of the contract and the tests that prove them: every rule that a client can observe is named by a test.
//!
//! `contract.txt` lists the rules; a test names its own in its documentation: `Contract: 6.5/1, 6.5/3-5.`

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// What a test's documentation says before the numbers of its rules.
const MARK: &str = "/// Contract: ";

/// A rule that a client can observe, or one that it cannot, with the reason behind its words.
struct Rule<'a> {
    number: &'a str,
    observable: bool,
}

fn rules(list: &str) -> Vec<Rule<'_>> {
    let lines = list.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rule = |line| {
        let (observable, line) = match str::strip_prefix(line, "- ") {
            Some(line) => (false, line),
            None => (true, line),
        };
        let (number, words) = line.split_once(' ').unwrap_or_else(|| panic!("{line}: a number and what it says"));
        assert!(observable || words.contains(": "), "{line}: no reason why no client can observe it");
        Rule { number, observable }
    };
    lines.map(rule).collect()
}

/// The rules that each test names, by the file and name of the test.
fn named() -> BTreeMap<String, Vec<String>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let mut found = BTreeMap::new();
    for file in sources(&folder) {
        let text = fs::read_to_string(&file).expect("a test");
        let place = file.strip_prefix(&folder).expect("a test").with_extension("").display().to_string();
        let mut lines = text.lines().map(str::trim);
        while let Some(line) = lines.next() {
            let Some(first) = line.strip_prefix(MARK) else { continue };
            let mut numbers = first.to_owned();
            while !numbers.ends_with('.') {
                let more = lines.next().and_then(|line| line.strip_prefix("///"));
                numbers += more.unwrap_or_else(|| panic!("{place}: {first}: the list of rules ends with a full stop"));
            }
            let test = test_after(&mut lines).unwrap_or_else(|| panic!("{place}: {first}: no test follows"));
            let numbers = numbers.trim_end_matches('.').split(',').flat_map(|number| spread(number.trim())).collect();
            found.insert(format!("{place}::{test}"), numbers);
        }
    }
    found
}

/// The numbers of a range: `6.5/1-3` means `6.5/1`, `6.5/2` and `6.5/3`.
fn spread(number: &str) -> Vec<String> {
    let range = || {
        let (section, steps) = number.rsplit_once('/')?;
        let (first, last) = steps.split_once('-')?;
        Some((section, first.parse::<u32>().ok()?, last.parse::<u32>().ok()?))
    };
    match range() {
        Some((section, first, last)) => (first..=last).map(|step| format!("{section}/{step}")).collect(),
        None => vec![number.to_owned()],
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of tests") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("contract.rs") {
            found.push(path);
        }
    }
    found
}

/// The name of the test whose documentation has just been read.
fn test_after<'a>(lines: &mut impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let attribute = lines.find(|line| !line.starts_with("///"))?;
    if !["#[test]", "#[tokio::test"].iter().any(|test| attribute.starts_with(test)) {
        return None;
    }
    let function = lines.find(|line| !line.starts_with("#["))?;
    function.split_once("fn ")?.1.split('(').next()
}

/// The part of a rule's number that names its section: `6.5` of `6.5/1`, `B.1` of `B.1/TYPE_MISMATCH`.
fn section(number: &str) -> &str {
    number.split('/').next().unwrap_or(number)
}

#[test]
fn every_rule_is_named_by_a_test_and_every_name_is_a_rule() {
    let rules = rules(include_str!("contract.txt"));
    let named = named();
    let by_tests: BTreeSet<&str> = named.values().flatten().map(String::as_str).collect();
    let observable: Vec<&str> = rules.iter().filter(|rule| rule.observable).map(|rule| rule.number).collect();
    let unknown: Vec<_> = by_tests.iter().filter(|number| !observable.contains(number)).collect();
    let unproved: Vec<_> = observable.iter().filter(|number| !by_tests.contains(*number)).collect();
    assert!(unknown.is_empty(), "tests name rules that contract.txt does not have: {unknown:?}");
    assert!(unproved.is_empty(), "no test names {unproved:?}");
    let once: BTreeSet<&str> = rules.iter().map(|rule| rule.number).collect();
    assert_eq!(once.len(), rules.len(), "a number stands twice in contract.txt");
    tell(&rules, &named);
}

/// Prints the table: `cargo test --test it contract -- --nocapture`.
fn tell(rules: &[Rule<'_>], named: &BTreeMap<String, Vec<String>>) {
    println!("{:<8}{:>6}{:>7}{:>14}", "section", "rules", "tests", "not for Regis");
    let mut sections: Vec<&str> = rules.iter().map(|rule| section(rule.number)).collect();
    sections.dedup();
    let (mut all, mut left) = (0, 0);
    for name in sections {
        let of_section = || rules.iter().filter(|rule| section(rule.number) == name);
        let count = of_section().filter(|rule| rule.observable).count();
        let others = of_section().count() - count;
        let tests = named.values().filter(|numbers| numbers.iter().any(|number| section(number) == name)).count();
        println!("{name:<8}{count:>6}{tests:>7}{others:>14}");
        (all, left) = (all + count, left + others);
    }
    println!("{:<8}{all:>6}{:>7}{left:>14}", "in all", named.len());
}
