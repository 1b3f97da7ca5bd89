# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The plan for people: everything in it, what takes away first, and no name that pretends to be more than a name."""

from __future__ import annotations

import re

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan import Plan, plan
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan_document import document
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.plan_markdown import code, markdown
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import GROUP, USER
from hypothesis import example, given, settings
from hypothesis import strategies as st

SERVICE = "https://directory.example/scim/v2"


def read(found, **more):
    return markdown(document(found, **{"service": SERVICE, "digest": "abc123", "counts": found.counts(), **more}))


def test_a_plan_for_people():
    seen = {"ada": {"user_name": "ada", "active": True}, "bob": {"user_name": "bob"}, "cy": {"title": "Clerk"}}
    found = plan(USER, {"ada": {"active": False}, "bob": None, "cy": {"title": "Chief"}, "eve": {"user_name": "eve", "password": "s3cret"}}, seen)
    groups = {"Staff": {"members": ("ada", "bob")}, "Old": {"members": ("ada",)}}
    found += plan(GROUP, {"Staff": {"members": ("bob", "eve")}, "Old": None}, groups)
    counts = {"User": {"create": 1, "unchanged": 40}, "Group": {"unchanged": 2}}
    brakes = [{"brake": "deletions", "said": "1 of 3 users would be deleted"}]
    assert read(found, counts=counts, warnings=["members are not shown"], brakes=brakes) == (
        """\
# Plan for `https://directory.example/scim/v2`

Digest: `abc123`

|  | delete | deactivate | update | create | unchanged |
| --- | ---: | ---: | ---: | ---: | ---: |
| Group | 1 | 0 | 1 | 0 | 2 |
| User | 1 | 1 | 1 | 1 | 40 |

## Brakes that this plan trips

- `1 of 3 users would be deleted`

## Warnings

- `members are not shown`

## Deleted (2)

- User `bob`
- Group `Old` with 1 members

## Deactivated (1)

- User `ada`: `active`: `true` -> `false`

## Changed (2)

- Group `Staff`: `members` - `ada`, + `eve`
- User `cy`: `title`: `Clerk` -> `Chief`

## Created (1)

- User `eve`: `password`: (hidden); `user_name`: `eve`
"""
    )


def test_an_empty_plan_says_so():
    assert read(Plan()).endswith("\n\nNothing is to be done.\n")
    assert "| Group | 0 | 0 | 0 | 0 | 5 |" in read(Plan(), counts={"Group": {"unchanged": 5}})


def test_a_flat_count_is_no_row():
    assert "| User | 0 | 0 | 0 | 1 |" in read(plan(USER, {"ada": {"user_name": "ada"}}, {}))


def test_long_values_and_long_lists_are_cut():
    crowd = tuple(f"p{number:04}" for number in range(1000))
    found = plan(GROUP, {"Staff": {"members": crowd, "display_name": "x" * 5000}}, {"Staff": {"display_name": "y"}})
    text = read(found)
    assert len(text) < 1500
    assert "`p0019` and 980 more" in text
    assert "xxx... (5000 characters)`" in text


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("ada", "`ada`"),
        ("a`b", "``a`b``"),
        ("``", "``` `` ```"),
        (" a ", "`  a  `"),
        ("", "`  `"),
        ("a\n# b\r\u2028\u202ec", "`a\\n# b\\r\\u2028\\u202ec`"),
        ("Zoë 王", "`Zoë 王`"),
        (True, "`true`"),
        ([{"value": "ä"}], '`[{"value": "ä"}]`'),
    ],
)
def test_values_stand_in_code_spans(value, span):
    assert code(value) == span


# -- properties ------------------------------------------------------------------------------------------------------------

evil = st.text(st.sampled_from(list("`|#<>*_[]()!-\\ \n\r\t\u2028\x00ab")), max_size=12)
SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")  # a code span of CommonMark section 6.1


def skeleton(text):
    """What is left of a line once its code spans are taken out, as a reader of Markdown takes them out."""
    return SPAN.sub("\N{BULLET}", text)


@settings(deadline=None, max_examples=100)
@given(value=evil | st.text(st.characters(blacklist_categories=()), max_size=20))
@example("` <b>x</b> `` | # \n\n# Deleted (0)")
def test_no_value_ends_its_span(value):
    assert skeleton(f"- User {code(value)}: {code('title')}") == "- User \N{BULLET}: \N{BULLET}"
    assert code(value).isprintable()


@settings(deadline=None, max_examples=60)
@given(key=evil, title=evil.filter(bool), other=evil.filter(bool), member=evil)
def test_no_name_forges_a_line_or_a_cell(key, title, other, member):
    def lines(key, title, other, member):
        found = plan(USER, {key: {"title": title}}, {key: {"title": other + title}})
        found += plan(GROUP, {key: {"members": (member,)}}, {key: {"members": (other + member,)}})
        return [skeleton(line) for line in read(found, service=key, digest=title, warnings=[other]).split("\n")]

    assert lines(key, title, other, member) == lines("k", "t", "o", "m")


@settings(deadline=None, max_examples=50)
@given(kind=evil, verb=evil)
def test_no_kind_and_no_verb_of_a_count_forges_a_cell(kind, verb):
    rows = [line for line in read(Plan(), counts={kind: {verb + "!": 1}}).split("\n") if line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [7, 7, 7]
