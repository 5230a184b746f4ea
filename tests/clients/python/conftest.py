"""What every scenario gets: the registry's address, fresh names, clients, and raw requests."""

import itertools
import json
import os
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message

import pytest
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

REGISTRY_JSON = "application/vnd.schemaregistry.v1+json"


@dataclass
class Answer:
    """What came back: the status, the body as JSON (or as text where it is none), the headers."""

    status: int
    body: object
    headers: Message


class Registry:
    """A running registry, as scenarios see it."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")

    def client(self, path: str = "", **settings) -> SchemaRegistryClient:
        """A client without anything in its caches."""
        return SchemaRegistryClient({"url": self.url + path, **settings})

    def request(self, method, path, body=None, *, raw=None, content_type=REGISTRY_JSON, accept=REGISTRY_JSON) -> Answer:
        """One request without a client library; `raw` is a body sent as it is."""
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        headers = {"Accept": accept} if accept else {}
        if data is not None:
            headers["Content-Type"] = content_type
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return answer(response.status, response.read(), response.headers)
        except urllib.error.HTTPError as error:
            return answer(error.code, error.read(), error.headers)


def answer(status: int, body: bytes, headers: Message) -> Answer:
    text = body.decode()
    try:
        return Answer(status, json.loads(text), headers)
    except ValueError:
        return Answer(status, text, headers)


@contextmanager
def refused(status: int, code: int):
    """The client must raise its error with this status and this error code."""
    with pytest.raises(SchemaRegistryError) as raised:
        yield
    error = raised.value
    assert (error.http_status_code, error.error_code) == (status, code), str(error)
    assert isinstance(error.error_message, str)


@pytest.fixture(scope="session")
def registry() -> Registry:
    url = os.environ.get("REGIS_URL")
    if not url:
        pytest.exit("REGIS_URL is not set; tests/clients/run sets it", returncode=2)
    return Registry(url)


@pytest.fixture
def client(registry):
    """Makes clients; each has caches of its own, so that every question reaches the registry."""
    return registry.client


COUNTER = itertools.count(1)
RUN = f"{int(time.time() * 1000):x}"


@pytest.fixture
def name():
    """Makes names that no other scenario and no earlier run used."""
    return lambda tag: f"py-{RUN}-{next(COUNTER)}-{tag}"


def pytest_terminal_summary(terminalreporter):
    count = {outcome: len(tests) for outcome, tests in terminalreporter.stats.items()}
    passed, failed = count.get("passed", 0), count.get("failed", 0) + count.get("error", 0)
    expected = count.get("xfailed", 0)
    terminalreporter.write_line(f"clients: {passed} passed, {failed} failed, {expected} failed as expected")
