//! Loads 2019-09 and 2020-12: every keyword becomes a part, and the parts are joined in Java's hash order.

use super::{
    canonical::{self, KeyOrder},
    classic::{is_connect_bytes, string_rules, unknown},
    decimal::Decimal,
    dialect::Dialect,
    documents::Place,
    join::Part,
    keywords::{Keywords, LoadError},
    loader::Loader,
    tree::{ArrayRules, Criterion, Kind, NodeId, Notes, NumberRules, ObjectRules, Rest, StringRules, Typing},
};
use crate::schema::{
    document::{Node, Object, Value},
    java_hash,
};

/// Keywords that are no constraint; only those that follow the word "unknown" of the specification are compared as such.
const QUIET_KEYWORDS: &[&str] = &[
    "$schema",
    "$id",
    "$ref",
    "$anchor",
    "$dynamicAnchor",
    "$dynamicRef",
    "$comment",
    "$defs",
    "$vocabulary",
    "definitions",
    "title",
    "description",
    "default",
];

/// A schema object on its way to a node.
struct Reading<'l, 'd> {
    loader: &'l mut Loader<'d>,
    place: &'l Place<'d>,
    keywords: Keywords<'d>,
}

/// Loads a schema object.
pub(super) fn load<'d>(
    loader: &mut Loader<'d>,
    place: &Place<'d>,
    keywords: Keywords<'d>,
) -> Result<NodeId, LoadError> {
    let mut reading = Reading { loader, place, keywords };
    let (joined, strange) = reading.joined()?;
    let notes = reading.notes(&strange)?;
    let generated = matches!(&joined, Part::Generated(Criterion::All, parts) if parts.len() > 1);
    let kind = reading.finished(joined)?;
    if generated { reading.loader.push_generated(kind, notes) } else { reading.loader.push(kind, notes) }
}

impl<'d> Reading<'_, 'd> {
    fn notes(&mut self, strange: &[&str]) -> Result<Notes, LoadError> {
        let keywords = self.keywords;
        keywords.id("$id")?;
        let notes = Notes {
            // The reference never compares ids here.
            id: None,
            title: keywords.string("title")?,
            description: keywords.string("description")?,
            // It does not tell `null` from no default either.
            default: keywords.rendered("default").filter(|default| default != "null"),
            unknown: unknown(keywords, |key| QUIET_KEYWORDS.contains(&key) || !strange.contains(&key)),
            connect_bytes: is_connect_bytes(keywords),
        };
        self.loader.account(&notes.unknown)?;
        self.loader.account(notes.default.as_deref().unwrap_or_default())?;
        Ok(notes)
    }

    /// All parts joined, and the keywords that make none.
    fn joined(&mut self) -> Result<(Part, Vec<&'d str>), LoadError> {
        let mut joined = None;
        let mut strange = Vec::new();
        for keyword in java_hash::order(self.keywords.object.iter().map(|member| &*member.key)) {
            match self.part(keyword)? {
                Some(part) => joined = Some(Part::joined(joined, part)),
                None => strange.push(keyword),
            }
        }
        // These follow the others, one by one: without any there is no part.
        if let Some(properties) = self.keywords.object("properties")?.filter(|properties| !properties.is_empty()) {
            let mut rules = ObjectRules::default();
            for name in java_hash::order(properties.iter().map(|member| &*member.key)) {
                if let Some(schema) = properties.get(name) {
                    rules.properties.insert(name.to_owned(), self.child(schema)?);
                }
            }
            joined = Some(Part::joined(joined, object(rules)));
        }
        if let Some(patterns) = self.keywords.object("patternProperties")?.filter(|patterns| !patterns.is_empty()) {
            let mut rules = ObjectRules::default();
            for member in patterns.iter() {
                let pattern = self.keywords.compile(&member.node, &member.key)?;
                rules.patterns.push((pattern, self.child(&member.node)?));
            }
            joined = Some(Part::joined(joined, object(rules)));
        }
        if let Some(unevaluated) = self.schema("unevaluatedItems")? {
            let rules = ArrayRules { unevaluated: Some(unevaluated), ..ArrayRules::default() };
            joined = Some(Part::joined(joined, array(rules)));
        }
        if let Some(unevaluated) = self.schema("unevaluatedProperties")? {
            let rules = ObjectRules { unevaluated: Some(unevaluated), ..ObjectRules::default() };
            joined = Some(Part::joined(joined, object(rules)));
        }
        Ok((joined.unwrap_or(Part::nothing()), strange))
    }

    /// The part of one keyword; `None` for one that is unknown or has its own place.
    fn part(&mut self, keyword: &str) -> Result<Option<Part>, LoadError> {
        let Some(node) = self.keywords.get(keyword) else { return Ok(None) };
        Ok(Some(match keyword {
            "type" => self.typed(node)?,
            "$ref" => match self.loader.refer(self.place, self.keywords)? {
                Some(reference) => Part::One(reference),
                None => return Ok(None),
            },
            "$dynamicRef" => self.dynamic(node)?,
            "enum" => {
                let values = self.keywords.array(keyword)?.unwrap_or_default();
                let values = values.iter().map(|value| canonical::render(value, KeyOrder::Sorted)).collect();
                Part::One(Kind::Enum(values))
            }
            "const" => Part::One(Kind::Const(canonical::render(node, KeyOrder::Sorted))),
            "not" => {
                let negated = self.required_schema(node, keyword)?;
                Part::One(Kind::Not(negated))
            }
            "allOf" => self.combined(Criterion::All)?,
            "anyOf" => self.combined(Criterion::Any)?,
            "oneOf" => self.combined(Criterion::One)?,
            "if" => {
                let tested = self.required_schema(node, keyword)?;
                Part::One(Kind::Conditional([Some(tested), self.schema("then")?, self.schema("else")?]))
            }
            "format" => {
                self.keywords.string(keyword)?;
                Part::nothing()
            }
            "readOnly" | "writeOnly" => {
                self.keywords.boolean(keyword)?;
                Part::nothing()
            }
            _ => return self.rule(keyword, node),
        }))
    }

    /// The part of a keyword that belongs to one type of data.
    fn rule(&mut self, keyword: &str, node: &'d Node) -> Result<Option<Part>, LoadError> {
        let keywords = self.keywords;
        let (array_default, object_default) = (ArrayRules::default, ObjectRules::default);
        Ok(Some(match keyword {
            "maxLength" | "minLength" | "pattern" => {
                let rules = string_rules(keywords, Typing::Loose)?;
                // One keyword per part: the others come with their own.
                Part::One(Kind::String(StringRules {
                    max_length: rules.max_length.filter(|_| keyword == "maxLength"),
                    min_length: rules.min_length.filter(|_| keyword == "minLength"),
                    pattern: rules.pattern.filter(|_| keyword == "pattern"),
                    ..StringRules::default()
                }))
            }
            "maximum" => number(NumberRules { maximum: keywords.double(keyword)?, ..NumberRules::default() }),
            "minimum" => number(NumberRules { minimum: keywords.double(keyword)?, ..NumberRules::default() }),
            "exclusiveMaximum" => {
                number(NumberRules { exclusive_maximum: keywords.double(keyword)?, ..NumberRules::default() })
            }
            "exclusiveMinimum" => {
                number(NumberRules { exclusive_minimum: keywords.double(keyword)?, ..NumberRules::default() })
            }
            "multipleOf" => {
                let multiple_of = keywords.number(keyword)?.and_then(Decimal::read);
                number(NumberRules { multiple_of, ..NumberRules::default() })
            }
            "maxItems" => array(ArrayRules { max_items: keywords.integer(keyword)?, ..array_default() }),
            "minItems" => array(ArrayRules { min_items: keywords.integer(keyword)?, ..array_default() }),
            "uniqueItems" => array(ArrayRules { unique: keywords.boolean(keyword)? == Some(true), ..array_default() }),
            "contains" => {
                let contains = self.schema(keyword)?;
                let min_contains = Some(keywords.integer("minContains")?.unwrap_or(1));
                let max_contains = keywords.integer("maxContains")?;
                array(ArrayRules { contains, max_contains, min_contains, ..array_default() })
            }
            "prefixItems" => array(ArrayRules { tuple: self.schemas(keyword)?, ..array_default() }),
            "items" => self.items(node)?,
            "maxProperties" => object(ObjectRules { max_properties: keywords.integer(keyword)?, ..object_default() }),
            "minProperties" => object(ObjectRules { min_properties: keywords.integer(keyword)?, ..object_default() }),
            "required" => {
                let required = keywords.strings(keyword)?.into_iter().flatten().collect();
                object(ObjectRules { required, ..object_default() })
            }
            "propertyNames" => object(ObjectRules { property_names: self.schema(keyword)?, ..object_default() }),
            "additionalProperties" => object(ObjectRules { additional: self.rest(node, keyword)?, ..object_default() }),
            "dependentRequired" | "dependentSchemas" => self.dependent(keyword)?,
            _ => return Ok(None),
        }))
    }

    fn typed(&mut self, node: &'d Node) -> Result<Part, LoadError> {
        match &node.value {
            Value::String(name) => Ok(Part::One(self.of_type(node, name)?)),
            Value::Array(names) => {
                let branches = names.iter().map(|name| {
                    let text = self.keywords.text(name)?;
                    self.of_type(name, &text).map(Part::One)
                });
                Ok(Part::Generated(Criterion::Any, branches.collect::<Result<_, _>>()?))
            }
            _ => Err(self.keywords.expected(node, "a string or an array")),
        }
    }

    fn of_type(&self, node: &Node, name: &str) -> Result<Kind, LoadError> {
        let typing = Typing::Stated;
        Ok(match name {
            "array" => Kind::Array(Box::new(ArrayRules { typing, ..ArrayRules::default() })),
            "object" => Kind::Object(Box::new(ObjectRules { typing, ..ObjectRules::default() })),
            "number" | "integer" => {
                Kind::Number(NumberRules { typing, integer: name == "integer", ..NumberRules::default() })
            }
            "string" => Kind::String(StringRules { typing, ..StringRules::default() }),
            "boolean" => Kind::Boolean,
            "null" => Kind::Null,
            _ => return Err(self.keywords.error(node, format!("unknown type '{name}'"))),
        })
    }

    fn items(&mut self, node: &'d Node) -> Result<Part, LoadError> {
        let schema = self.schema("items")?;
        Ok(array(if matches!(node.value, Value::Bool(false)) {
            ArrayRules { additional: Rest::Forbidden, ..ArrayRules::default() }
        } else if self.keywords.has_any(&["prefixItems"]) {
            let schema = schema.filter(|_| !matches!(node.value, Value::Bool(true)));
            ArrayRules { additional: schema.map_or(Rest::Allowed, Rest::Schema), ..ArrayRules::default() }
        } else {
            ArrayRules { items: schema, ..ArrayRules::default() }
        }))
    }

    fn rest(&mut self, node: &'d Node, keyword: &str) -> Result<Rest, LoadError> {
        match node.value {
            Value::Bool(true) => Ok(Rest::Allowed),
            Value::Bool(false) => Ok(Rest::Forbidden),
            _ => Ok(self.schema(keyword)?.map_or(Rest::Allowed, Rest::Schema)),
        }
    }

    fn dependent(&mut self, keyword: &str) -> Result<Part, LoadError> {
        let mut rules = ObjectRules::default();
        for member in self.keywords.object(keyword)?.into_iter().flat_map(Object::iter) {
            if keyword == "dependentSchemas" {
                let schema = self.child(&member.node)?;
                rules.dependent_schemas.insert(member.key.clone(), schema);
                continue;
            }
            let names = member.node.as_array().ok_or_else(|| self.keywords.expected(&member.node, "an array"))?;
            let names = names.iter().map(|name| self.keywords.text(name)).collect::<Result<_, _>>()?;
            rules.dependent_required.insert(member.key.clone(), names);
        }
        Ok(object(rules))
    }

    /// `$dynamicRef` stands for what it leads to; one that leads back to itself is refused.
    fn dynamic(&mut self, node: &'d Node) -> Result<Part, LoadError> {
        let text = self.keywords.text(node)?;
        let target =
            self.loader.documents.resolve(self.place, &text).map_err(|why| self.keywords.unresolved(node, why))?;
        let expanded = self.loader.expand(text, &target)?;
        expanded.map(Part::One).ok_or_else(|| self.keywords.error(node, "$dynamicRef leads back to itself".to_owned()))
    }

    fn combined(&mut self, criterion: Criterion) -> Result<Part, LoadError> {
        let mut branches = Vec::new();
        for schema in self.schemas(criterion.keyword())? {
            match self.loader.generated_parts(schema).filter(|_| criterion == Criterion::All) {
                // A schema of several parts is an `allOf` itself and dissolves in one.
                Some(parts) => branches.extend(parts),
                None => branches.push(schema),
            }
        }
        Ok(Part::One(Kind::Combined(criterion, branches)))
    }

    fn schemas(&mut self, keyword: &str) -> Result<Vec<NodeId>, LoadError> {
        let nodes = self.keywords.array(keyword)?.unwrap_or_default();
        nodes.iter().map(|node| self.child(node)).collect()
    }

    fn schema(&mut self, keyword: &str) -> Result<Option<NodeId>, LoadError> {
        match self.keywords.schema(keyword)? {
            Some(node) => self.child(node).map(Some),
            None => Ok(None),
        }
    }

    fn required_schema(&mut self, node: &'d Node, keyword: &str) -> Result<NodeId, LoadError> {
        self.schema(keyword)?.ok_or_else(|| self.keywords.expected(node, "a schema"))
    }

    fn child(&mut self, node: &'d Node) -> Result<NodeId, LoadError> {
        self.loader.load(&self.place.child(node, Dialect::Draft202012))
    }

    /// Turns what has been joined into one kind.
    fn finished(&mut self, part: Part) -> Result<Kind, LoadError> {
        match part {
            Part::One(kind) => Ok(kind),
            Part::Generated(Criterion::All, mut branches) if branches.len() < 2 => match branches.pop() {
                Some(branch) => self.finished(branch),
                None => Ok(Kind::Empty),
            },
            Part::Generated(criterion, branches) => {
                let mut nodes = Vec::with_capacity(branches.len());
                for branch in branches {
                    let kind = self.finished(branch)?;
                    nodes.push(self.loader.push(kind, Notes::default())?);
                }
                Ok(Kind::Combined(criterion, nodes))
            }
        }
    }
}

fn number(rules: NumberRules) -> Part {
    Part::One(Kind::Number(rules))
}

fn array(rules: ArrayRules) -> Part {
    Part::One(Kind::Array(Box::new(rules)))
}

fn object(rules: ObjectRules) -> Part {
    Part::One(Kind::Object(Box::new(rules)))
}
