# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remembers what a service accepted and did not keep, so that the next run neither sends it again nor hides it.

Without this, a service that silently drops an attribute is written to on every run. A file, not the server, holds
the memory: nothing else is there to hold it. It contains salted hashes only, no names and no values.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .cache_file import expanded

_DAYS = 7  # then the service gets another chance
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class Unkept:
    """One file of memories, for all services. A file that cannot be read or written is as good as none."""

    def __init__(self, path: str, service_url: str) -> None:
        self._path = expanded(path)
        self._service = service_url
        self._content = self._read()
        self._new: dict[tuple[str, str, str], tuple[Any, Any] | None] = {}  # not in the file yet; None: to be forgotten
        self._lock = threading.Lock()

    def knows(self, kind: str, resource_id: str, path: str, wished: Any, seen: Any) -> bool:
        """Whether exactly this wish met exactly this state before, and changed nothing."""
        entry = self._content["entries"].get(self._hash(kind, resource_id, path))
        return entry is not None and _is_fresh(entry) and entry["met"] == self._hash(wished, seen)

    def remember(self, kind: str, resource_id: str, met: dict[str, tuple[Any, Any]], forget: tuple[str, ...] = ()) -> None:
        """Note for a resource, by path, what was wished and what is seen after it was written; forget other paths.

        The file is written by ``save``: once for a run, however many resources it was about.
        """
        if self._path is None:
            return
        with self._lock:
            for path in forget:
                if self._content["entries"].pop(self._hash(kind, resource_id, path), None) is not None:
                    self._new[kind, resource_id, path] = None
            for path, both in met.items():
                self._new[kind, resource_id, path] = both
                self._note((kind, resource_id, path), both)

    def _note(self, what: tuple[str, str, str], both: tuple[Any, Any]) -> None:
        self._content["entries"][self._hash(*what)] = {"at": int(time.time()), "met": self._hash(*both)}

    def save(self) -> None:
        """Write what is new into the file, beside what others wrote there meanwhile."""
        if self._path is None or not self._new:
            return
        with contextlib.suppress(OSError, ValueError), self._lock, _locked(self._path):
            self._content = self._read()  # whoever made the file chose its salt
            entries = self._content["entries"]
            for what, both in self._new.items():
                if both is None:
                    entries.pop(self._hash(*what), None)
                else:
                    self._note(what, both)
            self._content["entries"] = {key: entry for key, entry in entries.items() if _is_fresh(entry)}
            self._write(self._path)
            self._new = {}

    def _hash(self, *parts: Any) -> str:
        text = json.dumps([self._content["salt"], self._service, *parts], sort_keys=True, default=list)
        return hashlib.sha256(text.encode()).hexdigest()

    def _read(self) -> dict[str, Any]:
        if self._path is not None:
            with contextlib.suppress(*_UNREADABLE):
                content = json.loads(self._path.read_text(encoding="utf-8"))
                entries = {key: {"at": int(entry["at"]), "met": str(entry["met"])} for key, entry in content["entries"].items()}
                return {"salt": str(content["salt"]), "entries": entries}
        return {"salt": getattr(self, "_content", {}).get("salt") or secrets.token_hex(16), "entries": {}}

    def _write(self, path: Path) -> None:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(self._content, file)
            os.replace(name, path)
        except OSError:
            os.unlink(name)
            raise


def _is_fresh(entry: dict[str, Any]) -> bool:
    """Whether an entry still counts; one from the future was written by a clock that was wrong."""
    age: float = time.time() - entry["at"]
    return -86400 < age < _DAYS * 86400


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(f"{path}.lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
