# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One directory task is the tasks of scim_user and scim_group, one after the other; and no brake is ever passed."""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.brakes import DEFAULTS, Brakes
from hypothesis import given, settings
from hypothesis import strategies as st

import sandbox
from tests.in_process import run
from tests.integration.directories import ENTERPRISE, NO_BRAKES, content, person, stored, team
from tests.integration.test_directory import directory

PEOPLE = ["ada", "bob", "cy", "dee", "eve"]
TEAMS = ["Engines", "Looms", "Outer"]
Entries = list[dict[str, Any]]


class World(NamedTuple):
    """A small directory, and what is wished for. there: in wire form."""

    there: Entries
    users: Entries
    groups: Entries


def some_of(names: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, max_size=len(names)).map(sorted) if names else st.just([])


@st.composite
def residents(draw: st.DrawFn) -> Entries:
    """Who is there at the beginning."""
    people = draw(some_of(PEOPLE))
    found = []
    for position, name in enumerate(people):
        facts: dict[str, Any] = {"active": draw(st.sampled_from([True, True, False]))}
        facts.update(draw(st.sampled_from([{}, {"title": "x"}, {"title": "x", "nickName": "n"}])))
        facts.update({"externalId": f"e-{name}"} if draw(st.booleans()) else {})
        if position and draw(st.booleans()):
            facts[ENTERPRISE] = {"manager": {"value": f"u-{people[position - 1]}"}, "department": "d"}
            facts["schemas"] = [person(name)["schemas"][0], ENTERPRISE]
        found.append(person(name, **facts))
    for number, name in enumerate(teams := draw(some_of(TEAMS))):
        nested = tuple(draw(some_of(teams[:number])))
        found.append(team(name, *draw(some_of(people)), nested=nested))
    return found


@st.composite
def worlds(draw: st.DrawFn) -> World:
    there = draw(residents())
    now = [one["userName"] for one in there if "userName" in one]
    teams = [one["displayName"] for one in there if "displayName" in one]
    known = {one.get("externalId") for one in there}
    users: Entries = []
    staying = set(now)
    for name in draw(some_of(PEOPLE)):
        who = {"external_id": f"e-{name}"} if draw(st.booleans()) else {}
        who |= {} if who and f"e-{name}" in known and draw(st.booleans()) else {"user_name": name}
        if draw(st.integers(0, 3)) == 0:
            mode = draw(st.sampled_from(["delete", "deactivate"]))
            users.append({**who, "state": "absent", "absent_mode": mode})
            staying -= {name} if mode == "delete" else set()
            continue
        entry = {**who, "active": draw(st.sampled_from([True, True, False]))}
        entry |= draw(st.sampled_from([{}, {"title": "x"}, {"title": "y"}, {"title": ""}, {"emails": [{"value": f"{name}@x", "type": "work"}]}]))
        users.append(entry)
        staying.add(name)
    for entry in users:  # nobody reports to who comes later, so there are no circles
        name = str(entry.get("user_name") or entry["external_id"].removeprefix("e-"))
        above = sorted(other for other in staying if other < name)
        if entry.get("state") != "absent" and above and draw(st.booleans()):
            entry["manager"] = draw(st.sampled_from(above))
    groups: Entries = []
    wished = draw(some_of(TEAMS))
    ending = [name for name in wished if draw(st.integers(0, 3)) == 0]
    for name in wished:
        if name in ending:
            groups.append({"display_name": name, "state": "absent"})
            continue
        entry = {"display_name": name}
        stays = sorted(staying)
        if draw(st.booleans()):
            entry["members"] = {"set": draw(some_of(stays))}
        elif draw(st.booleans()):
            joining = draw(some_of(stays))
            leaving = [other for other in draw(some_of(now)) if other not in joining]
            entry["members"] = {"add": joining, "remove": leaving}
        inner = [other for other in teams if other < name and other not in ending]
        if inner and draw(st.booleans()):
            entry["nested_groups"] = {"set": draw(some_of(inner))}
        groups.append(entry)
    return World(there, draw(st.permutations(users)), draw(st.permutations(groups)))


def single(service: sandbox.Running, module: str, entry: dict[str, Any]) -> bool:
    """Whether one task changed something."""
    result = run(module, {"url": service.url, "token": service.token, "unkept_file": "", **entry})
    assert not result.failed, (entry, result["msg"])
    return result.changed


def singles(service: sandbox.Running, world: World) -> int:
    """The tasks that somebody would write: people, managers first, then groups, then who goes. How many changed something."""
    by_name = sorted(world.users, key=lambda entry: str(entry.get("user_name") or entry["external_id"].removeprefix("e-")))
    tasks = [("scim_user", entry) for entry in by_name if entry.get("state") != "absent"]
    tasks += [("scim_group", entry) for entry in world.groups if entry.get("state") != "absent"]
    tasks += [("scim_group", entry) for entry in world.groups if entry.get("state") == "absent"]
    tasks += [("scim_user", entry) for entry in by_name if entry.get("state") == "absent"]
    return sum(single(service, module, entry) for module, entry in tasks)


def test_one_directory_task_is_the_singles_one_after_the_other() -> None:
    seen: Counter[str] = Counter()

    @settings(deadline=None, max_examples=20, database=None)
    @given(
        world=worlds(),
        profile=st.sampled_from(["full", "minimal", "cursor"]),
        bulk=st.sampled_from(["auto", "never"]),
        concurrency=st.sampled_from([1, 4]),
    )
    def check(world: World, profile: str, bulk: str, concurrency: int) -> None:
        if not world.users and not world.groups:
            return
        task: dict[str, Any] = {"users": world.users or None, "groups": world.groups or None, "brakes": NO_BRAKES}
        with sandbox.running(profile) as one_by_one, directory(profile=profile) as at_once:
            one_by_one.seed(*world.there)
            at_once.service.seed(*world.there)
            changed = singles(one_by_one, world)
            before = stored(at_once.service)
            predicted = at_once.ensure(**task, check=True, bulk=bulk)
            assert (predicted.failed, at_once.writes, stored(at_once.service)) == (False, 0, before), predicted.get("msg")
            real = at_once.ensure(**task, bulk=bulk, concurrency=concurrency)
            assert not real.failed, real["msg"]
            assert content(at_once.service) == content(one_by_one)
            # What check mode foretold is what happened.
            for told in ("plan", "counts", "counts_by_kind", "diff", "requests", "changed"):
                assert predicted[told] == real[told], told
            assert changed == sum(real["counts"].values()) - real["counts"]["unchanged"]
            again = at_once.ensure(**task, bulk=bulk)
            assert (again.failed, again.changed, at_once.writes) == (False, False, 0)
            one_by_one.reset_requests()
            assert (singles(one_by_one, world), one_by_one.requests()["writes"]) == (0, 0)
            seen.update(verb for verb, count in real["counts"].items() if count)

    check()
    assert {"create", "update", "unchanged"} <= set(seen)  # who goes is drawn more seldom


# -- brakes -------------------------------------------------------------------------------------------------------------------

limits = st.fixed_dictionaries({"number": st.integers(0, 4), "percent": st.sampled_from([0, 10, 25, 50, 100])})
brakes = st.fixed_dictionaries({}, optional={**dict.fromkeys(DEFAULTS, limits), "least_members": st.integers(0, 2)})
unlisted = st.fixed_dictionaries({}, optional={"users": st.sampled_from(["deactivate", "delete"]), "groups": st.just("delete")})


def check_no_limit_was_passed(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], given_brakes: dict[str, Any]) -> None:
    """Counted in what is stored, by no code of the collection but the limits themselves."""
    allowed = Brakes.from_options(given_brakes)
    people = {one["id"]: one for one in before.values() if "userName" in one}
    teams = {one["id"]: one for one in before.values() if "userName" not in one}
    left = {one["id"]: one for one in after.values()}

    def members(group: dict[str, Any] | None) -> set[str]:
        """Who is in it; who was deleted themselves counts as that."""
        return {member["value"] for member in (group or {}).get("members") or []} & set(left)

    assert len(people.keys() - left.keys()) <= allowed.deletions.allowed(len(people))
    assert len(teams.keys() - left.keys()) <= allowed.deletions.allowed(len(teams))
    inactive = [one for one in people if one in left and people[one]["active"] and not left[one]["active"]]
    assert len(inactive) <= allowed.deactivations.allowed(len(people))
    gone = {group: len(members(teams[group]) - members(left.get(group))) for group in teams}
    assert sum(gone.values()) <= allowed.membership_removals.allowed(sum(len(one.get("members") or []) for one in teams.values()))
    for group in teams.keys() & left.keys():
        had = len(teams[group].get("members") or [])
        assert gone[group] <= allowed.membership_removals_per_group.allowed(had)
    there = {**people, **teams}
    changed = [one for one in there if one not in left or without_what_joined(plain(there[one], left), plain(left[one], left)) != plain(there[one], left)]
    assert len(changed) <= allowed.changes.allowed(len(people) + len(teams))


def plain(one: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    """A resource without what changes because of others."""
    members = sorted(member["value"] for member in one.get("members") or [] if member["value"] in left)
    return {**{path: value for path, value in one.items() if path not in ("meta", "groups")}, "members": members}


def without_what_joined(was: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """A resource without new members and without a first manager, which no brake counts as a change."""
    result = {**now, "members": was["members"]} if set(was["members"]) <= set(now["members"]) else dict(now)
    if "manager" not in was.get(ENTERPRISE, {}) and "manager" in now.get(ENTERPRISE, {}):
        rest = {name: value for name, value in now[ENTERPRISE].items() if name != "manager"}
        result[ENTERPRISE] = rest
        if not rest and ENTERPRISE not in was:
            del result[ENTERPRISE]
            result["schemas"] = was["schemas"]
    return result


def test_a_plan_beyond_a_brake_writes_nothing_and_any_other_keeps_to_it() -> None:
    seen: Counter[str] = Counter()

    @settings(deadline=None, max_examples=40, database=None)
    @given(world=worlds(), chosen=brakes, gone=unlisted)
    def check(world: World, chosen: dict[str, Any], gone: dict[str, str]) -> None:
        task: dict[str, Any] = {"users": world.users or None, "groups": world.groups or None}
        task["unlisted"] = {kind: what for kind, what in gone.items() if task[kind]}
        if not world.users and not world.groups:
            return
        with directory() as here:
            here.service.seed(*world.there)
            before = stored(here.service)
            predicted = here.ensure(**task, brakes=chosen, check=True)
            result = here.ensure(**task, brakes=chosen)
            assert predicted.get("brakes") == result.get("brakes")
            if result.failed:
                assert result["brakes"], result["msg"]
                assert (here.writes, stored(here.service)) == (0, before)
            else:
                check_no_limit_was_passed(before, stored(here.service), chosen)
            seen["refused" if result.failed else "written" if here.writes else "nothing to do"] += 1

    check()
    assert seen["refused"]
    assert seen["written"]
