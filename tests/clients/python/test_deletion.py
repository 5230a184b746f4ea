"""Soft and permanent deletion."""

import json

from conftest import refused
from schemas import USER, USER_WITH_AGE, avro


def test_a_version_is_deleted_softly_before_it_goes_for_good(client, name):
    subject = name("version")
    id_ = client().register_schema(subject, avro(USER))
    client().register_schema(subject, avro(USER_WITH_AGE))
    with refused(404, 40407):
        client().delete_version(subject, 1, permanent=True)
    assert client().delete_version(subject, 1) == 1
    with refused(404, 40406):
        client().delete_version(subject, 1)
    assert client().get_versions(subject) == [2]
    assert client().get_versions(subject, deleted=True) == [1, 2]
    with refused(404, 40402):
        client().get_version(subject, 1)
    assert client().get_version(subject, 1, deleted=True).schema_id == id_
    assert json.loads(client().get_schema(id_).schema_str) == json.loads(USER), "an id stays readable"
    assert client().delete_version(subject, 1, permanent=True) == 1
    assert client().get_versions(subject, deleted=True) == [2]


def test_a_subject_is_deleted_softly_before_it_goes_for_good(client, name):
    subject = name("subject")
    client().register_schema(subject, avro(USER))
    client().register_schema(subject, avro(USER_WITH_AGE))
    with refused(404, 40405):
        client().delete_subject(subject, permanent=True)
    assert client().delete_subject(subject) == [1, 2]
    with refused(404, 40404):
        client().delete_subject(subject)
    assert subject not in client().get_subjects()
    assert subject in client().get_subjects(deleted=True)
    with refused(404, 40401):
        client().get_versions(subject)
    assert client().delete_subject(subject, permanent=True) == [1, 2]
    assert subject not in client().get_subjects(deleted=True)
    with refused(404, 40401):
        client().delete_subject(subject)


def test_registered_again_after_deletion_the_id_stays_and_versions_count_on(client, name):
    subject = name("again")
    id_ = client().register_schema(subject, avro(USER))
    client().delete_subject(subject)
    assert client().register_schema(subject, avro(USER)) == id_
    assert client().get_versions(subject) == [2]


def test_a_lookup_finds_deleted_versions_when_asked(client, name):
    subject = name("lookup")
    id_ = client().register_schema(subject, avro(USER))
    client().delete_subject(subject)
    assert client().lookup_schema(subject, avro(USER), deleted=True).schema_id == id_
    with refused(404, 40401):
        client().lookup_schema(subject, avro(USER))
