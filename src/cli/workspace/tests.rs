//! What is made of files and of `regis.yaml`.

use super::*;

fn files(list: &[(&str, &str)]) -> Vec<SourceFile> {
    let file = |(name, text): &(&str, &str)| SourceFile { name: (*name).to_owned(), bytes: text.as_bytes().to_vec() };
    list.iter().map(file).collect()
}

const MONEY: &str = r#"{"type": "record", "name": "Money", "namespace": "shop", "fields": []}"#;
const ORDER: &str =
    r#"{"type": "record", "name": "shop.Order", "fields": [{"name": "total", "type": ["null", "Money"]}]}"#;

#[test]
fn avro_types_are_found_in_other_files_and_come_first() {
    let workspace = assemble(&Configuration::default(), files(&[("a/order.avsc", ORDER), ("b/money.avsc", MONEY)]));
    assert_eq!(workspace.problems, []);
    let order: Vec<_> = workspace.schemas.iter().map(|schema| (&*schema.file, &*schema.subject)).collect();
    assert_eq!(order, [("b/money.avsc", "money"), ("a/order.avsc", "order")]);
    let reference = &workspace.schemas[1].references[0];
    assert_eq!((reference.name.as_str(), &reference.target), ("shop.Money", &Target::Local(0)));
    let needed = workspace.located_dependencies(&workspace.schemas[1], &|_| Vec::new());
    let referenced = Referenced { name: "shop.Money".to_owned(), text: MONEY.to_owned() };
    assert_eq!(needed, [Dependency { referenced, local: Some(0) }]);
}

#[test]
fn json_references_are_paths_or_ids() {
    let draft = "http://json-schema.org/draft-07/schema#";
    let by_path = format!(r#"{{"$schema": "{draft}", "$ref": "../common/money.json#/definitions/x"}}"#);
    let by_id = format!(r#"{{"$schema": "{draft}", "$id": "https://shop/b.json", "items": {{"$ref": "money.json"}}}}"#);
    let money = format!(r#"{{"$schema": "{draft}", "$id": "https://shop/money.json"}}"#);
    let list = [("x/a.json", &*by_path), ("x/b.json", &by_id), ("common/money.json", &money), ("package.json", "{}")];
    let workspace = assemble(&Configuration::default(), files(&list));
    assert_eq!((workspace.problems.as_slice(), workspace.schemas.len()), (&[][..], 3));
    for schema in &workspace.schemas[1..] {
        assert_eq!(schema.references[0].target, Target::Local(0), "{}", schema.file);
    }
}

#[test]
fn protobuf_imports_are_found_below_any_folder() {
    let list = [
        ("one/proto/shop/order.proto", "syntax = \"proto3\"; import \"shop/money.proto\"; message Order {}"),
        ("one/proto/shop/money.proto", "syntax = \"proto3\"; message Money {}"),
        ("two/proto/shop/money.proto", "// regis: subject=other\nsyntax = \"proto3\"; message Money {}"),
        ("two/proto/shop/time.proto", "import \"google/protobuf/timestamp.proto\"; import \"gone.proto\";"),
    ];
    let workspace = assemble(&Configuration::default(), files(&list));
    assert_eq!(workspace.problems, []);
    let order = workspace.of_subject("order").expect("a schema");
    let Target::Local(at) = order.references[0].target else { panic!("{order:?}") };
    assert_eq!(workspace.schemas[at].file, "one/proto/shop/money.proto");
    let time = workspace.of_subject("time").expect("a schema");
    let expected = LocalReference { name: "gone.proto".to_owned(), subject: None, at: 49, target: Target::Unknown };
    assert_eq!(time.references, [expected]);
}

#[test]
fn circles_and_taken_subjects_are_told() {
    let one = r#"{"type": "record", "name": "One", "fields": [{"name": "two", "type": "Two"}]}"#;
    let two = r#"{"type": "record", "name": "Two", "fields": [{"name": "one", "type": "One"}]}"#;
    let list = [("one.avsc", one), ("two.avsc", two), ("a/money.avsc", MONEY), ("b/money.avsc", MONEY)];
    let workspace = assemble(&Configuration::default(), files(&list));
    let troubles: Vec<_> = workspace.problems.iter().map(|problem| &problem.what).collect();
    let taken = Trouble::SubjectTaken { subject: "money".to_owned(), by: "a/money.avsc".to_owned() };
    let circle = |names: [&str; 3]| Trouble::Cycle(names.map(str::to_owned).to_vec());
    assert_eq!(
        troubles,
        [&taken, &circle(["one.avsc", "two.avsc", "one.avsc"]), &circle(["two.avsc", "one.avsc", "two.avsc"])]
    );
    assert_eq!(workspace.schemas.len(), 1);
}

#[test]
fn subjects_come_from_the_configuration_the_file_the_template_or_the_name() {
    let text = "sources:\n  - glob: 'schemas/**/*.avsc'\n    subject: '{dir}-{stem}'\n  - glob: 'x.json'\n\
                subjects:\n  special:\n    file: schemas/a/named.avsc\n    references: {shop.Gone: gone@3}\n";
    let configuration = configuration::read("regis.yaml", text).expect("a configuration");
    let fronted = format!("// regis: subject=fronted\n{MONEY}");
    let gone = r#"["null", "shop.Gone"]"#;
    let list = [
        ("schemas/a/named.avsc", gone),
        ("schemas/b/front.avsc", &fronted),
        ("schemas/c/value.avsc", "\"int\""),
        ("elsewhere/value.avsc", "\"int\""),
        ("x.json", "{}"),
    ];
    let workspace = assemble(&configuration, files(&list));
    let subjects: Vec<_> = workspace.schemas.iter().map(|schema| schema.subject.as_str()).collect();
    assert_eq!((subjects, workspace.problems), (vec!["special", "fronted", "c-value", "x"], Vec::new()));
    let target = Target::Registered { subject: "gone".to_owned(), version: Some(Version(3)) };
    assert_eq!(workspace.schemas[0].references[0].target, target);
}

#[test]
fn every_mistake_of_the_configuration_is_told_with_its_place() {
    let text = "version: 2\nsubject: {}\ndefaults:\n  compatibility: BACKWARDS\nsources:\n  - subject: '{x}'\n\
                lint:\n  rules: {doc-required: loud, nope: warn}\nexceptions:\n  - rule: AVRO-999\n    until: soon\n\
                subjects: {a: {mode: X}}\nregistries: {dev: {url: 'https://me:pw@x'}}\n";
    let mistakes = configuration::read("regis.yaml", text).expect_err("mistakes");
    let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
    for expected in [
        "regis.yaml:1:10: this Regis reads version 1",
        "regis.yaml:2:1: there is no key \"subject\"; did you mean \"subjects\"?",
        "regis.yaml:4:18: \"BACKWARDS\" is not a compatibility level",
        "regis.yaml:6:14: there is no {x}",
        "regis.yaml:6:5: a source needs a glob",
        "regis.yaml:8:25: \"loud\" is not a severity",
        "regis.yaml:8:31: there is no lint rule \"nope\"",
        "regis.yaml:10:5: an exception needs \"subject\"",
        "regis.yaml:10:11: there is no rule \"AVRO-999\"",
        "regis.yaml:12:22: \"X\" is not a mode",
        "regis.yaml:13:25: credentials",
    ] {
        assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}: {told:#?}");
    }
    let broken = configuration::read("regis.yaml", "a: [\nb").expect_err("no YAML");
    assert_eq!(broken.len(), 1);
}
