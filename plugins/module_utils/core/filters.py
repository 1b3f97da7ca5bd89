# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCIM filters (RFC 7644 section 3.4.2.2): building them safely. Results are verified by the caller, always."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from .attributes import Attribute

_WORD = re.compile(r'"(?:[^"\\]|\\.)*"|[\w.]+')  # a string literal, or an attribute or operator


def quote(value: str) -> str:
    """A filter's string literal, which is a JSON string: quotes, backslashes and control characters are escaped."""
    return json.dumps(value, ensure_ascii=False)


def eq(attribute: str, value: str) -> str:
    """``attribute eq "value"``: the one comparison that every service has."""
    return f"{attribute} eq {quote(value)}"


def any_of(attributes: Iterable[str], values: Iterable[str]) -> str:
    """A filter that finds a resource by any of the attributes having any of the values."""
    named = tuple(attributes)
    return " or ".join(eq(attribute, value) for value in values for attribute in named)


def all_of(*filters: str) -> str:
    """A filter that is true where every given one is."""
    return " and ".join(filters)


def misnamed(filter: str, attributes: Iterable[Attribute]) -> list[Attribute]:
    """The attributes that a filter calls by the name of their option: ``user_name`` instead of ``userName``."""
    words = set(_WORD.findall(filter))
    # No attribute of the protocol has an underscore in its name.
    return [attribute for attribute in attributes if "_" in attribute.option and attribute.option in words]
