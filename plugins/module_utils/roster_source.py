# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People from the files of an HR system: the files are read, and their rows are taken by the mapping."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .core.errors import InvalidInput
from .core.roster.mapping import compiled
from .core.roster.person import Record
from .core.roster.problem import Problem
from .core.roster.records import records
from .options import Spec
from .query import required
from .roster_files import FORMATS, FileFacts, read_rows

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
    if not sources:
        raise InvalidInput("sources is empty; give the files that people are read from")
    options = [f"sources[{position}]" for position in range(len(sources))]
    mappings = [compiled(mapping, source.get("mapping"), source=f"{option}.mapping") for source, option in zip(sources, options)]
    extract = Extract([], [], [])
    for source, name, mapped, option in zip(sources, _names(sources), mappings, options):
        rows, facts = read_rows(source, name, option)
        try:
            found, problems = records(rows, mapped, required)
        except InvalidInput as error:
            raise InvalidInput(f"{name}: {error}") from None
        extract.records.extend(found)
        extract.files.append(facts)
        extract.problems.extend(problems)
    return extract


def _names(sources: Sequence[Mapping[str, Any]]) -> list[str]:
    """What places call the files: their names, with the folder where two have the same name. Raises InvalidInput for one file twice."""
    paths = [str(source["path"]) for source in sources]
    doubled = [path for path, count in Counter(paths).items() if count > 1]
    if doubled:
        raise InvalidInput(f"sources has the file {doubled[0]} twice")
    names = [os.path.basename(path) for path in paths]
    return [name if names.count(name) == 1 else path for name, path in zip(names, paths)]
