# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""scim_directory in Bulk requests (RFC 7644 section 3.7): how they are filled, and what becomes of what they do not do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.exchange import Answer, Handler, Request
from tests.in_process import counts
from tests.integration.directories import NO_BRAKES, listed, names, person, team
from tests.integration.test_directory import GROUPS, PEOPLE, Directory, check_everything_is_there, directory

MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def batches(here: Directory) -> list[dict[str, Any]]:
    """The bodies of the Bulk requests, in order."""
    return [entry["body"] for entry in here.service.requests()["requests"] if entry["path"].endswith("/Bulk")]


def alone(here: Directory) -> list[tuple[str, str]]:
    """The writes that were sent by themselves: method, and path below the base."""
    entries = here.service.requests()["requests"]
    return [(entry["method"], entry["path"].partition("/v2")[2]) for entry in entries if entry["method"] != "GET" and not entry["path"].endswith("/Bulk")]


def refused_in_bulk(**by_name: Mapping[str, Any]) -> Any:
    """Operations about somebody, by userName or displayName, are answered so; the service does not see them."""

    def layer(request: Request, ask: Handler) -> Answer:
        document = request.json()
        if not request.path.endswith("/Bulk") or not isinstance(document, dict):
            return ask(request)
        said = [answer_to(operation) for operation in document["Operations"]]
        kept = [operation for operation, answer in zip(document["Operations"], said, strict=True) if answer is None]
        answer = ask(request.with_json({**document, "Operations": kept}))
        done = iter(answer.body["Operations"])
        results = [one or next(done) for one in said]
        return Answer(200, {**answer.body, "Operations": results}, answer.headers)

    def answer_to(operation: Mapping[str, Any]) -> dict[str, Any] | None:
        data = operation.get("data") or {}
        said = by_name.get(data.get("userName") or data.get("displayName") or "")
        return None if said is None else {"method": operation["method"], "bulkId": operation.get("bulkId"), **said}

    return layer


def refusal(status: int, detail: str, **more: str) -> dict[str, Any]:
    schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"]
    return {"status": str(status), "response": {"schemas": schemas, "status": str(status), "detail": detail, **more}}


# -- how they are filled -----------------------------------------------------------------------------------------------


def test_members_and_managers_are_referred_to_in_the_request_that_makes_them() -> None:
    with directory() as here:
        assert not here.ensure(PEOPLE, GROUPS).failed
        (body,) = batches(here)
        assert alone(here) == []
        sent = {(one["data"].get("userName") or one["data"]["displayName"]): one for one in body["Operations"]}
        ids = {name: f"bulkId:{one['bulkId']}" for name, one in sent.items()}
        assert len(set(ids.values())) == 6
        assert sent["cy@example.com"]["data"][MANAGER]["manager"]["value"] == ids["bob@example.com"]
        assert sent["bob@example.com"]["data"][MANAGER]["manager"]["value"] == ids["ada@example.com"]
        members = {group: {member["value"] for member in sent[group]["data"]["members"]} for group in ("Engines", "Everybody")}
        assert members["Engines"] == {ids["cy@example.com"], ids["bob@example.com"]}
        assert members["Everybody"] == {ids[one["user_name"]] for one in PEOPLE}
        made_before = [one["bulkId"] for one in body["Operations"]]
        assert made_before.index(sent["ada@example.com"]["bulkId"]) < made_before.index(sent["bob@example.com"]["bulkId"])
        check_everything_is_there(here)


def test_those_of_an_earlier_request_are_referred_to_by_their_ids() -> None:
    with directory(profile="cursor") as here:
        assert not here.ensure(PEOPLE, GROUPS).failed
        first, second = batches(here)
        assert [len(body["Operations"]) for body in (first, second)] == [5, 1]
        members = {member["value"] for member in second["Operations"][0]["data"]["members"]}
        assert members == {here.user(one["user_name"])["id"] for one in PEOPLE}
        check_everything_is_there(here)


def test_no_request_has_more_than_the_service_takes() -> None:
    """5 operations and 2,000 bytes, the service says; some alone are larger."""
    people = [{"user_name": name, "display_name": "x" * (1500 if n % 10 == 0 else 20)} for n, name in enumerate(names(21))]
    people.append({"user_name": "large", "display_name": "x" * 2500})
    with directory(profile="cursor") as here:
        assert here.ensure(people)["counts"] == counts(create=22)
        sizes = [(len(body["Operations"]), len(json.dumps(body, separators=(",", ":")))) for body in batches(here)]
        assert all(number <= 5 and size <= 2000 for number, size in sizes), sizes
        assert max(number for number, dummy in sizes) == 5
        assert min(number for number, dummy in sizes[:-1]) < 5  # where the bytes are the limit
        assert alone(here) == [("POST", "/Users")]


def test_the_task_can_say_how_much_the_service_takes() -> None:
    with directory() as here:
        assert here.ensure(listed(*names(10)), capabilities={"bulk_max_operations": 3})["counts"] == counts(create=10)
        assert [len(body["Operations"]) for body in batches(here)] == [3, 3, 3, 1]


@pytest.mark.parametrize(("bulk", "count", "sent"), [("auto", 1, 0), ("auto", 2, 1), ("always", 1, 1), ("never", 5, 0)])
def test_few_writes_are_not_worth_a_request(bulk: str, count: int, sent: int) -> None:
    with directory() as here:
        assert here.ensure(listed(*names(count)), bulk=bulk)["counts"] == counts(create=count)
        assert len(batches(here)) == sent


def test_changes_and_removals_are_sent_in_bulk_too() -> None:
    with directory() as here:
        here.service.seed(*map(person, ("ada", "bob", "cy")), team("g", "ada", "bob"))
        users = [{"user_name": "ada", "title": "Dr"}, *listed("bob", "cy", state="absent")]
        result = here.ensure(users, [{"display_name": "g", "members": {"remove": ["bob"]}}], brakes=NO_BRAKES)
        assert result["counts"] == counts(update=2, delete=2)
        assert [[one["method"] for one in body["Operations"]] for body in batches(here)] == [["PATCH", "PATCH"], ["DELETE", "DELETE"]]
        assert alone(here) == []
        assert here.members("g") == {"ada"}


# -- what they do not do ------------------------------------------------------------------------------------------------


def test_who_is_refused_in_bulk_fails_with_the_words_of_the_service() -> None:
    with directory() as here:
        layer = refused_in_bulk(p02=refusal(400, "p02 is no good", scimType="invalidValue"), p04=refusal(403, "p04 may not"))
        here.service.set_faults([], own=[layer])
        result = here.ensure(listed(*names(6)))
        assert result["counts"] == counts(create=4, failed=2)
        assert {one["key"]: (one["status"], one["scim_type"], one["detail"]) for one in result["failures"]} == {
            "p02": (400, "invalidValue", "p02 is no good"),
            "p04": (403, "", "p04 may not"),
        }
        assert len(batches(here)) == 1
        assert alone(here) == []  # once is enough
        here.service.set_faults([])
        assert here.ensure(listed(*names(6)))["counts"] == counts(create=2, unchanged=4)


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_told_to_come_later_is_sent_alone(status: int) -> None:
    with directory() as here:
        here.service.set_faults([], own=[refused_in_bulk(p02=refusal(status, "later"))])
        result = here.ensure(listed(*names(6)))
        assert result["counts"] == counts(create=6)
        assert alone(here) == [("POST", "/Users")]


def test_who_refers_to_somebody_who_was_not_made_is_sent_alone() -> None:
    """The service answers 409 because there is no such bulkId, not because they are there."""
    with directory() as here:
        here.service.set_faults([], own=[refused_in_bulk(**{"ada@example.com": refusal(503, "later")})])
        assert not here.ensure(PEOPLE, GROUPS).failed
        check_everything_is_there(here)
        assert {path for dummy, path in alone(here)} == {"/Users", "/Groups"}


def test_who_refers_to_somebody_who_fails_fails_alone() -> None:
    with directory() as here:
        here.service.set_faults([], own=[refused_in_bulk(**{"dee@example.com": refusal(400, "no")})])
        result = here.ensure(PEOPLE, GROUPS)
        assert [one["key"] for one in result["failures"]] == ["dee@example.com"]
        assert result["counts"] == counts(create=5, failed=1)
        assert here.members("Everybody") == {one["user_name"] for one in PEOPLE} - {"dee@example.com"}


def test_a_way_that_is_refused_in_bulk_is_another_way_alone() -> None:
    """Both PATCH requests of a group were sent in Bulk; what was said of the second is not taken for an answer to the next way."""
    with directory("patch_pathless_only") as here:
        here.service.seed(*map(person, ("ada", "bob", "cy")), team("g", "ada", "bob"), team("h", "ada", "bob"))
        groups = [{"display_name": name, "members": {"add": ["cy"], "remove": ["bob"]}} for name in ("g", "h")]
        result = here.ensure(groups=groups, brakes=NO_BRAKES)
        assert not result.failed, result["msg"]
        assert here.members("g") == here.members("h") == {"ada", "cy"}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_no_patch_in_bulk_is_put_for_everybody(concurrency: int) -> None:
    """What the first ones are found out to need, holds for those whose PATCH was refused in the same request."""
    people = names(12)
    with directory("patch_501") as here:
        here.service.seed(*map(person, people))
        result = here.ensure(listed(*people, title="x"), brakes=NO_BRAKES, concurrency=concurrency)
        assert not result.failed, result["msg"]
        assert {here.user(name)["title"] for name in people} == {"x"}


def test_nobody_is_given_a_manager_whom_bulk_only_pretended_to_make() -> None:
    with directory("bulk_ignored") as here:
        assert not here.ensure(PEOPLE, GROUPS).failed
        check_everything_is_there(here)
        assert len(batches(here)) == 1
        assert here.ensure(PEOPLE, GROUPS).changed is False


@pytest.mark.parametrize("profile", ["full", "cursor"])
def test_a_lost_answer_makes_nobody_twice(profile: str) -> None:
    with directory(profile=profile, faults=["drop_after_write=1"]) as here:
        assert not here.ensure(PEOPLE, GROUPS).failed
        check_everything_is_there(here)
        assert len(here.service.stored()) == 6
        assert here.ensure(PEOPLE, GROUPS).changed is False


# -- whether they are sent ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("check", [True, False])
def test_always_needs_a_service_that_has_bulk(check: bool) -> None:
    with directory(profile="minimal") as here:
        result = here.ensure(listed("ada", "bob"), bulk="always", check=check)
        assert (result.failed, here.writes) == (True, 0)
        assert "does not offer Bulk" in result["msg"]
        here.service.seed(person("ada"))
        assert not here.ensure(listed("ada"), bulk="always", check=check).failed  # there is nothing to write


def test_always_is_content_with_a_service_whose_bulk_turns_out_not_to_work() -> None:
    with directory("bulk_404") as here:
        here.service.seed(*map(person, ("cy", "dee")))
        result = here.ensure([*listed("ada", "bob"), *listed("cy", "dee", state="absent")], bulk="always", brakes=NO_BRAKES)
        assert not result.failed, result["msg"]
        assert result["counts"] == counts(create=2, delete=2)
        assert len(batches(here)) == 1


def test_a_bulk_that_cannot_be_reached_is_done_without() -> None:
    def layer(request: Request, ask: Handler) -> Answer:
        return Answer(307, None, {"Location": "?again"}) if request.path.endswith("/Bulk") else ask(request)

    with directory() as here:
        here.service.set_faults([], own=[layer])
        result = here.ensure(PEOPLE, GROUPS)
        assert not result.failed, result["msg"]
        check_everything_is_there(here)
