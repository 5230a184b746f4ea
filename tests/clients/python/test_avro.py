"""Avro messages through the client's serializer and deserializer."""

import asyncio
import datetime
import decimal
import json
import uuid

import pytest
from confluent_kafka.schema_registry import (
    AsyncSchemaRegistryClient,
    SchemaReference,
    header_schema_id_serializer,
    record_subject_name_strategy,
    topic_record_subject_name_strategy,
    topic_subject_name_strategy,
)
from confluent_kafka.schema_registry._async.avro import AsyncAvroDeserializer, AsyncAvroSerializer
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import SerializationError
from conftest import refused
from schemas import USER, USER_WITH_AGE, avro, id_in, key, record, value

FIXED_BY_THE_REGISTRY = {"auto.register.schemas": False}


def test_a_message_makes_the_round_trip(client, name):
    topic = name("topic")
    message = AvroSerializer(client(), USER)({"name": "ann"}, value(topic))
    assert id_in(message) == client().get_latest_version(f"{topic}-value").schema_id
    assert AvroDeserializer(client())(message, value(topic)) == {"name": "ann"}


def test_nested_and_logical_types_make_the_round_trip(client, name):
    payment = json.dumps(
        {
            "type": "record",
            "name": "Payment",
            "namespace": "demo",
            "fields": [
                {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "day", "type": {"type": "int", "logicalType": "date"}},
                {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
                {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["CHIP", "ONLINE"]}},
                {"name": "tags", "type": {"type": "map", "values": "string"}},
                {
                    "name": "parts",
                    "type": {
                        "type": "array",
                        "items": {
                            "type": "record",
                            "name": "Part",
                            "fields": [{"name": "next", "type": ["null", "demo.Payment"], "default": None}],
                        },
                    },
                },
            ],
        }
    )
    datum = {
        "id": uuid.UUID("6f0c3f0e-2a55-4d0b-9f44-0f6d6f6c2b11"),
        "at": datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC),
        "day": datetime.date(2026, 1, 2),
        "amount": decimal.Decimal("129.90"),
        "kind": "ONLINE",
        "tags": {"a": "b"},
        "parts": [{"next": None}],
    }
    topic = name("logical")
    message = AvroSerializer(client(), payment)(datum, value(topic))
    assert AvroDeserializer(client())(message, value(topic)) == datum


def test_a_key_has_a_subject_of_its_own(client, name):
    topic = name("key")
    message = AvroSerializer(client(), '"string"')("k1", key(topic))
    assert client().get_latest_version(f"{topic}-key").version == 1
    assert AvroDeserializer(client())(message, key(topic)) == "k1"


def test_without_registration_an_unknown_schema_is_an_error(client, name):
    serialize = AvroSerializer(client(), USER, conf=FIXED_BY_THE_REGISTRY)
    with refused(404, 40401):
        serialize({"name": "ann"}, value(name("unknown")))


def test_a_new_reader_reads_an_old_message(client, name):
    topic = name("evolution")
    old = AvroSerializer(client(), USER)({"name": "ann"}, value(topic))
    AvroSerializer(client(), USER_WITH_AGE)({"name": "bob", "age": 3}, value(topic))
    assert AvroDeserializer(client(), USER_WITH_AGE)(old, value(topic)) == {"name": "ann", "age": 0}


@pytest.mark.parametrize(
    ("strategy", "subject"),
    [
        (topic_subject_name_strategy, "{topic}-value"),
        (record_subject_name_strategy, "demo.{record}"),
        (topic_record_subject_name_strategy, "{topic}-demo.{record}"),
    ],
    ids=["topic", "record", "topic and record"],
)
def test_subject_name_strategies(client, name, strategy, subject):
    topic = name("strategy")
    type_name = "R" + topic.replace("-", "_")
    schema = record(type_name, ("a", "int"))
    AvroSerializer(client(), schema, conf={"subject.name.strategy": strategy})({"a": 1}, value(topic))
    expected = subject.format(topic=topic, record=type_name)
    assert client().get_latest_version(expected).subject == expected


def test_use_latest_version(client, name):
    topic = name("latest")
    client().register_schema(f"{topic}-value", avro(USER))
    latest = client().register_schema(f"{topic}-value", avro(USER_WITH_AGE))
    conf = {**FIXED_BY_THE_REGISTRY, "use.latest.version": True}
    message = AvroSerializer(client(), schema_str=None, conf=conf)({"name": "ann", "age": 1}, value(topic))
    assert id_in(message) == latest
    deserialize = AvroDeserializer(client(), conf={"use.latest.version": True})
    assert deserialize(message, value(topic)) == {"name": "ann", "age": 1}


@pytest.mark.xfail(
    raises=SerializationError, reason="the client expects an id in GET /schemas/ids/{id}, which has none"
)
def test_use_schema_id(client, name):
    topic = name("id")
    first = client().register_schema(f"{topic}-value", avro(USER))
    client().register_schema(f"{topic}-value", avro(USER_WITH_AGE))
    conf = {**FIXED_BY_THE_REGISTRY, "use.schema.id": first}
    assert id_in(AvroSerializer(client(), schema_str=None, conf=conf)({"name": "ann"}, value(topic))) == first


def test_normalize_schemas(client, name):
    topic = name("normalize")
    message = AvroSerializer(client(), USER, conf={"normalize.schemas": True})({"name": "ann"}, value(topic))
    assert AvroDeserializer(client())(message, value(topic)) == {"name": "ann"}


def test_a_schema_with_a_reference(client, name):
    inner, topic = name("inner"), name("outer")
    type_name = "Inner" + inner.replace("-", "_")
    client().register_schema(inner, avro(record(type_name, ("id", "int"))))
    reference = SchemaReference(f"demo.{type_name}", inner, 1)
    outer = avro(record("Outer", ("inner", f"demo.{type_name}")), reference)
    message = AvroSerializer(client(), outer)({"inner": {"id": 5}}, value(topic))
    assert AvroDeserializer(client())(message, value(topic)) == {"inner": {"id": 5}}


def test_the_guid_travels_in_a_header(client, name):
    context = value(name("guid"))
    conf = {"schema.id.serializer": header_schema_id_serializer}
    message = AvroSerializer(client(), USER, conf=conf)({"name": "a long enough name"}, context)
    assert message[:1] != b"\x00", "no id stands before the value"
    assert context.headers, "the guid travels in a header"
    assert AvroDeserializer(client())(message, context) == {"name": "a long enough name"}


def test_the_asynchronous_client(registry, name):
    topic = name("async")

    async def round_trip():
        client = AsyncSchemaRegistryClient({"url": registry.url})
        serialize = await AsyncAvroSerializer(client, USER)
        message = await serialize({"name": "ann"}, value(topic))
        deserialize = await AsyncAvroDeserializer(client)
        assert await deserialize(message, value(topic)) == {"name": "ann"}
        assert (await client.get_latest_version(f"{topic}-value")).version == 1

    asyncio.run(round_trip())
