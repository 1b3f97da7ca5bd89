# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What others do between the plan of a directory task and its writes, and what lists do not show: no way around the brakes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.in_process import counts
from tests.integration.directories import NO_BRAKES, names, person, team
from tests.integration.test_directory import directory

PEOPLE = names(40)


class Meanwhile:
    """A layer that sends a request of its own before the first write of a task. method, path, body: of that request."""

    def __init__(self, method: str, path: str, body: Any) -> None:
        self.mine = (method, f"/scim/v2{path}", json.dumps(body).encode() if body else b"")
        self.answer: Answer | None = None

    def __call__(self, request: Request, ask: Handler) -> Answer:
        if request.is_write and self.answer is None:
            method, path, body = self.mine
            headers = {name: value for name, value in request.headers.items() if name not in ("if-match", "content-length")}
            self.answer = ask(replace(request, method=method, path=path, body=body, headers=headers))
            assert self.answer.status < 300
        return ask(request)


def without_members(request: Request, ask: Handler) -> Answer:
    """A list of groups leaves their members out; a single group shows them."""
    answer = ask(request)
    if request.method == "GET" and request.path.endswith("/Groups") and isinstance(answer.body, dict):
        shown = [{key: value for key, value in one.items() if key != "members"} for one in answer.body.get("Resources", [])]
        return replace(answer, body={**answer.body, "Resources": shown})
    return answer


@pytest.mark.parametrize("listed_absent", [True, False])
def test_memberships_of_a_deleted_group_count_though_lists_do_not_show_them(listed_absent: bool) -> None:
    kept = [{"display_name": f"Team {n}"} for n in range(24)]
    groups = [{"display_name": "Last", "state": "absent"}] if listed_absent else kept
    options: dict[str, Any] = {"brakes": {"membership_removals": {"number": 10}}}
    with directory() as here:
        here.service.seed(*map(person, PEOPLE), *(team(group["display_name"], *PEOPLE) for group in [*kept, {"display_name": "Last"}]))
        here.service.set_faults([], own=[without_members])
        result = here.ensure(groups=groups, **options, **({} if listed_absent else {"unlisted": {"groups": "delete"}}))
        assert (result.failed, here.writes) == (True, 0)
        assert "brakes.membership_removals" in result["msg"]


def test_who_is_refused_in_bulk_and_is_as_wished_all_the_same_has_not_failed_in_the_report(tmp_path: Path) -> None:
    path = tmp_path / "report.jsonl"
    with directory() as here:
        here.service.seed(*map(person, PEOPLE))
        taken = Meanwhile("POST", "/Users", {**person("new"), "id": "ignored"})
        here.service.set_faults([], own=[taken])
        result = here.ensure([{"user_name": "new", "title": "x"}, {"user_name": "newer"}], report_file=str(path), bulk="always")
        assert not result.failed, result["msg"]
        here.service.set_faults([], own=[Meanwhile("DELETE", f"/Users/u-{PEOPLE[0]}", None)])
        gone = [{"user_name": name, "state": "absent"} for name in PEOPLE[:2]]
        result = here.ensure(gone, report_file=str(path), bulk="always", brakes=NO_BRAKES)
        assert result["counts"] == counts(delete=2)
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        last = {line["key"]: line["outcome"] for line in lines if "key" in line}
        assert last == {"new": "open", "newer": "accepted", PEOPLE[0]: "accepted", PEOPLE[1]: "accepted"}


def test_an_approval_that_is_empty_is_none() -> None:
    with directory() as here:
        for digest in ("", "  "):
            result = here.ensure([{"user_name": "ada"}], expect_plan=digest)
            assert (result.failed, here.writes) == (True, 0)
            assert "expect_plan is empty" in result["msg"]


class ForgetsAMember:
    """A layer: Bulk makes groups without the one who could not be made, and then the list of groups is not to be had."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, request: Request, ask: Handler) -> Answer:
        document = request.json()
        if request.path.endswith("/Bulk") and isinstance(document, dict):
            self.came = True
            for operation in document["Operations"]:
                data = operation["data"]
                if "members" in data:
                    data["members"] = [member for member in data["members"] if member["value"] != "bulkId:user2"]
                if operation["bulkId"] == "user2":
                    del data["userName"]
            return ask(request.with_json(document))
        if self.came and request.method == "GET" and request.path.endswith("/Groups"):
            return Answer(500, {"detail": "broken"})
        return ask(request)


def test_a_group_that_cannot_be_looked_at_fails_alone() -> None:
    people = [{"user_name": name} for name in ("ada", "bob", "cy")]
    groups = [{"display_name": "Engines", "members": {"add": ["ada", "bob"]}}, {"display_name": "Looms", "members": {"add": ["ada"]}}]
    with directory() as here:
        here.service.set_faults([], own=[ForgetsAMember()])
        result = here.ensure(people, groups, bulk="always")
        assert result["counts"] == counts(create=3, failed=2)
        assert {failure["key"] for failure in result["failures"]} == {"bob", "Engines"}
        assert len(here.service.stored()) == 4


@pytest.mark.parametrize("bulk", ["never", "auto"])
def test_who_comes_into_a_group_meanwhile_is_not_removed_before_a_brake_has_looked(bulk: str) -> None:
    wish = [{"display_name": "Team", "members": {"set": PEOPLE[:9]}}]
    with directory() as here:
        here.service.seed(*map(person, PEOPLE), team("Team", *PEOPLE[:10]))
        (group,) = [one for one in here.service.stored() if one.get("displayName") == "Team"]
        schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]
        thirty = [{"op": "add", "path": "members", "value": [{"value": f"u-{name}"} for name in PEOPLE[10:]]}]
        meanwhile = Meanwhile("PATCH", f"/Groups/{group['id']}", {"schemas": schemas, "Operations": thirty})
        here.service.set_faults([], own=[meanwhile])
        result = here.ensure(groups=wish, bulk=bulk)
        assert meanwhile.answer is not None
        assert not result.failed, result["msg"]
        assert here.members("Team") == {*PEOPLE[:9], *PEOPLE[10:]}
        here.service.set_faults([])
        again = here.ensure(groups=wish, bulk=bulk)
        assert (again.failed, here.writes) == (True, 0)
        assert "brakes.membership_removals" in again["msg"]
