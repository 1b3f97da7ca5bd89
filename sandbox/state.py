# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file: what is stored, kept from one run to the next."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from .cloudflare import Account
from .scim import Scim

_PAUSE = 0.2  # seconds between two rounds, so that a large file does not slow the service down


class StateFile:
    """A JSON file {"scim": state of Scim, "cloudflare": state of Account}, written at the end and soon after each change."""

    def __init__(self, path: Path, scim: Scim, account: Account) -> None:
        self._path = path
        self._scim = scim
        self._account = account
        self._dirty = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="state", daemon=True)

    def start(self) -> None:
        """Load the file if there is one, then follow the changes."""
        if self._path.exists():
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            self._scim.restore(kept["scim"])
            # A file of a time when there was no such account.
            if "cloudflare" in kept:
                self._account.restore(kept["cloudflare"])
        self._scim.store.on_change = self._account.on_change = self._dirty.set
        self._thread.start()

    def stop(self) -> None:
        self._ending.set()
        self._dirty.set()
        self._thread.join()

    def _run(self) -> None:
        # Changes that come in meanwhile make one more round, however many they are.
        while not self._ending.is_set():
            self._dirty.wait()
            self._dirty.clear()
            self._save()
            self._ending.wait(_PAUSE)
        if self._dirty.is_set():
            self._save()

    def _save(self) -> None:
        text = json.dumps({"scim": self._scim.state(), "cloudflare": self._account.state()}, indent=1)
        new = self._path.with_name(self._path.name + ".new")
        # Passwords that were provisioned are in there, and secrets of identity providers.
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(new, self._path)
