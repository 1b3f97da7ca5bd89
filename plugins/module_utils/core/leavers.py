# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who leaves, as a list names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import InvalidInput

KEYS = ("id", "external_id", "user_name")  # the immutable ones first
EMAIL = "email"  # finds no account; it is the name by which Cloudflare Access knows people


def person_of(number: int, given: Any) -> dict[str, str]:
    """One entry of the list, without what is empty. number: its place, for messages. Raises InvalidInput."""
    if not isinstance(given, Mapping):
        raise InvalidInput(f"leaver_people[{number}] is not a mapping with id, external_id or user_name")
    unknown = sorted(str(name) for name in given if name not in (*KEYS, EMAIL))
    if unknown:
        raise InvalidInput(
            f"leaver_people[{number}] has {', '.join(unknown)}; only id, external_id and user_name name a person, and email in Access"
        )
    person = {name: str(given[name]) for name in (*KEYS, EMAIL) if given.get(name) not in (None, "")}
    if not set(person) & set(KEYS):
        alone = " by an e-mail alone" if EMAIL in person else ""
        same = ", even if it is the same" if alone else ""
        raise InvalidInput(f"leaver_people[{number}] names nobody{alone}; give id, external_id or user_name{same}")
    if EMAIL in person and "@" not in person[EMAIL].strip()[1:-1]:
        raise InvalidInput(f"leaver_people[{number}].email is no e-mail address")
    return person
