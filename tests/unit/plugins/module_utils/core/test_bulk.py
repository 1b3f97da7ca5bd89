# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Batches keep to the limits, and an answer is believed where it is certain."""

from __future__ import annotations

import json

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.bulk import (
    UNKNOWN,
    Batch,
    Outcome,
    outcomes,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.writes import Request
from hypothesis import given, settings
from hypothesis import strategies as st

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
BASE = "https://scim.example.com/v2"


def sent(batch):
    return json.dumps(batch.body(), separators=(",", ":")).encode()


def batch_of(*requests, most=1000):
    """A batch; POST requests are called p0, p1, ... by their position."""
    batch = Batch(most, 10**6)
    for n, request in enumerate(requests):
        assert batch.takes([request])
        batch.add([request], f"p{n}")
    return batch


def post(name="ada", path="/Users"):
    return Request("POST", path, {"userName": name})


def patch(path="/Users/1"):
    return Request("PATCH", path, {"Operations": []})


def result(method, status, **more):
    return {"method": method, "status": status, **more}


def told(batch, *results):
    return outcomes(batch, {"Operations": list(results)})


def statuses(found):
    return [outcome.status for outcome in found]


# -- batches -----------------------------------------------------------------------------------------------------------


def test_a_batch_is_a_bulk_request():
    batch = Batch(10, 10_000)
    batch.add([post()], "u1")
    batch.add([Request("PATCH", "/Groups/g", {"Operations": []}, 'W/"1"'), Request("PATCH", "/Groups/g", {"Operations": []})], "g1")
    batch.add([Request("DELETE", "/Users/7", None, 'W/"3"')], "u7")
    assert batch.body() == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u1", "data": {"userName": "ada"}},
            {"method": "PATCH", "path": "/Groups/g", "version": 'W/"1"', "data": {"Operations": []}},
            {"method": "PATCH", "path": "/Groups/g", "data": {"Operations": []}},
            {"method": "DELETE", "path": "/Users/7", "version": 'W/"3"'},
        ],
    }
    assert len(batch) == len(batch.requests) == 4


_requests = st.lists(
    st.builds(
        lambda method, text: Request(method, "/Users" if method == "POST" else "/Users/1", {"title": text}),
        st.sampled_from(["POST", "PATCH"]),
        st.text(alphabet='aé"\\\n𝄞', max_size=40),
    ),
    min_size=1,
    max_size=3,
)


@settings(deadline=None)
@given(st.lists(_requests, max_size=12), st.integers(1, 12), st.integers(100, 3000))
def test_a_batch_keeps_to_the_limits_and_counts_every_byte(operations, most_operations, most_bytes):
    batch = Batch(most_operations, most_bytes)
    for n, requests in enumerate(operations):
        if batch.takes(requests):
            batch.add(requests, f"bulk-id-{n:024}")
            assert batch.size == len(sent(batch))
            assert len(sent(batch)) <= most_bytes
    assert len(batch) <= most_operations


def test_the_requests_of_one_operation_stay_together():
    batch = Batch(3, 10_000)
    batch.add([patch(), patch()], "")
    assert not batch.takes([patch(), patch()])
    assert batch.takes([patch()])
    assert not Batch(3, 10_000).takes([patch()] * 4)


def test_what_is_too_large_by_itself_is_taken_by_no_batch():
    assert not Batch(10, 200).takes([post("x" * 200)])
    assert Batch(10, 500).takes([post("x" * 200)])


@pytest.mark.parametrize(
    ("path", "inside"),
    [("/Users/ada%40example.com", "/Users/ada@example.com"), ("/Groups/bulkId%3Ag1", "/Groups/bulkId:g1"), ("/Users/a%26b", "/Users/a&b")],
)
def test_a_path_is_written_so_that_nobody_has_to_decode_it(path, inside):
    batch = batch_of(patch(path))
    assert batch.body()["Operations"][0]["path"] == inside
    assert statuses(told(batch, result("PATCH", "200", location=BASE + path))) == [200]
    assert statuses(told(batch, result("PATCH", "200", location=BASE + inside))) == [200]


@pytest.mark.parametrize("path", ["/Users/a%2Fb", "/Users/a%25b", "/Users/a%20b", "/Users/%C3%A9", "/Users/a%3Fb", "/Users/a%23b"])
def test_a_path_that_some_decode_and_some_do_not_is_not_for_bulk(path):
    assert not Batch(10, 10_000).takes([patch(path)])


# -- answers: what is certain --------------------------------------------------------------------------------------------


def test_an_answer_as_in_the_rfc():
    """RFC 7644 section 3.7.3."""
    batch = batch_of(post(), Request("PUT", "/Users/b7c1", {"userName": "bob"}), patch("/Users/5d8d"), Request("DELETE", "/Users/e902"))
    found = told(
        batch,
        result("POST", "201", bulkId="p0", location=f"{BASE}/Users/92b7", version='W/"oY4m4wn58tkVjJxK"'),
        result("PUT", "200", location=f"{BASE}/Users/b7c1", version='W/"huJj29dMNgu3WXPD"'),
        result("PATCH", "200", location=f"{BASE}/Users/5d8d", version='W/"huJj29dMNgu3WXPD"'),
        result("DELETE", "204", location=f"{BASE}/Users/e902"),
    )
    assert found == [
        Outcome(201, "92b7", 'W/"oY4m4wn58tkVjJxK"'),
        Outcome(200, "b7c1", 'W/"huJj29dMNgu3WXPD"'),
        Outcome(200, "5d8d", 'W/"huJj29dMNgu3WXPD"'),
        Outcome(204, "e902"),
    ]


def test_a_refusal_tells_why():
    batch = batch_of(post(), patch())
    response = {"schemas": [ERROR], "scimType": "uniqueness", "detail": "ada is taken", "status": "409"}
    first, second = told(
        batch,
        result("POST", "409", bulkId="p0", response=response),
        result("PATCH", "412", location="/Users/1", response={"detail": "changed"}),
    )
    assert (first.status, first.scim_type, first.detail, first.resource_id) == (409, "uniqueness", "ada is taken", "")
    assert (second.status, second.detail, second.resource_id) == (412, "changed", "1")


@pytest.mark.parametrize("status", ["201", 201, {"code": "201"}, {"Code": 201}])
def test_a_status_is_read_in_every_spelling(status):
    assert statuses(told(batch_of(post()), result("POST", status, bulkId="p0"))) == [201]


@pytest.mark.parametrize("status", [None, "", "ok", True, 20, 2010, -201, "20x", [], {}, {"code": None}, 1e300, "٢٠١"])
def test_what_is_no_status_tells_nothing(status):
    batch = batch_of(post(), patch())
    assert told(batch, result("POST", status, bulkId="p0"), result("PATCH", status, location="/Users/1")) == [UNKNOWN, UNKNOWN]


def test_a_status_in_the_response_alone_counts_if_it_is_an_error():
    response = {"schemas": [ERROR], "status": "400", "detail": "no"}
    (found,) = told(batch_of(post()), {"method": "POST", "bulkId": "p0", "response": response})
    assert (found.status, found.detail) == (400, "no")
    assert told(batch_of(post()), {"method": "POST", "bulkId": "p0", "response": {"id": "1", "status": "201"}}) == [UNKNOWN]


def test_old_drafts_said_why_beside_the_code():
    (found,) = told(batch_of(post()), result("POST", {"code": "400", "description": "no"}, bulkId="p0"))
    assert (found.status, found.detail) == (400, "no")


@pytest.mark.parametrize("response", [{"schemas": [ERROR]}, {"schemas": [ERROR], "status": "409"}, {"status": 409, "detail": "taken"}])
def test_a_success_that_is_an_error_tells_nothing(response):
    assert told(batch_of(post()), result("POST", "201", bulkId="p0", location="/Users/1", response=response)) == [UNKNOWN]


def test_names_are_read_in_any_letter_case():
    batch = batch_of(post(), patch())
    made = {"Method": "post", "BULKID": "p0", "Status": "201", "Location": "/Users/9"}
    changed = {"METHOD": "Patch", "STATUS": "200", "LOCATION": "/users/1"}
    found = outcomes(batch, {"operations": [made, changed]})
    assert [(o.status, o.resource_id) for o in found] == [(201, "9"), (200, "1")]


@settings(deadline=None)
@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=4, unique=True))
def test_order_and_gaps_do_not_matter(order, missing):
    batch = batch_of(post(), patch("/Users/1"), post("bob"), Request("DELETE", "/Users/1"), patch("/Groups/1"))
    results = [
        result("POST", "201", bulkId="p0", location=f"{BASE}/Users/10"),
        result("PATCH", "200", location=f"{BASE}/Users/1"),
        result("POST", "409", bulkId="p2"),
        result("DELETE", "404", location=f"{BASE}/Users/1"),
        result("PATCH", "204", location=f"{BASE}/Groups/1"),
    ]
    found = told(batch, *(results[n] for n in order if n not in missing))
    expected = [201, 200, 409, 404, 204]
    assert statuses(found) == [0 if n in missing else status for n, status in enumerate(expected)]


def test_without_a_location_the_response_tells():
    batch = batch_of(post(), patch("/Users/1"), patch("/Groups/1"), patch("/Users/2"))
    found = told(
        batch,
        result("POST", "201", bulkId="p0", response={"id": "9", "meta": {"version": "v9"}}),
        result("PATCH", "200", response={"id": "1", "meta": {"resourceType": "Group"}}),
        result("PATCH", "200", response={"id": "1", "meta": {"location": f"{BASE}/Users/1"}}),
        result("PATCH", "200", response={"id": 2}),
    )
    assert [(o.status, o.resource_id) for o in found] == [(201, "9"), (200, "1"), (200, "1"), (200, "2")]
    assert found[0].version == "v9"


def test_a_reference_in_a_path_is_followed():
    batch = batch_of(Request("POST", "/Groups", {}), patch("/Groups/bulkId%3Ap0"), patch("/Groups/bulkId%3Anobody"))
    found = told(
        batch,
        result("PATCH", "200", location=f"{BASE}/Groups/9"),
        result("POST", "201", bulkId="p0", location=f"{BASE}/Groups/9"),
        result("PATCH", "409", location=f"{BASE}/Groups/bulkId:nobody"),
    )
    assert [(o.status, o.resource_id) for o in found] == [(201, "9"), (200, "9"), (409, "")]


def test_requests_that_look_the_same_share_one_fate():
    batch = batch_of(*[patch()] * 3)
    done, failed = result("PATCH", "200", location="/Users/1", version="x"), result("PATCH", "500", location="/Users/1")
    assert told(batch, done, done, done) == [Outcome(200, "1")] * 3
    assert told(batch, done, {**done, "version": "y"}, done) == [Outcome(200, "1")] * 3
    assert told(batch, done, failed, done) == [UNKNOWN] * 3
    assert told(batch, done, done) == [UNKNOWN] * 3


# -- answers: what is not ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "<html></html>",
        [],
        [{"method": "POST", "bulkId": "p0", "status": "201"}],
        {},
        {"Operations": None},
        {"Operations": "done"},
        {"Operations": {}},
        {"Operations": []},
        {"Operations": [None, "201", 201, []]},
        {"totalResults": 1, "Resources": [{"id": "1", "userName": "ada"}]},
        {"schemas": [ERROR], "status": "400"},
    ],
)
def test_an_answer_that_is_none_tells_nothing(body):
    assert outcomes(batch_of(post(), patch()), body) == [UNKNOWN, UNKNOWN]


def test_an_echo_of_the_request_tells_nothing():
    batch = batch_of(post(), patch())
    assert outcomes(batch, batch.body()) == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    "results",
    [
        [result("POST", "201", location="/Users/9")],  # whose?
        [result("POST", "201", bulkId="other", location="/Users/9")],
        [result("PATCH", "201", bulkId="p0", location="/Users/9")],
        [result("POST", "201", bulkId="p0"), result("POST", "409", bulkId="p0")],
        [result("PATCH", "200")],
        [result("PATCH", "200", location="/Users/2")],
        [result("PATCH", "200", location="/Groups/1")],
        [result("PATCH", "200", location="/Users")],
        [result("PATCH", "200", location=7)],
        [result("PATCH", "200", location="http://[")],
        [result("PUT", "200", location="/Users/1")],
        [result("PATCH", "200", response={"id": "2"})],
        [result("PATCH", "200", location="/Users/1"), result("PATCH", "404", location="/Users/1")],
    ],
)
def test_nothing_is_guessed(results):
    assert told(batch_of(post(), patch()), *results) == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"location": f"{BASE}/Users"},
        {"location": f"{BASE}/Groups/9"},
        {"location": f"{BASE}/Users/9", "response": {"id": "8"}},
        {"location": None, "response": "made"},
    ],
)
def test_it_was_made_but_its_id_is_not_told(more):
    (found,) = told(batch_of(post()), result("POST", "201", bulkId="p0", **more))
    assert (found.status, found.resource_id) == (201, "")


def test_one_id_for_two_is_the_id_of_neither():
    found = told(
        batch_of(post(), post("bob")),
        result("POST", "201", bulkId="p0", location="/Users/9"),
        result("POST", "201", bulkId="p1", location="/Users/9"),
    )
    assert [(o.status, o.resource_id) for o in found] == [(201, ""), (201, "")]


def test_without_a_method_a_place_has_to_be_enough():
    done = {"status": "200", "location": "/Users/1"}
    assert statuses(told(batch_of(patch()), done)) == [200]
    assert statuses(told(batch_of(patch(), Request("DELETE", "/Users/1")), done)) == [0, 0]


_json = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 600), st.sampled_from(["", "200", "POST", "PATCH", "p0", "/Users/1", "1", "x:[", "//["])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["method", "status", "location", "bulkId", "response", "id", "meta", "code", "Operations"]), inner, max_size=5),
    ),
    max_leaves=20,
)


@settings(deadline=None)
@given(_json, st.lists(_json, max_size=4))
def test_no_answer_breaks_anything(body, results):
    batch = batch_of(post(), patch())
    for answer in (body, {"Operations": results}):
        found = outcomes(batch, answer)
        assert len(found) == 2
        assert all(isinstance(outcome.status, int) for outcome in found)
        assert all(isinstance(text, str) for o in found for text in (o.resource_id, o.version, o.detail, o.scim_type))
