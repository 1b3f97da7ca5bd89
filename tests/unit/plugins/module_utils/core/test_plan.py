# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan is a value: what differs, once per key, in one order, without secrets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import (
    CREATE,
    DELETE,
    HIDDEN,
    UPDATE,
    Change,
    Operation,
    Plan,
    plan,
    simulate,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    PEOPLE,
    body_of,
    group_wishes,
    plainly,
    references,
    user_wishes,
)
from hypothesis import given, settings
from hypothesis import strategies as st

keys = st.sampled_from(PEOPLE)


def observed_of(resource, wishes):
    return {key: resource.from_wire(body_of(resource, wish), references()) for key, wish in wishes.items()}


def directories(wishes):
    return st.dictionaries(keys, wishes, max_size=3)


def desires(wishes):
    return st.dictionaries(keys, st.none() | wishes, max_size=3)


# -- examples -----------------------------------------------------------------------------------------------------------


def test_nobody_is_changed_into_somebody():
    (operation,) = plan(USER, {"ada": {"user_name": "ada", "title": None}}, {})
    assert (operation.verb, operation.before, operation.after) == (CREATE, None, {"user_name": "ada"})


def test_what_is_as_wished_needs_nothing():
    assert len(plan(USER, {"ada": {"title": "Chief"}}, {"ada": {"user_name": "ada", "title": "Chief"}})) == 0


def test_only_what_was_asked_for_changes():
    seen = {"user_name": "ada", "title": "Clerk", "locale": "de"}
    (operation,) = plan(USER, {"ada": {"title": "Chief"}}, {"ada": seen})
    assert operation.verb == UPDATE
    assert operation.changes == (Change("title", "Clerk", "Chief"),)
    assert operation.after == {"user_name": "ada", "title": "Chief", "locale": "de"}


def test_an_inactive_user_is_reactivated():
    (operation,) = plan(USER, {"ada": {"active": True}}, {"ada": {"active": False}})
    assert operation.changes == (Change("active", False, True),)


def test_absent_is_none():
    assert [op.verb for op in plan(USER, {"ada": None, "bob": None}, {"ada": {"user_name": "ada"}})] == [DELETE]


def test_removals_come_last_and_keys_in_order():
    seen = {"a": {"user_name": "a"}, "c": {"user_name": "c"}}
    found = plan(USER, {"d": {"user_name": "d"}, "a": None, "c": {"title": "x"}}, seen)
    assert [(op.verb, op.key) for op in found] == [(UPDATE, "c"), (CREATE, "d"), (DELETE, "a")]
    assert found.counts() == {UPDATE: 1, CREATE: 1, DELETE: 1}


def test_plans_can_be_joined():
    one = plan(USER, {"a": {"user_name": "a"}}, {})
    assert [op.key for op in one + plan(USER, {"b": {"user_name": "b"}}, {})] == ["a", "b"]


def test_a_password_is_set_whenever_it_is_given():
    (operation,) = plan(USER, {"ada": {"password": "s3cret"}}, {"ada": {"user_name": "ada"}})
    assert operation.changes[0].shown() == {"path": "password", "before": HIDDEN, "after": HIDDEN}


def test_a_simulated_service_does_not_show_a_password():
    found = plan(USER, {"ada": {"user_name": "ada", "password": "s3cret"}}, {})
    assert simulate(found, {}) == {"ada": {"user_name": "ada"}}


def test_a_secret_is_in_no_representation():
    found = plan(USER, {"ada": {"user_name": "ada", "password": "s3cret"}}, {})
    found = found + plan(USER, {"ada": {"password": "s3cret"}}, {"ada": {"user_name": "ada"}})
    assert len(found) == 2
    assert "s3cret" not in repr(found)
    assert "s3cret" not in json.dumps([op.shown() for op in found])


def test_the_digest_does_not_depend_on_a_secret_but_on_everything_else():
    def digest(**wish):
        return plan(USER, {"ada": {"user_name": "ada", **wish}}, {}).digest()

    assert digest(password="one") == digest(password="two") != digest()
    assert digest(title="a") != digest(title="b")
    assert Plan().digest() == Plan().digest() != digest()


def test_an_approval_for_one_service_is_none_for_another():
    found = plan(USER, {"ada": {"user_name": "ada"}}, {})
    assert found.digest("https://staging.example") == found.digest("https://staging.example")
    assert len({found.digest("https://staging.example"), found.digest("https://production.example"), found.digest()}) == 3
    assert Plan().digest("https://staging.example") != Plan().digest()


def test_the_digest_does_not_depend_on_the_order_in_which_a_service_lists_values():
    one, two = {"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}
    wish = {"ada": {"title": "x", "emails": (one,)}}

    def digest(*emails):
        return plan(USER, wish, {"ada": {"emails": emails}}).digest()

    assert digest(one, two) == digest(dict(reversed(two.items())), one)
    assert digest(one, two) != digest(two)


@pytest.mark.parametrize("wish", [None, {"active": False}], ids=["delete", "deactivate"])
def test_the_digest_knows_who_bore_the_name(wish):
    def digest(**seen):
        return plan(USER, {"ada": wish}, {"ada": {"active": True, **seen}}).digest()

    assert digest(user_name="ada", external_id="1") == digest(user_name="ada", external_id="1", title="Chief")
    assert len({digest(user_name="ada", external_id="1"), digest(user_name="ada", external_id="2"), digest(user_name="ada")}) == 3
    assert digest(user_name="ada", external_id="1") != digest(user_name="eve", external_id="1")


def test_the_digest_knows_which_group_bore_the_name():
    def digest(**seen):
        return plan(GROUP, {"Staff": None}, {"Staff": {"display_name": "Staff", **seen}}).digest()

    assert digest(external_id="1") != digest(external_id="2")
    assert digest(external_id="1") != digest()


def test_a_hundred_thousand_operations_are_digested_while_you_wait():
    seen = {f"p{number:06}": {"user_name": f"p{number:06}", "title": "a"} for number in range(100_000)}
    found = plan(USER, dict.fromkeys(seen, {"title": "b"}), seen)
    assert len(found) == 100_000
    started = time.process_time()
    found.digest("https://directory.example")
    assert time.process_time() - started < 5  # half a second; slow machines run the tests, too


@pytest.mark.parametrize("seed", ["0", "1", "2"])
def test_the_digest_is_the_same_in_another_process(seed):
    code = (
        f"from {plan.__module__} import Change, Operation, Plan;"
        "print(Plan((Operation('update', 'Group', 'Staff', {}, {}, (Change('members', ('a', 'b'), ('b', 'c')),)),)).digest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True).stdout
    here = Plan((Operation(UPDATE, "Group", "Staff", {}, {}, (Change("members", ("a", "b"), ("b", "c")),)),))
    assert printed.strip() == here.digest()


# -- properties ------------------------------------------------------------------------------------------------------------

cases = pytest.mark.parametrize(("resource", "wishes"), [(USER, user_wishes()), (GROUP, group_wishes)], ids=["users", "groups"])


@cases
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_plan_converges(resource, wishes, data):
    desired, observed = data.draw(desires(wishes)), observed_of(resource, data.draw(directories(wishes)))
    after = simulate(plan(resource, desired, observed), observed)
    assert len(plan(resource, desired, after)) == 0


@cases
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_at_most_one_operation_per_key_and_none_for_others(resource, wishes, data):
    desired, observed = data.draw(desires(wishes)), observed_of(resource, data.draw(directories(wishes)))
    found = [op.key for op in plan(resource, desired, observed)]
    assert len(found) == len(set(found))
    assert set(found) <= set(desired)
    after = simulate(plan(resource, desired, observed), observed)
    assert all(after[key] == observed[key] for key in observed if key not in desired)


@cases
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_order_does_not_matter(resource, wishes, data):
    desired, observed = data.draw(desires(wishes)), observed_of(resource, data.draw(directories(wishes)))
    shuffled = [dict(data.draw(st.permutations(list(given_.items())))) for given_ in (desired, observed)]
    assert plan(resource, *shuffled) == plan(resource, desired, observed)
    assert plan(resource, *shuffled).digest() == plan(resource, desired, observed).digest()


@cases
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_the_digest_knows_the_operations_but_not_their_order(resource, wishes, data):
    found = plan(resource, data.draw(desires(wishes)), observed_of(resource, data.draw(directories(wishes))))
    shuffled = Plan(tuple(data.draw(st.permutations(found.operations))))
    assert shuffled.digest("x") == found.digest("x")
    assert all(Plan(found.operations[:end]).digest("x") != found.digest("x") for end in range(len(found)))


@cases
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_many_at_once_are_one_after_the_other(resource, wishes, data):
    desired, observed = data.draw(desires(wishes)), observed_of(resource, data.draw(directories(wishes)))
    singles = dict(observed)
    for key in sorted(desired):
        singles = simulate(plan(resource, {key: desired[key]}, singles), singles)
    assert singles == simulate(plan(resource, desired, observed), observed)


@cases
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_what_was_not_asked_for_stays(resource, wishes, data):
    desired, observed = data.draw(desires(wishes)), observed_of(resource, data.draw(directories(wishes)))
    for op in plan(resource, desired, observed):
        if op.verb != UPDATE:
            continue
        asked = {path.lower() for path in desired[op.key]}
        kept = {path: value for path, value in op.before.items() if path.lower() not in asked}
        assert plainly({path: op.after.get(path) for path in kept}) == plainly(kept)
        assert {change.path.lower() for change in op.changes} <= asked


@settings(deadline=None, max_examples=60)
@given(desired=desires(user_wishes(passwords=True)), observed=directories(user_wishes()))
def test_no_digest_or_shown_plan_holds_a_secret(desired, observed):
    marked = {key: wish and {**wish, "password": "pa55-" + wish["password"]} for key, wish in desired.items()}
    found = plan(USER, marked, observed_of(USER, observed))
    assert "pa55-" not in json.dumps([op.shown() for op in found])
    assert "pa55-" not in repr(found)
    assert plan(USER, desired, observed_of(USER, observed)).digest() == found.digest()
