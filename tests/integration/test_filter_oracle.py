# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters select whom scim2-models selects, which knows nothing of us and has a grammar and a model of its own.

Left out is where the two differ on purpose: ``ne`` of a list is true here as soon as one value differs, as RFC 7644 section
3.4.2.2 says of all operators; there no value may be equal.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import (
    ENTERPRISE_SCHEMA,
    USER_SCHEMA,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import InvalidInput
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.filter_parse import parse
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scim2_models import EnterpriseUser, ScimFilter, User
from scim2_models.exceptions import InvalidFilterException

# Few values, so that what is compared is often equal, begins alike, or differs in letter case only.
TEXTS = ["a", "A", "ab", "Ab", "b", "é", "É", "e\u0301", 'a"b', "\\", ""]
MAILS = ["a@x.org", "A@x.org", "b@x.org"]
TIMES = ["2020-01-01T00:00:00Z", "2020-01-01T01:00:00+01:00", "2020-06-01T00:00:00Z"]
TYPES = ["work", "Work", "home"]
VALUES = {"text": TEXTS, "mail": MAILS, "time": TIMES, "type": TYPES, "boolean": [True, False]}

# Attribute -> kind of its values; those of which a user has one only.
SINGLE = {
    "id": "text",
    "externalId": "text",
    "userName": "text",
    "displayName": "text",
    "active": "boolean",
    "name.familyName": "text",
    "name.givenName": "text",
    "meta.created": "time",
    f"{USER_SCHEMA}:title": "text",
    f"{ENTERPRISE_SCHEMA}:department": "text",
    f"{ENTERPRISE_SCHEMA}:manager.value": "text",
}
LISTS = {
    "emails": {"value": "mail", "display": "text", "type": "type", "primary": "boolean"},
    "phoneNumbers": {"value": "text", "display": "text", "type": "type", "primary": "boolean"},
    "roles": {"value": "text", "type": "text", "primary": "boolean"},
    "addresses": {"locality": "text", "type": "type"},
    "groups": {"value": "text", "display": "text"},
}
COMPLEX = ["name", "meta", *LISTS, f"{ENTERPRISE_SCHEMA}:manager"]
MANY = {f"{name}.{sub}": kind for name, subs in LISTS.items() for sub, kind in subs.items()}
MANY.update({name: subs["value"] for name, subs in LISTS.items() if "value" in subs})  # emails co "x"


def spelled(word: str) -> st.SearchStrategy[str]:
    return st.sampled_from([word, word, word.lower(), word.upper()])


def operators(kind: str, many: bool = False) -> list[str]:
    """Those that both have for values of a kind."""
    found = ["eq"] if many else ["eq", "ne"]
    if kind != "boolean":
        found += ["gt", "ge", "lt", "le"] + ([] if kind == "time" else ["co", "sw", "ew"])
    return found


@st.composite
def comparisons(draw: st.DrawFn, kinds: dict[str, str], many: bool = False) -> str:
    name = draw(st.sampled_from(sorted(kinds)))
    kind = kinds[name]
    operator = draw(st.sampled_from(operators(kind, many)))
    value = draw(st.sampled_from([*VALUES[kind], *([None] if operator in ("eq", "ne") else [])]))
    ascii_only = draw(st.booleans())
    return f"{draw(spelled(name))} {draw(spelled(operator))} {json.dumps(value, ensure_ascii=ascii_only)}"


def present(names: list[str]) -> st.SearchStrategy[str]:
    return st.sampled_from(names).flatmap(spelled).map(lambda name: f"{name} pr")


def joined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Expressions over the parts, with and without brackets: precedence has to be understood alike."""
    return st.recursive(
        parts,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["and", "or", "AND"]), inner).map(" ".join),
            inner.map("({})".format),
            inner.map("not ({})".format),
        ),
        max_leaves=4,
    )


@st.composite
def elements_chosen(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(sorted(LISTS)))
    inside = joined(st.one_of(comparisons(LISTS[name]), present(sorted(LISTS[name]))))
    return f"{draw(spelled(name))}[{draw(inside)}]"


filters = joined(
    st.one_of(
        comparisons(SINGLE), comparisons(MANY, many=True), present([*SINGLE, *COMPLEX, *MANY]), elements_chosen()
    )
)


def one(kind: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(VALUES[kind])


def element(subs: dict[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: one(kind) for name, kind in subs.items()})


def put(body: dict[str, Any], path: str, value: Any) -> None:
    """Give a user the value of an attribute of which it has one."""
    schema, _colon, name = path.rpartition(":")
    holder = body if schema in ("", USER_SCHEMA) else body.setdefault(schema, {})
    parent, _dot, name = name.rpartition(".")
    (holder.setdefault(parent, {}) if parent else holder)[name] = value


@st.composite
def users(draw: st.DrawFn) -> dict[str, Any]:
    body: dict[str, Any] = {"schemas": [USER_SCHEMA, ENTERPRISE_SCHEMA], "userName": draw(one("text"))}
    for path in sorted(SINGLE):
        if draw(st.booleans()):
            put(body, path, draw(one(SINGLE[path])))
    for name, subs in sorted(LISTS.items()):
        found = draw(st.lists(element(subs), max_size=2))
        if found:
            body[name] = found
    return body


def theirs(text: str, body: dict[str, Any]) -> bool:
    return ScimFilter[User[EnterpriseUser]](text).match(User[EnterpriseUser].model_validate(body))


@pytest.mark.parametrize("path", [*SINGLE, *MANY])
def test_every_value_compares_to_every_other_as_the_oracle_says(path: str) -> None:
    bodies = []
    kind = SINGLE.get(path) or MANY[path]
    for value in VALUES[kind]:
        body: dict[str, Any] = {"userName": "ada"}
        if path in SINGLE:
            put(body, path, value)
        else:
            name, _dot, sub = path.partition(".")
            body[name] = [{sub or "value": value}]
        bodies.append((body, User[EnterpriseUser].model_validate(body)))
    for operator in operators(kind):
        for literal in VALUES[kind]:
            text = f"{path} {operator} {json.dumps(literal)}"
            ours, oracle = parse("filter", text), ScimFilter[User[EnterpriseUser]](text)
            found = {json.dumps(body): ours.matches(body) for body, _user in bodies}
            assert found == {json.dumps(body): oracle.match(user) for body, user in bodies}, text


@settings(deadline=None, max_examples=300)
@given(filters, users())
@example('emails[type eq "work" and value co "@x"]', {"userName": "a", "emails": [{"type": "home", "value": "a@x.org"}]})
@example("not (id pr) and id pr or userName pr", {"userName": "a"})
def test_it_selects_whom_the_oracle_selects(text: str, body: dict[str, Any]) -> None:
    assert parse("filter", text).matches(body) is theirs(text, body)


def test_the_comparison_can_fail() -> None:
    """Both answers are frequent among what is drawn."""
    seen: Counter[bool] = Counter()

    @settings(deadline=None, max_examples=100, database=None, derandomize=True)
    @given(filters, users())
    def look(text: str, body: dict[str, Any]) -> None:
        seen[theirs(text, body)] += 1

    look()
    assert min(seen[True], seen[False]) > 15


_WORDS = ["userName", "emails", "name.familyName", "eq", "CO", "pr", "and", "or", "not", "(", ")", "[", "]", '"a"', '"', "1", "true"]


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8).map(" ".join))
@example('emails [ userName eq "a" ]')
def test_what_the_oracle_cannot_read_is_refused(text: str) -> None:
    try:
        ScimFilter(text)
    except InvalidFilterException:
        with pytest.raises(InvalidInput):
            parse("filter", text)
