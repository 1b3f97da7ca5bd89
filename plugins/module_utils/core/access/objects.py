# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Access policies and groups as values: canonical form, what changes, and the body of a PUT, which replaces everything.

https://developers.cloudflare.com/api/resources/zero_trust/subresources/access/subresources/policies/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..json_values import composed, without_none
from ..plan import Canonical, Change
from .rules import Rule, kept_in_order, rules_from_wire

Body = Mapping[str, Any]
Form = Callable[[Any], Any]

RULE_LISTS = ("include", "exclude", "require")

# What only answers hold.
_ANSWERED = frozenset(("id", "uid", "account_id", "app_count", "reusable", "created_at", "updated_at"))


def _text(value: Any) -> Any:
    return "" if value is None else value


def _pruned(value: Any) -> Any:
    """A value without what says nothing: Cloudflare leaves out, or shows, false, null and empty lists as it likes."""
    if isinstance(value, Mapping):
        kept = {name: _pruned(item) for name, item in value.items()}
        return {name: item for name, item in sorted(kept.items()) if item not in (None, False, "", [], {})}
    if isinstance(value, (list, tuple)):
        return sorted((_pruned(item) for item in value), key=repr)
    return value


def _approvers(value: Any) -> list[Any]:
    """Approval groups as a set; numbers come as 1 or 1.0."""
    return _pruned([{**group, "approvals_needed": int(group.get("approvals_needed") or 0)} for group in value or ()])  # type: ignore[no-any-return]


_FORMS: Mapping[str, Form] = {
    **dict.fromkeys(RULE_LISTS, rules_from_wire),
    "name": lambda value: composed(value or ""),
    "decision": _text,
    "session_duration": _text,
    "approval_required": bool,
    "approval_groups": _approvers,
    "isolation_required": bool,
    "purpose_justification_required": bool,
    "purpose_justification_prompt": _text,
    "mfa_config": lambda value: _pruned(value or {}),
    "connection_rules": lambda value: _pruned(value or {}),
    "precedence": lambda value: value,
    "is_default": bool,
}


class Objects:
    """One kind of object with rules. kind: what plans call it. options: its attributes, by the names that Cloudflare gives."""

    def __init__(self, kind: str, options: tuple[str, ...]) -> None:
        self.kind = kind
        self.options = options

    def from_wire(self, body: Body) -> dict[str, Any]:
        """The object in the form that is compared: what is missing is false, empty or ""."""
        return {option: _FORMS[option](body.get(option)) for option in self.options}

    def wish(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """A wish: the options that are given, as they are to be sent. Rules are given as Rule already."""
        given = {option: options.get(option) for option in self.options}
        return {option: without_none(value) for option, value in given.items() if value is not None}

    def changes(self, seen: Canonical, wish: Canonical) -> tuple[Change, ...]:
        """What has to change so that ``seen`` is as wished. Rules are compared as sets; only what is wished counts."""
        found = []
        for option in self.options:
            if option not in wish:
                continue
            before, after = seen.get(option), wish[option]
            if option in RULE_LISTS:
                before, after = tuple(before or ()), kept_in_order(tuple(before or ()), after)
                if set(before) == set(after):
                    continue
            elif _FORMS[option](before) == _FORMS[option](after):
                continue
            found.append(Change(option, before, after))
        return tuple(found)

    def created(self, wish: Canonical) -> dict[str, Any]:
        """What an object made from a wish looks like."""
        return dict(wish)

    def secrets(self) -> frozenset[str]:
        return frozenset()

    def body(self, raw: Body, wish: Canonical) -> dict[str, Any]:
        """What to send: everything that Cloudflare showed and that may be written, also what is not known here, and the wish on top.

        raw: the object as it was shown, ``{}`` for a new one. Rules that stay are sent back as they were written. A policy
        that shows no duration takes that of its application; if PUT said nothing of it, Cloudflare would take 24h.
        """
        sent = {name: value for name, value in raw.items() if name not in _ANSWERED and value is not None}
        if raw.get("reusable"):
            sent.pop("precedence", None)  # each application has its own for it
        if raw and "session_duration" in self.options:
            sent.setdefault("session_duration", "")
        for change in self.changes(self.from_wire(raw), wish):
            sent[change.path] = _on_the_wire(change.after)
        if not raw:
            sent.update({option: _on_the_wire(value) for option, value in wish.items()})
        return sent

    def shown(self, raw: Body) -> dict[str, Any]:
        """The object as results show it: as Cloudflare does, with the rules in the form that options have."""
        result = {name: value for name, value in raw.items() if name != "account_id"}
        for option in RULE_LISTS:
            result[option] = [rule.friendly() for rule in rules_from_wire(raw.get(option))]
        return result


def _on_the_wire(value: Any) -> Any:
    if isinstance(value, tuple):
        return [item.wire() if isinstance(item, Rule) else item for item in value]
    return value


GROUP = Objects("AccessGroup", ("name", *RULE_LISTS, "is_default"))

POLICY = Objects(
    "AccessPolicy",
    (
        "name",
        "decision",
        *RULE_LISTS,
        "session_duration",
        "approval_required",
        "approval_groups",
        "isolation_required",
        "purpose_justification_required",
        "purpose_justification_prompt",
        "mfa_config",
        "connection_rules",
        "precedence",
    ),
)
