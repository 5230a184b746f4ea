//! Avro: laws that hold for every schema, on generated ones.

use proptest::prelude::*;
use regis::schema::{
    Direction, Referenced, Strictness,
    avro::{Schema, fingerprint_rabin},
};
use serde_json::{Map, Value, json};

/// Turns random numbers into a valid schema: every choice takes one, and when they run out the simplest is taken.
struct Generator {
    choices: std::vec::IntoIter<u8>,
    defined: Vec<String>,
    depth: usize,
}

impl Generator {
    fn schema(choices: Vec<u8>) -> Value {
        let mut generator = Self { choices: choices.into_iter(), defined: Vec::new(), depth: 0 };
        generator.record("n")
    }

    fn choose(&mut self, below: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(choice) % below)
    }

    fn of_type(&mut self, namespace: &str) -> Value {
        self.depth += 1;
        let made = match if self.depth > 6 { 0 } else { self.choose(9) } {
            1 => json!({"type": "array", "items": self.of_type(namespace), "z": [1.50, {"b": 1, "a": null}]}),
            2 => json!({"type": "map", "values": self.of_type(namespace)}),
            3 => self.record(namespace),
            4 => self.enumeration(namespace),
            5 => self.fixed(namespace),
            6 => self.union(namespace),
            7 if !self.defined.is_empty() => {
                let known = self.choose(self.defined.len());
                Value::from(self.defined[known].clone())
            }
            _ => self.primitive(),
        };
        self.depth -= 1;
        made
    }

    fn primitive(&mut self) -> Value {
        match self.choose(10) {
            8 => json!({"type": "long", "logicalType": "timestamp-millis", "a": "x"}),
            9 => json!({"precision": 4, "type": "bytes", "scale": 2, "logicalType": "decimal"}),
            at => Value::from(["int", "null", "boolean", "long", "float", "double", "bytes", "string"][at]),
        }
    }

    fn named(&mut self, keyword: &str, namespace: &str) -> (Map<String, Value>, String) {
        let own = [namespace, "n", "other.space"][self.choose(3)].to_owned();
        let name = format!("T{}", self.defined.len());
        self.defined.push(format!("{own}.{name}"));
        let mut object = Map::new();
        object.insert("type".to_owned(), keyword.into());
        object.insert("name".to_owned(), name.clone().into());
        object.insert("namespace".to_owned(), own.clone().into());
        if self.choose(3) == 1 {
            object.insert("aliases".to_owned(), json!([format!("Old{name}"), format!("a.b.{name}")]));
            object.insert("doc".to_owned(), "about \"it\"\n".into());
        }
        (object, own)
    }

    fn record(&mut self, namespace: &str) -> Value {
        let (mut object, own) = self.named("record", namespace);
        let mut fields = Vec::new();
        for at in 0..self.choose(4) {
            let of = self.of_type(&own);
            let mut field = json!({"name": format!("f{at}"), "type": of, "x-p": 1});
            if field["type"] == "double" {
                field["default"] = json!(-2);
            }
            if self.choose(4) == 1 {
                field["aliases"] = json!([format!("g{at}"), format!("a{at}")]);
                field["order"] = "IGNORE".into();
            }
            fields.push(field);
        }
        object.insert("fields".to_owned(), fields.into());
        Value::Object(object)
    }

    fn enumeration(&mut self, namespace: &str) -> Value {
        let (mut object, _) = self.named("enum", namespace);
        object.insert("symbols".to_owned(), json!(["A", "B", "C"][..=self.choose(3)]));
        object.insert("default".to_owned(), "A".into());
        Value::Object(object)
    }

    fn fixed(&mut self, namespace: &str) -> Value {
        let (mut object, _) = self.named("fixed", namespace);
        object.insert("size".to_owned(), self.choose(20).into());
        Value::Object(object)
    }

    fn union(&mut self, namespace: &str) -> Value {
        let mut branches = vec![json!("null"), json!("string")];
        branches.truncate(self.choose(3));
        branches.push(match self.choose(3) {
            0 => json!({"type": "array", "items": self.of_type(namespace)}),
            1 => self.record(namespace),
            _ => self.enumeration(namespace),
        });
        branches.into()
    }
}

/// The same JSON with the members of all objects in reverse order.
fn reversed(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reversed).collect(),
        Value::Object(object) => object
            .iter()
            .rev()
            .map(|(key, value)| {
                let mut value = reversed(value);
                if key == "aliases" {
                    value.as_array_mut().expect("aliases are an array").reverse();
                }
                (key.clone(), value)
            })
            .collect::<Map<_, _>>()
            .into(),
        scalar => scalar.clone(),
    }
}

fn parse(text: &str) -> Schema {
    Schema::parse(text, &[], Strictness::New).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn schemas() -> impl Strategy<Value = Value> {
    proptest::collection::vec(any::<u8>(), 0..80).prop_map(Generator::schema)
}

proptest! {
    #[test]
    fn a_schema_reads_its_own_data(schema in schemas()) {
        let schema = parse(&schema.to_string());
        let found = Schema::differences(&schema, &schema, Direction::Backward).expect("small schemas are comparable");
        prop_assert_eq!(found, Vec::new());
    }

    #[test]
    fn the_canonical_text_is_its_own_canonical_text(schema in schemas()) {
        let schema = parse(&schema.to_string());
        let again = parse(&schema.canonical());
        prop_assert_eq!(again.canonical(), schema.canonical());
        prop_assert_eq!(again.parsing_canonical_form(), schema.parsing_canonical_form());
        prop_assert!(again.equivalent(&schema));
    }

    #[test]
    fn the_parsing_canonical_form_is_a_schema_with_the_same_form(schema in schemas()) {
        let form = parse(&schema.to_string()).parsing_canonical_form();
        prop_assert_eq!(parse(&form).parsing_canonical_form(), form);
    }

    #[test]
    fn the_order_of_attributes_does_not_matter_to_equivalence_and_normal_form(schema in schemas()) {
        // A definition may move behind its use this way: then the name is a forward reference.
        let (one, other) = (parse(&schema.to_string()), parse(&reversed(&schema).to_string()));
        prop_assert!(one.equivalent(&other) && other.equivalent(&one));
        let normalized = one.normalized().expect("normalises").canonical();
        prop_assert_eq!(&normalized, &other.normalized().expect("normalises").canonical());
        prop_assert_eq!(&parse(&normalized).normalized().expect("normalises").canonical(), &normalized);
    }

    #[test]
    fn both_directions_find_the_same_with_the_words_exchanged(one in schemas(), other in schemas()) {
        let (one, other) = (parse(&one.to_string()), parse(&other.to_string()));
        let find = |direction| Schema::differences(&one, &other, direction).expect("small schemas are comparable");
        let (backward, forward) = (find(Direction::Backward), find(Direction::Forward));
        prop_assert_eq!(backward.len(), forward.len());
        for (backward, forward) in backward.iter().zip(&forward) {
            prop_assert_eq!((backward.kind, &backward.path), (forward.kind, &forward.path));
            let exchanged = backward.message.replace(" new ", " \0 ").replace(" old ", " new ").replace('\0', "old");
            prop_assert_eq!(&exchanged, &forward.message);
        }
    }

    #[test]
    fn what_is_referenced_and_what_is_inlined_is_equivalent(schema in schemas()) {
        let inlined = json!({"type": "record", "name": "Outer", "fields": [{"name": "f", "type": schema}]});
        let inner = parse(&schema.to_string());
        let name = inner.name().expect("generated schemas are records");
        let text = json!({"type": "record", "name": "Outer", "fields": [{"name": "f", "type": name}]}).to_string();
        let references = [Referenced { name: "any".to_owned(), text: inner.canonical() }];
        let referring = Schema::parse(&text, &references, Strictness::New).expect("the name is known");
        prop_assert_eq!(referring.canonical(), text);
        let inlined = parse(&inlined.to_string());
        prop_assert_eq!(referring.resolved(), inlined.canonical());
        prop_assert!(referring.equivalent(&inlined) && inlined.equivalent(&referring));
        prop_assert_eq!(referring.parsing_canonical_form(), inlined.parsing_canonical_form());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in r#"[\[{]?("type"|"record"|"R"|"int"|1|null|[\[\]{}:,]|"fields"|"default"|"name"){0,40}"#) {
        let _ = Schema::parse(&text, &[], Strictness::New);
        let _ = Schema::parse(&text, &[], Strictness::Stored);
    }
}

#[test]
fn fingerprints_are_those_of_the_specification() {
    let fingerprint = |text: &str| fingerprint_rabin(&parse(text).parsing_canonical_form());
    assert_eq!(fingerprint("\"int\""), 8_247_732_601_305_521_295);
    assert_eq!(fingerprint(r#"{"type":"int","logicalType":"date"}"#), 8_247_732_601_305_521_295);
}

/// Contract: 8.1/7.
#[test]
fn numbers_print_as_in_java() {
    let cases = [
        ("1.10", "1.1"),
        ("1e5", "100000.0"),
        ("1E-7", "1.0E-7"),
        ("1e20", "1.0E20"),
        ("0.001", "0.001"),
        ("0.00099", "9.9E-4"),
        ("9999999.5", "9999999.5"),
        ("12345678.5", "1.23456785E7"),
        ("-0", "0"),
        ("-0.0", "-0.0"),
        ("4.9e-324", "4.9E-324"),
        ("1e23", "1.0E23"),
        ("120.50", "120.5"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ];
    for (number, expected) in cases {
        let printed = parse(&format!(r#"{{"type":"int","p":{number}}}"#)).canonical();
        assert_eq!(printed, format!(r#"{{"type":"int","p":{expected}}}"#));
    }
}

#[test]
fn texts_of_numbers_become_numbers_as_in_java() {
    let cases = [
        ("1.5", "1.5"),
        (" 1.5 ", "1.5"),
        ("1.5f", "1.5"),
        ("+.5D", "0.5"),
        ("5.", "5.0"),
        ("0x1p3", "8.0"),
        ("-0X.8p1", "-1.0"),
        ("0x1.fffffffffffff8p0", "2.0"),
        ("0x1.00000000000008p0", "1.0"),
        ("0x1.000000000000080001p0", "1.0000000000000002"),
        ("0x1p-1074", "4.9E-324"),
        ("0x1p-1075", "0.0"),
        ("NaN", "\"NaN\""),
        (" +Infinity", "\"Infinity\""),
        ("1e400", "\"Infinity\""),
        ("-1e400", "\"-Infinity\""),
        ("0x1p1024", "\"Infinity\""),
    ];
    let text = |default: &str| {
        json!({"type": "record", "name": "R", "fields": [{"name": "a", "type": "double", "default": default}]})
            .to_string()
    };
    for (default, expected) in cases {
        let printed = parse(&text(default)).canonical();
        assert!(printed.contains(&format!("\"default\":{expected}}}")), "{default}: {printed}");
    }
    for default in ["", " ", "abc", "1,5", "nan", "inf", "infinity", "0x1", "0x1p", "0xp1", "1.5ff", "--1", "1e", "+ 1"]
    {
        for strictness in [Strictness::New, Strictness::Stored] {
            assert!(Schema::parse(&text(default), &[], strictness).is_err(), "{default:?} is no number");
        }
    }
}
