# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules: what they grant, and why; what is wrong with them is said before anybody is looked at."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.days import instant_of
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.explain import (
    explain,
    explained,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.grants import grants
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.person import (
    ACTIVE,
    ACTIVE_ACCOUNT,
    EXPIRED,
    INACTIVE_ACCOUNT,
    LEAVING,
    LEFT,
    NO_ACCOUNT,
    ON_LEAVE,
    STAGED,
    Membership,
    Person,
    Phase,
    person_of,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.roster.rules import (
    merged,
    rules,
)
from hypothesis import given
from hypothesis import strategies as st

TEMPLATE = "{{ lookup('pipe','id') }}"
ADA = Person(
    "1815",
    "people.csv:17",
    Phase(ACTIVE, ACTIVE_ACCOUNT),
    {
        "user_name": "ada@example.com",
        "name": {"given_name": "Ada", "family_name": "O'Connor"},
        "department": "Müller & Söhne",
        "title": "",
        "emails": [{"value": "ada@example.com", "type": "work"}, {"value": "ada@home.example", "type": "home"}],
        "addresses": [{"type": "work", "country": "AT"}],
        "roles": [{"value": "on-call"}],
        "cost_center": "0042",
        "manager": "1791",
    },
    facts={"location": "Vienna", "remote": True, "skills": ["Analysis", "Poetry"], "floor": 3},
    time_zone="Europe/Vienna",
)


def names(person, *options):
    return [group.name for group in rules(list(options)).granted(person)[0]]


def fits(person=ADA, **when):
    """Whether a rule with these conditions is for somebody; __ stands for a dot."""
    return names(person, {"name": "r", "when": {name.replace("__", "."): wanted for name, wanted in when.items()}, "groups": ["G"]}) == ["G"]


@pytest.mark.parametrize(
    "when",
    [
        {"department": "MÜLLER & söhne"},
        {"department": unicodedata.normalize("NFD", "Müller & Söhne")},
        {"department": ["Other", "müller & söhne"]},
        {"department": {"in": ["Müller & Söhne"], "not_in": ["Other"], "glob": "m*S?hne", "prefix": "mül", "present": True}},
        {"department": {"not_in": ["Müller"]}},
        {"department": {"glob": unicodedata.normalize("NFD", "mü*")}},
        {"name__family_name": "o'connor"},
        {"title": {"present": False}},
        {"title": {"present": "false"}},
        {"title": {"not_in": ["Boss"]}},
        {"nick_name": {"present": False}},
        {"emails": {"glob": "*@home.example"}},
        {"emails__type": "home"},
        {"addresses__country": ["AT", "DE"]},
        {"roles": "On-Call"},
        {"cost_center": "0042"},
        {"manager": "1791"},
        {"facts__location": "vienna"},
        {"facts__remote": True},
        {"facts__remote": "true"},
        {"facts__floor": 3},
        {"facts__skills": ["poetry", "music"]},
        {"facts__unheard_of": {"present": False}},
        {"phase": "active"},
        {"phase": ["Active", "leaving"]},
        {"department": "Müller & Söhne", "facts__location": "Vienna"},
        {},
    ],
)
def test_conditions_that_hold(when):
    assert fits(**when)


@pytest.mark.parametrize(
    "when",
    [
        {"department": "Müller"},
        {"department": ["Muller & Sohne", "Mueller"]},
        {"department": {"prefix": "mül", "glob": "*x"}},
        {"department": {"not_in": ["müller & SÖHNE"]}},
        {"department": {"present": False}},
        {"title": {"present": True}},
        {"title": {"glob": "*"}},  # whoever has no value does not have any value
        {"title": {"prefix": "B"}},
        {"emails__type": "other"},
        {"facts__skills": {"not_in": ["poetry"]}},
        {"facts__remote": False},
        {"facts__unheard_of": "x"},
        {"cost_center": 42},
        {"phase": {"not_in": ["active"]}},
        {"department": "Müller & Söhne", "facts__location": "Graz"},
    ],
)
def test_conditions_that_do_not_hold(when):
    assert not fits(**when)


def test_all_of_several_people_are_looked_at_for_themselves():
    compiled = rules([{"name": "r", "when": {"department": "A"}, "groups": ["G"]}])
    people = [replace(ADA, user={"department": department}) for department in ("A", "B", "a", "", "A")]
    assert [len(compiled.granted(person)[0]) for person in people + people] == [1, 0, 1, 0, 1] * 2


def test_groups_are_named_after_attributes():
    assert names(ADA, {"name": "r", "groups": [{"from": "department", "prefix": "dep-", "suffix": "-all"}]}) == ["dep-Müller & Söhne-all"]
    assert names(ADA, {"name": "r", "groups": [{"from": "title", "prefix": "t-"}]}) == []
    assert names(ADA, {"name": "r", "groups": [{"from": "facts.skills"}, "Extra"]}) == ["Analysis", "Poetry", "Extra"]
    mapped = {"from": "facts.location", "map": {"VIENNA": "Wien", "Graz": "Graz"}, "prefix": "site "}
    assert names(ADA, {"name": "r", "groups": [mapped]}) == ["site Wien"]
    assert names(ADA, {"name": "r", "groups": [{"from": "facts.remote", "map": {True: "Remote"}}]}) == ["Remote"]
    assert names(replace(ADA, user={"department": TEMPLATE}), {"name": "r", "groups": [{"from": "department"}]}) == [TEMPLATE]


def test_a_value_that_a_map_lacks_is_told():
    compiled = rules([{"name": "sites", "groups": [{"from": "facts.location", "map": {"Graz": "Graz"}}, "Staff"]}])
    granted, unmapped = compiled.granted(ADA)
    assert granted == [Membership("Staff", "sites")]
    assert [(rule.name, attribute, value) for rule, attribute, value in unmapped] == [("sites", "facts.location", "Vienna")]


@pytest.mark.parametrize(
    ("phase", "expected"),
    [(STAGED, ["early"]), (ACTIVE, ["staff"]), (ON_LEAVE, ["staff"]), (LEAVING, ["staff", "last days"]), (LEFT, []), (EXPIRED, [])],
)
def test_rules_grant_in_their_phases(phase, expected):
    compiled = rules(
        [
            {"name": "staff", "groups": ["G1"]},
            {"name": "early", "groups": ["G2"], "phases": ["staged"]},
            {"name": "last days", "groups": ["G3"], "phases": ["leaving"]},
        ]
    )
    person = replace(ADA, phase=Phase(phase, INACTIVE_ACCOUNT))
    assert [group.rule for group in compiled.granted(person)[0]] == expected
    assert compiled.granted(replace(ADA, phase=Phase(phase, NO_ACCOUNT)))[0] == []


def test_a_group_is_granted_once_with_all_of_its_reasons():
    given_twice = [Membership("Staff", "all"), Membership("Ledger", "a"), Membership("STAFF", "vienna"), Membership("staff", "all")]
    assert merged(given_twice) == (Membership("Staff", "all, vienna"), Membership("Ledger", "a"))


OPTIONS = [
    {"name": "all", "groups": ["Staff"]},
    {"name": "vienna", "when": {"facts.location": "Vienna"}, "groups": ["Vienna", "STAFF"]},
    {"name": "leads", "when": {"title": {"glob": "lead*"}, "department": {"present": True}}, "groups": ["Leads"], "phases": ["active"]},
    {"name": "departments", "groups": [{"from": "department", "prefix": "dep-"}]},
]
people = st.builds(
    lambda phase, account, department, title, location: Person(
        "1", "p:1", Phase(phase, account), {"department": department, "title": title}, facts={"location": location}
    ),
    st.sampled_from([STAGED, ACTIVE, ON_LEAVE, LEAVING, LEFT, EXPIRED]),
    st.sampled_from([NO_ACCOUNT, INACTIVE_ACCOUNT, ACTIVE_ACCOUNT]),
    st.sampled_from(["", "Engines", TEMPLATE]),
    st.sampled_from(["", "Lead", "leader", "clerk"]),
    st.sampled_from(["", "Vienna", "Graz"]),
)


@given(people, st.permutations(OPTIONS))
def test_whatever_is_granted_is_explained_and_nothing_else(person, options):
    compiled = rules(options)
    granted = {group.name.lower(): group for group in merged(compiled.granted(person)[0])}
    for group in ("Staff", "Vienna", "Leads", "dep-Engines", f"dep-{TEMPLATE}", "Nothing"):
        found = explain(person, group, compiled)
        assert found.granted is (group.lower() in granted)
        if found.granted:
            yes = [why for why in found.why if ": yes; " in why]
            assert [why.split(":")[0].removeprefix("rule ") for why in yes] == granted[group.lower()].rule.split(", ")


def test_an_explanation_says_what_is_missing_and_not_what_somebody_has():
    compiled = rules(OPTIONS)
    assert explain(ADA, "leads", compiled).why == (
        "rule leads: no; title matches 'lead*' does not hold",
        "rule departments: no; it names its groups after department, which does not make this one",
    )
    gone = replace(ADA, phase=Phase(LEFT, INACTIVE_ACCOUNT))
    assert explain(gone, "Vienna", compiled).why[0] == "rule vienna: no; it applies to active, on_leave, leaving, and the phase is left"
    assert explain(ADA, "Staff", compiled).why[:2] == ("rule all: yes; it is for everybody", "rule vienna: yes; facts.location is 'Vienna'")
    assert "Müller" not in str([explain(ADA, name, compiled) for name in ("Leads", "Vienna", "Nothing")])


def test_grants_are_explained_too():
    by_hand = grants([{"person": 1815, "group": "Beta", "reason": "tries it, until June", "until": "2026-06-30"}])
    before, after = instant_of("2026-06-30T21:59:59Z"), instant_of("2026-06-30T22:00:00Z")  # in Vienna
    assert explain(ADA, "BETA", rules(None), by_hand, before).why == ("grant: yes; tries it, until June, until 2026-06-30",)
    assert explain(ADA, "BETA", rules(None), by_hand, before).granted
    assert not explain(ADA, "BETA", rules(None), by_hand, after).granted
    assert not explain(replace(ADA, key="2"), "BETA", rules(None), by_hand, before).granted
    assert not explain(replace(ADA, phase=Phase(LEFT, INACTIVE_ACCOUNT)), "BETA", rules(None), by_hand, before).granted


def rule(**parts):
    return {"name": "engineers", "groups": ["Engineers"], **parts}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([rule(), rule(name=" Engineers ")], "there are two named 'Engineers'"),
        ([rule(name="")], "number 1 has no name"),
        ([rule(), {"groups": ["G"]}], "number 2 has no name"),
        (["staff"], "number 1 has no name"),
        ([rule(name="grant: me")], "memberships by hand"),
        ([rule(group=["G"])], "rule 'engineers' has 'group'"),
        ([rule(groups=[])], "rule 'engineers' grants nothing"),
        ([rule(groups="Engineers")], "rule 'engineers' grants nothing"),
        ([rule(groups=[" "])], "' ' is no group"),
        ([rule(groups=[{"form": "department"}])], "is no group"),
        ([rule(groups=[{"from": "departmnt"}])], "'departmnt' is no attribute"),
        ([rule(groups=[{"from": "department", "postfix": "x"}])], "a group has no 'postfix'"),
        ([rule(groups=[{"from": "department", "map": {}}])], "map has to be a dictionary"),
        ([rule(groups=[{"from": "department", "map": {"a": "x", "A": "y"}}])], "map has 'A' twice"),
        ([rule(groups=[{"from": "department", "map": {"a": None}}])], "map.a is None"),
        ([rule(when={"departmnt": "Engines"})], "rule 'engineers': when: 'departmnt' is no attribute"),
        ([rule(when={"facts.": "x"})], "'facts.' is no attribute"),
        ([rule(when={"given_name": "x"})], "'given_name' is no attribute"),
        ([rule(when={"password": "x"})], "password cannot be asked for"),
        ([rule(when={"active": True})], "ask for the phase"),
        ([rule(when=["department"])], "when has to be a dictionary"),
        ([rule(when={"department": {}})], "no condition"),
        ([rule(when={"department": {"like": "x"}})], "'like'"),
        ([rule(when={"department": []})], "with one at least"),
        ([rule(when={"department": None})], "present: false"),
        ([rule(when={"department": ""})], "present: false"),
        ([rule(when={"department": {"in": "Engines"}})], "needs a list"),
        ([rule(when={"department": {"glob": ["x"]}})], "has to be a text"),
        ([rule(when={"department": {"present": "maybe"}})], "true or false"),
        ([rule(when={"phase": "retired"})], "'retired'"),
        ([rule(phases=["left"])], "who is gone has no groups"),
        ([rule(phases=["retired"])], "'retired'"),
        ([rule(phases="active")], "phases have to be a list"),
    ],
)
def test_rules_are_checked_first_and_named(options, said):
    with pytest.raises(InvalidInput) as raised:
        rules(options)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "number 1 has no reason"),
        ({"until": None}, "number 1 has no until"),
        ({"until": "soon"}, "number 1: until is neither"),
        ({"until": "9999-12-31"}, "which is no end"),
        ({"groups": ["x"]}, "and nothing else"),
        ({"group": ["x"]}, "number 1 has no group"),
    ],
)
def test_grants_are_checked_first(changes, said):
    with pytest.raises(InvalidInput) as raised:
        grants([{"person": "1", "group": "G", "reason": "r", "until": "2026-06-30", **changes}])
    assert said in str(raised.value)


def test_people_as_roster_info_returns_them_are_explained():
    granted = {"person": "1815", "group": "Audit", "reason": "ticket", "until": "2026-12-31"}
    for person in (ADA, replace(ADA, phase=Phase(LEFT, INACTIVE_ACCOUNT, left_at="2026-11-30T00:00:00Z"))):
        assert person_of(person.shown()).shown() == person.shown()
        for group in ("Vienna", "vienna ", "Leads"):
            found = explain(person, group.strip(), rules(OPTIONS))
            assert explained(person.shown(), group, OPTIONS) == {"granted": found.granted, "why": list(found.why)}
    assert explained(ADA.shown(), "Audit", [], [{**granted, "person": ADA.key}], "2026-11-30T12:00:00Z")["granted"]
    assert explained(ADA.shown(), "Nowhere", []) == {"granted": False, "why": ["no rule and no grant names 'Nowhere'"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("1815", "Vienna", []), "nobody of a roster"),
        ((ADA.shown(), "", []), "name of a group"),
        ((ADA.shown(), "Vienna", "rules"), "list of dictionaries"),
        ((ADA.shown(), "Vienna", [], [{"person": "1"}]), "instant"),
    ],
)
def test_what_cannot_be_explained_is_told(arguments, said):
    with pytest.raises(InvalidInput, match=said):
        explained(*arguments)
