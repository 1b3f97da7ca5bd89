# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent again, what is not, and what is never sent."""

from __future__ import annotations

import json
import threading

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import Basic, BearerToken
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    OutcomeUnknown,
    OutOfTime,
    ServerError,
    Unreachable,
    WriteRefusedLocally,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    URL,
    FakeClock,
    Service,
    reply,
    transport_to,
)
from urllib3.exceptions import MaxRetryError, NewConnectionError

WRITES = ("POST", "PUT", "PATCH", "DELETE")
ALL = ("GET", *WRITES)
OK = reply(200, {"id": "1"})
RESET = requests.exceptions.ConnectionError("Connection aborted.")
REFUSED = requests.exceptions.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused")))  # type: ignore[arg-type]


def body_of(method):
    return {"a": 1} if method in ("POST", "PUT", "PATCH") else None


# -- not processed: repeated as the service asks ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("status", [429, 503])
def test_not_processed_is_repeated_after_the_wait_that_is_asked_for(method, status):
    clock = FakeClock()
    service = Service(reply(status, {"detail": "slow"}, {"Retry-After": "7"}), OK)
    transport = transport_to(service, clock=clock)
    assert transport.request(method, "/Users/1", body=body_of(method)).body == {"id": "1"}
    assert service.methods == [method, method]
    assert service.asked[0].body == service.asked[1].body
    assert clock.slept == [7]


@pytest.mark.parametrize("header", ["Tue, 24 Nov 2026 12:00:20 GMT", "20"])
def test_the_wait_may_be_a_date(header):
    clock = FakeClock()
    transport_to(Service(reply(429, headers={"Retry-After": header}), OK), clock=clock).request("GET", "/Users")
    assert clock.slept == [20]


@pytest.mark.parametrize("headers", [{}, {"Retry-After": "soon"}, {"Retry-After": "-5"}, {"Retry-After": "0"}, {"Retry-After": "nan"}])
def test_without_a_usable_wait_the_pauses_grow(headers):
    clock = FakeClock()
    busy = reply(429, headers=headers)
    transport_to(Service(busy, busy, busy, OK), clock=clock).request("GET", "/Users")
    assert clock.slept == [0.25, 0.5, 1]


@pytest.mark.parametrize("asked", ["21600", "1e400", "Tue, 24 Nov 2026 18:00:00 GMT"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_asks_for_hours_does_not_hang_the_task(asked, status):
    clock = FakeClock()
    service = Service(reply(status, {"detail": "come back"}, {"Retry-After": asked}))
    with pytest.raises(OutOfTime, match=f"POST /Users was answered with status {status}: come back; .*time_budget"):
        transport_to(service, clock=clock).request("POST", "/Users", body={})
    assert clock.slept == []
    assert len(service.asked) == 1


def test_a_service_that_is_always_busy_is_given_up_with_its_own_words():
    clock = FakeClock()
    service = Service(reply(503, content=b"<title>Maintenance</title>"))
    with pytest.raises(ServerError, match="status 503: Maintenance"):
        transport_to(service, clock=clock).request("POST", "/Users", body={})
    assert len(service.asked) == 8


def test_one_429_holds_every_thread():
    clock = FakeClock()
    times = []

    def answer(request):
        times.append(clock.now())
        return reply(429, headers={"Retry-After": "30"}) if len(times) == 1 else OK

    transport = transport_to(Service(answer), clock=clock)
    transport.request("GET", "/Users")
    threads = [threading.Thread(target=transport.request, args=("GET", "/Users")) for dummy in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert len(times) == 6
    assert min(times[1:]) >= 1030


def test_awss_throttling_with_status_400_is_known():
    service = Service(reply(400, {"schemas": [], "detail": "ThrottlingException: Rate exceeded"}), OK)
    assert transport_to(service).request("POST", "/Users", body={}).status == 200


# -- the outcome is open: reads are repeated, POST and PATCH are not ---------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("lost", [RESET, requests.exceptions.ReadTimeout("read"), requests.exceptions.ChunkedEncodingError("cut")])
def test_a_lost_answer_is_asked_for_again_where_that_is_safe(method, lost):
    service = Service(lost, OK)
    assert transport_to(service).request(method, "/Users/1", body=body_of(method)).status == 200
    assert service.methods == [method, method]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "lost",
    [
        RESET,
        requests.exceptions.ReadTimeout("read"),
        requests.exceptions.ChunkedEncodingError("cut"),
        requests.exceptions.ContentDecodingError("not gzip"),
        requests.exceptions.InvalidHeader("Content-Length contained multiple unmatching values"),
        reply(201, content=b'{"id": "2', headers={"Content-Type": "application/scim+json"}),
        *(reply(status) for status in (408, 502, 504, 520, 522, 524)),
    ],
)
def test_a_lost_answer_to_a_write_is_not_repeated_but_told(method, lost):
    service = Service(lost, OK)
    with pytest.raises(OutcomeUnknown, match=f"^{method} /Users"):
        transport_to(service).request(method, "/Users", body={})
    assert len(service.asked) == 1


@pytest.mark.parametrize("method", ALL)
def test_a_request_that_never_left_is_repeated_whatever_it_is(method):
    service = Service(REFUSED, REFUSED, OK)
    assert transport_to(service).request(method, "/Users", body=body_of(method)).status == 200
    assert len(service.asked) == 3


@pytest.mark.parametrize("method", ALL)
def test_a_service_that_is_not_there_is_given_up_soon(method):
    clock = FakeClock()
    service = Service(requests.exceptions.ConnectTimeout("no"))
    with pytest.raises(Unreachable, match=f"^{method} /Users: "):
        transport_to(service, clock=clock).request(method, "/Users", body=body_of(method))
    assert len(service.asked) == 4
    assert sum(clock.slept) < 5


@pytest.mark.parametrize("problem", [ValueError("Invalid IPv6 URL"), requests.exceptions.InvalidURL("no host")])
def test_what_cannot_be_sent_is_not_tried_again(problem):
    service = Service(problem)
    with pytest.raises(Unreachable, match="POST could not be sent: "):
        transport_to(service).request("POST", "/Users", body={})
    assert len(service.asked) == 1


def test_a_gateway_that_times_out_is_asked_again_for_reads():
    service = Service(reply(504), reply(524), OK)
    assert transport_to(service).request("GET", "/Users").status == 200


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 413, 500, 501])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_else_is_an_answer(method, status):
    service = Service(reply(status, {"detail": "no", "scimType": "uniqueness"}))
    with pytest.raises(ServerError) as caught:
        transport_to(service).request(method, "/Users", body=body_of(method))
    assert (caught.value.status, caught.value.scim_type, caught.value.detail) == (status, "uniqueness", "no")
    assert len(service.asked) == 1


@pytest.mark.parametrize(("path", "advised"), [("/Users", True), ("/Groups", False), ("/Users/1", False)])
def test_who_gave_another_url_than_the_base_is_told_so(path, advised):
    with pytest.raises(ServerError) as caught:
        transport_to(Service(reply(404))).request("GET", path)
    assert ("is url the base URL of the service, the part before /Users?" in str(caught.value)) is advised


@pytest.mark.parametrize(
    ("connection", "advised"), [({}, True), ({"credentials": BearerToken("wrong")}, False), ({"headers": {"X-Key": "wrong"}}, False)]
)
def test_who_forgot_the_credentials_is_told_so(connection, advised):
    with pytest.raises(ServerError) as caught:
        transport_to(Service(reply(401, {"detail": "no"})), **connection).request("GET", "/Users")
    assert ("set token, or SCIM_TOKEN" in str(caught.value)) == advised


def test_the_pauses_never_exceed_the_budget():
    clock = FakeClock()
    with pytest.raises((Unreachable, OutOfTime)):
        transport_to(Service(RESET), clock=clock, budget=1).request("GET", "/Users")
    assert sum(clock.slept) < 1


def test_nothing_is_sent_when_the_budget_is_used_up():
    clock = FakeClock()
    service = Service(OK)
    transport = transport_to(service, clock=clock, budget=10)
    clock.time += 10
    with pytest.raises(OutOfTime):
        transport.request("GET", "/Users")
    assert service.asked == []


def test_no_answer_is_waited_for_beyond_the_budget():
    clock = FakeClock()
    service = Service(OK)
    transport = transport_to(service, clock=clock, budget=100, timeout=30)
    transport.request("GET", "/Users")
    clock.time += 95
    transport.request("GET", "/Users")
    assert [settings["timeout"] for settings in service.settings] == [30, 5]


class Drip:
    """An answer that comes byte by byte."""

    def __init__(self, clock):
        self.clock = clock

    def read(self, _size):
        self.clock.time += 10
        return b" "

    def close(self):
        pass


def test_an_answer_that_drips_ends_with_the_budget():
    clock = FakeClock()
    with pytest.raises(OutOfTime):
        transport_to(Service((200, {}, Drip(clock))), clock=clock, budget=100).request("GET", "/Users")
    assert clock.now() <= 1110
    clock = FakeClock()
    with pytest.raises(OutcomeUnknown, match="time budget ended"):
        transport_to(Service((200, {}, Drip(clock))), clock=clock, budget=100).request("POST", "/Users", body={})


class Endless:
    def read(self, size):
        return b"x" * size

    def close(self):
        pass


def test_an_answer_without_end_is_refused_and_not_asked_for_again():
    service = Service((200, {}, Endless()))
    with pytest.raises(Unreachable, match="longer than 64 MiB"):
        transport_to(service).request("GET", "/Users")
    assert len(service.asked) == 1
    with pytest.raises(OutcomeUnknown):
        transport_to(service).request("PUT", "/Users/1", body={})


# -- bodies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"  \n"])
@pytest.mark.parametrize("status", [200, 204])
def test_an_empty_answer_is_a_success_without_a_body(status, content):
    answer = transport_to(Service(reply(status, content=content, headers={"ETag": 'W/"3"'}))).request("PATCH", "/Users/1", body={})
    assert (answer.body, answer.text, answer.etag) == (None, "", 'W/"3"')


@pytest.mark.parametrize("content_type", ["application/scim+json; charset=utf-8", "application/json", "text/html", ""])
@pytest.mark.parametrize("content", [b'\xef\xbb\xbf{"a": "\xc3\xa4"}', b'{"a": "\xc3\xa4"}', b' {"a":"\\u00e4"}\n'])
def test_json_is_read_whatever_the_content_type_and_with_a_byte_order_mark(content_type, content):
    service = Service(reply(200, content=content, headers={"Content-Type": content_type}))
    assert transport_to(service).request("GET", "/Users").body == {"a": "ä"}


def test_json_that_was_cut_is_asked_for_again():
    service = Service(reply(200, content=b'{"totalResults": 2, "Resou', headers={"Content-Type": "application/json"}), OK)
    assert transport_to(service).request("GET", "/Users").body == {"id": "1"}


def test_json_that_nests_without_end_is_no_crash():
    service = Service(reply(200, content=b"[" * 200_000, headers={"Content-Type": "application/json"}))
    with pytest.raises(Unreachable, match="answer was lost 4 times"):
        transport_to(service).request("GET", "/Users")


@pytest.mark.parametrize("answer", [reply(502), reply(200, content=b'{"id', headers={"Content-Type": "application/json"})], ids=["502", "cut"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_write_that_was_repeated_in_vain_may_have_been_done(method, answer):
    """The first of them perhaps was: whoever asked for it has to look."""
    with pytest.raises(OutcomeUnknown):
        transport_to(Service(answer)).request(method, "/Users/1")


def test_half_a_surrogate_pair_can_be_sent_back():
    service = Service(reply(200, content=b'{"displayName": "\\ud83d"}'))
    transport = transport_to(service)
    transport.request("PUT", "/Users/1", body=transport.request("GET", "/Users/1").body)
    assert json.loads(service.asked[1].body) == {"displayName": "\ud83d"}


# -- what is sent ------------------------------------------------------------------------------------------------------


def test_requests_are_in_scims_words_and_say_who_asks():
    service = Service(OK)
    transport_to(service, credentials=BearerToken("abc"), headers={"X-Tenant": "42"}).request("POST", "/Users", body={"name": "ä"})
    (sent,) = service.asked
    assert sent.url == URL + "/Users"
    assert sent.headers["Authorization"] == "Bearer abc"
    assert sent.headers["Content-Type"] == "application/scim+json"
    assert sent.headers["Accept"].startswith("application/scim+json")
    assert sent.headers["User-Agent"].startswith("identityops.lifecycle/")
    assert sent.headers["X-Tenant"] == "42"
    assert json.loads(sent.body) == {"name": "ä"}


def test_a_header_can_be_left_out():
    service = Service(reply(204))
    transport_to(service).request("DELETE", "/Users/1", headers={"Accept": None})
    assert "Accept" not in service.asked[0].headers
    assert "Content-Type" not in service.asked[0].headers


def test_queries_are_encoded_so_that_every_server_reads_them():
    service = Service(OK)
    transport_to(service, url=URL + "/").request("GET", "/Users", params={"filter": 'userName eq "a+b&c/ä"', "count": 1})
    assert service.urls == [URL + "/Users?filter=userName%20eq%20%22a%2Bb%26c%2F%C3%A4%22&count=1"]


def test_ids_with_strange_characters_arrive_as_they_are():
    service = Service(OK)
    transport_to(service).request("GET", "/Users/a%26b%2Fc%40d")
    assert service.urls == [URL + "/Users/a%26b%2Fc%40d"]


@pytest.mark.parametrize("method", WRITES)
def test_a_read_only_transport_sends_no_write(method):
    service = Service(OK)
    with pytest.raises(WriteRefusedLocally, match=method):
        transport_to(service, read_only=True).request(method, "/Users", body={})
    assert service.asked == []
    assert transport_to(service, read_only=True).request("GET", "/Users").status == 200


def test_no_netrc_entry_takes_the_place_of_a_token_or_of_none(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine scim.example.com login ada password from-netrc\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    service = Service(OK)
    transport_to(service, credentials=BearerToken("abc")).request("GET", "/Users")
    transport_to(service).request("GET", "/Users")
    assert service.asked[0].headers["Authorization"] == "Bearer abc"
    assert "Authorization" not in service.asked[1].headers


def test_user_name_and_password_are_sent_as_utf_8():
    service = Service(OK)
    transport_to(service, credentials=Basic("ada", "päss:word")).request("GET", "/Users")
    assert service.asked[0].headers["Authorization"] == "Basic YWRhOnDDpHNzOndvcmQ="


# -- TLS and proxies -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    ("connection", "verify"),
    [({}, "/machine.pem"), ({"ca_file": "/mine.pem"}, "/mine.pem"), ({"skip_tls_verify": True}, False)],
)
def test_the_options_beat_the_machines_authorities(monkeypatch, variable, connection, verify):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "/machine.pem")
    service = Service(OK)
    transport_to(service, **connection).request("GET", "/Users")
    assert service.settings[0]["verify"] == verify


def test_certificates_are_verified_by_default(monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    service = Service(OK)
    transport_to(service).request("GET", "/Users")
    assert service.settings[0]["verify"] is True
    assert service.settings[0]["cert"] is None


def test_the_client_certificate_is_given_with_its_key():
    service = Service(OK)
    transport_to(service, client_cert="/c.pem").request("GET", "/Users")
    transport_to(service, client_cert="/c.pem", client_key="/k.pem").request("GET", "/Users")
    assert [settings["cert"] for settings in service.settings] == [("/c.pem", "/c.pem"), ("/c.pem", "/k.pem")]


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
def test_the_proxy_of_the_environment_is_used_but_never_for_this_host(monkeypatch, variable):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv(variable, "http://proxy.example.com:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com:3128")
    service = Service(OK)
    transport_to(service).request("GET", "/Users")
    transport_to(service, url="http://127.0.0.1:8080/v2").request("GET", "/Users")
    transport_to(service, url="http://localhost:8080/v2").request("GET", "/Users")
    assert "http://proxy.example.com:3128" in service.settings[0]["proxies"].values()
    assert not any(service.settings[1]["proxies"].values())
    assert not any(service.settings[2]["proxies"].values())


# -- redirects ----------------------------------------------------------------------------------------------------------


def moved(status, location):
    return reply(status, headers={"Location": location} if location else {})


@pytest.mark.parametrize("method", ALL)
@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("location", [URL + "/Users/", "/v2/Users/", "https://SCIM.example.com:443/v2/Users/"])
def test_a_redirect_on_the_same_host_keeps_method_and_body(method, status, location):
    service = Service(moved(status, location), OK)
    transport_to(service, credentials=BearerToken("abc")).request(method, "/Users", body=body_of(method))
    first, second = service.asked
    assert second.method == method
    assert second.body == first.body
    assert second.headers["Authorization"] == "Bearer abc"
    assert second.url.endswith("/v2/Users/")


@pytest.mark.parametrize("status", [301, 302, 303])
def test_other_redirects_are_followed_for_reads_only(status):
    service = Service(moved(status, "/v3/Users"), OK)
    assert transport_to(service).request("GET", "/Users").status == 200
    for method in WRITES:
        service = Service(moved(status, "/v3/Users"), OK)
        with pytest.raises(ServerError, match=f"{method} /Users was answered with status {status}: redirects to /v3/Users, which"):
            transport_to(service).request(method, "/Users", body=body_of(method))
        assert len(service.asked) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://evil.example.net/v2/Users", "https://evil.example.net"),
        ("https://evil.example.net@scim.example.com/v2", "another://address"),
        ("//evil.example.net/v2", "https://evil.example.net"),
        ("http://scim.example.com/v2/Users", "http://scim.example.com"),
        ("https://scim.example.com:8443/v2/Users", "https://scim.example.com:8443"),
        ("https://scim.example.com:bad/v2", "another://address"),
        ("file:///etc/passwd", "another://address"),
    ],
)
def test_no_credential_goes_to_another_origin(method, location, shown):
    service = Service(moved(307, location), OK)
    with pytest.raises(ServerError, match="set url to the address that is meant") as caught:
        transport_to(service, credentials=BearerToken("abc")).request(method, "/Users", body=body_of(method))
    assert f"redirects to {shown};" in str(caught.value)
    assert len(service.asked) == 1


def test_a_redirect_to_nowhere_is_an_error():
    with pytest.raises(ServerError, match="redirects without saying where to"):
        transport_to(Service(moved(307, ""))).request("GET", "/Users")


def test_redirects_in_circles_end():
    service = Service(moved(307, URL + "/Users"))
    with pytest.raises(Unreachable, match="more than 5 redirects"):
        transport_to(service).request("GET", "/Users")
    assert len(service.asked) == 6


def test_a_port_of_a_redirect_is_no_part_of_the_path_that_is_shown():
    service = Service(moved(301, URL + "/token-abcdefgh?access_token=abcdefgh"))
    with pytest.raises(ServerError) as caught:
        transport_to(service, secrets=["abcdefgh"]).request("POST", "/Users", body={})
    assert "abcdefgh" not in str(caught.value)


# -- secrets ---------------------------------------------------------------------------------------------------------------


def test_a_service_that_repeats_the_token_does_not_make_us_show_it():
    token = "topsecrettoken"
    for answer in (
        reply(403, {"detail": f"token {token} has no right", "scimType": token}, {"X-Request-Id": token}),
        reply(403, content=f"<title>{token}</title>".encode()),
        reply(429, {"detail": f"{token} is too fast"}, {"Retry-After": "9999"}),
        reply(502, {"detail": f"{token} is lost"}),
        moved(301, f"/{token}"),
    ):
        with pytest.raises((ServerError, OutOfTime, OutcomeUnknown)) as caught:
            transport_to(Service(answer), secrets=[token]).request("POST", "/Users", body={})
        assert token not in f"{caught.value} {getattr(caught.value, 'facts', dict)()}"
