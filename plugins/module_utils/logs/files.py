# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Log files on this machine: found by names and patterns, with their old ones, read from where the last read ended.

Read in pieces, so that memory does not grow with the files. A rotation between two reads loses nothing; see collection_cursor.
"""

from __future__ import annotations

import glob
import gzip
import os
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from ..core.errors import LifecycleError
from ..core.events.lines import Lines
from ..core.events.texts import inert
from .collection_cursor import HEAD, WHOLE, LogFile, distinct, place, places_in, resumed, text_of
from .collection_files import (
    DIRECTORY,
    LONGEST,
    MISSING,
    READ,
    SAID,
    SPECIAL,
    UNREADABLE,
    Entry,
    Seen,
    is_glob,
)

_CHUNK = 1 << 18


class UnreadableLog(LifecycleError):
    """A log file is there and cannot be read; the message says why."""


@dataclass(frozen=True)
class Batch:
    """What is new in files. entries: with the file of each, oldest file first. cursor: where the next read begins.

    more: there is more than was asked for. warnings: sentences for people.
    """

    entries: list[tuple[LogFile, Entry]]
    cursor: str
    more: bool = False
    warnings: list[str] = field(default_factory=list)


def look(paths: Sequence[str], *, rotated: bool = True) -> list[Seen]:
    """What each path is; of a pattern, what each file is that it matches. rotated: old files beside them, too."""
    found: dict[str, Seen] = {}
    for path in paths:
        names = sorted(glob.glob(path)) if is_glob(path) and not os.path.lexists(path) else [path]
        for name in names or [path]:
            found[name] = _seen(name)
        for name in sorted(beside for known in names for beside in glob.glob(glob.escape(known) + "[-._][0-9]*")) if rotated else ():
            seen = _seen(name)
            if name not in found and (seen.file.rotated if seen.file else LogFile(name, 0, 0, b"").rotated):
                found[name] = seen
    return [seen for seen in found.values() if seen.state != DIRECTORY or seen.path in paths]


def entries(file: LogFile, offset: int = 0, *, whole: bool = True) -> Iterator[Entry]:
    """The entries of a file from an offset on. whole: also a last line that has no end.

    At an offset that is not where a line begins, the file is another one than the one that was read: it is read from its beginning.
    Raises UnreadableLog.
    """
    if offset == WHOLE:
        return
    lines = Lines(longest=LONGEST)
    try:
        with _opened(file.name) as opened:
            if not file.packed and os.fstat(opened.fileno()).st_ino != file.inode:
                return  # rotated just now: the next look finds it under its new name
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=opened)) if file.packed else opened
            base = _positioned(stream, offset)
            while True:
                chunk = stream.read(_CHUNK)
                if not chunk:
                    break
                for said in lines.feed(chunk):
                    yield Entry(said, base + lines.began, base + lines.consumed)
            for said in lines.close() if whole or file.packed else lines.settle():
                yield Entry(said, base + lines.began, base + lines.consumed)
    except FileNotFoundError:
        return
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableLog(f"{inert(file.name)} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def read(paths: Sequence[str], cursor: str, *, most: int = 10_000, rotated: bool = True, only_new: bool = False) -> Batch:
    """What is new in files since a cursor, at most so many entries; everything if the cursor is empty.

    only_new: with an empty cursor nothing is new, and the cursor of what is there now is returned. Raises InvalidInput for another
    source's cursor.
    """
    seen = look(paths, rotated=rotated)
    files = distinct(one.file for one in seen if one.file)
    known = places_in(cursor)
    offsets, lost = resumed(known, files)
    batch: list[tuple[LogFile, Entry]] = []
    warnings = [f"{inert(one.path)}: {SAID[one.state]}" for one in seen if one.state != READ]
    if lost:
        warnings.append(f"{lost} of the files that were read last are gone; what was written to them since is lost")
    places, more = [], False
    for file in files:
        end = offsets[file.name]
        if only_new and not cursor:
            end = WHOLE if file.packed else _last_line(file)
        elif len(batch) < most:
            try:
                for entry in entries(file, end, whole=False):
                    batch.append((file, entry))
                    end = entry.end
                    if len(batch) >= most:
                        more = True
                        break
                else:
                    end = WHOLE if file.packed else end
            except UnreadableLog as error:
                warnings.append(str(error))
        else:
            more = True
        places.append(place(file, end))
    return Batch(batch, text_of(places), more, warnings)


def _seen(path: str) -> Seen:
    try:
        kind = os.stat(path)
        if stat.S_ISDIR(kind.st_mode):
            return Seen(path, DIRECTORY)
        if not stat.S_ISREG(kind.st_mode):
            return Seen(path, SPECIAL)
        packed = path.endswith(".gz")
        with _opened(path) as opened:
            kind = os.fstat(opened.fileno())
            head = _head(cast(BinaryIO, gzip.GzipFile(fileobj=opened)) if packed else opened)
    except (FileNotFoundError, NotADirectoryError):
        return Seen(path, MISSING)
    except (OSError, ValueError):
        return Seen(path, UNREADABLE)
    return Seen(path, READ, LogFile(path, kind.st_ino, kind.st_size, head, packed, int(kind.st_mtime)))


def _head(stream: BinaryIO) -> bytes:
    try:
        return stream.read(HEAD)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return b""


def _opened(path: str) -> BinaryIO:
    """Opened in the usual way, a named pipe would wait for somebody to write into it."""
    return open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))


def _positioned(stream: BinaryIO, offset: int) -> int:
    """Go to an offset, or to the beginning if no line begins there. Returns where the stream is."""
    if offset > 0:
        stream.seek(offset - 1)
        if stream.read(1) == b"\n":
            return offset
    stream.seek(0)
    return 0


def _last_line(file: LogFile) -> int:
    """Where the last line of a file begins that has no end yet, else where the file ends."""
    try:
        with _opened(file.name) as opened:
            end = opened.seek(0, os.SEEK_END)
            while end > 0:
                start = max(end - _CHUNK, 0)
                opened.seek(start)
                at = opened.read(end - start).rfind(b"\n")
                if at >= 0:
                    return start + at + 1
                end = start
    except OSError:
        pass
    return 0
