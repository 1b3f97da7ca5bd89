# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A random sample that anybody can draw again: nobody chooses it, and nobody has to believe how it was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

from ..ledger.leaving import Leaving

_Member = TypeVar("_Member", bound=Leaving)


def rank(seed: str, subject: str, number: int) -> str:
    """By what the population is put in order: the hexadecimal SHA-256 of the seed, the subject and the number of the first record.

    The three are UTF-8, with a line feed between them, which is what ``printf '%s\\n%s\\n%s' SEED SUBJECT NUMBER | sha256sum`` prints.
    """
    return sha256(f"{seed}\n{subject}\n{number}".encode("utf-8", "backslashreplace")).hexdigest()


def drawn(population: Iterable[_Member], seed: str, size: int) -> Sequence[_Member]:
    """The first of the population in the order of their ranks. Whoever is added or left out moves nobody else's rank."""
    return sorted(population, key=lambda case: rank(seed, case.subject, case.first))[:size]
