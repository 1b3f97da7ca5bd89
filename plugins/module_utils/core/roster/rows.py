# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a file of people holds, whatever its form was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .person import Row
from .problem import Problem


class NotReadable(ValueError):
    """What is wrong with a file as a whole, with the line where it is known; for the end of a sentence about the file."""


@dataclass(frozen=True)
class Rows:
    """The rows of one file.

    columns: their names, in the order in which they come. rows: those that are whole. damaged: those that are not.
    nested: values may have mappings and lists in them, and expressions look into these.
    """

    columns: tuple[str, ...]
    rows: Sequence[Row]
    damaged: Sequence[Problem] = ()
    nested: bool = False
