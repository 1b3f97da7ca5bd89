# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is worked out once is what requests would work out each time."""

from __future__ import annotations

import io

import pytest
import requests
import urllib3
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import (
    BearerToken,
    NoCredentials,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.session import Adapter, Session
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    URL,
    FakeClock,
    Service,
    reply,
    serving,
    transport_to,
)

OK = reply(200, {"id": "1"})
HERE = "http://127.0.0.1:8080/v2"
PROXY = "http://proxy.example.com:3128"


pytestmark = pytest.mark.usefixtures("plain_environment")


def sent_by_requests(monkeypatch, method, url, data):
    """The request, and the settings, that requests alone would have sent."""
    service = Service(OK)
    session = requests.Session()
    session.mount("https://", service)
    session.mount("http://", service)
    session.request(method, url, data=data, auth=BearerToken("abc"), headers={"User-Agent": "ours", "X-Key": "1"})
    return service.asked[0], service.settings[0]


@pytest.mark.parametrize(("method", "data"), [("GET", None), ("POST", b'{"a":1}'), ("PUT", b"{}"), ("POST", None), ("DELETE", None)])
@pytest.mark.parametrize(
    "url",
    [
        URL + "/Users",
        "https://SCIM.Example.com:8443/v2/Users/a%26b%2fc?filter=userName%20eq%20%22%C3%A4%22",
        "https://scim.exämple.com/ä b/Users",
        "https://scim.example.com",
        "https://[2001:db8::1]/v2/../Users/%7e",
        HERE + "/Users",
    ],
)
def test_a_request_is_the_one_that_requests_would_send(monkeypatch, method, data, url):
    theirs, _settings = sent_by_requests(monkeypatch, method, url, data)
    service = Service(OK)
    session = Session(Connection(url), BearerToken("abc"))
    session.mount(url[: url.index("/")] + "//", service)
    session.headers["User-Agent"] = "ours"
    session.ask(method, url, data, {"x-key": "1"}, 30)
    (ours,) = service.asked
    assert (ours.method, ours.url, ours.path_url, ours.body) == (theirs.method, theirs.url, theirs.path_url, theirs.body)
    assert {name.lower(): value for name, value in ours.headers.items()} == {name.lower(): value for name, value in theirs.headers.items()}


@pytest.mark.parametrize(
    ("environment", "proxied"),
    [
        ({}, False),
        ({"HTTPS_PROXY": PROXY}, True),
        ({"ALL_PROXY": PROXY}, True),
        ({"HTTP_PROXY": PROXY}, False),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "scim.example.com"}, False),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": ".example.com,10.0.0.0/8"}, False),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "*"}, False),
        ({"HTTPS_PROXY": PROXY, "NO_PROXY": "other.example.com"}, True),
    ],
)
def test_the_proxies_of_the_environment_and_their_exceptions_count(monkeypatch, environment, proxied):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    _request, theirs = sent_by_requests(monkeypatch, "GET", URL + "/Users", None)
    service = Service(OK)
    transport = transport_to(service)
    for path in ("/Users", "/Groups"):
        transport.request("GET", path)
    wanted = requests.utils.select_proxy(URL, theirs["proxies"])
    assert bool(wanted) is proxied
    assert [requests.utils.select_proxy(URL, settings["proxies"]) for settings in service.settings] == [wanted, wanted]


def test_the_environment_is_asked_once(monkeypatch):
    asked = []
    merge = requests.Session.merge_environment_settings

    def counted(session, url, *arguments):
        asked.append(url)
        return merge(session, url, *arguments)

    monkeypatch.setattr(requests.Session, "merge_environment_settings", counted)
    transport = transport_to(Service(OK))
    for number in range(5):
        transport.request("GET", f"/Users/{number}")
    assert asked == [URL + "/Users/0"]


@pytest.mark.parametrize("name", ["content-type", "CONTENT-TYPE"])
def test_no_header_is_sent_twice_in_different_letters(name):
    service = Service(OK)
    transport_to(service, headers={name: "application/json", "authorization": "mine"}, credentials=BearerToken("abc")).request(
        "POST", "/Users", body={}
    )
    headers = [(key.lower(), value) for key, value in service.asked[0].headers.items()]
    assert [value for key, value in headers if key == "content-type"] == ["application/scim+json"]
    assert [value for key, value in headers if key == "authorization"] == ["Bearer abc"]


def test_a_header_that_comes_twice_is_one_with_both_values():
    raw = urllib3.HTTPResponse(io.BytesIO(b"{}"), headers=urllib3._collections.HTTPHeaderDict(), status=200, preload_content=False)
    for value in ("1", "2"):
        raw.headers.add("X-Many", value)

    class Given(Service):
        def send(self, request, **_settings):
            return Adapter().build_response(request, raw)

    assert transport_to(Given(OK)).request("GET", "/Users").headers["x-many"] == "1, 2"


def test_a_closed_session_can_be_used_again():
    with serving(lambda *request: (200, {}, b"{}")) as (url, asked):
        transport = Transport(Connection(url), Gate(FakeClock(), 300), Redactor(()))
        for _dummy in range(2):
            transport.request("GET", "/Users")
            transport.close()
    assert len(asked) == 2


def test_two_services_of_one_session_are_not_mixed_up():
    answers = [lambda *request, name=name: (200, {}, name) for name in (b'"a"', b'"b"')]
    with serving(answers[0]) as (first, _asked), serving(answers[1]) as (second, _asked_too):
        session = Session(Connection(first), NoCredentials())
        found = [session.ask("GET", url, None, {}, 5).json() for url in (first, second, first, second)]
        session.close()
    assert found == ["a", "b", "a", "b"]
