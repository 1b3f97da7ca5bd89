# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People from the files of an HR system: the files are read, and their rows are taken by the mapping."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .core.roster.person import Record
from .core.roster.problem import Problem
from .options import Spec

FORMATS = ("auto", "csv", "json", "jsonl", "yaml", "ldif")

# The options of a module that reads a roster.
SOURCES_SPEC: Spec = {
    "sources": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {
            "path": {"type": "path", "required": True},
            "format": {"type": "str", "choices": list(FORMATS), "default": "auto"},
            "encoding": {"type": "str"},
            "delimiter": {"type": "str"},
            "items": {"type": "str"},
            "sha256": {"type": "str"},
            "mapping": {"type": "dict"},
        },
    },
    "mapping": {"type": "dict", "required": True},
}


@dataclass(frozen=True)
class FileFacts:
    """What the gate asks of a file.

    path: as it was given. rows: how many it has, damaged ones too. sha256: of its bytes, in hex. expected_sha256: what the source
    said that it is, in the same form, "" if it did not: whether they are equal is for the gate. mtime: when the file was
    written, an instant in UTC (``2026-11-30T04:00:00Z``). columns: their names, in the order of the file.
    """

    path: str
    rows: int
    sha256: str
    expected_sha256: str
    mtime: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Extract:
    """All files of a roster together, in the order of the sources.

    A row with a problem of the checks mapping or damaged_rows makes no record; one with encoding_damage makes one.
    A row without a person_id makes a record whose key is "".
    """

    records: list[Record]
    files: list[FileFacts]
    problems: list[Problem]


def read_roster(sources: Sequence[Mapping[str, Any]], mapping: Mapping[str, Any]) -> Extract:
    """Read and map all sources. Both arguments as AnsibleModule gives them for ``SOURCES_SPEC``.

    Raises InvalidInput for what is wrong with an option or with a file as a whole (not there, cut off, in another encoding, a
    column missing that the mapping names), MissingLibrary where an expression needs jmespath. What is wrong with single
    rows is in ``problems``.
    """
    raise NotImplementedError
