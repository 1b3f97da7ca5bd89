# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a follower of logs has come, in a file that survives its death at any moment.

The file is replaced as a whole and never rewritten in place, so whoever is killed leaves the old one or the new one.
Only one process at a time may use it: two that share a file would take events away from each other.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import tempfile
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from ..core.errors import InvalidInput

VERSION = 1


@dataclass
class Position:
    """Where one stream is. since: the timestamp at which it began, "" if it never did; what is older was never wanted.

    cursor: where its next read begins, in the words of its source, "" at its beginning. seen: the events that the next read
    may show again although they were dealt with, id -> timestamp. failures: when something failed lately, by whom.
    """

    since: str = ""
    cursor: str = ""
    seen: dict[str, str] = field(default_factory=dict)
    failures: dict[str, list[str]] = field(default_factory=dict)


class CursorFile:
    """The positions of all streams of one follower, by name of the stream.

    path: the file, "" to keep them in memory only. Raises InvalidInput if the file cannot be used, is used by another
    process, or holds something else: to begin anew silently would lose events.
    """

    def __init__(self, path: str) -> None:
        self._path: Path | None = None
        self._lock_file: TextIO | None = None
        self._saving = threading.Lock()  # a save may still run in its thread when the last one comes
        self._positions: dict[str, Position] = {}
        if path:
            try:
                self._path = Path(path).expanduser().absolute()
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._lock_file = open(f"{self._path}.lock", "a", encoding="utf-8")  # noqa: SIM115, closed by close()
                fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._positions = _read(self._path)
            except BlockingIOError:
                self.close()
                raise InvalidInput(f"cursor_file: {path!r} is used by another process; give each source a file of its own") from None
            except (OSError, RuntimeError) as error:
                self.close()
                raise InvalidInput(f"cursor_file: {path!r} cannot be used: {error}") from None
            except InvalidInput:
                self.close()
                raise

    def position(self, stream: str) -> Position:
        """The position of a stream, to be changed in place; ``save`` keeps it."""
        return self._positions.setdefault(stream, Position())

    def save(self) -> None:
        """Write all positions. Raises OSError; the file is then as it was."""
        if self._path is None:
            return
        with self._saving:
            # dict() copies without giving way to another thread.
            positions = dict(self._positions)
            streams = {name: {**vars(at), "seen": dict(at.seen), "failures": dict(at.failures)} for name, at in positions.items()}
            _write(self._path, {"version": VERSION, "streams": streams})

    def close(self) -> None:
        """Let others use the file. The lock ends with the process, too."""
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def _read(path: Path) -> dict[str, Position]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise ValueError(f"it is of version {content['version']}")
        return {str(name): _position(at) for name, at in content["streams"].items()}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInput(
            f"cursor_file: {str(path)!r} does not hold cursors ({type(error).__name__}: {str(error)[:100]}); "
            "restore it, or remove it to begin at since"
        ) from None


def _position(at: Any) -> Position:
    seen = {str(key): str(timestamp) for key, timestamp in at["seen"].items()}
    failures = {str(who): [str(timestamp) for timestamp in times] for who, times in at["failures"].items()}
    return Position(str(at["since"]), str(at["cursor"]), seen, failures)


def _write(path: Path, content: dict[str, Any]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            # Else a machine that loses power may keep the new name and not the new content.
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
