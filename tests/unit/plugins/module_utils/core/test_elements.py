# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Value paths select exactly one element, at the moment when they are used (RFC 7644 section 3.5.2)."""

from __future__ import annotations

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.compare import merged
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.elements import element_operations
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.scim_model import (
    Service,
    parse_filter,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.strategies import (
    elements,
    plainly,
)
from hypothesis import given, settings
from hypothesis import strategies as st

EMAILS = USER.attribute("emails")
MULTI_VALUED = [USER.attribute(option) for option in ("emails", "phone_numbers", "addresses", "roles", "photos")]


def delta(before, after):
    return element_operations(EMAILS, tuple(before), tuple(after))


def test_the_type_selects_where_it_is_enough():
    before = [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "home"}]
    assert delta(before, before[:1]) == [{"op": "remove", "path": 'emails[type eq "home"]'}]


def test_the_value_selects_where_the_type_does_not():
    before = [{"value": "a@x", "type": "work"}, {"value": "b@x", "type": "work"}]
    assert delta(before, before[:1]) == [{"op": "remove", "path": 'emails[value eq "b@x"]'}]


def test_both_select_where_one_does_not():
    before = [{"value": "a@x", "type": "work"}, {"value": "a@x", "type": "home"}, {"value": "b@x", "type": "home"}]
    expected = {"op": "remove", "path": 'emails[type eq "home" and value eq "a@x"]'}
    assert delta(before, [before[0], before[2]]) == [expected]


def test_a_primary_mark_is_taken_away_before_another_is_set():
    before = [{"value": "a@x", "primary": True}, {"value": "b@x"}]
    after = [{"value": "a@x", "primary": False}, {"value": "b@x", "primary": True}]
    assert [op["value"] for op in delta(before, after)] == [False, True]


def test_a_new_element_is_added_whole():
    one, other = {"value": "a@x"}, {"value": "b@x", "type": "home"}
    assert delta([one], [one, other]) == [{"op": "add", "path": "emails", "value": [other]}]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([{"value": "a@x"}], [{"value": "b@x"}]),  # nothing in common
        ([{"value": "a@x"}, {"value": "A@X"}], [{"value": "a@x"}]),  # the same to many a service
        ([{"value": "a@x"}, {"display": "odd"}], [{"value": "a@x"}]),  # nothing to select by
        ([{"value": "a@x"}, {"value": 7}], [{"value": "a@x"}]),  # no text, so no filter that is sure to match
    ],
)
def test_where_no_path_is_exact_there_is_no_delta(before, after):
    assert delta(before, after) is None


@settings(deadline=None)
@given(data=st.data(), attribute=st.sampled_from(MULTI_VALUED), folds=st.booleans(), doubled=st.booleans())
def test_every_path_selects_exactly_one_and_the_result_is_the_plan(data, attribute, folds, doubled):
    before = data.draw(elements(attribute))
    if doubled:
        before = before + [{**element, "primary": False} for element in before[:1]]
    after = merged(attribute, tuple(before), tuple(data.draw(elements(attribute)))) or ()
    found = element_operations(attribute, tuple(before), after)
    if found is None:
        return
    wire = {sub.option: sub.wire for sub in attribute.sub}
    names = {sub.wire: sub.option for sub in attribute.sub}
    service = Service({attribute.wire: [{wire[n]: v for n, v in e.items()} for e in before]}, folds=folds)
    for operation in found:
        if "[" in operation["path"]:
            (terms,) = parse_filter(operation["path"].split("[", 1)[1].rsplit("]", 1)[0])
            selected = [e for e in service.body[attribute.wire] if all(service._eq(e, *term) for term in terms)]
            assert len(selected) == 1
        service.patch({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]})
    result = [{names[n]: v for n, v in e.items()} for e in service.body[attribute.wire]]
    assert plainly({"it": result}) == plainly({"it": after})
