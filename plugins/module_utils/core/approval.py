# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dual control: whoever wants something done and whoever allows it are two people (ISO 27001 A.5.3, segregation of duties)."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from .errors import Refused


def refuse_unapproved(requested_by: str, approved_by: str, *, required: bool, option: str = "lifecycle_") -> None:
    """Refuse what is not approved, and what was approved by the one who asked for it.

    required: whether there has to be an approval. Without, one that is given has to be somebody else's all the same.
    option: what the names of the options begin with, for the message. Raises Refused.
    """
    requester, approver = _same(requested_by), _same(approved_by)
    if required and not requester:
        raise Refused(f"{option}requested_by is empty; nothing was written: an approval is required, so say who asked for this")
    if required and not approver:
        raise Refused(f"{option}approved_by is empty; nothing was written: an approval is required, by somebody else than {requested_by!r}")
    if approver and approver == requester:
        raise Refused(f"{option}approved_by is {approved_by!r}, who asked for this; nothing was written: somebody else has to approve it")


def same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, however they are written; nobody is nobody."""
    return bool(_same(one)) and _same(one) == _same(other)


@lru_cache(maxsize=1024)  # a ledger of years names the same few people in every record
def _same(name: str) -> str:
    """A form in which two ways to write somebody's name are one. What nobody sees, such as a space of no width, makes no other name."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", str(name or "")).casefold())
    return " ".join("".join(letter for letter in plain if unicodedata.category(letter) not in ("Cc", "Cf") or letter.isspace()).split())
