//! What holds for every Protobuf schema, and what hostile ones must not do.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use regis::schema::protobuf::{FieldCheck, Schema};
use regis::schema::{Direction, ParseError, Referenced, Strictness};

/// How long one hostile input may take in a debug build, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(2);

const SCALARS: [&str; 15] = [
    "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string", "bytes", "uint32",
    "sfixed32", "sfixed64", "sint32", "sint64",
];
const NAMED: [&str; 6] =
    ["Top", ".pkg.Top", "pkg.Top", "google.protobuf.Timestamp", "google.type.Money", "confluent.type.Decimal"];

/// A message: the types of its fields by index, and the messages in it.
#[derive(Debug, Clone)]
struct Body {
    fields: Vec<(u8, u8)>,
    members: Vec<u8>,
    maps: Vec<u8>,
    constants: u8,
    extras: u8,
    nested: Vec<Body>,
}

fn bodies() -> impl Strategy<Value = Body> {
    let own = || {
        (
            prop::collection::vec((any::<u8>(), any::<u8>()), 0..4),
            prop::collection::vec(any::<u8>(), 0..3),
            prop::collection::vec(any::<u8>(), 0..2),
            0..4_u8,
            any::<u8>(),
        )
    };
    let body = |((fields, members, maps, constants, extras), nested)| Body {
        fields,
        members,
        maps,
        constants,
        extras,
        nested,
    };
    let leaf = own().prop_map(move |own| body((own, Vec::new())));
    leaf.prop_recursive(2, 4, 2, move |inner| (own(), prop::collection::vec(inner, 0..3)).prop_map(body))
}

/// How a file is spelled: its meaning is the same.
#[derive(Clone, Copy, PartialEq)]
enum Spelling {
    Plain,
    /// Backwards, with comments and white space.
    Odd,
}

fn type_name(index: u8) -> &'static str {
    let index = usize::from(index) % (SCALARS.len() + NAMED.len());
    SCALARS.get(index).copied().unwrap_or_else(|| NAMED[index - SCALARS.len()])
}

/// The declarations of a message, each a statement.
fn statements(body: &Body, proto3: bool, spelling: Spelling) -> Vec<String> {
    let mut statements = Vec::new();
    for (index, (ty, label)) in body.fields.iter().enumerate() {
        let label = match (label % 3, proto3) {
            (0, true) => "",
            (2, _) => "repeated ",
            _ => "optional ",
        };
        let options = if ty % 7 == 0 { " [deprecated = true, (confluent.field_meta) = {tags: [\"PII\"]}]" } else { "" };
        statements.push(format!("{label}{} f{index} = {}{options};", type_name(*ty), index + 1));
    }
    for (index, ty) in body.maps.iter().enumerate() {
        statements.push(format!("map<string, {}> m{index} = {};", type_name(*ty), index + 20));
    }
    if !body.members.is_empty() {
        let mut members: Vec<String> = body
            .members
            .iter()
            .enumerate()
            .map(|(index, ty)| format!("{} o{index} = {};", type_name(*ty), index + 30))
            .collect();
        if spelling == Spelling::Odd {
            members.reverse();
        }
        statements.push(format!("oneof choice {{ {} }}", members.join(" ")));
    }
    if body.constants > 0 {
        let constants = (0..body.constants).fold(String::new(), |text, index| text + &format!("C{index} = {index}; "));
        statements.push(format!("enum Kind {{ {constants} }}"));
        statements.push(format!("{}Kind kind = 40;", if proto3 { "" } else { "required " }));
    }
    if body.extras.is_multiple_of(2) {
        statements.push("reserved 50 to 60, 70; reserved \"old\", 'older';".to_owned());
    }
    if body.extras.is_multiple_of(3) {
        statements.push("option deprecated = true; option (confluent.message_meta).doc = \"it's\\n\";".to_owned());
    }
    if spelling == Spelling::Odd {
        statements.reverse();
    }
    // The order of messages has a meaning: it stays.
    for (index, nested) in body.nested.iter().enumerate() {
        statements.push(message(nested, &format!("N{index}"), proto3, spelling));
    }
    statements
}

fn message(body: &Body, name: &str, proto3: bool, spelling: Spelling) -> String {
    let separator = if spelling == Spelling::Odd { " /* a comment */\r\n\t;; // another\n" } else { "\n" };
    format!("message {name} {{ {}{separator}}}", statements(body, proto3, spelling).join(separator))
}

fn file(body: &Body, proto3: bool, spelling: Spelling) -> String {
    let syntax = if proto3 { "syntax = \"proto3\";\n" } else { "" };
    let imports = "import \"google/protobuf/timestamp.proto\"; import \"google/type/money.proto\";
        import \"confluent/type/decimal.proto\"; import \"confluent/meta.proto\";";
    format!("{syntax}package pkg;\n{imports}\n{}\n", message(body, "Top", proto3, spelling))
}

fn parse(text: &str) -> Result<Schema, ParseError> {
    Schema::parse(text, &[], Strictness::New)
}

fn normal(schema: &Schema) -> String {
    schema.normalized().expect("all types resolve").canonical()
}

fn breaking(reader: &Schema, writer: &Schema) -> usize {
    let found = Schema::differences(reader, writer, Direction::Backward).expect("small schemas are comparable");
    found.iter().filter(|difference| difference.breaks).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_read_back_and_mean_the_same(body in bodies(), proto3 in any::<bool>()) {
        let schema = parse(&file(&body, proto3, Spelling::Plain)).expect("a generated text is a schema");
        let again = parse(&schema.canonical()).expect("a canonical text is a schema");
        prop_assert_eq!(again.canonical(), schema.canonical());
        prop_assert!(schema.equivalent(&again));
        prop_assert_eq!(Schema::differences(&schema, &again, Direction::Forward), Ok(Vec::new()));

        let normalized = schema.normalized().expect("all types resolve");
        prop_assert_eq!(normal(&normalized), normalized.canonical());
        prop_assert_eq!(breaking(&normalized, &schema) + breaking(&schema, &normalized), 0);

        let odd = parse(&file(&body, proto3, Spelling::Odd)).expect("the same schema, spelled oddly");
        prop_assert_eq!(normal(&odd), normalized.canonical());
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        let _ = parse(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn descriptors_mean_the_same_as_their_texts(body in bodies(), proto3 in any::<bool>()) {
        let schema = parse(&file(&body, proto3, Spelling::Plain)).expect("a generated text is a schema");
        prop_assert_eq!(schema.validate(FieldCheck::Strict), Ok(()));
        let read = parse(&schema.serialized().expect("a valid schema")).expect("base64 of a descriptor");
        // The reference puts members of oneofs first, and maps become entries: only the normal form is the same.
        prop_assert_eq!(normal(&read), normal(&schema));
    }

    #[test]
    fn damaged_texts_are_refused_or_read(body in bodies(), cut in any::<prop::sample::Index>(), inserted in "[{}\\[\\]<>()=;,.\"'/* a-z0-9]{0,3}") {
        let text = file(&body, true, Spelling::Odd);
        let mut at = cut.index(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        let _ = parse(&format!("{}{inserted}{}", &text[..at], &text[at..])).map(|schema| schema.normalized().is_ok());
        let _ = parse(&text[..at]);
    }
}

/// Runs something on the stack of a request, and not for too long.
fn on_a_small_stack(what: &str, run: impl FnOnce() + Send + 'static) {
    let start = Instant::now();
    let thread = std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn(run).expect("threads can be started");
    thread.join().expect("hostile input is answered, not a reason to panic");
    assert!(start.elapsed() < PATIENCE, "{what} took {:?}", start.elapsed());
}

/// Every operation that a request can ask for.
fn exercise(schema: &Schema) {
    let normalized = schema.normalized();
    let _ = schema.validate(FieldCheck::Strict);
    let _ = schema.serialized();
    let _ = (schema.without_extensions(), schema.top_level_fields().len(), schema.name(), schema.find_tags());
    let _ = Schema::differences(schema, schema, Direction::Backward);
    if let Ok(normalized) = normalized {
        let _ = Schema::differences(&normalized, schema, Direction::Forward);
    }
}

#[test]
fn deep_nesting_is_refused_without_a_stack_overflow() {
    on_a_small_stack("deep nesting", || {
        let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + &close.repeat(depth);
        for text in [
            nested("message M {", "}", 10_000),
            format!("option (a) = {};", nested("{a:", "}", 100_000)),
            format!("option (a) = {};", nested("[", "]", 100_000)),
            format!("option (a){} = 1;", ".b".repeat(100_000)),
            format!("package {};", "a.".repeat(100_000) + "b"),
            format!("message M {{ {} }}", nested("optional group G = 1 {", "}", 10_000)),
        ] {
            assert!(parse(&text).is_err(), "{}", &text[..40]);
        }
        // The deepest that is read can be worked with, too.
        let deepest = parse(&nested("message M { optional M m = 1; ", "}", 100)).expect("a hundred levels");
        exercise(&deepest);
        exercise(&parse(&deepest.serialized().expect("a valid schema")).unwrap_or(deepest));
        exercise(&parse(&format!("option (a) = {};", nested("{a:", "}", 99).replace(":}", ":1}"))).expect("a value"));
    });
}

/// Declarations of fields of one type.
fn fields(count: usize, ty: &str) -> String {
    (1..=count).fold(String::new(), |mut text, tag| {
        let _ = write!(text, "optional {ty} f{tag} = {tag};");
        text
    })
}

#[test]
fn large_schemas_take_linear_time() {
    on_a_small_stack("a large schema", || {
        let many = |count: usize, print: &dyn Fn(usize) -> String| (0..count).map(print).collect::<String>();
        for text in [
            format!("message M {{ {} }}", fields(30_000, "M")),
            format!("message M {{ oneof o {{ {} }} }}", fields(20_000, "M").replace("optional ", "")),
            many(20_000, &|index| format!("message M{index} {{ optional M{} m = 1; }}", (index + 1) % 20_000)),
            format!("enum E {{ {} }}", many(30_000, &|index| format!("C{index} = {index};"))),
            format!(
                "message M {{ {} }}",
                many(30_000, &|index| format!("oneof o{index} {{ M m{index} = {}; }}", index + 1))
            ),
            many(20_000, &|index| format!("option (confluent.file_meta).tags = \"t{index}\";")),
            format!("option (confluent.file_meta) = {{ {} }};", many(30_000, &|index| format!("k{index}: 1 "))),
            format!("message M {{ reserved {} 7; }}", many(30_000, &|index| format!("{index}, "))),
            many(30_000, &|index| format!("import \"f{index}.proto\";")),
            format!("package p; /*{}*/ message M {{}}", " ".repeat(10_000_000)),
            format!("option a = \"{}\";", "x".repeat(10_000_000)),
        ] {
            exercise(&parse(&text).unwrap_or_else(|error| panic!("{error}: {}", &text[..40])));
        }
        assert!(parse(&" ".repeat(20_000_000)).is_err());
    });
}

#[test]
fn long_names_do_not_multiply() {
    on_a_small_stack("long names", || {
        assert!(parse(&format!("message {} {{}}", "n".repeat(5_000))).is_err());
        let long = "n".repeat(1_000);
        let fields = |ty: &str| fields(20_000, ty);
        for text in [
            format!("package {long}; message M {{ {} }}", fields("M")),
            format!("message {long} {{ message M {{ {} }} }}", fields("M")),
            format!("message M {{ oneof {long} {{ {} }} }}", fields("M").replace("optional ", "")),
            format!(
                "package {long}; extend google.protobuf.FileOptions {{ optional int32 a = 1; }} {}",
                "option (a) = 1;".repeat(50_000)
            ),
        ] {
            let (schema, empty) = (parse(&text).expect("a schema"), parse("message M {}").expect("a schema"));
            exercise(&schema);
            let _ = Schema::differences(&empty, &schema, Direction::Backward);
            let removed =
                parse(&text.replace("optional M", "optional int32").replace("M f", "int32 f")).expect("a schema");
            let _ = Schema::differences(&removed, &schema, Direction::Backward);
        }
    });
}

/// A schema that refers to a file with these messages.
fn referring(messages: &str) -> Schema {
    let reference = Referenced { name: "dep.proto".to_owned(), text: format!("package dep; {messages}") };
    let text = "import \"dep.proto\"; message Main { optional dep.M0 m = 1; optional dep.M0 n = 2; }";
    Schema::parse(text, &[reference], Strictness::New).expect("a schema")
}

#[test]
fn the_work_of_a_comparison_is_bounded_by_pairs_not_by_paths() {
    on_a_small_stack("a comparison", || {
        let everyone = |count: usize, last: &str| {
            (0..count).fold(String::new(), |mut text, index| {
                let fields = (0..count).map(|other| format!("optional M{other} f{other} = {};", other + 1));
                let _ = write!(text, "message M{index} {{ {} {last} }}", fields.collect::<String>());
                text
            })
        };
        let chain = |count: usize, last: &str| {
            let message =
                |index| format!("message M{index} {{ optional M{0} a = 1; optional M{0} b = 2; }}", index + 1);
            format!("{} message M{count} {{ {last} }}", (0..count).map(message).collect::<String>())
        };
        for (make, size) in [(&everyone as &dyn Fn(usize, &str) -> String, 60), (&chain, 40), (&chain, 20_000)] {
            let old = referring(&make(size, "optional int32 z = 1000;"));
            let same = Schema::differences(&old, &old, Direction::Backward);
            assert_eq!(same, Ok(Vec::new()));
            for (change, breaks) in [("optional string z = 1000;", true), ("optional int32 y = 1000;", false)] {
                let new = referring(&make(size, change));
                let found = Schema::differences(&new, &old, Direction::Backward).expect("a bounded list");
                assert!(!found.is_empty());
                assert_eq!(found.iter().any(|difference| difference.breaks), breaks);
                if breaks {
                    let places = ["#/Main/1", "#/Main/2"];
                    assert!(places.iter().all(|place| found.iter().any(|difference| difference.path == *place)));
                }
            }
        }
    });
}

#[test]
fn imports_may_form_a_circle() {
    let reference = |name: &str, text: &str| Referenced { name: name.to_owned(), text: text.to_owned() };
    let references = [
        reference("a.proto", "import \"b.proto\"; message A { optional B b = 1; }"),
        reference("b.proto", "import \"a.proto\"; import \"b.proto\"; message B { optional A a = 1; }"),
    ];
    let text = "import \"a.proto\"; message M { optional A a = 1; }";
    let schema = Schema::parse(text, &references, Strictness::New).expect("a schema");
    assert_eq!(schema.validate(FieldCheck::Skip), Ok(()));
    assert!(schema.validate(FieldCheck::Strict).is_err());
    exercise(&schema);
}
