"""Registering schemas and finding them again: by content, by version, by id, by name."""

import json

import pytest
from conftest import refused
from schemas import USER, USER_WITH_AGE, avro


def test_a_schema_gets_an_id_and_keeps_it(client, name):
    subject = name("first")
    id_ = client().register_schema(subject, avro(USER))
    assert id_ > 0
    assert client().register_schema(subject, avro(USER)) == id_
    assert client().get_versions(subject) == [1]
    assert client().register_schema(name("second"), avro(USER)) == id_, "the same text under another subject"


def test_a_registration_answers_everything_at_once(client, name):
    subject = name("full")
    answer = client().register_schema_full_response(subject, avro(USER))
    assert (answer.subject or subject, answer.version) == (subject, 1)
    assert answer.guid == client().get_latest_version(subject).guid


def test_a_lookup_answers_id_subject_and_version(client, name):
    subject = name("lookup")
    id_ = client().register_schema(subject, avro(USER))
    found = client().lookup_schema(subject, avro(USER))
    assert (found.schema_id, found.subject, found.version) == (id_, subject, 1)
    with refused(404, 40403):
        client().lookup_schema(subject, avro(USER_WITH_AGE))
    with refused(404, 40401):
        client().lookup_schema(name("nobody"), avro(USER))


def test_a_schema_is_found_by_id_and_by_version(client, name):
    subject = name("read")
    id_ = client().register_schema(subject, avro(USER))
    by_id = client().get_schema(id_)
    assert (json.loads(by_id.schema_str), by_id.schema_type) == (json.loads(USER), "AVRO")
    version = client().get_version(subject, 1)
    assert (version.schema_id, version.version, version.subject) == (id_, 1, subject)
    assert client().get_latest_version(subject).version == 1
    assert subject in client().get_subjects()


@pytest.mark.parametrize("odd", ["with space", "a/b", "a%2Fb", "ünïcode", "a+b", "a?b=c", "a#b", ":colon"])
def test_odd_characters_belong_to_the_subject(client, name, odd):
    subject = name("odd") + odd
    id_ = client().register_schema(subject, avro(USER))
    found = client().get_latest_version(subject)
    assert (found.subject, found.schema_id) == (subject, id_)
    assert subject in client().get_subjects()


def test_types_are_listed(client):
    assert set(client().get_schema_types()) == {"AVRO", "JSON", "PROTOBUF"}


def test_subjects_are_listed_by_prefix_and_page(client, registry, name):
    prefix = name("page")
    for number in range(5):
        client().register_schema(f"{prefix}-{number}", avro(USER))
    answer = registry.request("GET", f"/subjects?subjectPrefix={prefix}&offset=1&limit=2")
    assert (answer.status, answer.body) == (200, [f"{prefix}-1", f"{prefix}-2"])


def test_normalized_texts_are_one_schema(client, name):
    subject = name("normalize")
    spread = json.dumps(
        {"type": "record", "name": "N", "fields": [{"type": {"type": "string"}, "name": "x"}]}, indent=2
    )
    dense = json.dumps({"fields": [{"name": "x", "type": "string"}], "name": "N", "type": "record"})
    id_ = client().register_schema(subject, avro(spread), normalize_schemas=True)
    assert client().register_schema(subject, avro(dense), normalize_schemas=True) == id_
    assert client().get_versions(subject) == [1]
    assert client().lookup_schema(subject, avro(spread), normalize_schemas=True).schema_id == id_


def test_a_subject_may_normalize_by_default(client, registry, name):
    subject = name("normalize-config")
    assert registry.request("PUT", f"/config/{subject}", {"normalize": True}).status == 200
    wrapped = json.dumps({"type": "record", "name": "N", "fields": [{"name": "x", "type": {"type": "string"}}]})
    plain = json.dumps({"type": "record", "name": "N", "fields": [{"name": "x", "type": "string"}]})
    assert client().register_schema(subject, avro(wrapped)) == client().register_schema(subject, avro(plain))
