# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the bodies of policies, groups, applications and identity providers have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ..exchange import Request
from .account import Account
from .envelope import invalid

LONGEST_NAME = 350
"""https://developers.cloudflare.com/cloudflare-one/account-limits/"""

_DURATION = re.compile(r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+")


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent."""
    body = request.json()
    if not isinstance(body, dict):
        raise invalid("the body must be a JSON object")
    return body


def name_of(body: dict[str, Any]) -> str:
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("name is required")
    if len(name) > LONGEST_NAME:
        raise invalid(f"name is longer than {LONGEST_NAME} characters")
    return name


def flag(body: dict[str, Any], name: str, *, default: bool = False) -> bool:
    """A boolean; null is as good as missing."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise invalid(f"{name} must be a boolean")
    return value


def duration(value: Any, name: str = "session_duration") -> str:
    """Such as "24h" or "2h45m". null and "" are "": the session lasts as long as the application says."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not _DURATION.fullmatch(value):
        raise invalid(f"{name} must be a duration such as 300ms or 2h45m")
    return value


def texts(value: Any, name: str) -> list[str]:
    """A list of texts; null is []."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise invalid(f"{name} must be a list of texts")
    return list(value)


def shown(value: dict[str, Any]) -> dict[str, Any]:
    """An object without the members that are never shown."""
    return {name: member for name, member in value.items() if not name.startswith("_")}


def without_false(account: Account, value: dict[str, Any], booleans: Sequence[str]) -> dict[str, Any]:
    """Without those booleans that are false (terraform-provider-cloudflare issue 5565), unless a quirk shows them."""
    if "show-false-booleans" in account.quirks:
        return value
    return {name: member for name, member in value.items() if member is not False or name not in booleans}


def matching(request: Request, items: list[dict[str, Any]], *exact: str) -> list[dict[str, Any]]:
    """Those that have the value of every query parameter in `exact`, and whose name contains `search`, in any case."""
    for name in exact:
        if name in request.query:
            items = [item for item in items if item.get(name) == request.query[name]]
    wanted = request.query.get("search", "").lower()
    return [item for item in items if wanted in str(item.get("name", "")).lower()]
