# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stream of bytes as the entries of a log: lines, and what belongs to the line before it (tracebacks, indented lines).

Memory stays within the longest entry that is allowed, whatever comes: what is longer is cut and counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TRACEBACK = b"Traceback (most recent call last):"
_BETWEEN_TRACEBACKS = (
    b"During handling of the above exception",
    b"The above exception was the direct cause",
)
_GOES_ON = (b" ", b"\t", b"Caused by: ", b"--- End of ", b"...")
# A traceback after a line that tells of trouble explains it; after any other line it stands for itself.
_TROUBLE = re.compile(rb"err|fail|exception|critical|fatal|panic|warn", re.IGNORECASE)
_ERROR_LINE = re.compile(rb"[A-Za-z_][\w.]*(?::|\Z)")


class Lines:
    """A stream in chunks of any size -> its entries, each a text without its last line break.

    longest: of one entry, in bytes. Entries come when the line after them begins, or by ``settle`` and ``close``.
    """

    def __init__(self, *, longest: int = 1_000_000) -> None:
        self._longest = max(longest, 1)
        self._partial = bytearray()  # the line that has no end yet, as much of it as is kept
        self._partial_length = 0
        self._entry: list[bytes] = []
        self._entry_kept = 0
        self._entry_length = 0
        self._entry_cut = False
        self._in_traceback = False
        self._blank = 0  # blank lines within a traceback that may go on
        self._waiting = False  # after the end of a traceback: another may be chained to it
        self.cut = 0  # entries that were too long
        self.began = 0  # where the entry that was given last began, in bytes since the first chunk
        self.consumed = 0  # what was given or skipped for good: who goes on from here misses nothing and reads nothing twice

    def feed(self, chunk: bytes) -> Iterator[str]:
        """The entries that are complete with this chunk. It is taken in as the entries are taken out: exhaust it."""
        start = 0
        while True:
            end = chunk.find(b"\n", start)
            if end < 0:
                break
            if self._partial_length:
                self._keep(chunk[start:end])
                line, length = bytes(self._partial), self._partial_length + 1
                self._partial.clear()
                self._partial_length = 0
            else:
                line, length = chunk[start : min(end, start + self._longest + 1)], end - start + 1
            start = end + 1
            entry = self._add(line, length)
            if entry is not None:
                yield entry
        if start < len(chunk):
            self._keep(chunk[start:])

    def settle(self) -> Iterator[str]:
        """The entry that waits for lines that may belong to it; a line without its end stays. For a stream that pauses."""
        entry = self._given()
        if entry is not None:
            yield entry

    def close(self) -> Iterator[str]:
        """What is left at the end of the stream."""
        if self._partial_length:
            line, length = bytes(self._partial), self._partial_length
            self._partial.clear()
            self._partial_length = 0
            entry = self._add(line, length)
            if entry is not None:
                yield entry
        yield from self.settle()

    def _keep(self, piece: bytes) -> None:
        room = self._longest + 1 - len(self._partial)
        if room > 0:
            self._partial += piece[:room]
        self._partial_length += len(piece)

    def _add(self, line: bytes, length: int) -> str | None:
        """Takes one line; length: its length in the stream, with its end. The entry that is complete with it, if any."""
        plain = line[:-1] if line.endswith(b"\r") else line
        blank = not plain or plain.isspace()
        if self._entry and not blank and self._belongs(plain):
            if self._blank:
                self._append(b"", self._blank)
                self._blank = 0
            self._append(plain, length)
            return None
        if blank and self._entry and (self._in_traceback or self._waiting):
            self._blank += length
            return None
        entry = self._given() if self._entry else None
        if blank:
            self.consumed += length
        else:
            self._in_traceback = plain.startswith(_TRACEBACK)
            self._append(plain, length)
        return entry

    def _belongs(self, line: bytes) -> bool:
        """Whether a line goes on with the entry before it; keeps book of where in a traceback we are."""
        if line.startswith(_GOES_ON):
            return not self._blank or self._in_traceback
        if self._in_traceback:
            if line.startswith(_TRACEBACK):
                return True
            self._in_traceback, self._waiting = False, True  # the line that names the exception ends it
            return not self._blank and bool(_ERROR_LINE.match(line))
        if self._waiting and line.startswith(_BETWEEN_TRACEBACKS):
            return True
        if line.startswith(_TRACEBACK):
            chained = self._waiting and self._entry[-1].startswith(_BETWEEN_TRACEBACKS)
            fits = chained or (not self._blank and not self._waiting and self._explains())
            self._in_traceback, self._waiting = fits, False
            return fits
        return line in (b"}", b"]", b"},", b"],") and not self._blank and self._entry[0][:1] in (b"{", b"[")

    def _explains(self) -> bool:
        return self._entry[0][:1] not in (b"{", b"[") and bool(_TROUBLE.search(self._entry[0][:10_000]))

    def _append(self, line: bytes, length: int) -> None:
        room = self._longest - self._entry_kept
        if len(line) > room:
            self._entry_cut = True
            line = line[: max(room, 0)]
        if room > 0:
            self._entry.append(line)
            self._entry_kept += len(line) + 1
        self._entry_length += length

    def _given(self) -> str | None:
        """Gives the entry that is complete, if there is one."""
        skipped, self._blank = self._blank, 0
        self._in_traceback = self._waiting = False
        if not self._entry:
            return None
        said = b"\n".join(self._entry).decode("utf-8", "replace")
        self.cut += self._entry_cut
        self.began = self.consumed
        self.consumed += self._entry_length + skipped
        self._entry, self._entry_kept, self._entry_length, self._entry_cut = [], 0, 0, False
        return said
