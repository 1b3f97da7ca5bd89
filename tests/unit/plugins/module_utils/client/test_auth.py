# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading
from urllib.parse import parse_qs

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client import token_endpoint
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import (
    Basic,
    BearerToken,
    ClientCredentials,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.session import Session
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.token_endpoint import TokenEndpoint
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    OutOfTime,
    ServerError,
    Unreachable,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    FakeClock,
    Service,
    reply,
    transport_to,
)

SECRET = "client secret/+&ä"


@pytest.mark.parametrize("token", ["two words", "newline\n", "tab\t", "\u200btoken", "tökén", "nul\x00", "Bearer abc"])
def test_a_token_that_no_header_carries_is_refused_and_not_shown(token):
    with pytest.raises(InvalidInput, match="token holds white space|token begins with the word Bearer") as caught:
        BearerToken(token)
    assert token not in str(caught.value)


def test_a_user_name_with_a_colon_is_refused():
    with pytest.raises(InvalidInput, match="auth_username holds a colon"):
        Basic("ada:b", "password")


def test_no_secret_is_in_what_python_prints():
    assert "topsecret" not in repr([BearerToken("topsecret"), Basic("ada", "topsecret")])


class Issuer:
    """Gives out tokens t1, t2, ... Accepted are those that are in ``valid``."""

    def __init__(self, *valid):
        self.valid = set(valid)
        self.issued = 0
        self.redactor = Redactor()
        self.credentials = ClientCredentials(self.issue, self.redactor)
        self.service = Service(self.answer)
        self.transport = transport_to(self.service, credentials=self.credentials)

    def issue(self):
        self.issued += 1
        return f"token-{self.issued}"

    def answer(self, request):
        ok = request.headers["Authorization"].split()[1] in self.valid
        return reply(200, {"id": "1"}) if ok else reply(401, {"detail": "expired"})


def test_a_token_is_fetched_once_for_many_requests():
    issuer = Issuer("token-1")
    for _dummy in range(5):
        issuer.transport.request("GET", "/Users")
    assert issuer.issued == 1
    assert issuer.redactor.clean("token-1!") == "(hidden)!"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_expired_token_is_renewed_once_and_the_request_is_repeated(method):
    issuer = Issuer("token-2")
    assert issuer.transport.request(method, "/Users", body={}).status == 200
    assert issuer.issued == 2
    assert len(issuer.service.asked) == 2


def test_a_fresh_token_that_is_rejected_is_not_renewed_again():
    issuer = Issuer()
    for _dummy in range(3):
        with pytest.raises(ServerError, match="status 401: expired"):
            issuer.transport.request("GET", "/Users")
    assert issuer.issued == 2
    assert len(issuer.service.asked) == 4


def test_a_long_task_renews_its_token_each_time_that_it_expires():
    issuer = Issuer("token-1")
    for number in range(1, 5):
        issuer.valid = {f"token-{number}"}
        issuer.transport.request("GET", "/Users")
    assert issuer.issued == 4


def test_threads_whose_token_expired_together_share_the_new_one():
    issuer = Issuer("token-1")
    issuer.transport.request("GET", "/Users")
    together = threading.Barrier(4)
    answer = issuer.answer

    def at_once(request):
        result = answer(request)
        if result[0] == 401:
            together.wait(5)
        return result

    issuer.valid = {"token-2"}
    issuer.service.answers = [at_once]
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(issuer.transport.request("GET", "/Users").status)) for dummy in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert statuses == [200] * 4
    assert issuer.issued == 2


@pytest.fixture
def endpoint(monkeypatch):
    """A token endpoint with scripted answers: endpoint(answers) -> (TokenEndpoint, Service)."""

    def made(*answers, url="https://login.example.com/token", scope="", secret=SECRET, **connection):
        service = Service(*answers)

        def session(*arguments):
            made_session = Session(*arguments)
            made_session.mount("https://", service)
            return made_session

        monkeypatch.setattr(token_endpoint, "Session", session)
        gate = Gate(FakeClock(), 300)
        settings = Connection("https://scim.example.com", **connection)
        return TokenEndpoint(settings, gate, Redactor([secret]), url, "client:id", secret, scope), service

    return made


def test_a_token_is_asked_for_as_the_rfc_says(endpoint):
    asked, service = endpoint(reply(200, {"access_token": "abc", "token_type": "Bearer"}), scope="scim users", ca_file="/ca.pem")
    assert asked.fetch() == "abc"
    (sent,) = service.asked
    assert sent.method == "POST"
    assert parse_qs(sent.body) == {"grant_type": ["client_credentials"], "scope": ["scim users"]}
    assert sent.headers["Content-Type"] == "application/x-www-form-urlencoded"
    name, password = requests.utils.to_native_string(_decoded(sent.headers["Authorization"])).split(":")
    assert (name, password) == ("client%3Aid", "client%20secret%2F%2B%26%C3%A4")
    assert service.settings[0]["verify"] == "/ca.pem"
    assert asked.redactor.clean("abcabc abc") == "abcabc abc"  # too short to hide


def _decoded(header):
    import base64

    return base64.b64decode(header.split()[1]).decode()


def test_without_a_scope_none_is_asked_for(endpoint):
    asked, service = endpoint(reply(200, {"access_token": "abcdef"}))
    asked.fetch()
    assert parse_qs(service.asked[0].body) == {"grant_type": ["client_credentials"]}
    assert asked.redactor.clean("<abcdef>") == "<(hidden)>"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(401, {"error": "invalid_client", "error_description": "unknown client"}), "status 401: unknown client"),
        (reply(400, {"error": "invalid_scope"}), "status 400: invalid_scope"),
        (reply(400, content=b"<title>Sign in</title>"), "status 400: Sign in"),
        (reply(200, {"access_token": ""}), "status 200: there is no access_token"),
        (reply(200, {"access_token": "two words"}), "there is no access_token"),
        (reply(200, ["a"]), "there is no access_token"),
        (reply(200, content=b"<title>Sign in</title>"), "there is no access_token"),
        (reply(200), "there is no access_token"),
        (reply(302, headers={"Location": "https://evil.example.net/"}), "status 302"),
    ],
)
def test_a_refusal_is_told_in_the_endpoints_words_and_not_repeated(endpoint, answer, said):
    asked, service = endpoint(answer)
    with pytest.raises(ServerError, match=f"POST token_url login.example.com.*{said}"):
        asked.fetch()
    assert len(service.asked) == 1


@pytest.mark.parametrize("trouble", [reply(503), reply(429, headers={"Retry-After": "5"}), requests.exceptions.ConnectionError("reset")])
def test_a_passing_trouble_is_waited_for(endpoint, trouble):
    asked, service = endpoint(trouble, reply(200, {"access_token": "abcdef"}))
    assert asked.fetch() == "abcdef"
    assert len(service.asked) == 2
    assert asked.gate.clock.slept in ([0.25], [5])


def test_a_lasting_trouble_is_given_up(endpoint):
    asked, service = endpoint(requests.exceptions.ReadTimeout("read"))
    with pytest.raises(Unreachable, match="token_url login.example.com could not be asked for a token: no answer in time"):
        asked.fetch()
    assert len(service.asked) == 4


def test_a_token_endpoint_that_asks_for_hours_does_not_hang_the_task(endpoint):
    asked, _service = endpoint(reply(429, headers={"Retry-After": "21600"}))
    with pytest.raises(OutOfTime, match="token_url login.example.com was answered with status 429"):
        asked.fetch()


@pytest.mark.parametrize("url", ["http://login.example.com/token", "https://a:b@login.example.com", "login.example.com", ""])
def test_the_address_of_the_endpoint_is_checked_before_anything_is_sent(endpoint, url):
    with pytest.raises(InvalidInput, match="^token_url"):
        endpoint(reply(200), url=url)


def test_the_client_secret_is_never_shown_however_the_endpoint_spells_it(endpoint):
    def indiscreet(request):
        said = f"{SECRET} | {request.headers['Authorization']} | client%20secret%2F%2B%26%C3%A4"
        return reply(400, {"error_description": said})

    asked, _service = endpoint(indiscreet)
    with pytest.raises(ServerError) as caught:
        asked.fetch()
    assert "status 400: (hidden) |" in str(caught.value)
    for part in ("client secret", "secret%2F", _basic()):
        assert part not in str(caught.value)
    assert SECRET not in repr(asked)


def _basic():
    import base64

    return base64.b64encode(b"client%3Aid:client%20secret%2F%2B%26%C3%A4").decode()
