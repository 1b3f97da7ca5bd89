# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One selector present in, or absent from, the rule lists of one object of Access; every other rule stays as it came.

An object is a group or a policy in wire form. The lists are edited in wire form, too, so that rules of kinds that are
not known here, and whatever their inner objects hold, go back exactly as they came and in their order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .objects import RULE_LISTS
from .rules import Rule, rules_from_wire

INCLUDE, EXCLUDE, REQUIRE = RULE_LISTS

UNCHANGED, CHANGED, DELETED, DISABLED, REFUSED = "unchanged", "changed", "deleted", "disabled", "refused"

# What becomes of an object of which nothing would be left to include: Cloudflare does not take an empty include.
REFUSE, DELETE, DISABLE = ON_EMPTY = ("refuse", "delete", "disable")

# Nobody can have this address: no name under .invalid resolves (RFC 2606 section 2).
NOBODY = "nobody@disabled.invalid"
PLACEHOLDER: Mapping[str, Any] = {"email": {"email": NOBODY}}


@dataclass(frozen=True)
class Edit:
    """What becomes of one object.

    action: UNCHANGED, CHANGED, DELETED, DISABLED or REFUSED. lists: those that change, in wire form, whole. The lists of an
    object that is deleted or refused are those that made it so.
    """

    action: str
    lists: Mapping[str, list[Any]]


def edited(raw: Mapping[str, Any], selector: Rule, rules: Sequence[str], *, present: bool, on_empty: str = REFUSE) -> Edit:
    """One object with the selector in each of the lists, or in none of them.

    raw: the object as the service shows it. rules: names of lists, of RULE_LISTS. on_empty: one of ON_EMPTY.
    """
    lists = {}
    for name in dict.fromkeys(rules):
        before = list(raw.get(name) or ())
        after = _with(before, selector, of_include=name == INCLUDE) if present else _without(before, selector)
        if after != before:
            lists[name] = after
    if not lists:
        return Edit(UNCHANGED, {})
    if lists.get(INCLUDE, True):
        return Edit(CHANGED, lists)
    if on_empty == DISABLE:
        return _disabled(raw, lists)
    return Edit(DELETED if on_empty == DELETE else REFUSED, lists)


def named_in(raw: Mapping[str, Any], selector: Rule, rules: Sequence[str] = RULE_LISTS) -> list[str]:
    """The lists of an object in which the selector stands."""
    return [name for name in rules if any(selector in rules_from_wire([entry]) for entry in raw.get(name) or ())]


def is_disabled(raw: Mapping[str, Any]) -> bool:
    """Whether an object includes nobody but the placeholder."""
    return rules_from_wire(raw.get(INCLUDE)) == rules_from_wire([PLACEHOLDER])


def _disabled(raw: Mapping[str, Any], lists: Mapping[str, list[Any]]) -> Edit:
    """The object with the placeholder as all that it includes. It may be what was removed: then nothing is left to do."""
    kept = {**lists, INCLUDE: [dict(PLACEHOLDER)]}
    if is_disabled(raw):
        del kept[INCLUDE]
    return Edit(DISABLED if INCLUDE in kept else CHANGED if kept else UNCHANGED, kept)


def _with(entries: list[Any], selector: Rule, *, of_include: bool) -> list[Any]:
    if selector in rules_from_wire(entries):
        return entries
    disabled = of_include and is_disabled({INCLUDE: entries})
    return [*([] if disabled else entries), selector.wire()]


def _without(entries: list[Any], selector: Rule) -> list[Any]:
    kept: list[Any] = []
    for entry in entries:
        rules = rules_from_wire([entry])
        if selector not in rules:
            kept.append(entry)
        else:  # an entry with several keys, or values, means several rules
            kept.extend(rule.wire() for rule in rules if rule != selector)
    return kept
