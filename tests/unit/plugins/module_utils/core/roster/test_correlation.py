# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is who between two runs and the server, what a run remembers, and what the gate makes of the difference."""

from __future__ import annotations

import copy
import json
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.acceptance import (
    Accepted,
    LastRun,
    acceptance,
    last_run,
    remembered,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.comparison import (
    number_findings,
    people_findings,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.correlation import (
    LISTS,
    accounts_of,
    changes,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.gate import gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.known import known
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    GONE,
    PHASES,
    Membership,
    Person,
    Phase,
    Record,
)
from hypothesis import given, settings
from hypothesis import strategies as st

AT = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)
ACCOUNTS = {"staged": "inactive", "left": "inactive", "expired": "inactive"}


def person(key, phase="active", name=None, mail=None, groups=("Staff",), department="Engines"):
    name = f"user{key}@example.com" if name is None else name
    user = {"external_id": key, "user_name": name, "emails": [{"value": mail or name}], "department": department}
    return Person(key, f"people.csv:{key}", Phase(phase, ACCOUNTS.get(phase, "active")), user, tuple(Membership(group, "rule") for group in groups))


def entries(people):
    return {each.key: remembered(each) for each in people}


def run_of(*people, at=AT, last=None, withheld=(), remember_days=400):
    """What a run with these people leaves behind, as the next one reads it from the file."""
    made = acceptance(at, len(people), entries(people), withheld, "sources", last, remember_days)
    return last_run(json.loads(json.dumps(made.shown())))


def compared(people, last=None, server=None, withheld=()):
    found = changes(people, withheld, entries(people), last, known(server))
    return {name: found.lists[name] for name in LISTS if found.lists[name]}, found.unchanged


def findings(people, last=None, server=None, withheld=(), **options):
    seen = people_findings(people, withheld, entries(people), last, known(server), gate(options))
    return {finding.check: (finding.severity, [spot.key for spot in finding.spots]) for finding in seen}


def user(key, name=None, active=True):
    name = name or f"user{key}@example.com"
    return {"external_id": key, "user_name": name, "emails": [{"value": name}], "active": active}


# -- who is who


def test_a_second_run_with_the_same_people_changes_nothing():
    people = [person("1"), person("2", "left"), person("3", "staged")]
    assert compared(people, run_of(*people)) == ({}, 3)
    assert findings(people, run_of(*people)) == {}


def test_a_new_name_under_the_same_key_is_a_rename():
    last = run_of(person("1"), person("2"))
    assert compared([person("1", name="ada.king@example.com"), person("2")], last) == ({"renamed": ["1"]}, 1)
    assert compared([person("1", mail="other@example.com"), person("2")], last) == ({"renamed": ["1"]}, 1)
    assert compared([person("1", name="USER1@Example.com"), person("2")], last) == ({}, 2)  # the same name
    assert findings([person("1", name="ada.king@example.com"), person("2")], last) == {}


@settings(max_examples=50)
@given(st.permutations(["1", "2", "3"]), st.text(min_size=1), st.sampled_from(PHASES), st.sampled_from(PHASES))
def test_whatever_somebody_is_called_nobody_with_the_same_key_joins_or_disappears(order, name, before, after):
    last = run_of(*(person(key, before) for key in ("1", "2", "3")))
    lists, dummy = compared([person(key, after, name=f"{key}{name}") for key in order], last)
    assert not {"joined", "disappeared"} & set(lists)
    assert ("rehired" in lists) == (before in GONE and after not in GONE)


@pytest.mark.parametrize(
    ("before", "after", "lists"),
    [
        ("staged", "active", ["started"]),
        ("staged", "leaving", ["started", "leaving"]),
        ("staged", "left", ["left"]),
        ("active", "staged", []),
        ("active", "on_leave", ["on_leave"]),
        ("on_leave", "active", ["returned"]),
        ("leaving", "active", ["returned"]),
        ("active", "leaving", ["leaving"]),
        ("leaving", "left", ["left"]),
        ("active", "expired", ["expired"]),
        ("left", "active", ["rehired"]),
        ("expired", "staged", ["rehired"]),
        ("left", "left", []),
    ],
)
def test_a_change_of_the_phase_has_a_name(before, after, lists):
    found, unchanged = compared([person("1", after)], run_of(person("1", before)))
    assert sorted(found) == sorted(lists)
    assert unchanged == (not lists)


def test_who_moves():
    last = run_of(person("1"), person("2"), person("3", "left", groups=()), person("4", "staged", groups=()))
    moved = [person("1", groups=("Staff", "Sales")), person("2", department="Sales"), person("3", "left", groups=(), department="x"), person("4")]
    assert compared(moved, last)[0] == {"moved": ["1", "2"], "started": ["4"]}


def test_who_is_not_in_the_source_any_more_is_no_leaver_and_is_told_until_the_server_says_that_they_are_gone():
    last = run_of(person("1"), person("2"), person("3", "left"))
    assert compared([person("1")], last)[0] == {"disappeared": ["2"]}
    assert findings([person("1")], last) == {"disappeared": ("warn", ["2"])}
    again = run_of(person("1"), last=last, at=AT + timedelta(days=1))
    assert (again.people["2"].last_seen, again.people["3"].last_seen) == (last.instant, last.instant)
    assert compared([person("1")], again)[0] == {"disappeared": ["2"]}
    assert findings([person("1")], again, disappeared={"number": 0}) == {"disappeared": ("warn", ["2"])}  # new ones only
    assert findings([person("1")], last, disappeared={"number": 0}) == {"disappeared": ("refuse", ["2"])}
    assert findings([person("1")], last, disappeared="off") == {}
    assert compared([person("1")], again, [user("1"), user("2", active=False)])[0] == {}
    for server in ([user("1"), user("2")], []):  # no user at all is what a broken reading shows
        assert compared([person("1")], again, server)[0] == {"disappeared": ["2"]}
    assert set(run_of(person("1"), last=again, at=AT + timedelta(days=401)).people) == {"1"}
    assert set(run_of(person("1"), last=again, at=AT + timedelta(days=399)).people) == {"1", "2", "3"}


def test_who_comes_back_is_rehired_even_after_the_source_forgot_them():
    forgotten = run_of(person("1"), last=run_of(person("1"), person("2", "left")), at=AT + timedelta(days=90))
    assert compared([person("1"), person("2")], forgotten) == ({"rehired": ["2"]}, 1)
    assert compared([person("1"), person("2", "left")], forgotten) == ({}, 2)


def test_of_whom_nothing_is_certain_what_was_accepted_stands():
    last = run_of(person("1"), person("2"))
    assert compared([person("1")], last, withheld=["2", "9"]) == ({}, 1)
    assert findings([person("1")], last, withheld=["2"]) == {}
    again = run_of(person("1"), last=last, withheld=["2", "9"], at=AT + timedelta(days=1))
    assert again.people == last.people


def test_without_a_last_run_the_server_says_who_is_there():
    server = [user("1"), user("2"), user("3", active=False), user("4", "old@example.com"), user("6"), user("7", active=False)]
    server.append({"user_name": "USER5@example.com"})
    people = [person("1"), person("2", "left"), person("3"), person("4"), person("5"), person("8", "left"), person("9", "staged")]
    assert compared(people, None, server) == (
        {"left": ["2"], "rehired": ["3"], "renamed": ["4"], "joined": ["5", "9"], "adoptable": ["5"], "disappeared": ["6"]},
        2,
    )
    assert compared(people) == ({"joined": ["1", "3", "4", "5", "9"]}, 2)


def test_lists_are_cut_only_where_that_is_asked_for_and_counts_never():
    found = changes([person(str(number)) for number in range(30)], [], entries([person(str(number)) for number in range(30)]), None, None)
    assert len(found.shown()["joined"]) == 30
    assert (len(found.shown(2)["joined"]), found.shown(2)["counts"]["joined"], found.shown(2)["against"]) == (2, 30, "")


def test_those_who_are_withheld_are_known_by_all_external_ids_that_they_may_have():
    records = [Record("1", "p:2", {"external_id": "hr-1"}, {}), Record("1", "p:3", {"external_id": "x-1"}, {}), Record("2", "p:4", {"external_id": "hr-2"}, {})]
    last = LastRun("2026-11-29T12:00:00Z", 1, {"1": Accepted("active", "active", external_id="old-1"), "3": Accepted("active", "active")})
    assert accounts_of(["1", "3", "4"], records, last) == ["3", "4", "hr-1", "old-1", "x-1"]
    assert accounts_of(["1", "4"], records, None) == ["4", "hr-1", "x-1"]


# -- addresses of others


def test_an_address_of_somebody_else_is_refused_wherever_the_former_owner_is_now():
    last = run_of(person("1"), person("2"))
    newcomer = person("3", mail="USER1@example.com")
    for former in ([person("1", "left")], [person("1", name="married@example.com")], []):
        assert findings([*former, person("2"), newcomer], last)["email_reused"] == ("refuse", ["3", "1"])
    assert findings([person("2"), person("3", name="user1@example.com")], last)["email_reused"] == ("refuse", ["3", "1"])
    swapped = [person("1", name="user2@example.com"), person("2", name="user1@example.com")]
    assert findings(swapped, last)["email_reused"] == ("refuse", ["1", "2"])
    assert "email_reused" not in findings([person("2"), newcomer], last, email_reused={"except": ["3"]})


def test_an_address_of_somebody_else_on_the_server_is_refused():
    assert findings([person("3", name="user1@example.com")], None, [user("1")])["email_reused"] == ("refuse", ["3", "1"])
    assert findings([person("1"), person("5")], None, [user("1"), {"user_name": "user5@example.com"}]) == {}
    assert findings([person("1", name="new@example.com")], None, [user("1")]) == {}


def test_what_was_accepted_once_is_not_asked_for_again():
    last = run_of(person("1", "left"), person("2", mail="user1@example.com"))
    assert findings([person("1", "left"), person("2", mail="user1@example.com")], last) == {}


# -- numbers


def number_of(rows, last=None, server=None, **options):
    return {finding.check: finding.message for finding in number_findings({"people.csv": rows}, last, known(server), gate(options))}


def test_a_source_that_is_empty_or_far_shorter_than_it_was():
    last = LastRun("2026-11-29T12:00:00Z", 100)
    assert number_of(90, last) == {}
    assert number_of(89, last) == {"shrunken": "89 rows, and there are 100 rows of the last accepted run; at most 10 may (number 200, percent 10) be missing"}
    assert number_of(89, last, shrunken={"percent": 11}) == {}
    assert set(number_of(1790, LastRun(last.instant, 2000), shrunken={"percent": 100})) == {"shrunken"}
    assert set(number_of(0)) == {"shrunken"}
    assert set(number_of(0, shrunken="off")) == set()
    assert set(number_of(3)) == {"first_run"}
    assert set(number_of(3, server=[user(str(number)) for number in range(10)])) == {"first_run", "shrunken"}
    assert set(number_of(3, server=[{"user_name": str(number)} for number in range(10)])) == {"first_run"}


def test_too_many_change_their_phase_or_leave_at_once():
    last = run_of(*(person(str(number)) for number in range(200)))

    def seen(phase, count, **options):
        people = [person(str(number), phase if number < count else "active") for number in range(200)]
        return set(findings(people, last, **options))

    assert seen("on_leave", 20) == set()
    assert seen("on_leave", 21) == {"phase_share"}
    assert seen("left", 21) == {"phase_share", "leaving_share"}
    assert seen("left", 3, leaving_share={"number": 2}) == {"leaving_share"}
    assert seen("left", 21, leaving_share="off", phase_share={"percent": 50}) == set()


def test_too_many_leave_at_once_on_the_server():
    server = [user(str(number), active=number >= 50) for number in range(100)]
    people = [person(str(number), "left" if number < 56 else "active") for number in range(100)]
    assert findings(people, None, server)["leaving_share"] == ("refuse", ["50", "51", "52", "53", "54", "55"])
    assert findings(people[:50] + people[52:], None, server, disappeared="off") == {}  # 4 of 48, the others are inactive already


def test_another_file_of_the_same_size_is_refused():
    last = run_of(*(person(str(number)) for number in range(100)))
    assert findings([person(str(number)) for number in range(50, 150)], last)["disappeared"][0] == "refuse"


# -- the file


def test_no_name_and_no_address_is_kept():
    text = json.dumps(run_of(person("1", name="ada@example.com", groups=("Secret group",), department="Engines")).shown())
    assert not [word for word in ("ada", "example", "Secret", "Engines") if word in text]


def test_what_is_written_is_what_is_read():
    last = run_of(person("1"), person("2", "left", groups=()), person("3", "staged"))
    assert last_run(last.shown()) == last
    assert last.since == last.instant
    later = AT + timedelta(days=1)
    assert acceptance(later, 1, {}, [], "sources", last, 9).since == last.since
    assert acceptance(later, 1, {}, [], "others", last, 9).since == "2026-12-01T12:00:00Z"


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content.pop("kind"),
        lambda content: content.update(version=2),
        lambda content: content.update(rows="3"),
        lambda content: content.update(rows=True),
        lambda content: content.update(people=[]),
        lambda content: content.update(instant="yesterday"),
        lambda content: content.pop("since"),
        lambda content: content.update(sources=None),
        lambda content: content["people"].update({"": {}}),
        lambda content: content["people"]["1"].pop("phase"),
        lambda content: content["people"]["1"].update(phase="gone"),
        lambda content: content["people"]["1"].update(account="on"),
        lambda content: content["people"]["1"].update(name="Ada"),
        lambda content: content["people"]["1"].update(emails_sha256="abc"),
        lambda content: content["people"]["1"].update(emails_sha256=[1]),
        lambda content: content["people"]["1"].update(last_seen="once"),
    ],
)
def test_a_damaged_file_is_refused(damage):
    content = copy.deepcopy(run_of(person("1")).shown())
    damage(content)
    with pytest.raises(InvalidInput, match=r"^accepted_file: .*; take it from a backup"):
        last_run(content)


@pytest.mark.parametrize("content", [None, [], "text", {}, {"users": []}])
def test_a_foreign_file_is_refused(content):
    with pytest.raises(InvalidInput, match="is not the acceptance of a run of roster_info"):
        last_run(content)


@pytest.mark.parametrize("users", [["ada"], [{}], [{"active": True}]])
def test_users_of_a_server_that_say_nothing_are_refused(users):
    with pytest.raises(InvalidInput, match=r"known\[0\]"):
        known(users)
