# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a Cloudflare account may differ from what is documented, each by name. The handlers ask for them by name."""

from __future__ import annotations

from collections.abc import Iterable

from ..registry import UnknownName

KNOWN: dict[str, str] = {}
"""Descriptions by name, in the order in which they are listed."""


def add(name: str, description: str) -> None:
    """Make a quirk known."""
    KNOWN[name] = description


def checked(names: Iterable[str]) -> frozenset[str]:
    """The names as a set; UnknownName if one is not known."""
    chosen = frozenset(names)
    for name in sorted(chosen - KNOWN.keys()):
        raise UnknownName(f"unknown Cloudflare quirk {name!r}, known: {', '.join(sorted(KNOWN))}")
    return chosen


def described() -> str:
    """One line for each quirk."""
    width = max(map(len, KNOWN))
    return "\n".join(f"  {name:{width}}  {description}" for name, description in KNOWN.items())


add("show-false-booleans", "booleans that are false are shown in policies, not left out")
add("new-rule-kinds", "rules of a kind that is not documented are accepted")
add("redacted-secrets-stored", "a secret that is sent back redacted, or not at all, replaces the stored one")
add("keeps-nothing", "writes are answered as if they were done, but nothing is stored")
add("no-mfa-list", "users do not show their MFA authenticators")
add("revoke-does-nothing", "revoke_user is answered as if it was done, but the sessions stay")
add("seat-does-nothing", "a change of seats is answered as if it was done, but the seats stay")
