# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Coming back as data: whose snapshot counts, whose account it is, what is to do after each step, and what is proven by reads only."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
    Protected,
    Refused,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.case import Case
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.cases import (
    cases,
    result_of,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.images import (
    Snapshot,
    last_leaving,
    mentions,
    snapshot_of,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.people import (
    named_people,
    wanted_back,
    wanted_like_somebody,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.records import (
    judged,
    planned,
    refused,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.verdicts import table
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.reinstating.wanted import Intent

NOW = "2026-12-02T09:00:00Z"
ADA = {"id": "a1", "external_id": "1815", "user_name": "ada@example.com", "active": True, "title": "Analyst"}
GROUPS = [{"id": "g1", "display_name": "Engineers"}, {"id": "g2", "display_name": "On call"}]
NAMED = [{"kind": "group", "id": "x1", "name": "Engineers", "rules": ["include"]}, {"kind": "policy", "id": "p1", "name": "Staff", "application": "Wiki"}]
HOSTILE = [
    "O'Connor",
    "von der Leyen",
    "M\u00fcller",
    "Mu\u0308ller",
    "\u0130\u0131",
    "\u05e2\u05d3\u05d4",
    "x" * 200,
    "\U0001f642",
    "{{ lookup('pipe','id') }}",
    'a"b\\c',
    "a.*(b|c)+[d]",
]


def snapshot(path: str = "one.json", taken: str = "2026-11-30T17:00:00Z", **content: Any) -> Snapshot:
    whole = {"person": {"external_id": "1815"}, "account": ADA, "groups": GROUPS, "groups_shown": True, "taken_at": taken, **content}
    return snapshot_of(path, json.dumps(whole), None)


def answer(number: int = 0, **returned: Any) -> dict[str, Any]:
    """A turn of a loop about somebody."""
    target = {"number": number, **returned.pop("target", {})}
    return {"reinstate_target": target, **returned}


def steps(**answers: Any) -> dict[str, Any]:
    return {name: {"results": turns} for name, turns in answers.items()}


FOUND = {"by_id": [answer(users=[{**ADA, "active": False, "title": "Left"}])], "named": [answer(users=[ADA])]}


def case_of(intent: Intent | None = None, files: list[Snapshot] | None = None, **answers: Any) -> Case:
    intent = intent or Intent(instant=NOW)
    (found,) = cases(wanted_back([], files or [snapshot()], [], intent), steps(**answers), intent)
    return found


# -- which snapshot counts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"account": {', "no JSON"),
        ("[]", "no account and groups"),
        ('{"account": {}, "groups": {}}', "no account and groups"),
        ('{"account": {"id": "a"}, "groups": [{"display_name": "no id"}]}', "not what the role leaver writes"),
        ('{"account": {"id": "a"}, "groups": [], "access": {"named_in": [{"id": "x"}]}}', "its access"),
        ('{"account": {}, "groups": []}', "names nobody"),
        ('{"account": {"id": "a"}, "groups": [], "taken_at": "yesterday"}', "'yesterday', which is no time"),
    ],
)
def test_a_damaged_file_is_told_by_name(text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=f"kept/torn.json is damaged: .*{re.escape(said)}"):
        snapshot_of("kept/torn.json", text, 0.0)


def test_of_several_leavings_the_newest_counts_whatever_the_order() -> None:
    old = snapshot("old.json", "2025-01-01T00:00:00Z", groups=[{"id": "g9", "display_name": "Left long ago"}])
    new = snapshot("new.json")
    for order in ([old, new], [new, old], [new, old, new]):
        assert [one.path for one in last_leaving("x", order).snapshots] == ["new.json"]
    undated = snapshot_of("file.json", json.dumps({"account": ADA, "groups": []}), 4_000_000_000.0)
    assert last_leaving("x", [new, undated]).first.path == "file.json"


def test_what_an_interrupted_leaving_left_in_several_files_is_put_together() -> None:
    """Killed after the account and one group, and run again: the second file has the rest only."""
    whole = snapshot("1.json", access={"email": "ada@example.com", "named_in": NAMED, "blocked": False})
    rest = snapshot(
        "2.json",
        "2026-11-30T17:05:00Z",
        account={**ADA, "active": False},
        groups=[GROUPS[1], {"id": "g3", "display_name": "Since"}],
        access={"email": "ada@example.com", "named_in": NAMED[1:], "blocked": True},
        left={"access": {"block_group": "Leavers"}},
    )
    gone = snapshot("3.json", "2026-11-30T17:06:00Z", account={}, groups=[])
    image = last_leaving("x", [gone, rest, whole])
    assert [one.path for one in image.snapshots] == ["1.json", "2.json", "3.json"]
    assert image.account == ADA
    assert [group["id"] for group in image.groups] == ["g1", "g2", "g3"]
    assert [thing["id"] for thing in image.access["named_in"]] == ["x1", "p1"]
    assert (image.access["block_group"], image.access["blocked"]) == ("Leavers", False)
    # The account of an earlier time here, and what was before the newest whole one, are no part of it.
    earlier = snapshot("0.json", "2025-01-01T00:00:00Z", account={**ADA, "id": "a0", "active": False})
    assert last_leaving("x", [earlier, rest]).snapshots == (rest,)


def test_what_is_in_doubt_is_refused_with_the_names_of_the_files() -> None:
    other = snapshot("other.json", account={**ADA, "title": "Countess"})
    with pytest.raises(Refused, match=r"one\.json, other\.json|other\.json, one\.json"):
        last_leaving("x", [snapshot(), other])
    somebody = snapshot("somebody.json", person={"user_name": "ada@example.com"}, account={**ADA, "external_id": "1906"})
    with pytest.raises(Refused, match="different people"):
        wanted_back([{"user_name": "ADA@example.com"}], [], [snapshot(), somebody], Intent(instant=NOW))
    assert len(wanted_back([{"external_id": "1906"}], [], [snapshot(), somebody], Intent(instant=NOW))) == 1
    with pytest.raises(InvalidInput, match="no snapshot of external_id 1907"):
        wanted_back([{"external_id": "1907"}], [], [snapshot()], Intent(instant=NOW))
    with pytest.raises(InvalidInput, match="named twice"):
        wanted_back([{"external_id": "1815"}], [snapshot()], [snapshot()], Intent(instant=NOW))


@pytest.mark.parametrize("name", HOSTILE)
def test_files_are_found_by_any_name(name: str) -> None:
    person = {"external_id": name, "email": "not@looked.for"}
    expression = re.compile(mentions([{"id": "zz"}, person]))
    lines = json.dumps({"account": {"external_id": name, "user_name": "u"}}, indent=4, sort_keys=True).splitlines()
    assert [line for line in lines if expression.match(line)] == [lines[2]]
    assert not any(map(expression.match, json.dumps({"account": {"external_id": name + "x", "title": name}}, indent=4).splitlines()))


def test_people_of_a_roster_and_people_by_key_are_named_alike() -> None:
    roster = {"phase": "active", "key": "1815", "user": {"user_name": "ada@example.com"}}
    assert named_people([roster, {"id": 7}]) == [{"external_id": "1815", "user_name": "ada@example.com"}, {"id": "7"}]
    for wrong in ([{"email": "a@b"}], [{"nmae": "x"}], ["ada"], "ada"):
        with pytest.raises(InvalidInput, match="reinstate_people"):
            named_people(wrong)


@pytest.mark.parametrize(
    "options", [{"groups": "remove"}, {"attributes": ""}, {"missing_groups": "ignore"}, {"max_age": -1}, {"like_access": True}]
)
def test_wrong_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match="reinstate_"):
        Intent(instant=NOW, **options)
    with pytest.raises(InvalidInput, match="reinstate_instant"):
        wanted_back([], [snapshot()], [], Intent(instant="now"))


# -- whose account it is ---------------------------------------------------------------------------------------------------------------


def test_until_somebody_has_looked_and_when_looking_failed_nothing_is_done() -> None:
    for case in (case_of(), case_of(by_id=[answer(failed=True, msg="no network")]), case_of(**{**FOUND, "named": [answer(failed=True, msg="no")]})):
        assert (case.user, case.additions, case.rehearsal, case.refusals) == ({}, [], {}, [])
        assert result_of(case)["account"]["verdict"] == "unproven"
        assert result_of(case)["problems"]


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"id": "a1", "external_id": "666", "user_name": "ada@example.com"}, "has the external_id '666', not '1815'"),
        ({"id": "a1", "user_name": "grace"}, "or the snapshot is of another service"),
    ],
)
def test_an_id_that_is_somebody_elses_is_refused(account: dict[str, Any], said: str) -> None:
    case = case_of(by_id=[answer(users=[account])], named=[answer(users=[])])
    assert said in case.refusals[0]
    assert (case.user, case.additions) == ({}, [])


@pytest.mark.parametrize("holder", [{"id": "z", "user_name": "ADA@example.com"}, {"id": "z", "user_name": "z", "emails": [{"value": "Ada@Example.com"}]}])
@pytest.mark.parametrize("step", ["named", "mailed"])
def test_a_name_that_another_account_has_is_refused_whether_the_account_is_there_or_not(holder: dict[str, Any], step: str) -> None:
    for answers in ({**FOUND}, {"by_id": [answer(users=[])], "by_external_id": [answer(users=[])]}):
        case = case_of(**{**answers, step: [answer(users=[holder])]})
        assert "belongs to another account now, 'z' with no external_id" in case.refusals[0]
        assert case.user == {}


def test_where_no_filter_finds_e_mails_everybody_is_looked_at() -> None:
    refused_filter = {**FOUND, "mailed": [answer(failed=True, msg="400", target={"name": "ada@example.com"})]}
    assert case_of(**refused_filter).found.note == "whether another account has the e-mail ada@example.com could not be told"
    intent = Intent(instant=NOW)
    everybody = {"users": [ADA, {"id": "z", "user_name": "z", "emails": [{"value": "ada@example.com"}]}], "truncated": False}
    (case,) = cases(wanted_back([], [snapshot()], [], intent), {**steps(**refused_filter), "everybody": everybody}, intent)
    assert "'z'" in case.refusals[0]


def test_an_account_that_was_made_again_is_known_by_external_id_or_by_being_the_same_in_everything() -> None:
    again = {**ADA, "id": "a2"}
    case = case_of(by_id=[answer(users=[])], by_external_id=[answer(users=[again])], named=[answer(users=[again])])
    assert (case.id, case.refusals) == ("a2", [])
    nameless = {name: value for name, value in ADA.items() if name != "external_id"}
    file = [snapshot(person={"id": "a1"}, account=nameless)]
    for account, wrong in (({**nameless, "id": "a2"}, 0), ({**nameless, "id": "a2", "title": "Other"}, 1)):
        case = case_of(files=file, by_id=[answer(users=[])], named=[answer(users=[account])])
        assert len(case.refusals) == wrong


def test_protected_people_are_refused_by_any_name_and_by_what_the_module_knows() -> None:
    for pattern in ("1815", "ADA@*", "a1"):
        assert "is protected" in case_of(Intent(instant=NOW, protected=(pattern,)), **FOUND).refusals[0]
    rehearsal = [answer(failed=True, protected=True, msg="User 'ada' is protected")]
    assert case_of(**FOUND, rehearsal=rehearsal).refusals == ["User 'ada' is protected"]


def test_a_snapshot_may_be_too_old() -> None:
    assert case_of(Intent(instant=NOW, max_age=2), **FOUND).refusals == []
    old = case_of(Intent(instant=NOW, max_age=1), **FOUND)
    assert old.refusals == ["ada@example.com: the snapshot one.json is 1.7 days old, and reinstate_max_age allows 1"]


# -- what is to do -----------------------------------------------------------------------------------------------------------------------


def test_an_account_is_activated_and_set_back_in_one_write_and_left_alone_where_nothing_differs() -> None:
    case = case_of(**FOUND)
    assert case.user == {"id": "a1", "state": "present", "external_id": "1815", "user_name": "ada@example.com", "title": "Analyst"}
    assert [(one["plane"], one["verb"], one["what"]) for one in case.operations][:2] == [("account", "activate", "active"), ("attributes", "set", "title")]
    assert case_of(Intent(instant=NOW, attributes="keep"), **FOUND).user == {"id": "a1", "state": "present"}
    there = {**FOUND, "by_id": [answer(users=[{**ADA, "nick_name": "given since"}])]}
    assert case_of(**there, memberships=[answer(groups=GROUPS)]).operations == []


def test_what_the_service_decides_or_nobody_can_write_is_never_restored() -> None:
    odd = {**ADA, "meta": {"version": "1"}, "groups": [{"value": "g1"}], "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}
    case = case_of(files=[snapshot(account=odd)], **FOUND)
    assert set(case.user) == {"id", "state", "external_id", "user_name", "title"}
    assert [(left.what, left.why) for left in case.left_out] == [("emails", "emails has more than one primary entry; at most one may be primary")]


def test_a_manager_who_is_gone_is_left_out_and_told() -> None:
    file = [snapshot(account={**ADA, "manager": "id:b1"})]
    assert case_of(files=file, **FOUND).references[0]["id"] == "b1"
    target = {"attribute": "manager"}
    there = case_of(files=file, **FOUND, references=[answer(users=[{"id": "b1"}], target=target)])
    gone = case_of(files=file, **FOUND, references=[answer(users=[], target=target)])
    assert (there.user["manager"], there.left_out) == ("id:b1", [])
    assert "manager" not in gone.user
    assert gone.left_out[0].shown() == {"plane": "attributes", "what": "manager", "why": "the account that it names is gone"}


def test_nothing_is_given_to_an_account_that_is_not_what_it_was() -> None:
    for result, given in (
        ({"failed": True, "msg": "503"}, 0),
        ({"failed": True, "msg": "not kept", "unconverged": ["active"]}, 0),
        ({"failed": True, "msg": "not kept", "unconverged": ["title", "emails"]}, 0),
        ({"failed": True, "msg": "not kept", "unconverged": ["title"], "changed": True}, 2),
        ({"changed": True, "user": ADA}, 2),
    ):
        case = case_of(**FOUND, memberships=[answer(groups=[])], account=[answer(**result)])
        assert len(case.additions) == given, result
        assert bool(result_of(case)["errors"]) is bool(result.get("failed"))


def test_a_new_account_joins_under_its_new_id() -> None:
    nowhere = {"by_id": [answer(users=[])], "by_external_id": [answer(users=[])], "named": [answer(users=[])]}
    before = case_of(**nowhere)
    assert (before.user["state"], before.user["user_name"], before.additions) == ("present", "ada@example.com", [])
    assert "id" not in before.user
    after = case_of(**nowhere, account=[answer(changed=True, user={**ADA, "id": "a2"})])
    assert [(one["id"], one["group_id"]) for one in after.additions] == [("a2", "g1"), ("a2", "g2")]
    foreseen = result_of(case_of(Intent(instant=NOW, predicting=True), **nowhere, account=[answer(changed=True, user={})], find_again=[answer(users=[])]))
    assert [foreseen[plane]["verdict"] for plane in ("account", "attributes", "groups")] == ["predicted"] * 3
    assert foreseen["account"]["said"] == "the account is absent now and would be created"
    assert "ada@example.com: groups: would be added to Engineers, On call" in table([foreseen])


def test_a_group_that_is_gone_is_refused_or_left_out_and_one_that_could_not_be_read_is_neither() -> None:
    gone = [answer(groups=[], target={"group_id": "g2"}), answer(failed=True, msg="503", target={"group_id": "g1"})]
    refusing = case_of(**FOUND, existing=gone)
    assert "On call: there is no such group any more" in refusing.refusals[0]
    case = case_of(Intent(instant=NOW, missing_groups="skip"), **FOUND, existing=gone, account=[answer(changed=True, user=ADA)])
    assert [one["group_id"] for one in case.additions] == ["g1"]
    assert [left.what for left in case.left_out] == ["On call"]


def test_what_is_left_out_on_purpose_is_told() -> None:
    intent = Intent(instant=NOW, except_=("on *", "STAFF"), access=True)
    case = case_of(intent, files=[snapshot(access={"email": "ada@example.com", "named_in": NAMED})], **FOUND)
    assert [group["id"] for group in case.absent] == ["g1"]
    assert {(left.plane, left.what) for left in case.left_out} == {("groups", "On call"), ("selectors", "Staff")}


def test_access_is_written_one_by_one_and_the_group_of_those_who_are_shut_out_last() -> None:
    access = {"email": "ada@example.com", "named_in": NAMED, "blocked": False}
    left = {"access": {"block_group": "Leavers"}}
    block = {"kind": "group", "id": "b", "name": "Leavers"}
    intent = Intent(instant=NOW, access=True)
    named = [answer(objects=[NAMED[0]], kept=[block])]
    case = case_of(intent, files=[snapshot(access=access, left=left)], **FOUND, access_named=named, account=[answer(changed=True, user=ADA)])
    assert [(one.get("policies"), one["rules"], one["what"]) for one in case.side.additions] == [(["p1"], ["include"], "policy Staff of Wiki")]
    assert [one["groups"] for one in case.side.removals] == [["b"]]
    again = [answer(objects=[*NAMED, block])]
    assert result_of(case_of(intent, files=[snapshot(access=access, left=left)], **FOUND, access_named_again=again))["selectors"]["said"] == (
        "group Leavers: it still shuts the person out"
    )
    # Who was shut out before they left stays so, unless it is asked for.
    before = case_of(intent, files=[snapshot(access={**access, "blocked": True}, left=left)], **FOUND, access_named=named)
    assert before.side.removals == []
    assert "stays there" in result_of(before)["notes"][0]
    unasked = case_of(Intent(instant=NOW), files=[snapshot(access=access, left=left)], **FOUND)
    assert unasked.side.target == {}


# -- what is proven ------------------------------------------------------------------------------------------------------------------------


def test_only_what_is_read_is_proven() -> None:
    """A service that says yes and does nothing is caught in every plane."""
    access = {"email": "ada@example.com", "named_in": NAMED}
    files = [snapshot(access=access)]
    intent = Intent(instant=NOW, access=True)
    did = {
        "account": [answer(changed=True, user=ADA)],
        "additions": [answer(changed=True, target={"group_id": group["id"]}) for group in GROUPS],
        "selectors": [answer(changed=True, target={"object": thing["id"]}) for thing in NAMED],
    }
    true = {
        "find_again": [answer(users=[ADA])],
        "memberships_again": [answer(groups=GROUPS)],
        "access_named_again": [answer(objects=NAMED)],
    }
    lies = {
        "account": {"find_again": [answer(users=[{**ADA, "active": False}])]},
        "attributes": {"find_again": [answer(users=[{**ADA, "title": "Left"}])]},
        "groups": {"memberships_again": [answer(groups=GROUPS[:1])]},
        "selectors": {"access_named_again": [answer(objects=NAMED[:1])]},
    }
    honest = result_of(case_of(intent, files, **FOUND, **did, **true))
    assert [honest[plane]["verdict"] for plane in lies] == ["proven"] * 4
    assert honest["problems"] == []
    for plane, lie in lies.items():
        for read in (lie, {name: [answer(failed=True, msg="no")] for name in lie}, {name: [] for name in lie}):
            result = result_of(case_of(intent, files, **FOUND, **did, **{**true, **read}))
            assert result[plane]["verdict"] == "unproven", (plane, read)
            assert result["problems"], plane
    hidden = result_of(case_of(intent, files, **FOUND, **did, **{**true, "memberships_again": [answer(groups=[], unverifiable=True)]}))
    assert hidden["groups"]["said"] == "the service does not show who is in its groups, so Engineers, On call cannot be told"
    mistaken = result_of(case_of(intent, files, **FOUND, **did, **{**true, "find_again": [answer(users=[{**ADA, "external_id": "9"}])]}))
    assert [mistaken[plane]["verdict"] for plane in lies] == ["unproven"] * 4


class World:
    """A service and Access, as far as this needs them. left: how many writes there are before the run is killed."""

    def __init__(self, users: list[dict[str, Any]]) -> None:
        self.users = {user["id"]: user for user in users}
        self.groups: dict[str, set[str]] = {"g1": {"b1"}, "g2": set()}
        self.access: dict[str, set[str]] = {"x1": set(), "p1": set(), "b": {"ada@example.com"}}
        self.left = 0

    def read(self) -> dict[str, Any]:
        everybody = list(self.users.values())
        mine = [user["id"] for user in everybody if user.get("external_id") == "1815"]
        named = [each for each in (*NAMED, {"kind": "group", "id": "b", "name": "Leavers"}) if "ada@example.com" in self.access[each["id"]]]
        return {
            "by_id": [answer(users=[user for user in everybody if user["id"] == "a1"])],
            "by_external_id": [answer(users=[user for user in everybody if user.get("external_id") == "1815"])],
            "named": [answer(users=[user for user in everybody if user["user_name"] == "ada@example.com"])],
            "memberships": [answer(groups=[group for group in GROUPS if self.groups[group["id"]] & set(mine)])] if mine else [],
            "access_named": [answer(objects=named)],
        }

    def write(self) -> bool:
        self.left -= 1
        return self.left >= 0

    def run(self, intent: Intent, files: list[Snapshot]) -> Case:
        """What the tasks of the role do, one write after the other."""
        before = self.read()
        case = case_of(intent, files, **before)
        if case.user and self.write():
            new = str(case.user.get("id") or f"a{len(self.users) + 7}")
            self.users[new] = {**self.users.get(new, {}), **case.user, "id": new, "active": True}
            before["account"] = [answer(changed=True, user=self.users[new])]
        elif case.user:
            return case
        for addition in case_of(intent, files, **before).additions:
            if self.write():
                self.groups[addition["group_id"]].add(addition["id"])
        side = case_of(intent, files, **before).side
        for change, turns in ((set.add, side.additions), (set.discard, side.removals)):
            for turn in turns:
                if self.write():
                    change(self.access[turn["object"]], turn["email"])
        return case_of(intent, files, **self.read())


@pytest.mark.parametrize("deleted", [False, True])
def test_a_run_that_is_killed_anywhere_and_run_again_ends_in_the_same_state(deleted: bool) -> None:
    access = {"email": "ada@example.com", "named_in": NAMED, "blocked": False}
    files, intent = [snapshot(access=access, left={"access": {"block_group": "Leavers"}})], Intent(instant=NOW, access=True)
    ended = []
    for writes in range(8):
        world = World([{"id": "b1", "user_name": "bob"}] + ([] if deleted else [{**ADA, "active": False, "title": "Left"}]))
        world.left = writes
        world.run(intent, files)
        world.left = 100
        world.run(intent, files)
        assert world.run(intent, files).operations == []
        ended.append((world.users, world.groups, world.access))
    assert ended == [ended[0]] * 8
    assert (len(world.users), {len(each) for each in world.groups.values()}, world.access["b"]) == (2, {1, 2}, set())


# -- what somebody else has ------------------------------------------------------------------------------------------------------------------


def like(steps_: dict[str, Any], intent: Intent | None = None, files: list[Snapshot] | None = None, model: Any = None) -> list[Case]:
    intent = intent or Intent(instant=NOW, except_=("on *",))
    wanted = wanted_like_somebody([{"external_id": "2"}, {"user_name": "n"}], model or {"external_id": "1815"}, files or [], steps_, intent)[1]
    return cases(wanted, steps_, intent)


def test_newcomers_get_memberships_and_nothing_of_theirs_is_touched() -> None:
    found = {
        "like_find": {"users": [ADA]},
        "like_memberships": {"groups": GROUPS},
        **steps(find=[answer(0, users=[{"id": "n2", "external_id": "2", "active": False}]), answer(1, users=[])]),
    }
    grace, nobody = like(found)
    assert (grace.user, [one["group_id"] for one in grace.additions]) == ({}, ["g1"])
    assert result_of(grace)["left_out"] == [{"plane": "groups", "what": "On call", "why": "'on *' in reinstate_except"}]
    assert result_of(grace)["attributes"]["verdict"] == "not_applicable"
    assert "has to exist" in nobody.refusals[0]
    left = like(found, files=[snapshot("left.json")], model={"snapshot": "left.json"})
    assert [group["id"] for group in left[0].absent] == ["g1"]
    scoped = like(found, Intent(instant=NOW, scope=("on *",)))
    assert [group["id"] for group in scoped[0].absent] == ["g2"]


@pytest.mark.parametrize(
    ("answers", "intent", "error", "said"),
    [
        ({"like_find": {"users": []}}, {}, LifecycleError, "no account"),
        ({"like_find": {"failed": True, "msg": "503"}}, {}, LifecycleError, "503; nothing was written"),
        ({"like_find": {"users": [{**ADA, "external_id": "9"}]}}, {}, Refused, "external_id '9'"),
        ({"like_find": {"users": [ADA]}, "like_memberships": {"groups": [], "unverifiable": True}}, {}, Refused, "does not show all groups"),
        ({"like_find": {"users": [ADA]}}, {"protected": ("ada@*",)}, Protected, "given to nobody"),
        ({"like_find": {"users": [ADA]}, "like_rehearsal": {"failed": True, "protected": True, "msg": "P"}}, {}, Protected, "P"),
    ],
)
def test_nobody_is_like_somebody_who_is_not_certain_or_protected(answers: Any, intent: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=re.escape(said)):
        like(answers, Intent(instant=NOW, **intent))


def test_a_model_has_to_be_named_and_is_given_nothing() -> None:
    for wrong in ({"nmae": "x"}, {"snapshot": "x", "id": "1"}, {"external_id": ""}, "ada"):
        with pytest.raises(InvalidInput, match="reinstate_like"):
            like({}, model=wrong)
    for file in ("other.json", "left.json"):
        with pytest.raises(InvalidInput, match="give one of them"):
            like({}, files=[snapshot(file)], model={"snapshot": "left.json"} if file == "other.json" else {"external_id": "1815"})
    with pytest.raises(InvalidInput, match="name people"):
        wanted_back([], [], [], Intent(instant=NOW))
    second = {"like_find": {"users": [{**ADA, "external_id": "2"}]}, **steps(find=[answer(0, users=[{**ADA, "external_id": "2"}])])}
    assert "themselves" in like(second, model={"external_id": "2"})[0].refusals[0]


# -- evidence ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_the_evidence_tells_what_was_done_and_names_nobody(name: str) -> None:
    account = {**ADA, "user_name": f"{name}@example.com", "display_name": name, "title": name}
    files = [snapshot(account=account)]
    before = [answer(users=[{**account, "active": False}])]
    todo = case_of(files=files, by_id=before, named=[])
    (plan,) = planned([todo], NOW)
    assert (plan["stage"], plan["subject"], [one["verb"] for one in plan["operations"]]) == ("planned", "1815", ["activate", "add", "add"])
    taken = case_of(files=files, by_id=before, named=[answer(users=[{"id": "z", "user_name": account["user_name"]}])])
    assert planned([taken], NOW) == []
    ended = case_of(files=files, by_id=before, account=[answer(failed=True, msg=f"User '{account['user_name']}' is gone")])
    records = [plan, *refused([taken], NOW), *judged([ended], NOW, NOW)]
    assert [record["stage"] for record in records] == ["planned", "refused", "failed"]
    told = json.dumps([{**record, "asked": {}} for record in records], ensure_ascii=False)
    assert name not in told
    assert "@" not in told
    assert records[2]["operations"] == []


def test_a_group_that_is_called_otherwise_by_now_is_not_given() -> None:
    """An id is used again, or a group becomes one that lets people into more."""
    there = [
        answer(target={"group_id": "g1"}, groups=[{"id": "g1", "display_name": "ENGINEERS"}]),
        answer(target={"group_id": "g2"}, groups=[{"id": "g2", "display_name": "Domain admins"}]),
    ]
    (said,) = case_of(**FOUND, existing=there).refusals
    assert "On call: its id is that of 'Domain admins' now; make it and add the person by hand" in said
    skipping = case_of(Intent(instant=NOW, missing_groups="skip"), **FOUND, existing=there)
    assert ([group["id"] for group in skipping.groups], skipping.refusals) == (["g1"], [])
    assert [(one.what, one.why) for one in skipping.left_out] == [("On call", "its id is that of 'Domain admins' now")]
