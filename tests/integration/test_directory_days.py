# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Days in the life of a company whose directory follows a file: movers, leavers, those who come back, and those who are left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import sandbox
from sandbox.exchange import Answer, Handler, Request
from tests.integration.directory_days import GATE, Company, row
from tests.integration.truth import group, members, stored, user, writes

DAY = "2026-11-29T10:00:00Z"
NEXT = "2026-11-30T10:00:00Z"
THIRD = "2026-12-01T10:00:00Z"
STAFF = [row(1), row(2), row(3, "Sales"), row(4, "Sales"), row(5)]


def at(service: sandbox.Running, folder: Path, options: dict[str, Any] | None = None, **more: Any) -> Company:
    return Company(service.url, service.token, folder, options or {}, **more)


@contextmanager
def company(folder: Path, **options: Any) -> Iterator[tuple[sandbox.Running, Company]]:
    """With five people of the first day."""
    with sandbox.running() as service:
        here = at(service, folder, options)
        first = here.day(STAFF, DAY)
        assert not first["failed"], first["msg"]
        assert first["counts"]["create"] == 8
        yield service, here


def names(service: sandbox.Running, of: str) -> set[str]:
    """Of the members of a group, the beginning of the user names."""
    by_id = {one["id"]: name.split("@")[0] for name, one in stored(service).items()}
    return {by_id[member] for member in members(service, of)}


def quiet(service: sandbox.Running, here: Company, rows: Any, instant: str) -> None:
    """The same day once more changes nothing."""
    service.reset_requests()
    before = len(here.records())
    again = here.day(rows, instant)
    assert (again["failed"], again["changed"], writes(service)) == (False, False, 0), again["msg"]
    assert len(here.records()) == before
    assert here.unfinished() == {}


def test_movers_leavers_renames_and_those_who_come_back(tmp_path: Path) -> None:
    with company(tmp_path, orphans="remove") as (service, here):
        quiet(service, here, STAFF, DAY)
        # 1 moves, 3 and 4 leave Sales empty: one moves and one is gone in Kiritimati already, though not yet in UTC; 5 is called otherwise.
        rows = [
            row(1, "Sales"),
            row(2),
            row(3, "Engines"),
            row(4, "Sales", last_day="2026-11-30", zone="Pacific/Kiritimati"),
            row(5, login="five@example.com", name="O'Connor"),
            row(6, start="2026-12-04"),
            row(7, start="2027-06-01"),
        ]
        moved = here.day(rows, NEXT)
        assert not moved["failed"], moved["msg"]
        assert (names(service, "dept-Engines"), names(service, "dept-Sales")) == ({"p2", "p3", "five"}, {"p1"})
        assert names(service, "Staff") == {"p1", "p2", "p3", "five"}
        now = stored(service)
        assert (now["p4@example.com"]["active"], now["p6@example.com"]["active"], "p7@example.com" in now) == (False, False, False)
        assert (now["five@example.com"]["externalId"], now["five@example.com"]["displayName"], here.wish["waiting"]) == ("5", "O'Connor", ["7"])
        assert set(here.told("done")) >= {("1", "mover", "done"), ("3", "mover", "done"), ("4", "leaver", "done"), ("6", "joiner", "done")}
        (left,) = (one for one in here.records() if one["subject"] == "4" and one["stage"] == "done" and one["kind"] == "leaver")
        assert left["times"]["left_at"] == "2026-11-30T10:00:00Z"
        assert {(one["plane"], one["verb"], one["what"]) for one in left["operations"]} == {
            ("account", "deactivate", "active"),
            ("groups", "remove", "Staff"),
            ("groups", "remove", "dept-Sales"),
        }
        quiet(service, here, rows, NEXT)

        # 1 moves away, so that nobody is in Sales and no rule names it any more; 4 is back; 6 starts.
        rows = [row(1), row(2), row(3), row(4, "Engines"), rows[4], rows[5], rows[6]]
        back = here.day(rows, "2026-12-04T10:00:00Z")
        assert not back["failed"], back["msg"]
        assert names(service, "dept-Sales") == set()
        assert names(service, "dept-Engines") == {"p1", "p2", "p3", "p4", "five", "p6"}
        now = stored(service)
        assert now["p4@example.com"]["active"] is now["p6@example.com"]["active"] is True
        assert {("4", "joiner", "done"), ("6", "joiner", "done")} <= set(here.told("done"))
        assert "dept-Sales" in json.loads((tmp_path / "governed.json").read_text())
        quiet(service, here, rows, "2026-12-04T10:00:00Z")


def test_a_membership_without_a_reason_is_reported_until_they_leave(tmp_path: Path) -> None:
    with company(tmp_path) as (service, here):
        rows = [*STAFF[:3], row(4), STAFF[4]]
        gone = [*STAFF[:2], row(3, last_day="2026-11-30"), *rows[3:]]
        # On the third day nobody is in Sales by a rule, and nobody is to come or go: the roster governs it all the same.
        for instant, file, there in ((NEXT, rows, {"p3", "p4"}), (THIRD, gone, {"p4"}), ("2026-12-02T09:00:00Z", gone, {"p4"})):
            moved = here.day(file, instant)
            assert not moved["failed"], moved["msg"]
            assert [(one["group"], one["member"], one["key"]) for one in here.wish["orphans"]] == [("dept-Sales", "p4@example.com", "4")], instant
            assert names(service, "dept-Sales") == there
        rows = gone
        # Somebody who is called otherwise on the service, and leaves: who they are is what their external id says.
        rows = [*rows[:3], row(4, login="four@example.com", status="terminated"), rows[4]]
        left = here.day(rows, "2026-12-02T10:00:00Z")
        assert not left["failed"], left["msg"]
        assert (names(service, "dept-Sales"), names(service, "Staff"), here.wish["orphans"]) == (set(), {"p1", "p2", "p5"}, [])
        assert ("4", "leaver", "done") in here.told("done")
        quiet(service, here, rows, "2026-12-02T10:00:00Z")


def test_whom_nothing_is_certain_about_and_who_is_protected_are_left_alone_and_unlisted_are_deactivated(tmp_path: Path) -> None:
    options = {"orphans": "remove", "unlisted": "deactivate", "protected": ["root@*"], "scope": ["Admins"]}
    with sandbox.running() as service:
        guests = [user("guest@example.com"), user("root@example.com"), user("p9@example.com", externalId="9")]
        service.seed(*guests, group("Admins", "root@example.com", "guest@example.com", "p9@example.com"))
        here = at(service, tmp_path, options, gate={**GATE, "duplicate_key": "warn", "contradictory_status": "warn"})
        assert not here.day(STAFF, DAY)["failed"]
        now = stored(service)
        assert {name: one["active"] for name, one in now.items() if name.startswith(("guest", "root", "p9"))} == {
            "guest@example.com": False,
            "root@example.com": True,
            "p9@example.com": False,
        }
        assert names(service, "Admins") == {"root"}
        assert ("9", "leaver", "done") in here.told("done")
        assert {subject for subject, dummy, dummy in here.told()} & {"root@example.com"} == set()

        # 2 is there twice, and says two things: a loosened check withholds them.
        twice = here.day([row(1), row(2), row(2, "Sales", status="terminated"), *STAFF[2:]], NEXT)
        assert not twice["failed"], twice["msg"]
        assert (twice["changed"], stored(service)["p2@example.com"]["active"]) == (False, True)
        assert "p2" in names(service, "dept-Engines") & names(service, "Staff")


def test_a_refusal_is_on_record_without_names_and_nothing_is_forgotten(tmp_path: Path) -> None:
    with company(tmp_path) as (service, here):
        accepted = (tmp_path / "accepted.json").read_bytes()
        service.reset_requests()
        here.gate = {**GATE, "shrunken": {"number": 1, "percent": 10}}
        refused = here.day(STAFF[:2], NEXT)
        assert "shrunken" in refused["msg"]
        assert (writes(service), (tmp_path / "accepted.json").read_bytes()) == (0, accepted)
        here.gate = GATE
        here.options = {"brakes": {"changes": {"number": 1, "percent": 1}}}
        braked = here.day([row(number, name="Mallory") for number in range(1, 6)], NEXT)
        assert "brakes" in braked["msg"]
        here.options = {"create_groups": False}
        typed = here.day([*STAFF[:4], row(5, "Engiens")], NEXT)
        assert "there is no group dept-Engiens" in typed["msg"]
        respelled = here.day([{**one, "department": one["department"].upper()} for one in STAFF], NEXT)
        assert not respelled["failed"], "a group that is governed keeps its letters"
        assert "dept-Engines" in stored(service)
        here.options = {"scope": ["STAFF"]}
        (tmp_path / "governed.json").unlink()
        respelled = here.day(STAFF, NEXT)
        assert "written in other letters" in respelled["msg"]
        notes = [one["note"] for one in here.records() if one["stage"] == "refused"]
        assert [next(word for word in ("shrunken", "brakes.changes", "dept-Engiens", "STAFF") if word in note) for note in notes] == [
            "shrunken",
            "brakes.changes",
            "dept-Engiens",
            "STAFF",
        ]
        assert not any("example.com" in note or "Mallory" in note for note in notes)


def test_superiors_who_have_left_or_come_later_stand_in_nobodys_way(tmp_path: Path) -> None:
    with sandbox.running() as service:
        here = at(service, tmp_path)
        here.mapping = {**here.mapping, "manager_id": "manager"}
        rows = [row(1, manager="2"), row(2, status="terminated", manager=""), row(3, manager="4"), row(4, start="2027-12-01", manager=""), row(5, manager="1")]
        rows += [row(6, manager="7"), row(7, start="2026-12-02", manager="1")]
        first = here.day(rows, DAY)
        assert not first["failed"], first["msg"]
        now = stored(service)
        enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        managers = {name[:2]: (one.get(enterprise) or {}).get("manager", {}).get("value") for name, one in now.items() if name.startswith("p")}
        assert managers == {"p1": None, "p3": None, "p5": now["p1@example.com"]["id"], "p6": now["p7@example.com"]["id"], "p7": now["p1@example.com"]["id"]}
        assert ("2", "leaver", "done") in here.told("done"), "who left before the first run is proven to have no account"
        quiet(service, here, rows, DAY)


NAMES = ["O'Connor", "von der Leyen", "M\u00fcller", "Mu\u0308ller-N", "\u0130lker I\u015f\u0131k", "\u0634\u0631\u064a\u0641", "x" * 200, "\U0001f984 emoji"]
NAMES += ["{{ lookup('pipe','id') }}", "API token holders", "group:Staff", "run:1"]


def test_names_that_break_things_are_stored_to_the_letter_and_stay(tmp_path: Path) -> None:
    with sandbox.running() as service:
        here = at(service, tmp_path)
        rows = [row(number, name, login=f"{name} {number}", name=name) for number, name in enumerate(NAMES)]
        first = here.day(rows, DAY)
        assert not first["failed"], first["msg"]
        now = stored(service)
        for number, name in enumerate(NAMES):
            assert now[f"{name} {number}"]["displayName"] == name
            assert members(service, f"dept-{name}") == {now[f"{name} {number}"]["id"]}
        assert {one["subject"] for one in here.records() if one["kind"] == "joiner"} == {str(number) for number in range(len(NAMES))}
        quiet(service, here, rows, DAY)


class Liar:
    """A layer of the sandbox that answers writes to one kind of resource as if they were done."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.method in ("PATCH", "PUT") and f"/{self.path}/" in request.path:
            return Answer(204)
        return ask(request)


@pytest.mark.parametrize(
    ("lie", "failed", "planes"),
    [
        ("Users", {"1": "mover", "4": "leaver"}, {"account"}),
        ("Groups", {"1": "mover", "4": "leaver"}, {"groups"}),
        ("drop_attrs=displayName", {"1": "mover"}, {"account"}),
    ],
)
def test_who_lies_on_one_plane_is_caught_there_and_the_day_is_finished_later(lie: str, failed: dict[str, str], planes: set[str], tmp_path: Path) -> None:
    rows = [row(1, "Sales", name="Another"), *STAFF[1:3], row(4, "Sales", status="terminated"), STAFF[4]]
    with company(tmp_path, orphans="remove") as (service, here):
        here.connection = {"bulk": "never"}
        accepted = (tmp_path / "accepted.json").read_bytes()
        if "=" in lie:
            service.set_quirks([lie])
        else:
            service.set_faults([], own=[Liar(lie)])
        lied = here.day(rows, NEXT)
        assert lied["failed"]
        assert lied["left_to_do"] > 0
        assert {subject: kind for subject, kind, dummy in here.told("failed")} == failed
        for record in here.records():
            if record["stage"] == "failed" and not record["subject"].startswith("run:"):
                assert {plane for plane, verdict in record["verdicts"].items() if verdict["verdict"] == "unproven"} == planes
        assert here.records()[-1]["stage"] == "failed"
        assert (tmp_path / "accepted.json").read_bytes() == accepted

        service.set_quirks([])
        service.set_faults([])
        if "=" in lie:  # an attribute is not tried again for a week, and told each day; access is tried each day
            told = here.day(rows, NEXT)
            assert told["failed"]
            assert "display_name" in told["msg"]
            assert {subject: stage for subject, dummy, stage in here.told()}["1"] == "failed"
            (tmp_path / "unkept.json").unlink()
        finished = here.day(rows, NEXT)
        assert not finished["failed"], finished["msg"]
        latest = {subject: stage for subject, dummy, stage in here.told()}
        assert {latest[subject] for subject in failed} == {"done"}
        assert names(service, "dept-Sales") == {"p1", "p3"}
        quiet(service, here, rows, NEXT)


def test_whoever_is_in_doubt_stands_in_nobody_elses_way_and_is_not_proven(tmp_path: Path) -> None:
    with company(tmp_path, orphans="remove") as (service, here):
        service.seed(user("six@example.com", externalId="666"), user("seven@example.com", externalId="777"))
        # Somebody else has the names of 6 and 7, of whom 7 has left; 4 leaves.
        rows = [*STAFF[:3], row(4, status="terminated"), STAFF[4], row(6, login="six@example.com"), row(7, login="seven@example.com", status="terminated")]
        for instant in (NEXT, THIRD):
            result = here.day(rows, instant)
            assert result["failed"]
            assert "six@example.com" in result["msg"]
            now = stored(service)
            assert (now["p4@example.com"]["active"], now["six@example.com"]["active"], now["seven@example.com"]["active"]) == (False, True, True)
        latest = {subject: stage for subject, dummy, stage in here.told()}
        assert latest["4"] == "done"
        assert latest.get("7") != "done", "whether they are gone is not known"
        assert json.loads((tmp_path / "accepted.json").read_text())["instant"] == DAY
