# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Splitting one task over several runs: everybody belongs to exactly one shard, whoever computes it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidInput
from .json_values import folded


@dataclass(frozen=True)
class Shard:
    """One of ``count`` shards, which are numbered from 0."""

    index: int
    count: int

    @classmethod
    def from_options(cls, shard: Mapping[str, Any] | None) -> Shard | None:
        """The shard that a task's option names, ``None`` if it names none: then everybody is meant."""
        if shard is None:
            return None
        index, count = _number(shard, "index"), _number(shard, "count")
        if count < 1:
            raise InvalidInput(f"shard.count: {count} is not possible, there is at least 1 shard")
        if not 0 <= index < count:
            raise InvalidInput(f"shard.index: {index} is not one of the {count} shards, which are numbered 0 to {count - 1}")
        return cls(index, count)

    def owns(self, key: str) -> bool:
        """Whether the one with this key belongs here.

        By a hash that is the same on every machine (Python's own is not), of the key without regard to letter case.
        """
        digest = hashlib.sha256(folded(key).encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest, "big") % self.count == self.index


def _number(shard: Mapping[str, Any], name: str) -> int:
    value = shard.get(name)
    if value is None:
        raise InvalidInput(f"shard.{name}: not given; a shard has an index and a count")
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(f"shard.{name}: {value!r} is not a whole number")
    return value
