# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets never leave: whatever a server or a library says passes through here before a person reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "(hidden)"

_CREDENTIAL = re.compile(r"(?i)\b(bearer|basic|token|api[_-]?key|client_secret|password)(\s+|\s*[=:]\s*)[^\s,;\"'<>]+")


class Redactor:
    """Knows the task's secrets and takes them out of texts, together with anything that looks like a credential."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Also hide this value from now on. Very short values are left alone: they would hide ordinary words."""
        if len(secret) >= 4:
            self._secrets.add(secret)

    def clean(self, text: str) -> str:
        """The text with every secret replaced, longest first, so that no part of one remains."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _CREDENTIAL.sub(lambda match: match[1] + match[2] + HIDDEN, text)
