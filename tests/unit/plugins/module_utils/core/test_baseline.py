# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy for whoever is not provisioned, and its brake."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.baseline import (
    outcome,
    policy,
    preview,
    table,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from hypothesis import given, settings
from hypothesis import strategies as st

RULES = [{"email_domain": "example.com"}]


def decision(word: str, application: str = "Wiki") -> dict[str, Any]:
    depends_on = ["rule kind emaildomain"] if word == "undecidable" else []
    return {"application": application, "decision": word, "depends_on": depends_on}


def person(number: int, now: str = "allowed", then: str = "allowed") -> dict[str, Any]:
    ranks = ("denied", "undecidable", "allowed")
    out = ["Wiki"] if ranks.index(then) < ranks.index(now) else []
    return {"email": f"p{number}@example.com", "decisions": [decision(now)], "supposed": [decision(then)], "shut_out": out, "let_in": []}


def asked(*people: dict[str, Any]) -> dict[str, Any]:
    count = sum(bool(person["shut_out"]) for person in people)
    return {"people": list(people), "people_count": len(people), "shut_out_count": count, "changed": False}


def test_everyone_is_denied_but_those_whom_the_rules_match() -> None:
    assert policy("Baseline", RULES, ["Wiki"]) == {
        "name": "Baseline",
        "decision": "deny",
        "include": [{"everyone": {}}],
        "exclude": RULES,
    }


@pytest.mark.parametrize(
    ("name", "provisioned", "applications", "said"),
    [
        ("x", [], ["Wiki"], "everybody would be shut out"),
        ("x", {"email_domain": "example.com"}, ["Wiki"], "provisioned has to be a list"),
        ("x", ["example.com"], ["Wiki"], "list of rules"),
        ("x", [{}], ["Wiki"], "list of rules"),
        ("x", RULES, [], "name the applications"),
        ("x", RULES, "Wiki", "applications has to be a list"),
        (" ", RULES, ["Wiki"], "needs a name"),
        ("x", [*RULES, {"everyone": True}], ["Wiki"], "everyone would leave nobody to be denied"),
        ("x", [{"email_domain": "example.com", "everyone": {}}], ["Wiki"], "everyone would leave nobody to be denied"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(name: str, provisioned: Any, applications: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        policy(name, provisioned, applications)


def test_who_is_shut_out_is_named_and_refused() -> None:
    seen = preview(asked(person(1), person(2, then="denied")), 0, 100)
    assert seen["shut_out"] == [{"email": "p2@example.com", "applications": ["Wiki"]}]
    assert "1 of 2 people would be shut out, 0 may be: p2@example.com. Nothing was written" in seen["refusal"]
    assert preview(asked(person(1), person(2, then="denied")), 1, 100)["refusal"] == ""


def test_who_cannot_be_decided_counts_as_shut_out() -> None:
    seen = preview(asked(person(1, then="undecidable"), person(2, now="undecidable", then="undecidable")), 0, 100)
    assert [entry["email"] for entry in seen["in_doubt"]] == ["p1@example.com"]
    assert seen["shut_out"] == []
    assert "1 of 2 people" in seen["refusal"]
    assert "1 of them cannot be decided, which depends on rule kind emaildomain, and counts as well" in seen["refusal"]


def test_the_limit_that_is_in_the_way_is_named() -> None:
    out = asked(person(1, then="denied"), person(2))
    assert preview(out, 0, 100)["refusal"].endswith("allow it with access_baseline_max_shut_out")
    assert preview(out, 5, 10)["refusal"].endswith("allow it with access_baseline_max_shut_out_percent")
    assert preview(out, 0, 0)["refusal"].endswith("allow it with access_baseline_max_shut_out and access_baseline_max_shut_out_percent")


@pytest.mark.parametrize(("number", "percent"), [(-1, 100), (0, -1), (0, 101), (0, float("nan"))])
def test_a_limit_that_is_none_is_refused(number: int, percent: float) -> None:
    assert "access_baseline_max_shut_out" in preview(asked(person(1)), number, percent)["refusal"]


def test_another_policy_of_the_name_is_left_alone() -> None:
    def refusal(*decisions: str) -> str:
        found = [{"id": f"p{number}", "name": "Baseline", "decision": decision} for number, decision in enumerate(decisions)]
        return str(preview(asked(person(1)), 0, 100, {"policies": found})["refusal"])

    assert refusal() == refusal("deny") == ""
    assert "'Baseline' (p0) is there with the decision allow; give access_baseline_policy another name" in refusal("allow")
    assert "2 policies are called 'Baseline' (p0, p1)" in refusal("deny", "deny")
    assert preview({}, 0, 100, {"failed": True, "msg": "status 403"})["refusal"] == "status 403"


def test_a_long_list_is_cut_in_the_message_alone() -> None:
    seen = preview(asked(*(person(number, then="denied") for number in range(30))), 5, 100)
    assert "and 10 more" in seen["refusal"]
    assert len(seen["shut_out"]) == 30
    cut = {**asked(person(1, then="denied")), "people_count": 2000, "shut_out_count": 1500}
    assert "1500 of 2000 people would be shut out, 0 may be: p1@example.com, and 1499 more" in preview(cut, 0, 100)["refusal"]


@settings(deadline=None)
@given(out=st.integers(0, 30), stay=st.integers(0, 30), number=st.integers(0, 40), percent=st.integers(0, 100))
def test_the_smaller_limit_counts(out: int, stay: int, number: int, percent: int) -> None:
    people = [person(one, then="denied") for one in range(out)] + [person(100 + one) for one in range(stay)]
    share = len(people) if percent == 100 else percent * len(people) // 100
    assert bool(preview(asked(*people), number, percent)["refusal"]) is (out > min(number, share))


def test_what_came_of_it_has_one_form() -> None:
    seen = preview(asked(person(1, then="denied")), 0, 100)
    refused = outcome(seen, {})
    assert (refused["failed"], refused["msg"]) == (True, seen["refusal"])
    assert table(refused)[0] == "p1@example.com  shut out of Wiki"
    assert table(refused)[-1] == seen["refusal"]
    fine = outcome({**seen, "refusal": ""}, {"changed": True, "policy": {"id": "1"}, "requests": [{"method": "POST"}]})
    assert (fine["changed"], fine["failed"], fine["msg"], fine["policy"]) == (True, False, "", {"id": "1"})
    failed = outcome(seen, {"failed": True, "msg": "status 500", "changed": True})
    assert (failed["changed"], failed["msg"]) == (True, "status 500")
    assert outcome({}, {}).keys() == fine.keys() == failed.keys()
    assert outcome(preview({"failed": True, "msg": "status 401"}, 0, 100), {})["msg"] == "status 401"
    assert table(outcome({}, {}))[-1] == "nothing was written"
    assert table(fine)[1] == "newly shut out: 1 of 1 people whom Access knows; in doubt: 0"
