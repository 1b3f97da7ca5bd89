# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far log files were read, in a text that still holds when they have been rotated, compressed or cut since.

A file is known by its inode and its first bytes, as they are before compression: a rotation that renames keeps both, one that
copies or compresses keeps the bytes. No file name is part of the text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..core.errors import InvalidInput

HEAD = 256  # bytes by which a file is known; fewer while it has not more
WHOLE = -1  # an offset: the file was read to its end, and nothing is added to it any more
MOST_FILES = 1_000

_MARK = "file1"
_PLACE = re.compile(r"(\d{1,20}):(-1|\d{1,18}):(\d{1,3}):([0-9a-f]{16}):([lr])", re.ASCII)
# logrotate's numbers, dateext and dateformat, with or without compression: log.1, log.2.gz, log-20261124, log-20261124-1795478400.gz
_ROTATED = re.compile(
    r"(?P<series>.+?)(?:\.(?P<number>\d{1,5})|[-._](?P<date>\d{4}-\d\d-\d\d|\d{8,14})(?P<more>[-_T.]?\d{1,10})?)(?:\.gz)?", re.ASCII | re.DOTALL
)


@dataclass(frozen=True)
class LogFile:
    """A file as it was found. size: in bytes, as it is stored. head: its first bytes, decompressed. packed: by gzip.

    changed: when it was written to last, in seconds since 1970; 0 if that is not known.
    """

    name: str
    inode: int
    size: int
    head: bytes
    packed: bool = False
    changed: int = 0

    @property
    def rotated(self) -> bool:
        """Whether the name says that the file is an old one, to which nothing is written any more."""
        return self.packed or _ROTATED.fullmatch(self.name) is not None


@dataclass(frozen=True)
class Place:
    """Where reading a file ended. offset: in bytes, decompressed, or WHOLE. length, digest: of its first bytes at that time."""

    inode: int
    offset: int
    length: int
    digest: str
    rotated: bool = False

    def fits(self, file: LogFile) -> bool:
        """Whether a file may be the one that was read: it begins alike, and is not shorter than what was read of it."""
        if not self.length or _digest(file.head[: self.length]) != self.digest or len(file.head) < self.length:
            return False
        return file.packed or file.size >= self.offset


def place(file: LogFile, offset: int) -> Place:
    """The place at an offset of a file."""
    head = file.head[:HEAD]
    return Place(file.inode, offset, len(head), _digest(head), file.rotated)


def text_of(places: Iterable[Place]) -> str:
    """The cursor that says where reading ended. Without quotes and brackets, so that no template takes it for anything else."""
    entries = [f"{at.inode}:{at.offset}:{at.length}:{at.digest}:{'r' if at.rotated else 'l'}" for at in places if at.length]
    return ",".join([_MARK, *entries])


def places_in(cursor: str) -> list[Place]:
    """The places of a cursor; none for an empty one. Raises InvalidInput for a text that is no cursor of files."""
    if not cursor:
        return []
    mark, *entries = cursor.strip().split(",")
    found = [_PLACE.fullmatch(entry) for entry in entries[: MOST_FILES + 1]]
    if mark != _MARK or len(found) > MOST_FILES:
        raise InvalidInput("cursor: this is no cursor of log files; give the one that the last run returned, or leave it out")
    places = []
    for entry in found:
        if entry is None:
            raise InvalidInput("cursor: this cursor of log files is damaged; leave it out to begin anew")
        places.append(Place(int(entry[1]), int(entry[2]), int(entry[3]), entry[4], entry[5] == "r"))
    return places


def resumed(places: Sequence[Place], files: Sequence[LogFile]) -> tuple[dict[str, int], int]:
    """Where to go on in each file, by its name, 0 in one that is new; and how many places fit none.

    Only places in files that were still written to are counted: old files are deleted as a matter of course.
    """
    offsets: dict[str, int] = {}
    free = list(places)
    for exactly in (True, False):
        for file in files:
            if file.name in offsets:
                continue
            fitting = [at for at in free if at.fits(file) and (at.inode == file.inode or not exactly)]
            if fitting:
                best = max(fitting, key=lambda at: (at.offset == WHOLE, at.offset))
                offsets[file.name] = best.offset
                free.remove(best)
    lost = sum(not at.rotated for at in free)
    return {file.name: offsets.get(file.name, 0) for file in files}, lost


def age(name: str) -> tuple[str, int, str, int]:
    """What sorts the names of files from the oldest to the newest, each series of rotated ones for itself."""
    found = _ROTATED.fullmatch(name)
    if not found:
        return name, 2, "", 0
    if found["number"]:
        return found["series"], 1, "", -int(found["number"])
    return found["series"], 0, found["date"].replace("-", "") + (found["more"] or ""), 0


def distinct(files: Iterable[LogFile]) -> list[LogFile]:
    """The files from the oldest to the newest, each once: a link to one that is there is left out, and so is a compressed copy."""
    ordered = sorted(files, key=lambda file: age(file.name))
    by_name: Mapping[str, LogFile] = {file.name: file for file in ordered}
    seen: set[tuple[int, int, bytes]] = set()
    kept = []
    for file in reversed(ordered):
        plain = by_name.get(file.name[:-3]) if file.packed else None
        same = (file.inode, file.size, file.head)
        if same in seen or (plain is not None and plain.head == file.head):
            continue
        seen.add(same)
        kept.append(file)
    return kept[::-1]


def _digest(head: bytes) -> str:
    return hashlib.sha256(head).hexdigest()[:16]
