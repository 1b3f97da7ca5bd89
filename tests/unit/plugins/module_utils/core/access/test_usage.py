# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who names a group, how a group would contain itself, and which groups keep people out."""

from __future__ import annotations

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.access.usage import (
    chain_to,
    groups_of,
    places,
    sign_of,
    signs,
    unused_first,
    uses,
)
from hypothesis import given
from hypothesis import strategies as st

IDS = ["g1", "g2", "g3", "g4"]


def named(*ids):
    return [{"group": {"id": one}} for one in ids]


def group(one, *, include=(), exclude=(), require=()):
    lists = {"include": named(*include), "exclude": named(*exclude), "require": named(*require)}
    return {"id": one, "name": one.upper(), **lists}


def policy(one, decision="allow", **lists):
    return {**group(one, **lists), "decision": decision}


def application(one, *policies):
    return {"id": one, "name": one.upper(), "policies": list(policies)}


some = st.lists(st.sampled_from(IDS), max_size=2)
companies = st.tuples(*(st.builds(group, st.just(one), include=some, exclude=some, require=some) for one in IDS)).map(list)
rules_of_policies = st.builds(policy, st.sampled_from(["p1", "p2", "p3"]), st.sampled_from(["allow", "deny", "bypass"]), include=some, exclude=some)


def test_every_place_is_found_once():
    reusable = {**policy("p1"), "reusable": True}
    shown = {**reusable, "precedence": 3}
    unlisted = {**policy("p9"), "reusable": True, "precedence": 1}
    wiki = application("a1", shown, policy("p2", include=["g1"]), unlisted)
    found = places([group("g1")], [reusable], [wiki, application("a2", shown)])
    assert [place.path for place in found] == ["/access/groups/g1", "/access/policies/p1", "/access/apps/a1/policies/p2", "/access/policies/p9"]
    assert "precedence" not in found[3].raw
    assert found[2].shown() == {"kind": "policy", "id": "p2", "name": "P2", "application": "A1", "application_id": "a1"}
    assert found[0].shown() == {"kind": "group", "id": "g1", "name": "G1"}
    assert found[2].said == "policy 'P2' (p2) of application 'A1'"


def test_an_application_that_shows_no_policies_is_no_place():
    assert places([], [], [{"id": "a1"}, {"id": "a2", "policies": ["p1", {"name": "without an id"}]}]) == []


def test_who_names_a_group():
    found = uses(places([group("g1"), group("g2", exclude=["G1"])], [policy("p1", require=["g1", "g2"])], []))
    assert {one: [place.id for place in named_by] for one, named_by in found.items()} == {"g1": ["g2", "p1"], "g2": ["p1"]}


def test_rules_that_are_odd_name_no_group():
    assert groups_of({"include": [{"group": None}, {"group": "g1"}, "g1", {"group": {}}], "exclude": None}) == []


def test_a_group_contains_itself_through_others():
    groups = [group("g1"), group("g2", exclude=["g3"]), group("g3", require=["g1"])]
    assert chain_to(["g2"], "g1", groups) == ["g2", "g3", "g1"]
    assert chain_to(["G1"], "g1", groups) == ["g1"]
    assert chain_to(["g3"], "g2", groups) == []


@given(companies, some, st.sampled_from(IDS))
def test_a_way_is_one_and_there_is_none_where_none_is_found(groups, start, goal):
    way = chain_to(start, goal, groups)
    next_to = {raw["id"]: groups_of(raw) for raw in groups}
    if way:
        assert way[0] in start
        assert way[-1] == goal
        assert all(after in next_to[before] for before, after in zip(way, way[1:]))
    else:
        reached, before = set(start), set()
        while reached != before:
            before = reached
            reached = reached | {one for group_id in reached for one in next_to[group_id]}
        assert goal not in reached


def test_what_a_group_is_good_for():
    groups = [
        group("staff", include=["team"], exclude=["left"]),
        group("team"),
        group("left"),
        group("blocked", include=["banned"]),
        group("banned"),
        group("both"),
        group("unused"),
    ]
    policies = [policy("p1", include=["staff", "both"]), policy("p2", "deny", include=["blocked", "both"], exclude=["rescue"])]
    found = signs(places(groups, policies, []))
    assert found == {
        "staff": {1},
        "team": {1},
        "left": {-1},
        "blocked": {-1},
        "banned": {-1},
        "both": {1, -1},
        "rescue": {1},
    }
    everything = places(groups, policies, [])
    assert [sign_of(place, found) for place in everything if place.id in ("left", "unused", "p1", "p2")] == [{-1}, set(), {1}, {-1}]


@given(companies, st.lists(rules_of_policies, max_size=3))
def test_turning_every_policy_around_turns_every_sign(groups, policies):
    turned = [{**raw, "decision": "allow" if raw["decision"] == "deny" else "deny"} for raw in policies]
    here = {raw["id"]: raw for raw in policies}.values()
    there = {raw["id"]: raw for raw in turned}.values()
    one, other = signs(places(groups, here, [])), signs(places(groups, there, []))
    assert {name: {-sign for sign in values} for name, values in one.items()} == other


@given(companies)
def test_whoever_names_a_group_is_deleted_first(groups):
    doomed = places(groups, [policy("p1", include=["g1"])], [])
    order = unused_first(doomed)
    assert sorted(place.id for place in order) == sorted(place.id for place in doomed)
    cyclic = any(chain_to(groups_of(raw), raw["id"], groups) for raw in groups)
    if not cyclic:
        position = {place.id: number for number, place in enumerate(order)}
        assert all(position[place.id] < position[one] for place in order for one in groups_of(place.raw))
