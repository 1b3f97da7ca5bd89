# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files beside the sources of a roster: what is remembered of the last run, and checksums. Both are read only."""

from __future__ import annotations

import json
import os
import re
import stat
from typing import Any

from .core.errors import InvalidInput
from .core.roster.acceptance import LastRun, last_run

_SUM = re.compile(r"([0-9a-fA-F]{64})(?:[ \t]+[ *]?(.+))?")  # as sha256sum writes it
_LONGEST_SUMS = 1_000_000


def read_accepted(path: str | None) -> LastRun | None:
    """The last run that a file tells of; ``None`` if there is no such file, which makes this the first. Raises InvalidInput."""
    if not path:
        return None
    data = _content("accepted_file", path)
    if data is None:
        folder = os.path.dirname(path) or "."
        if not os.path.isdir(folder):  # a typo would make every run the first one
            raise InvalidInput(f"accepted_file: the folder {folder} does not exist; create it, or correct the path")
        return None
    try:
        return last_run(json.loads(data, object_pairs_hook=_object))
    except (ValueError, RecursionError):
        return last_run(None)


def checksum_beside(path: str) -> str:
    """The sha256 that stands for a file in the file beside it, ``people.csv.sha256``; "" if there is none. Raises InvalidInput."""
    beside = f"{path}.sha256"
    data = _content("sources", beside)
    if data is None:
        return ""
    name = os.path.basename(path)
    found = [match for match in map(_SUM.fullmatch, data[:_LONGEST_SUMS].decode("utf-8", "replace").strip().splitlines()) if match]
    sums = {match[1].lower() for match in found if match[2] is None or os.path.basename(match[2].strip()) == name}
    if len(sums) != 1:
        raise InvalidInput(f"sources: {beside} has {len(sums) or 'no'} checksum{'s' if len(sums) > 1 else ''} for {name}; write it with sha256sum")
    return sums.pop()


def _content(option: str, path: str) -> bytes | None:
    """The bytes of a regular file, ``None`` if it is not there."""
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:  # a pipe would let the task wait
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise InvalidInput(f"{option}: {path} is no regular file")
            return file.read()
    except FileNotFoundError:
        return None
    except IsADirectoryError:
        raise InvalidInput(f"{option}: {path} is a directory; give a file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no valid path"
        raise InvalidInput(f"{option}: {path} cannot be read: {reason}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, in which a key that is there twice is damage."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found
