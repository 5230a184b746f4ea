"""What an id and a guid lead to."""

import json

from conftest import refused
from schemas import USER, avro, record


def test_an_id_leads_to_every_subject_that_uses_it(client, registry, name):
    first, second = name("first"), name("second")
    type_name = "Id" + first.replace("-", "_")
    schema = avro(record(type_name))
    id_ = client().register_schema(first, schema)
    assert client().register_schema(second, schema) == id_
    assert sorted(client().get_subjects_by_schema_id(id_)) == sorted([first, second])
    versions = [(one.subject, one.version) for one in client().get_schema_versions(id_)]
    assert sorted(versions) == sorted([(first, 1), (second, 1)])
    text = registry.request("GET", f"/schemas/ids/{id_}/schema")
    assert (text.status, text.body["name"]) == (200, type_name)
    highest = registry.request("GET", f"/schemas/ids/{id_}?fetchMaxId=true")
    assert highest.status == 200 and highest.body["maxId"] >= id_


def test_a_guid_leads_to_the_schema(client, name):
    subject = name("guid")
    client().register_schema(subject, avro(USER))
    guid = client().get_latest_version(subject).guid
    assert json.loads(client().get_schema_by_guid(guid).schema_str) == json.loads(USER)
    with refused(404, 40403):
        client().get_schema_by_guid("00000000-0000-0000-0000-000000000000")


def test_an_unknown_id_is_not_found(client):
    with refused(404, 40403):
        client().get_schema(2_147_483_000)
