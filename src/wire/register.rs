//! Schemas as they are posted, and the answer to their registration.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Metadata, RuleSet, SchemaReference, SchemaTags, is_blank,
    lenient::{Entity, Members, Misfit, entity, flag, int, list, schema_text, text},
    tags::tag_list,
};
use crate::model::SchemaKind;

/// A schema to be registered, looked up or checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({"schemaType": "AVRO", "schema":
    "{\"type\":\"record\",\"name\":\"Payment\",\"fields\":[{\"name\":\"id\",\"type\":\"string\"}]}"}))]
pub struct RegisterSchemaRequest {
    /// The version it shall get; 0 or absent for the next one, -1 for the latest one if that is equal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i32>,
    /// The id it shall get, in import mode only; negative or absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<i32>,
    /// The language: `AVRO` (default), `JSON` or `PROTOBUF`.
    #[serde(skip_serializing_if = "is_blank")]
    pub schema_type: Option<String>,
    /// What the text refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub references: Vec<SchemaReference>,
    /// What is said about the schema; absent means the previous version's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The rules of its data contract; absent means the previous version's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The text, as a JSON string; blank means the previous version's.
    #[serde(skip_serializing_if = "is_blank")]
    pub schema: Option<String>,
    /// Tags to add to the text; a new version is made in any case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub schema_tags_to_add: Vec<SchemaTags>,
    /// Tags to remove from the text afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub schema_tags_to_remove: Vec<SchemaTags>,
    /// Whether the tags of the latest version are added too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub propagate_schema_tags: Option<bool>,
}

impl Entity for RegisterSchemaRequest {
    fn read(members: &Members<'_>) -> Result<Self, Misfit> {
        let references = members.get("references", list(entity, || Some(SchemaReference::default())))?;
        Ok(Self {
            version: members.get("version", int)?,
            id: members.get("id", int)?,
            schema_type: members.get("schemaType", text)?,
            references: references.unwrap_or_default(),
            metadata: members.get("metadata", entity)?,
            rule_set: members.get("ruleSet", entity)?,
            schema: members.get("schema", schema_text)?,
            schema_tags_to_add: tag_list(members, "schemaTagsToAdd")?,
            schema_tags_to_remove: tag_list(members, "schemaTagsToRemove")?,
            propagate_schema_tags: members.get("propagateSchemaTags", flag)?,
        })
    }
}

/// What was registered, or was there already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RegisterSchemaResponse {
    /// The id in the subject's context.
    #[schema(example = 1)]
    pub id: i32,
    /// The version.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub version: Option<i32>,
    /// The content's name, equal in every context and every registry.
    #[schema(example = "095d71cf-1255-6b9d-5e33-0ad575b3df5d")]
    pub guid: String,
    /// The language: `AVRO`, `JSON` or `PROTOBUF`.
    #[schema(value_type = String, example = "AVRO")]
    pub schema_type: SchemaKind,
    /// What the text refers to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub references: Vec<SchemaReference>,
    /// What is said about the schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// The rules of its data contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The text as it is stored, or in the format asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(example = "\"string\"")]
    pub schema: String,
    /// When the record that was found was written, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether the record that was found is soft-deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::read;

    fn request(body: &str) -> Result<RegisterSchemaRequest, String> {
        read(body.as_bytes()).map_err(|error| error.to_string())?.ok_or_else(|| "nothing".to_owned())
    }

    #[test]
    fn a_request_is_read_member_by_member() {
        let body = r#"{"schema":"\"string\"","schemaType":"AVRO","version":"2","references":[{"name":"a","subject":"b",
            "version":1},null],"metadata":{"tags":{"p":["b","a","b"],"q":null},"properties":{"n":1},"sensitive":["n"]},
            "ruleSet":{"domainRules":[{"name":"r","type":"CEL","mode":"READ","kind":1}],"enableAt":"ALL"},"extra":{}}"#;
        let read = request(body).expect("a request");
        let written = serde_json::to_string(&read).expect("JSON");
        assert_eq!(
            written,
            concat!(
                r#"{"version":2,"schemaType":"AVRO","references":[{"name":"a","subject":"b","version":1},{}],"#,
                r#""metadata":{"tags":{"p":["a","b"]},"properties":{"n":"1"},"sensitive":["n"]},"#,
                r#""ruleSet":{"domainRules":[{"name":"r","kind":"CONDITION","mode":"READ","type":"CEL","disabled":false}],"#,
                r#""enableAt":"ALL"},"schema":"\"string\""}"#
            )
        );
    }

    #[test]
    fn a_schema_that_is_an_object_gets_a_word_of_advice() {
        let error = request(r#"{"schema":{"type":"string"}}"#).expect_err("an object is no text");
        assert_eq!(
            error,
            "Cannot read \"schema\": expected a string, found an object; write the schema as a JSON string, its quotes \
             escaped (line 1, column 11)"
        );
    }

    #[test]
    fn a_wrong_shape_deep_inside_is_named_by_its_path() {
        let error = request(r#"{"references":[{},{"version":{}}]}"#).expect_err("no number");
        assert!(error.contains("\"references[1].version\""), "{error}");
        let error = request(r#"{"ruleSet":{"domainRules":[{"mode":"SOMETIMES"}]}}"#).expect_err("no mode");
        assert!(error.contains("expected one of UPGRADE, DOWNGRADE"), "{error}");
    }
}
