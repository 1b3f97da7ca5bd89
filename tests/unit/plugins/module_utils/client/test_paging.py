# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A whole list from every kind of service: it ends, each resource comes once, and complete means complete."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.paging import Listing
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import ServerError
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.profiles import Capabilities
from hypothesis import assume, given, settings
from hypothesis import strategies as st

TOTALS = ("honest", "page length", "half", "too high", "missing", "text", "negative")
BEYOND = ("empty", "first page", "last page", "refused", "no Resources")
SETTINGS = settings(deadline=None, max_examples=400)


@dataclass
class Model:
    """A service with its lies. people: how many. cap: the most in a page."""

    people: int
    cap: int
    total: str = "honest"
    beyond: str = "empty"
    start_index_ignored: bool = False
    count_rejected: bool = False
    paged: bool = True
    doubled: bool = False  # the last of a page comes again in the next
    asked: list = field(default_factory=list)

    def fetch(self, query):
        self.asked.append(query)
        assert len(self.asked) < 500, "it does not end"
        if self.count_rejected and "count" in query:
            raise ServerError("GET", "/Users", 400, "count is not supported")
        start = 0 if self.start_index_ignored or not self.paged else query.get("startIndex", 1) - 1
        size = min(query.get("count", self.cap), self.cap) if self.paged else self.people
        if start >= self.people and self.people:
            if self.beyond == "refused":
                raise ServerError("GET", "/Users", 400, "startIndex is out of range")
            start = {"first page": 0, "last page": max(0, self.people - size)}.get(self.beyond, start)
        begin = max(0, start - 1) if self.doubled else start
        page = [{"id": str(number)} for number in range(begin, min(start + size, self.people))]
        totals = {
            "honest": self.people,
            "page length": len(page),
            "half": self.people // 2,
            "too high": self.people + 3,
            "text": str(self.people),
            "negative": -1,
        }
        answer = {} if self.total == "missing" else {"totalResults": totals[self.total]}
        return answer if self.beyond == "no Resources" and not page else {**answer, "Resources": page}


@st.composite
def models(draw):
    return Model(
        people=draw(st.integers(0, 60)),
        cap=draw(st.integers(1, 25)),
        total=draw(st.sampled_from(TOTALS)),
        beyond=draw(st.sampled_from(BEYOND)),
        start_index_ignored=draw(st.booleans()),
        count_rejected=draw(st.booleans()),
        paged=draw(st.booleans()),
        doubled=draw(st.booleans()),
    )


def read(model, page_size, most=10**6, pagination="index"):
    listing = Listing(model.fetch, Capabilities(overrides={"page_size": page_size, "pagination": pagination}), most)
    try:
        return [body["id"] for body in listing], listing.complete
    except ServerError:
        return None, listing.complete


def beyond_knowing(model, page_size):
    """Lies with which nobody could tell the list from one that ends there."""
    shown = min(model.cap, page_size or model.cap) if not model.count_rejected else model.cap
    if not model.paged or model.people <= shown:
        return False
    counts_the_page = model.total in ("page length", "missing", "negative") or (model.total == "half" and model.people // 2 <= shown)
    # Every page is the first, and no total contradicts it: so does a service that has no more than that.
    if model.start_index_ignored and (counts_the_page or model.total == "text"):
        return True
    # A page that is shorter than what was asked for, and a total that says that it is the whole.
    if model.total == "page length" and not model.count_rejected and page_size and model.cap < page_size:
        return True
    # Half of the people is just as many as were read when a page ended.
    return model.total == "half"


@SETTINGS
@given(models(), st.integers(0, 25))
def test_a_list_ends_and_nobody_comes_twice(model, page_size):
    found, _complete = read(model, page_size)
    assert found is None or len(found) == len(set(found))


@SETTINGS
@given(models(), st.integers(0, 25))
def test_complete_means_that_everybody_was_seen(model, page_size):
    assume(not beyond_knowing(model, page_size))
    found, complete = read(model, page_size)
    if complete:
        assert len(found) == model.people


@SETTINGS
@given(
    st.integers(0, 60),
    st.integers(1, 25),
    st.sampled_from(("honest", "missing", "text", "negative")),
    st.sampled_from(BEYOND),
    st.booleans(),
    st.integers(0, 25),
)
def test_everybody_is_seen_where_only_the_total_or_the_end_is_odd(people, cap, total, beyond, count_rejected, page_size):
    assume(total == "honest" or beyond != "refused")
    found, complete = read(Model(people, cap, total, beyond, count_rejected=count_rejected), page_size)
    assert (len(found), complete) == (people, True)


@pytest.mark.parametrize("total", ["page length", "half", "missing"])
def test_a_total_that_is_too_low_does_not_end_the_list(total):
    found, complete = read(Model(250, 100, total), 100)
    assert (len(found), complete) == (250, True)


@pytest.mark.parametrize("cap", [5, 20, 25, 50])
def test_a_page_that_claims_to_be_everything_is_found_out_where_it_matters(cap):
    """Its length is no full page of ours, and its total is its own length: only a look beyond it tells."""
    model = Model(90, cap, total="page length")
    listing = Listing(model.fetch, Capabilities("auto", {"page_size": 100}), 10**6)
    assert len(list(listing)) == cap
    assert listing.is_cut_off()


@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize(("people", "requests"), [(0, 1), (3, 1), (20, 2)])
def test_an_honest_list_is_not_cut_off(people, requests, beyond):
    model = Model(people, 50, beyond=beyond)
    listing = Listing(model.fetch, Capabilities("auto", {"page_size": 100}), 10**6)
    assert len(list(listing)) == people
    assert not listing.is_cut_off()
    assert len(model.asked) == requests


def test_a_total_that_is_too_high_is_reported_as_incomplete():
    found, complete = read(Model(250, 100, "too high"), 100)
    assert (len(found), complete) == (250, False)


def test_every_page_being_the_first_is_reported_as_incomplete():
    found, complete = read(Model(250, 100, start_index_ignored=True), 100)
    assert (len(found), complete) == (100, False)


def test_a_service_that_refuses_to_look_beyond_the_end_is_at_the_end():
    found, complete = read(Model(100, 100, beyond="refused"), 100)
    assert (len(found), complete) == (100, True)


def test_a_refused_count_and_a_total_of_the_page_are_not_taken_for_the_whole():
    found, complete = read(Model(250, 100, "page length", count_rejected=True), 100)
    assert (len(found), complete) == (250, True)


def test_a_total_of_the_page_is_not_believed_where_pages_overlap():
    found, complete = read(Model(3, 1, "page length", doubled=True), 0)
    assert (len(found), complete) == (3, True)


@pytest.mark.parametrize(("people", "requests"), [(0, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
def test_an_honest_list_costs_one_request_a_page(people, requests):
    model = Model(people, 100)
    assert read(model, 100) == ([str(number) for number in range(people)], True)
    assert len(model.asked) == requests


def test_a_list_beyond_the_bound_stops_and_is_incomplete():
    model = Model(10_000, 100)
    found, complete = read(model, 100, most=300)
    assert len(found) == 300
    assert not complete
    assert len(model.asked) == 3


def test_without_paging_the_total_still_counts():
    assert read(Model(250, 100), 100, pagination="none")[1] is False
    assert read(Model(250, 100, paged=False), 100, pagination="none") == ([str(number) for number in range(250)], True)


# -- by cursor (RFC 9865) -------------------------------------------------------------------------------------------


@dataclass
class Cursors:
    """A service that pages by cursor. lie: "loop", "endless" or "expires"."""

    people: int
    size: int
    lie: str = ""
    total: bool = False
    expired: bool = False
    asked: int = 0

    def fetch(self, query):
        self.asked += 1
        assert self.asked < 200, "it does not end"
        cursor = query["cursor"]
        if self.lie == "expires" and cursor and not self.expired and self.asked > 2:
            self.expired = True
            raise ServerError("GET", "/Users", 400, "too late", scim_type="expiredCursor")
        start = int(cursor.partition(" ")[0] or 0)
        page = [{"id": str(number)} for number in range(start, min(start + self.size, self.people))]
        answer = {"Resources": page, **({"totalResults": self.people} if self.total else {})}
        after = start + len(page)
        if after < self.people or self.lie == "endless":
            answer["nextCursor"] = f"{after} {self.asked if self.lie == 'endless' else ''}"
        elif self.lie == "loop" and after:
            answer["nextCursor"] = f"{self.size} "
        return answer


@SETTINGS
@given(st.integers(0, 60), st.integers(1, 20), st.sampled_from(("", "loop", "endless", "expires")), st.booleans())
def test_a_list_by_cursor_ends_and_complete_means_complete(people, size, lie, total):
    found, complete = read(Cursors(people, size, lie, total), 100, pagination="cursor")
    assert found == [str(number) for number in range(people)]
    if lie in ("", "expires"):
        assert complete
    if lie == "endless":
        assert not complete


def test_an_expired_cursor_starts_again_once_and_long_lists_survive_it():
    class Late(Cursors):
        def fetch(self, query):
            if query["cursor"].startswith("90") and not self.expired:
                self.expired = True
                raise ServerError("GET", "/Users", 400, "too late", scim_type="expiredCursor")
            return super().fetch(query)

    found, complete = read(Late(100, 2), 100, pagination="cursor")
    assert (len(found), complete) == (100, True)
