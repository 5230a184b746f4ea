"""Schemas that use types of other subjects."""

import json

from confluent_kafka.schema_registry import SchemaReference
from conftest import refused
from schemas import avro, record


def two_subjects(client, name):
    """Registers a record and another one that uses it: (inner subject, its type, outer subject, its id)."""
    inner, outer = name("inner"), name("outer")
    type_name = "Inner" + inner.replace("-", "_")
    client().register_schema(inner, avro(record(type_name, ("id", "int"))))
    schema = avro(record("Outer", ("inner", f"demo.{type_name}")), SchemaReference(f"demo.{type_name}", inner, 1))
    return inner, type_name, outer, client().register_schema(outer, schema)


def test_references_are_kept_and_found_from_both_sides(client, name):
    inner, type_name, outer, id_ = two_subjects(client, name)
    found = client().get_latest_version(outer)
    references = [(one.name, one.subject, one.version) for one in found.schema.references]
    assert references == [(f"demo.{type_name}", inner, 1)]
    assert client().get_referenced_by(inner, 1) == [id_]


def test_what_others_use_is_not_deleted(client, name):
    inner, _, outer, _ = two_subjects(client, name)
    with refused(422, 42206):
        client().delete_version(inner, 1)
    with refused(422, 42206):
        client().delete_subject(inner)
    client().delete_subject(outer)
    assert client().delete_subject(inner) == [1], "a deleted referrer no longer holds it"


def test_a_reference_to_nothing_is_refused(client, name):
    schema = avro(record("Outer", ("inner", "demo.Missing")), SchemaReference("demo.Missing", name("missing"), 1))
    with refused(422, 42201):
        client().register_schema(name("dangling"), schema)


def test_the_registry_resolves_references(client, name):
    _, type_name, outer, id_ = two_subjects(client, name)
    resolved = json.loads(client().get_schema(id_, outer, "resolved").schema_str)
    assert resolved["fields"][0]["type"]["name"] == type_name
