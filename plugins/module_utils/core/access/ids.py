# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an id of Access looks like, and that a task says which object it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..errors import InvalidInput

# 32 hexadecimal digits, mostly as 8-4-4-4-12 (RFC 9562 section 4). Such a text is never taken for a name.
_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)


def is_id(text: str) -> bool:
    """Whether a text is an id of Access, and no name."""
    return _ID.fullmatch(text.strip()) is not None


def settled(text: str) -> str:
    """An id as Cloudflare writes it; every other text as it is."""
    return text.strip().lower() if is_id(text) else text


def check_one_is_meant(params: Mapping[str, Any], what: str) -> None:
    """Refuse options that do not say by ``id`` or ``name`` which object is meant, and an id given as name. Raises InvalidInput."""
    given = [params.get(option) or "" for option in ("id", "name")]
    if not any(text.strip() for text in given):
        raise InvalidInput(f"id and name are empty; give at least one, to say which {what} is meant")
    for option, text in zip(("id", "name"), given):
        if text and not text.strip():
            raise InvalidInput(f"{option} is blank; leave it out, or say which {what} is meant")
    if given[0] and not is_id(given[0]):
        raise InvalidInput(f"id: {given[0]!r} is no id; give a name as name")
    if is_id(given[1]):
        raise InvalidInput(f"name: {given[1]!r} has the form of an id; give it as id")


def check_not_empty(params: Mapping[str, Any], options: tuple[str, ...], otherwise: str) -> None:
    """Refuse options that are given and empty: an empty variable does not ask for everything. Raises InvalidInput."""
    for option in options:
        if params.get(option) is not None and not str(params[option]).strip():
            raise InvalidInput(f"{option} is empty; leave it out {otherwise}")
