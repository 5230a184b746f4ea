"""JSON Schema messages through the client's serializer and deserializer."""

import json

import pytest
from confluent_kafka.schema_registry import Schema, SchemaReference
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.serialization import SerializationError
from schemas import value

ORDER = json.dumps(
    {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Order",
        "type": "object",
        "additionalProperties": False,
        "required": ["id"],
        "properties": {"id": {"type": "integer"}, "note": {"type": "string"}},
    }
)


def test_a_message_makes_the_round_trip(client, name):
    topic = name("json")
    serialize = JSONSerializer(ORDER, client())
    message = serialize({"id": 1, "note": "x"}, value(topic))
    assert client().get_latest_version(f"{topic}-value").schema.schema_type == "JSON"
    deserialize = JSONDeserializer(None, schema_registry_client=client())
    assert deserialize(message, value(topic)) == {"id": 1, "note": "x"}
    with pytest.raises(SerializationError):
        serialize({"note": "no id"}, value(topic))


def test_a_schema_with_a_reference(client, name):
    inner, topic = name("inner"), name("outer")
    uri = f"http://demo/{inner}.json"
    client().register_schema(
        inner,
        Schema(
            json.dumps({"$id": uri, "type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}),
            "JSON",
        ),
    )
    outer = Schema(
        json.dumps(
            {
                "$id": "http://demo/outer.json",
                "title": "Outer",
                "type": "object",
                "properties": {"inner": {"$ref": uri}},
            }
        ),
        "JSON",
        [SchemaReference(uri, inner, 1)],
    )
    message = JSONSerializer(outer, client())({"inner": {"id": 5}}, value(topic))
    deserialize = JSONDeserializer(None, schema_registry_client=client())
    assert deserialize(message, value(topic)) == {"inner": {"id": 5}}


def test_required_properties_are_a_matter_of_compatibility(client, name):
    subject = name("compatibility")
    order = json.loads(ORDER)
    client().register_schema(subject, Schema(ORDER, "JSON"))
    wider, narrower = {**order, "required": []}, {**order, "required": ["id", "note"]}
    assert client().test_compatibility(subject, Schema(json.dumps(wider), "JSON")) is True
    assert client().test_compatibility(subject, Schema(json.dumps(narrower), "JSON")) is False
