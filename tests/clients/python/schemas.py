"""Schemas that several scenarios use."""

import json

from confluent_kafka.schema_registry import Schema, SchemaReference
from confluent_kafka.serialization import MessageField, SerializationContext


def record(name, *fields, namespace="demo") -> str:
    """The text of an Avro record with fields of the form (name, type) or (name, type, default)."""
    keys = ("name", "type", "default")
    return json.dumps(
        {"type": "record", "name": name, "namespace": namespace, "fields": [dict(zip(keys, field)) for field in fields]}
    )


def avro(text: str, *references: SchemaReference, **more) -> Schema:
    return Schema(text, "AVRO", list(references), **more)


USER = record("User", ("name", "string"))
USER_WITH_AGE = record("User", ("name", "string"), ("age", "int", 0))
USER_WITH_REQUIRED_AGE = record("User", ("name", "string"), ("age", "int"))


def value(topic: str) -> SerializationContext:
    return SerializationContext(topic, MessageField.VALUE, [])


def key(topic: str) -> SerializationContext:
    return SerializationContext(topic, MessageField.KEY, [])


def id_in(message: bytes) -> int:
    """The schema's id in Kafka's wire format: a zero byte, four bytes, the payload."""
    assert message[0] == 0, "the magic byte"
    return int.from_bytes(message[1:5], "big")
