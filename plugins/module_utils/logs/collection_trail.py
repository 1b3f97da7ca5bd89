# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log files of a host, read as scim_log_info is asked to: one look at what is there, then one command for each file that is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.errors import InvalidInput
from ..core.events.event import Event
from ..core.events.formats import event_from_line
from ..core.events.texts import inert
from ..core.events.timestamps import spelled, timestamp
from ..inquiry.shown import MOST_CHARACTERS
from .collection import MOST_BYTES, Answer, CannotCollect
from .collection_cursor import (
    MOST_FILES,
    WHOLE,
    LogFile,
    age,
    distinct,
    place,
    places_in,
    resumed,
    text_of,
)
from .collection_files import (
    READ,
    SAID,
    UNREADABLE,
    Entry,
    Part,
    Seen,
    finished,
    listed,
    listing,
    part_of,
    reading,
)
from .collection_run import Gathered, Host, Wanted

_ADVICE = {UNREADABLE: "; set become, or add the user to its group"}
# The end of what a pattern selects, which is all that it takes to find a few events, mostly.
_LITTLE = 250_000
# Compressed by something else than gzip: bzip2, xz, zstandard, and gzip under another name than .gz.
_PACKED = (b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x1f\x8b")


def files(host: Host, options: Mapping[str, Any], wanted: Wanted) -> Gathered:
    """What files hold. Raises CannotCollect if none can be read, InvalidInput, Unreachable."""
    if host.windows:
        raise InvalidInput("source: files are read on hosts with a POSIX shell; on Windows, set source to eventlog")
    paths = [path for path in options.get("paths") or () if path.strip()]
    known = places_in(wanted.cursor)
    seen, warnings = _seen(host, paths, bool(options.get("rotated", True)))
    ordered = distinct(one.file for one in seen if one.file)
    offsets, lost = resumed(known, ordered)
    if lost:
        warnings.append(f"cursor: {lost} of the files that were read last are gone; what was written to them since is lost")
    reader = _Reader(host, str(options.get("pattern") or ""), bool(options.get("regex")), wanted, warnings)
    ends = dict.fromkeys(offsets, WHOLE) if not wanted.cursor else dict(offsets)
    if wanted.cursor:
        for file in ordered:
            if reader.full:
                reader.gathered.more = True
                break
            ends[file.name] = reader.read(file, offsets[file.name])
    else:
        _newest(reader, ordered, ends, wanted)
    gathered = reader.gathered
    gathered.cursor = text_of(place(file, ends[file.name]) for file in ordered)

    def behind(number: int) -> str:
        """The cursor behind an entry: files before its own were read, those after it were not."""
        at, offset = reader.places[number]
        reached = [place(file, ends[file.name]) for file in ordered[: ordered.index(at)]]
        return text_of([*reached, place(at, offset), *(place(file, offsets[file.name]) for file in ordered[ordered.index(at) + 1 :])])

    gathered.cursors = behind
    gathered.warnings = warnings
    gathered.beside["files"] = [{"path": inert(one.path), "state": one.state, **({"size": one.file.size} if one.file else {})} for one in seen]
    return gathered


def _newest(reader: _Reader, ordered: Sequence[LogFile], ends: dict[str, int], wanted: Wanted) -> None:
    """From the newest file backwards, as far as it takes; what is older counts as read, as its events are not wanted any more."""
    since = spelled(wanted.selection.since) if wanted.selection.since else ""
    old = sorted((file for file in ordered if file.rotated), key=lambda file: (file.changed, age(file.name)), reverse=True)
    for file in [*(file for file in ordered if not file.rotated), *old]:
        newer_than = timestamp(file.changed + 1) if file.rotated and file.changed else "~"  # no event of it is newer
        if newer_than < since:
            continue
        if newer_than <= reader.oldest_wanted:
            reader.gathered.more = True
            continue
        ends[file.name] = reader.read(file, 0)


def _seen(host: Host, paths: Sequence[str], rotated: bool) -> tuple[list[Seen], list[str]]:
    """What is at paths, and warnings. Raises CannotCollect if nothing there can be read."""
    if not paths:
        raise InvalidInput("paths: empty; name at least one file")
    answer = host.posix(listing(paths, rotated=rotated))
    if answer.cut:
        raise InvalidInput(f"paths: more than {MOST_FILES:,} files match")
    seen = listed(answer)
    if len(seen) > MOST_FILES:
        raise InvalidInput(f"paths: more than {MOST_FILES:,} files match ({len(seen):,}); choose fewer")
    kept, warnings = [], []
    for one in seen:
        said = SAID.get(one.state, "") + _ADVICE.get(one.state, "")
        if one.file and not one.file.packed and one.file.head.startswith(_PACKED):
            said, one = "this is compressed by something else than gzip, or not named .gz", Seen(one.path, UNREADABLE)
        if said:
            warnings.append(f"{inert(one.path, 300)}: {said}")
        kept.append(one)
    if not any(one.state == READ for one in kept):
        raise CannotCollect("; ".join(warnings[:5]) or f"the host did not say what {inert(', '.join(paths), 300)} is: {answer.told}")
    return kept, warnings


class _Reader:
    """Reads one file after the other, and keeps what is wanted."""

    def __init__(self, host: Host, pattern: str, regex: bool, wanted: Wanted, warnings: list[str]) -> None:
        self.gathered = Gathered()
        self.places: list[tuple[LogFile, int]] = []
        self.warnings = warnings
        self._host = host
        self._pattern = pattern
        self._regex = regex
        self._wanted = wanted
        self._characters = 0

    @property
    def full(self) -> bool:
        """Whether there is already more than a result holds, or a file that could not be read to its end."""
        events, newest = len(self.gathered.events), self._wanted.newest
        return self.gathered.more or self._characters > 4 * MOST_CHARACTERS or (newest is not None and events > newest)

    @property
    def oldest_wanted(self) -> str:
        """The timestamp of the oldest event that will be returned if no newer one is found; "" while there are too few."""
        newest, events = self._wanted.newest, self.gathered.events
        if self._characters > 4 * MOST_CHARACTERS:
            return min(str(event["timestamp"]) for _dummy, event in events)
        if newest is None or len(events) < newest:
            return ""
        return sorted((str(event["timestamp"]) for _dummy, event in events), reverse=True)[newest - 1]

    def read(self, file: LogFile, offset: int) -> int:
        """Read a file from an offset on. Returns where to go on in it."""
        if offset == WHOLE or (not file.packed and offset == file.size and offset > 0):
            return offset
        part, answer = self._part(file, offset)
        if part.misplaced:
            self.warnings.append(f"{inert(file.name, 300)}: this is another file than the one that was read last; it is read from its beginning")
            part, answer = self._part(file, 0)
        if answer.code not in (0, 141) and not answer.cut and not part.entries and part.end == offset and not file.packed:
            raise CannotCollect(f"{inert(file.name, 300)} could not be read: {answer.told or f'exit code {answer.code}'}")
        if answer.said.strip() and not answer.cut:
            self.warnings.append(f"{inert(file.name, 300)}: {answer.told}")
        if part.unfinished:
            self.warnings.append(f"{inert(file.name, 300)}: the last line has no end yet, and is left to the next run")
        self._keep(file, part)
        if part.cut:
            self.gathered.more = True
            return part.end if self._wanted.cursor else finished(file, part.end)
        return finished(file, part.end)

    def _part(self, file: LogFile, offset: int) -> tuple[Part, Answer]:
        mark, wanted = self._host.mark, self._wanted
        newest = not wanted.cursor
        command = reading(file, offset, mark, pattern=self._pattern, regex=self._regex)
        for most in (_LITTLE, MOST_BYTES) if newest and wanted.newest is not None else (MOST_BYTES,):
            answer = self._host.posix(command, newest=newest, most=most)
            part = part_of(answer, mark, offset, newest=newest)
            if not part.cut or most == MOST_BYTES or wanted.enough(self._numbered(file, part)[0]):
                break
        return part, answer

    def _numbered(self, file: LogFile, part: Part) -> tuple[list[tuple[Event, Entry]], int]:
        """The events of a part that are wanted, and how many entries are none."""
        events, unparsed = [], 0
        for entry in part.entries:
            event = self._event(file, entry.text, entry.start)
            if event is None:
                unparsed += 1
            elif self._wanted.selection.matches(event):
                events.append((event, entry))
        return events, unparsed

    def _keep(self, file: LogFile, part: Part) -> None:
        events, unparsed = self._numbered(file, part)
        self.gathered.shortened += part.shortened
        self.gathered.unparsed += unparsed
        for event, entry in events:
            self.gathered.events.append((len(self.places), event))
            self.places.append((file, entry.end))
            self._characters += len(entry.text)

    def _event(self, file: LogFile, text: str, start: int) -> Event | None:
        wanted = self._wanted
        # Where in a file an entry is does not change when the file is rotated or compressed; its name does.
        return event_from_line(wanted.format, text, record_id=str(start), timestamp=str(file.changed or ""), raw=wanted.raw)
