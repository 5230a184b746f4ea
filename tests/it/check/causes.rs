//! What breaks inside of a nullable field is told with its own place, though the message speaks of the union alone.

use serde_json::Value;

use super::Repository;

/// Rule, file, line and column of a finding or a cause.
fn spot(of: &Value) -> (String, String, u64, u64) {
    let text = |key: &str| of[key].as_str().unwrap_or_default().to_owned();
    let number = |key: &str| of[key].as_u64().unwrap_or_default();
    (text("rule"), text("file"), number("line"), number("column"))
}

fn causes(finding: &Value) -> Vec<(String, String, u64, u64)> {
    finding["because"].as_array().expect("a list").iter().map(spot).collect()
}

fn at(rule: &str, file: &str, line: u64, column: u64) -> (String, String, u64, u64) {
    (rule.to_owned(), file.to_owned(), line, column)
}

const LINE: &str = "{\"type\": \"record\", \"name\": \"Line\", \"fields\": [\n  \
                    {\"name\": \"count\", \"type\": \"int\"},\n  \
                    {\"name\": \"next\", \"type\": [\"null\", \"Line\"], \"default\": null}]}\n";

const ORDER: &str = "{\"type\": \"record\", \"name\": \"Order\", \"fields\": [\n  \
                     {\"name\": \"line\",\n   \"type\": [\"null\", \"Line\"], \"default\": null},\n  \
                     {\"name\": \"tags\", \"type\": [\"null\", {\"type\": \"map\", \"values\": [\"null\", {\n   \
                     \"type\": \"fixed\", \"name\": \"Tag\", \"size\": 4}]}]}]}\n";

#[tokio::test]
async fn the_break_inside_of_a_nullable_record_is_pointed_at() {
    let repository = Repository::empty();
    repository.write("line.avsc", LINE);
    repository.write("order.avsc", ORDER);
    repository.commit();
    repository.edit("line.avsc", "\"int\"", "\"string\"");
    let (code, report) = repository.check(&["order.avsc"]).await;
    let finding = &report["findings"][0];
    let expected = at("MISSING", "line.avsc", 2, 29);
    assert_eq!((code, report["findings"].as_array().map(Vec::len)), (Some(1), Some(1)), "{report:#}");
    assert_eq!((spot(finding).1, spot(finding).2, spot(finding).3), (expected.1, expected.2, expected.3), "{report:#}");
    assert_eq!(finding["name"], "missing-union-branch", "{report:#}");
    assert_eq!(causes(finding), [at("AVRO-002", "line.avsc", 2, 29)], "{report:#}");
    // The message is the registry's, the place of the old schema stays that of the union.
    let message = "The new schema is missing a type inside a union field at path '/fields/0/type/1' in the old schema";
    assert_eq!((&finding["message"], &finding["old"]["line"]), (&message.into(), &3.into()), "{report:#}");
    let told = finding["because"][0]["message"].as_str().expect("a message");
    assert!(told.contains("'/fields/0/type/1/fields/0/type'"), "{told}");
    assert!(finding["help"].as_str().is_some_and(|help| help.starts_with("Add a field of another name")), "{report:#}");
    let human = repository.regis(&["check", "order.avsc"]).await;
    assert!(human.stdout.contains("▸ line.avsc:2:29"), "{human:?}");
    assert!(human.stdout.contains("because of AVRO-002 type-mismatch"), "{human:?}");
    let sarif = repository.regis(&["check", "order.avsc", "-o", "sarif"]).await;
    let sarif: Value = serde_json::from_str(&sarif.stdout).expect("JSON");
    let related = &sarif["runs"][0]["results"][0]["relatedLocations"][0]["physicalLocation"];
    assert_eq!(
        (&related["artifactLocation"]["uri"], &related["region"]["startLine"]),
        (&"line.avsc".into(), &2.into())
    );
}

#[tokio::test]
async fn unions_inside_of_unions_are_followed() {
    let repository = Repository::empty();
    repository.write("line.avsc", LINE);
    repository.write("order.avsc", ORDER);
    repository.commit();
    repository.edit("order.avsc", "\"size\": 4", "\"size\": 5");
    repository.edit(
        "line.avsc",
        "{\"name\": \"count\"",
        "{\"name\": \"unit\", \"type\": [\"null\", \"int\"]}, {\"name\": \"count\"",
    );
    let (_, report) = repository.check(&["order.avsc"]).await;
    let findings = report["findings"].as_array().expect("a list");
    let found: Vec<_> = findings.iter().map(causes).collect();
    let expected = [vec![at("AVRO-001", "line.avsc", 2, 3)], vec![at("AVRO-006", "order.avsc", 5, 44)]];
    assert_eq!(found, expected, "{report:#}");
}

#[tokio::test]
async fn a_branch_that_is_gone_has_no_cause() {
    let repository = Repository::empty();
    repository.write("a.avsc", "[\"null\", \"int\", {\"type\": \"fixed\", \"name\": \"F\", \"size\": 4}]");
    repository.commit();
    repository.write("a.avsc", "[\"null\", \"int\"]");
    let (code, report) = repository.check(&[]).await;
    assert_eq!((code, causes(&report["findings"][0])), (Some(1), Vec::new()), "{report:#}");
}

#[tokio::test]
async fn the_break_inside_of_a_json_branch_is_pointed_at() {
    let repository = Repository::empty();
    let inner = "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\", \"properties\": {\n  \
                 \"street\": {\"type\": \"string\", \"maxLength\": 90}}}\n";
    let outer = "{\"$schema\": \"http://json-schema.org/draft-07/schema#\", \"type\": \"object\", \"properties\": {\n  \
                 \"address\": {\"oneOf\": [{\"type\": \"null\"}, {\"$ref\": \"inner.schema.json\"}]},\n  \
                 \"count\": {\"type\": [\"null\", \"integer\"],\n   \"maximum\": 9}}}\n";
    repository.write("inner.schema.json", inner);
    repository.write("outer.schema.json", outer);
    repository.commit();
    repository.edit("inner.schema.json", "90", "80");
    repository.edit("outer.schema.json", "\"maximum\": 9", "\"maximum\": 8");
    let (code, report) = repository.check(&["outer.schema.json"]).await;
    let mut found: Vec<_> =
        report["findings"].as_array().expect("a list").iter().map(|finding| (spot(finding), causes(finding))).collect();
    found.sort();
    let names: Vec<_> = found.iter().map(|(_, causes)| causes.clone()).collect();
    let expected = [vec![at("JSON-031", "inner.schema.json", 2, 45)], vec![at("JSON-032", "outer.schema.json", 4, 15)]];
    assert_eq!((code, names.as_slice()), (Some(1), &expected[..]), "{report:#}");
    for ((_, file, line, column), causes) in &found {
        assert_eq!((file, line, column), (&causes[0].1, &causes[0].2, &causes[0].3), "{report:#}");
    }
}
