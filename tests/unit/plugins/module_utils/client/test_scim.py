# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.lookup import Identity, Lookup
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.scim import ScimService
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    OutcomeUnknown,
    Refused,
    ServerError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Request
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    URL,
    FakeClock,
    Service,
    reply,
    transport_to,
)

ADA = {"id": "1", "userName": "ada", "meta": {"version": 'W/"5"'}}
LIST = {"totalResults": 1, "Resources": [ADA]}
NO_SCIM = [
    reply(200, content=b"<html><title>Sign in</title></html>", headers={"Content-Type": "text/html"}),
    reply(200, content=b"OK", headers={"Content-Type": "text/plain"}),
    reply(200),
    reply(204, content=b""),
    reply(200, ["a", "list"]),
    reply(200, "text"),
]


def service_of(*answers, profile="auto", **capabilities):
    scripted = Service(*answers)
    return ScimService(transport_to(scripted), Capabilities(profile, capabilities)), scripted


# -- a page that is no SCIM must not pass for "nobody" -----------------------------------------------------------------


@pytest.mark.parametrize("answer", [*NO_SCIM, reply(200, {"error": "who are you"})])
def test_a_login_page_is_not_an_empty_list(answer):
    service, _scripted = service_of(answer)
    for ask in (lambda: service.search(USER, 'userName eq "ada"'), lambda: list(service.listing(USER))):
        with pytest.raises(ServerError, match="a list was expected, but this is none: .*is url the base of a SCIM service"):
            ask()
    with pytest.raises(ServerError):
        Lookup(service, USER).find(Identity(name="ada"), prove=True)


@pytest.mark.parametrize("answer", NO_SCIM)
def test_a_login_page_is_not_a_missing_user(answer):
    service, _scripted = service_of(answer)
    with pytest.raises(ServerError, match="GET /Users/1 was answered with status 20.: a resource was expected"):
        service.get(USER, "1")


def test_what_the_page_says_is_told():
    service, _scripted = service_of(NO_SCIM[0])
    with pytest.raises(ServerError, match=r"this is none: text/html \(Sign in\)"):
        service.get(USER, "1")


@pytest.mark.parametrize("page", [{"totalResults": 0}, {"Resources": []}, {"TOTALRESULTS": 0, "resources": []}])
def test_an_empty_list_is_one_in_every_spelling(page):
    service, _scripted = service_of(reply(200, page))
    assert service.search(USER, "x") == []
    listing = service.listing(USER)
    assert (list(listing), listing.complete) == ([], True)


# -- discovery -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        reply(404),
        reply(403, content=b"<h1>no</h1>"),
        reply(500),
        reply(200, content=b"<title>Sign in</title>"),
        reply(200, ["x"]),
        reply(200, {"filter": "yes", "pagination": 7}),
        reply(200),
        reply(307, headers={"Location": "https://other.example.com/"}),
        requests.exceptions.ReadTimeout("read"),
        reply(200, content=b'{"patch": ', headers={"Content-Type": "application/json"}),
    ],
)
def test_discovery_is_best_effort(answer):
    service, scripted = service_of(answer)
    assert service.capabilities.flag("filter") is True
    asked = len(scripted.asked)
    assert service.capabilities.text("update") == "patch"
    assert len(scripted.asked) == asked  # once
    assert service.sent == []


def test_discovery_with_a_wrong_token_is_an_error():
    service, _scripted = service_of(reply(401))
    with pytest.raises(ServerError, match="status 401"):
        service.discover()


# -- reading and writing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "status"), [("auto", 404), ("auto", 410), ("entra", 400)])
def test_who_does_not_exist_is_none(profile, status):
    service, _scripted = service_of(reply(status), profile=profile)
    assert service.get(USER, "1") is None


def test_the_version_is_the_header_else_that_of_the_resource():
    service, _scripted = service_of(reply(200, ADA, {"ETag": 'W/"6"'}), reply(200, ADA))
    assert [service.get(USER, "1").version, service.get(USER, "1").version] == ['W/"6"', 'W/"5"']


@pytest.mark.parametrize(("profile", "status"), [("auto", 404), ("auto", 410), ("entra", 400), ("auto", 204), ("auto", 200)])
def test_a_delete_that_finds_nothing_has_succeeded(profile, status):
    service, _scripted = service_of(reply(404), reply(status), profile=profile)
    service.discover()
    service.write(Request("DELETE", "/Users/1"))
    assert service.accepted == 1


def test_a_delete_that_is_refused_is_an_error():
    service, _scripted = service_of(reply(404), reply(409, {"detail": "the last admin"}))
    with pytest.raises(ServerError, match="the last admin"):
        service.write(Request("DELETE", "/Users/1"))
    assert service.accepted == 0
    assert service.sent == [{"method": "DELETE", "path": "/Users/1"}]


def test_if_match_is_sent_where_the_request_has_a_version():
    service, scripted = service_of(reply(200, ADA))
    service.write(Request("PATCH", "/Users/1", {}, 'W/"5"'))
    service.write(Request("PATCH", "/Users/1", {}))
    assert scripted.asked[0].headers["If-Match"] == 'W/"5"'
    assert "If-Match" not in scripted.asked[1].headers


@pytest.mark.parametrize("version", ["", "W/\"5\"\r\nX-Evil: 1", "fünf", " "])
def test_a_version_that_no_header_carries_is_no_condition(version):
    service, scripted = service_of(reply(200, ADA))
    service.write(Request("PATCH", "/Users/1", {}, version))
    assert "If-Match" not in scripted.asked[0].headers


def test_entra_gets_no_accept_header_on_delete():
    service, scripted = service_of(reply(404), reply(204), profile="entra")
    service.write(Request("DELETE", "/Users/1"))
    assert "Accept" not in scripted.asked[1].headers


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (URL + "/Users/1", "/Users/1"),
        ("/v2/Users/1/", "/Users/1"),
        ("Users/ada%40example.com", "/Users/ada%40example.com"),
        ("https://elsewhere.example.net/Users/1", "/Users/1"),
    ],
)
def test_a_new_user_without_a_body_is_read_where_the_location_says_and_never_elsewhere(location, path):
    service, scripted = service_of(reply(201, content=b"", headers={"Location": location}), reply(200, ADA))
    assert service.create(USER, Request("POST", "/Users", {})).id == "1"
    assert scripted.urls[-1] == URL + path


def test_a_new_user_with_neither_body_nor_location_has_to_be_looked_up():
    service, _scripted = service_of(reply(201, content=b""))
    assert service.create(USER, Request("POST", "/Users", {})) is None
    assert service.accepted == 1


def test_a_lost_answer_to_a_creation_is_told_and_counted_as_sent_only():
    service, _scripted = service_of(requests.exceptions.ReadTimeout("read"))
    with pytest.raises(OutcomeUnknown):
        service.create(USER, Request("POST", "/Users", {}))
    assert (len(service.sent), service.accepted) == (1, 0)


def test_the_pace_of_a_provider_is_kept():
    clock = FakeClock()
    service = ScimService(transport_to(Service(reply(200, LIST)), clock=clock), Capabilities("deel"))
    for _dummy in range(11):
        service.search(USER, "x")
    assert clock.now() == pytest.approx(1002)


# -- one lookup, by services whose filters cannot be trusted ----------------------------------------------------------------


def test_a_filter_that_finds_the_wrong_person_is_not_believed():
    bob = {"id": "2", "userName": "bob"}
    everyone = {"totalResults": 2, "Resources": [bob, ADA]}
    service, _scripted = service_of(reply(200, {"totalResults": 1, "Resources": [bob]}), reply(404), reply(200, everyone))
    assert Lookup(service, USER).find(Identity(name="ADA")).id == "1"
    assert service.known.flag("filter") is False


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501])
def test_a_filter_that_is_refused_is_replaced_by_reading_the_list(status):
    service, _scripted = service_of(reply(status), reply(404), reply(200, LIST))
    assert Lookup(service, USER).find(Identity(name="ada")).id == "1"


def test_nobody_is_gone_where_nothing_is_served():
    service, _scripted = service_of(reply(404), reply(404, {"detail": "no such page"}))
    with pytest.raises(ServerError, match="GET /Users was answered with status 404: no such page"):
        Lookup(service, USER).find(Identity(id="1"), prove=True)


@pytest.mark.parametrize("answer", [reply(200, LIST), reply(400, {"detail": "filter is needed"}), reply(403)])
def test_nobody_has_the_id_where_users_are_served(answer):
    service, scripted = service_of(reply(404), answer)
    assert Lookup(service, USER).find(Identity(id="7"), prove=True) is None
    assert [request.url.partition("?")[0] for request in scripted.asked] == [f"{URL}/Users/7", f"{URL}/Users"]


def test_nobody_is_gone_who_may_be_on_the_next_page():
    """No filter works, and the first page of five claims to be everything."""

    def five_at_a_time(request):
        query = parse_qs(urlsplit(request.url).query)
        if "filter" in query or "ServiceProviderConfig" in request.url:
            return reply(501)
        start = int(query["startIndex"][0])
        page = [{"id": str(n), "userName": f"u{n}"} for n in range(start, min(start + 5, 13))]
        return reply(200, {"totalResults": len(page), "Resources": page})

    service, _scripted = service_of(five_at_a_time)
    assert Lookup(service, USER).find(Identity(name="u12"), prove=True).id == "12"
    assert Lookup(service, USER).find(Identity(name="u13"), prove=True) is None


def test_another_one_than_the_one_with_the_id_is_refused():
    service, _scripted = service_of(reply(200, ADA))
    with pytest.raises(Refused, match="answers for the user with id '1815' with another one, '1'"):
        Lookup(service, USER).find(Identity(id="1815"))


def test_nobody_is_named():
    service, scripted = service_of()
    with pytest.raises(InvalidInput, match="no user is named: id, external_id and user_name are empty"):
        Lookup(service, USER).find(Identity(), prove=True)
    assert scripted.asked == []


def test_identity_prints_what_is_given_only():
    assert str(Identity(external_id="7", name="ada")) == "external_id '7', name 'ada'"


def test_many_names_are_not_asked_for_in_parts_if_the_filter_is_ignored():
    everyone = {"totalResults": 300, "Resources": [{"id": str(n), "userName": f"u{n}", "externalId": f"e{n}"} for n in range(300)]}
    service, scripted = service_of(lambda request: reply(200, everyone) if "/Users?" in request.url else reply(404), page_size=1000)
    resolved = Lookup(service, USER).resolve([f"u{n}" for n in range(0, 300, 3)] + ["e1", "nobody"])
    assert len(resolved) == 101
    assert (resolved["u3"], resolved["e1"]) == ("u3", "u1")
    assert len(scripted.asked) < 6
