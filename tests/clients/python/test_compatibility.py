"""Compatibility: what is let in, what is refused, and why."""

import pytest
from conftest import refused
from schemas import USER, USER_WITH_AGE, USER_WITH_REQUIRED_AGE, avro


def test_backward_is_the_default(client, name):
    subject = name("backward")
    client().register_schema(subject, avro(USER))
    assert client().test_compatibility(subject, avro(USER_WITH_AGE)) is True
    assert client().test_compatibility(subject, avro(USER_WITH_AGE), version=1) is True
    assert client().test_compatibility(subject, avro(USER_WITH_REQUIRED_AGE)) is False
    assert client().test_compatibility_all_versions(subject, avro(USER_WITH_REQUIRED_AGE)) is False
    with refused(409, 40901):
        client().register_schema(subject, avro(USER_WITH_REQUIRED_AGE))
    assert client().get_versions(subject) == [1]


@pytest.mark.parametrize(
    ("level", "compatible"), [("NONE", True), ("FORWARD", True), ("BACKWARD", False), ("FULL", False)]
)
def test_the_level_decides(client, name, level, compatible):
    subject = name("level")
    client().register_schema(subject, avro(USER))
    client().set_compatibility(subject, level)
    assert client().get_compatibility(subject) == level
    assert client().test_compatibility(subject, avro(USER_WITH_REQUIRED_AGE)) is compatible


def test_transitive_levels_look_at_every_version(client, name):
    subject = name("transitive")
    client().set_compatibility(subject, "NONE")
    for schema in (USER, USER_WITH_REQUIRED_AGE):
        client().register_schema(subject, avro(schema))
    client().set_compatibility(subject, "BACKWARD")
    assert client().test_compatibility_all_versions(subject, avro(USER_WITH_REQUIRED_AGE)) is True
    client().set_compatibility(subject, "BACKWARD_TRANSITIVE")
    assert client().test_compatibility_all_versions(subject, avro(USER_WITH_REQUIRED_AGE)) is False


def test_verbose_says_why(client, registry, name):
    subject = name("verbose")
    client().register_schema(subject, avro(USER))
    answer = registry.request(
        "POST", f"/compatibility/subjects/{subject}/versions/latest?verbose=true", {"schema": USER_WITH_REQUIRED_AGE}
    )
    assert (answer.status, answer.body["is_compatible"]) == (200, False)
    assert "READER_FIELD_MISSING_DEFAULT_VALUE" in answer.body["messages"][0]
    assert "'age'" in answer.body["messages"][0]
