# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mistakes in the options of a task that ansible-core does not see, or does not call by the option's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.validation import check_type_dict

from .core.errors import InvalidInput
from .core.resources import GROUP, USER
from .core.spelling import nearest

_OPTIONS = tuple(dict.fromkeys(attribute.option for resource in (USER, GROUP) for attribute in resource.attributes))


def not_a_dictionary(spec: Mapping[str, Any], given: Mapping[str, Any], within: str = "") -> str:
    """Which value has another shape than its option, in a sentence; empty if none has.

    For all ansible-core says "dictionary requested, could not parse JSON or key=value", wherever it is requested.
    spec: an argument spec. given: the options as they came. within: the option that holds them, for the message.
    """
    for name, option in spec.items():
        value = given.get(name)
        if value is None or "options" not in option:
            continue
        path, keys = within + name, f"with keys such as {', '.join(list(option['options'])[:3])}"
        several = option["type"] == "list"
        entries = value if several and isinstance(value, list) else [value]
        for index, entry in enumerate(entries):
            found = _dictionary(entry)
            place = f"{path}[{index}]" if entries is value else path
            if found is None:
                what = "a list of dictionaries" if several and entries is not value else "a dictionary"
                return f"{place} has to be {what}, {keys}"
            said = not_a_dictionary(option["options"], found, f"{place}.")
            if said:
                return said
    return ""


def _dictionary(value: Any) -> Mapping[str, Any] | None:
    """What ansible-core would take for a dictionary: JSON and ``key=value`` are allowed, too."""
    if value is None:
        return {}
    if isinstance(value, str):
        try:
            value = check_type_dict(value)
        except (TypeError, ValueError):
            return None
    return value if isinstance(value, Mapping) else None


def refuse_unknown_options(capability: str, names: list[str]) -> None:
    """Refuse a capability that lists what is no option: it would mean nothing, without a word.

    names: options of attributes, ``name.given_name``, or the paths of attributes of other schemas; ``Group.external_id``
    means groups only.
    """
    for name in names:
        kind, _dot, option = name.partition(".")
        bare = option if kind in (USER.kind, GROUP.kind) else name
        if bare in _OPTIONS or bare.lower().startswith("urn:"):
            continue
        near = nearest(bare, _OPTIONS)
        advice = f"did you mean {near}?" if near else "give the names that these modules use"
        raise InvalidInput(f"capabilities.{capability}: {name!r} is no option of scim_user or scim_group; {advice}")
