# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Birthright: which groups somebody is in because of what they are. Rules are data, and each membership names its rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rules:
    """Rules that were read and checked. Make them with ``rules``."""


def rules(options: Sequence[Mapping[str, Any]] | None) -> Rules:
    """Read ``[{name, when: {ATTRIBUTE: condition}, groups: [...], phases: [...]}]``. Raises InvalidInput naming the rule."""
    raise NotImplementedError
