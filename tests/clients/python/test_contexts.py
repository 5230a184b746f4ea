"""Contexts: in the subject's name and in the address."""

import json
from urllib.parse import quote

from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from conftest import refused
from schemas import USER, avro, record, value


def test_a_qualified_subject_lives_in_its_context(client, registry, name):
    context = "." + name("context")
    subject = f":{context}:orders"
    id_ = client().register_schema(subject, avro(USER))
    found = client().get_latest_version(subject)
    assert (found.subject, found.schema_id) == (subject, id_)
    assert {".", context} <= set(client().get_contexts())
    assert subject in client().get_subjects(), "without a prefix every context is listed"
    answer = registry.request("GET", f"/subjects?subjectPrefix={quote(f':{context}:')}")
    assert (answer.status, answer.body) == (200, [subject])
    assert json.loads(client().get_schema(id_, subject_name=subject).schema_str) == json.loads(USER)


def test_a_context_in_the_address_qualifies_every_subject(client, name):
    context, subject = "." + name("context"), name("orders")
    inside = f"/contexts/{context}"
    id_ = client(inside).register_schema(subject, avro(USER))
    assert client(inside).get_latest_version(subject).schema_id == id_
    assert client().get_latest_version(f":{context}:{subject}").schema_id == id_
    with refused(404, 40401):
        client().get_versions(subject)
    topic = name("topic")
    message = AvroSerializer(client(inside), USER)({"name": "ann"}, value(topic))
    assert AvroDeserializer(client(inside))(message, value(topic)) == {"name": "ann"}


def test_ids_count_from_one_in_a_new_context(client, name):
    subject = f":.{name('context')}:orders"
    assert client().register_schema(subject, avro(record("X"))) == 1
