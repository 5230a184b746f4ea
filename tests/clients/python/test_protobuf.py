"""Protobuf messages through the client's serializer and deserializer; the message types are made in memory."""

import base64

from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from schemas import id_in, value

POINT = 'syntax = "proto3";\npackage demo;\n\nmessage Point {\n  int32 x = 1;\n  int32 y = 2;\n}\n'
CONF = {"use.deprecated.format": False}
FIELD = descriptor_pb2.FieldDescriptorProto


def optional(message, name, number, type_, **more):
    message.field.add(name=name, number=number, type=type_, label=FIELD.LABEL_OPTIONAL, **more)


def message_types(package):
    """Two files, the second of which imports the first: (name of the first, Inner, Outer, Flag)."""
    inner = descriptor_pb2.FileDescriptorProto(name=f"{package}/inner.proto", package=package, syntax="proto3")
    optional(inner.message_type.add(name="Inner"), "id", 1, FIELD.TYPE_INT32)
    outer = descriptor_pb2.FileDescriptorProto(
        name=f"{package}/outer.proto", package=package, syntax="proto3", dependency=[inner.name]
    )
    message = outer.message_type.add(name="Outer")
    optional(message, "name", 1, FIELD.TYPE_STRING)
    optional(message, "inner", 2, FIELD.TYPE_MESSAGE, type_name=f".{package}.Inner")
    optional(outer.message_type.add(name="Flag"), "set", 1, FIELD.TYPE_BOOL)
    pool = descriptor_pool.DescriptorPool()
    for file in (inner, outer):
        pool.AddSerializedFile(file.SerializeToString())
    types = [pool.FindMessageTypeByName(f"{package}.{name}") for name in ("Inner", "Outer", "Flag")]
    return inner.name, *map(message_factory.GetMessageClass, types)


def test_messages_of_one_file_share_a_version_and_import_the_other(client, name):
    topic = name("protobuf")
    imported, inner, outer, flag = message_types(topic.replace("-", "_"))
    ids = set()
    for datum in (outer(name="n", inner=inner(id=7)), flag(set=True)):
        message = ProtobufSerializer(type(datum), client(), CONF)(datum, value(topic))
        assert ProtobufDeserializer(type(datum), CONF, client())(message, value(topic)) == datum
        ids.add(id_in(message))
    assert len(ids) == 1
    latest = client().get_latest_version(f"{topic}-value")
    assert (latest.version, latest.schema.schema_type) == (1, "PROTOBUF")
    assert [(one.name, one.subject, one.version) for one in latest.schema.references] == [(imported, imported, 1)]


def test_text_goes_in_and_a_descriptor_comes_out(client, name):
    text, descriptor = name("text"), name("descriptor")
    id_ = client().register_schema(text, Schema(POINT, "PROTOBUF"))
    serialized = client().get_schema(id_, text, "serialized").schema_str
    file = descriptor_pb2.FileDescriptorProto.FromString(base64.b64decode(serialized))
    [message] = file.message_type
    assert (message.name, [field.name for field in message.field]) == ("Point", ["x", "y"])
    client().register_schema(descriptor, Schema(serialized, "PROTOBUF"))
    assert "message Point" in client().get_latest_version(descriptor).schema.schema_str


def test_types_of_fields_are_a_matter_of_compatibility(client, name):
    subject = name("compatibility")
    client().register_schema(subject, Schema(POINT, "PROTOBUF"))
    longer = POINT.replace("int32 y = 2;", "int32 y = 2;\n  string z = 3;")
    assert client().test_compatibility(subject, Schema(longer, "PROTOBUF")) is True
    changed = POINT.replace("int32 y", "string y")
    assert client().test_compatibility(subject, Schema(changed, "PROTOBUF")) is False
