"""Metadata and rule sets that travel with a schema."""

from confluent_kafka.schema_registry import (
    Metadata,
    MetadataProperties,
    Rule,
    RuleKind,
    RuleMode,
    RuleSet,
    ServerConfig,
)
from confluent_kafka.schema_registry.avro import AvroSerializer
from conftest import refused
from schemas import USER, USER_WITH_AGE, avro, id_in, value


def properties(**pairs) -> Metadata:
    return Metadata(tags=None, properties=MetadataProperties(pairs), sensitive=None)


def test_metadata_is_kept_and_found(client, name):
    topic = name("metadata")
    subject = f"{topic}-value"
    first = client().register_schema(subject, avro(USER, metadata=properties(release="one")))
    second = client().register_schema(subject, avro(USER_WITH_AGE, metadata=properties(release="two")))
    found = client().get_latest_with_metadata(subject, {"release": "one"})
    assert (found.schema_id, found.version) == (first, 1)
    assert found.schema.metadata.properties.properties == {"release": "one"}
    assert client().get_latest_with_metadata(subject, {"release": "two"}).schema_id == second
    with refused(404, 40403):
        client().get_latest_with_metadata(subject, {"release": "nine"})
    conf = {"auto.register.schemas": False, "use.latest.with.metadata": {"release": "one"}}
    assert id_in(AvroSerializer(client(), schema_str=None, conf=conf)({"name": "ann"}, value(topic))) == first


def test_metadata_belong_to_the_identity_of_a_schema(client, name):
    subject = name("identity")
    first = client().register_schema(subject, avro(USER, metadata=properties(owner="a")))
    assert client().register_schema(subject, avro(USER, metadata=properties(owner="b"))) != first
    assert client().get_versions(subject) == [1, 2]


def test_a_subject_gives_its_schemas_metadata(client, name):
    subject = name("defaults")
    config = ServerConfig(default_metadata=properties(owner="team-a"), override_metadata=properties(cost="high"))
    client().set_config(subject, config)
    client().register_schema(subject, avro(USER))
    found = client().get_latest_version(subject).schema.metadata.properties.properties
    assert found == {"owner": "team-a", "cost": "high"}


def test_a_rule_set_is_kept(client, name):
    subject = name("rules")
    rule = Rule(
        name="short",
        doc=None,
        kind=RuleKind.CONDITION,
        mode=RuleMode.WRITE,
        type="CEL",
        tags=None,
        params=None,
        expr="size(message.name) < 4",
        on_success=None,
        on_failure=None,
        disabled=False,
    )
    client().register_schema(subject, avro(USER, rule_set=RuleSet(migration_rules=None, domain_rules=[rule])))
    [kept] = client().get_latest_version(subject).schema.rule_set.domain_rules
    assert (kept.name, kept.kind, kept.mode, kept.type, kept.expr) == (
        "short",
        RuleKind.CONDITION,
        RuleMode.WRITE,
        "CEL",
        "size(message.name) < 4",
    )


def test_a_wrong_rule_set_is_refused(registry, name):
    rule = {"name": "x", "kind": "CONDITION", "mode": "UPGRADE", "type": "CEL", "expr": "true"}
    body = {"schema": USER, "ruleSet": {"domainRules": [rule]}}
    answer = registry.request("POST", f"/subjects/{name('rules')}/versions", body)
    assert (answer.status, answer.body["error_code"]) == (422, 42210)
