"""Wrong inputs, and what real clients write oddly."""

import pytest
from conftest import REGISTRY_JSON
from schemas import USER, avro


def is_refused(answer, status, code):
    assert answer.status == status, answer.body
    assert isinstance(answer.body, dict), "an error is JSON"
    assert answer.body["error_code"] == code, answer.body
    assert isinstance(answer.body["message"], str)


@pytest.mark.parametrize("schema", ["{", '{"type":"nonsense"}', ""])
def test_schemas_that_are_none(registry, name, schema):
    subject = name("schema")
    is_refused(registry.request("POST", f"/subjects/{subject}/versions", {"schema": schema}), 422, 42201)
    is_refused(registry.request("GET", f"/subjects/{subject}/versions"), 404, 40401)


def test_a_language_that_is_none(registry, name):
    body = {"schema": USER, "schemaType": "YAML"}
    is_refused(registry.request("POST", f"/subjects/{name('language')}/versions", body), 422, 42201)


@pytest.mark.parametrize("version", ["0", "abc", "-2", "1.5", "99999999999"])
def test_versions_that_are_none(client, registry, name, version):
    subject = name("version")
    client().register_schema(subject, avro(USER))
    is_refused(registry.request("GET", f"/subjects/{subject}/versions/{version}"), 422, 42202)


def test_what_is_not_there(client, registry, name):
    subject = name("there")
    client().register_schema(subject, avro(USER))
    is_refused(registry.request("GET", f"/subjects/{subject}/versions/42"), 404, 40402)
    is_refused(registry.request("GET", f"/subjects/{name('nobody')}/versions/1"), 404, 40401)
    is_refused(registry.request("GET", "/schemas/ids/2147483000"), 404, 40403)
    is_refused(registry.request("GET", "/schemas/ids/abc"), 404, 404)
    assert registry.request("GET", f"/subjects/{subject}/versions/-1").status == 200, "-1 is latest"


def test_levels_and_modes_that_are_none(registry, name):
    subject = name("level")
    is_refused(registry.request("PUT", f"/config/{subject}", {"compatibility": "SIDEWAYS"}), 422, 42203)
    is_refused(registry.request("PUT", f"/mode/{subject}", {"mode": "SLEEPY"}), 422, 42204)


def test_requests_that_are_not_as_expected(registry, name):
    is_refused(registry.request("GET", "/no/such/path"), 404, 404)
    is_refused(registry.request("PUT", "/subjects"), 405, 405)
    xml = registry.request("POST", f"/subjects/{name('xml')}/versions", raw=b"<a/>", content_type="text/xml")
    is_refused(xml, 415, 415)
    is_refused(registry.request("POST", f"/subjects/{name('cut')}/versions", raw=b"{not json"), 400, 400)


@pytest.mark.parametrize(
    "accept",
    [
        REGISTRY_JSON,
        "application/json",
        "*/*",
        None,
        # What a Java client sends that sets no header of its own.
        "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2",
        f"{REGISTRY_JSON}, application/vnd.schemaregistry+json, application/json",
    ],
)
def test_answers_are_json_whatever_is_accepted(registry, accept):
    answer = registry.request("GET", "/subjects", accept=accept)
    assert answer.status == 200 and isinstance(answer.body, list)
    assert "json" in answer.headers["Content-Type"]


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/vnd.schemaregistry+json",
        "application/octet-stream",
        f"{REGISTRY_JSON}; charset=utf-8",
    ],
)
def test_what_clients_call_json(client, registry, name, content_type):
    subject = name("type")
    client().register_schema(subject, avro(USER))
    answer = registry.request("POST", f"/subjects/{subject}", {"schema": USER}, content_type=content_type)
    assert answer.status == 200, answer.body


def test_what_real_clients_write_oddly(registry, name):
    subject = name("odd")
    requests = [
        ("POST", f"/subjects/{subject}/versions?normalize=False", {"schema": USER}),
        ("POST", f"/subjects/{subject}?normalize=True&deleted=False", {"schema": USER}),
        ("GET", "/subjects?deleted=false&deleted_only=false&offset=0&limit=-1", None),
        # The Java client ends this path with a slash.
        ("POST", f"/compatibility/subjects/{subject}/versions/?normalize=false&verbose=true", {"schema": USER}),
        ("GET", "/", None),
    ]
    for method, path, body in requests:
        answer = registry.request(method, path, body)
        assert answer.status == 200, (path, answer.body)


def test_the_server_says_who_it_is(registry):
    assert registry.request("GET", "/v1/metadata/id").body["scope"]["clusters"]["schema-registry-cluster"]
    assert "version" in registry.request("GET", "/v1/metadata/version").body
