# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strategies for users and groups as tasks wish them and as services show them."""

from __future__ import annotations

from ansible_collections.identityops.lifecycle.plugins.module_utils.core.attributes import (
    BOOLEAN,
    ELEMENTS,
    PHONE,
    REFERENCE,
    USER_ATTRIBUTES,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.references import References
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.resources import USER
from hypothesis import strategies as st

PEOPLE = ("ada", "Bob", "carol", "dave", "eve", "frank")
TEAMS = ("Red team", "Blue team", 'Team "X"')
VENDOR = "urn:example:params:scim:schemas:vendor:2.0:User"
TYPES = ("work", "home", "other")

# Few letters, so that values meet; letters that change under folding, and what filters have to quote.
texts = st.text('aAbB é"\\].', min_size=1, max_size=4).filter(lambda text: text.strip() == text)
any_texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)


def references():
    """Everybody in PEOPLE and TEAMS, with their ids."""
    known = References()
    for number, name in enumerate(PEOPLE):
        known.learn("User", name, f"u{number}")
    for number, name in enumerate(TEAMS):
        known.learn("Group", name, f"g{number}")
    return known


def _sub_value(sub):
    if sub.kind == PHONE:
        return st.sampled_from(["+1 201 555", "tel:+1-201-555", "+49 30 1", "555", "+49301"])
    return texts


@st.composite
def elements(draw, attribute):
    """Elements of a multi-valued attribute: distinct, with one primary at most."""
    identifying = attribute.sub[0]
    drawn, seen = [], set()
    for _unused in range(draw(st.integers(0, 3))):
        element = {}
        for sub in attribute.sub:
            if sub.option == "type":
                value = draw(st.sampled_from([*TYPES, None] if identifying.option != "type" else TYPES))
            elif sub.option == "primary":
                value = draw(st.sampled_from([None, False, True]))
            else:
                value = draw(_sub_value(sub)) if sub is identifying or draw(st.integers(0, 3)) == 0 else None
            if value is not None:
                element[sub.option] = value
        if element.get("primary") and any(other.get("primary") for other in drawn):
            del element["primary"]
        digits = "".join(c for c in str(element[identifying.option]) if c not in " -()." and c.isalnum() or c in '+é"\\].')
        name, kind = digits.replace("tel", "").casefold(), element.get("type")
        # One without a type may be meant by each that has one.
        if not any(name == other and (kind is None or of is None or kind == of) for other, of in seen):
            seen.add((name, kind))
            drawn.append(element)
    return drawn


def _value(attribute):
    if attribute.kind == BOOLEAN:
        return st.booleans()
    if attribute.kind == ELEMENTS:
        return elements(attribute)
    if attribute.kind == REFERENCE:
        return st.sampled_from(["", *PEOPLE])
    return st.one_of(st.just(""), texts, texts)


_vendor = st.fixed_dictionaries(
    {},
    optional={
        "costCode": st.one_of(st.just(""), texts),
        "badge": st.integers(0, 3),
        "remote": st.booleans(),
        "skills": st.lists(texts, max_size=2, unique=True),
        "desk": st.fixed_dictionaries({}, optional={"floor": texts, "seat": texts}),
    },
)


@st.composite
def user_options(draw, passwords=False):
    """The options of a scim_user task: some attributes given, some cleared, most left alone."""
    options = {"user_name": draw(st.sampled_from(PEOPLE))}
    names = [a for a in USER_ATTRIBUTES if a.option != "user_name" and not a.write_only]
    for attribute in draw(st.lists(st.sampled_from(names), max_size=6, unique=True)):
        parent, dot, name = attribute.option.partition(".")
        holder, name = (options.setdefault(parent, {}), name) if dot else (options, attribute.option)
        holder[name] = draw(_value(attribute))
    if passwords:
        options["password"] = draw(texts)
    if draw(st.booleans()):
        options["extensions"] = {VENDOR: draw(_vendor)}
    return options


def user_wishes(passwords=False):
    return user_options(passwords).map(USER.from_options)


members = st.lists(st.sampled_from(PEOPLE), unique=True).map(lambda names: tuple(sorted(names)))
teams = st.lists(st.sampled_from(TEAMS), unique=True).map(lambda names: tuple(sorted(names)))

group_wishes = st.fixed_dictionaries(
    {"display_name": texts}, optional={"external_id": texts, "members": members, "nested_groups": teams}
)


def body_of(resource, wish, doubled=False):
    """What a service shows of a resource: with an id, and with things that we know nothing about.

    doubled: every element of a list is there twice, as after an add on some services.
    """
    body = {"id": "1", "meta": {"resourceType": resource.kind}, **resource.to_wire(resource.created(wish), references())}
    body["x-unknown"] = {"kept": True}
    body["urn:example:other"] = {"Kept": [1, 2]}
    body["schemas"] = [*body["schemas"], "urn:example:other"]
    for entry in body.get("members", []):
        entry["$ref"] = f"https://scim.example/{entry.get('type', 'User')}s/{entry['value']}"
    for name, value in body.items():
        if doubled and name not in ("schemas", "members") and isinstance(value, list):
            body[name] = value + [{**item, "primary": False} for item in value]
    return body


def plainly(canonical):
    """A canonical resource in a form in which the order of elements and an explicit "not primary" do not count."""

    def plain(value):
        if isinstance(value, dict):
            return frozenset((k, plain(v)) for k, v in value.items() if not (k == "primary" and v is False) and v not in (None, {}))
        if isinstance(value, (list, tuple)):
            return frozenset((item, [plain(v) for v in value].count(item)) for item in map(plain, value))
        return value

    return {path: plain(value) for path, value in canonical.items() if value not in (None, (), [], {}) and plain(value) != frozenset()}
