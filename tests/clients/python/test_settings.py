"""Config and mode, global and per subject."""

from confluent_kafka.schema_registry import ConfigCompatibilityLevel, ServerConfig
from conftest import RUN, refused
from schemas import USER, USER_WITH_AGE, avro, record

LEVELS = {level.value for level in ConfigCompatibilityLevel}


def test_config_is_written_read_and_deleted(client, registry, name):
    subject = name("config")
    with refused(404, 40408):
        client().get_config(subject)
    client().set_config(subject, ServerConfig(compatibility=ConfigCompatibilityLevel.FULL, compatibility_group="g"))
    found = client().get_config(subject)
    assert (str(found.compatibility_level), found.compatibility_group) == ("FULL", "g")
    client().delete_config(subject)
    with refused(404, 40408):
        client().get_config(subject)
    inherited = registry.request("GET", f"/config/{subject}?defaultToGlobal=true")
    assert inherited.status == 200 and inherited.body["compatibilityLevel"] in LEVELS


def test_the_global_level_is_readable(client):
    assert client().get_compatibility() in LEVELS


def test_an_alias_points_at_another_subject(client, registry, name):
    real, alias = name("real"), name("alias")
    id_ = client().register_schema(real, avro(USER))
    answer = registry.request("PUT", f"/config/{alias}", {"alias": real})
    assert (answer.status, answer.body["alias"]) == (200, real)
    found = client().get_latest_version(alias)
    assert (found.schema_id, found.subject) == (id_, real)


def test_a_read_only_subject_takes_nothing_new(client, name):
    subject = name("readonly")
    with refused(404, 40409):
        client().get_mode(subject)
    id_ = client().register_schema(subject, avro(USER))
    assert client().update_mode(subject, "READONLY") == "READONLY"
    assert client().get_mode(subject) == "READONLY"
    with refused(422, 42205):
        client().register_schema(subject, avro(USER_WITH_AGE))
    assert client().register_schema(subject, avro(USER)) == id_, "what is there already answers in any mode"
    assert client().update_mode(subject, "READWRITE") == "READWRITE"
    client().register_schema(subject, avro(USER_WITH_AGE))
    client().delete_mode(subject)
    with refused(404, 40409):
        client().get_mode(subject)
    assert client().get_global_mode() == "READWRITE"


def test_import_takes_id_and_version_as_given(client, registry, name):
    subject = name("import")
    client().update_mode(subject, "IMPORT")
    wanted = 900_000_000 + int(RUN, 16) % 90_000_000
    body = {"schema": record(f"I{RUN}"), "id": wanted, "version": 7}
    answer = registry.request("POST", f"/subjects/{subject}/versions", body)
    assert (answer.status, answer.body["id"]) == (200, wanted)
    assert client().get_versions(subject) == [7]
    client().update_mode(subject, "READWRITE", force=True)


def test_import_needs_an_empty_subject(client, name):
    subject = name("import-full")
    client().register_schema(subject, avro(USER))
    with refused(422, 42205):
        client().update_mode(subject, "IMPORT")
    assert client().update_mode(subject, "IMPORT", force=True) == "IMPORT"
