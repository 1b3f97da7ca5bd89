# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets never leave: whatever a server or a library says passes through here before a person reads it."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterable
from html.entities import codepoint2name
from urllib.parse import quote
from urllib.request import getproxies

from ..core.plan import HIDDEN

_CREDENTIAL = re.compile(r"(?i)\b(bearer|basic|token|api[_-]?key|client_secret|password)(\s+|\s*[=:]\s*)[^\s,;\"'<>]+")


class Redactor:
    """Knows the task's secrets and takes them out of texts, together with anything that looks like a credential."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: frozenset[str] = frozenset()
        self._adding = threading.Lock()
        # What was compiled, and for which secrets: another thread may add one meanwhile.
        self._compiled: tuple[frozenset[str], re.Pattern[str] | None] = (self._secrets, None)
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Also hide this value from now on. Very short values are left alone: they would hide ordinary words."""
        if len(secret) >= 4:
            with self._adding:
                self._secrets |= {secret}

    def clean(self, text: str) -> str:
        """The text with every secret replaced, longest first, so that no part of one remains."""
        secrets = self._secrets
        compiled_for, known = self._compiled
        if compiled_for is not secrets:
            longest_first = sorted(secrets, key=len, reverse=True)
            known = re.compile("|".join("".join(map(_spellings, secret)) for secret in longest_first))
            self._compiled = secrets, known
        if known is not None:
            text = known.sub(HIDDEN, text)
        return _CREDENTIAL.sub(lambda match: match[1] + match[2] + HIDDEN, text)


def in_base64(username: str, password: str) -> str:
    """Basic credentials as a header carries them (RFC 7617), without the padding that some leave out."""
    return base64.b64encode(f"{username}:{password}".encode()).decode().rstrip("=")


def passwords_in(address: str) -> list[str]:
    """What stands between a colon and the at sign of an address, however garbled the rest is."""
    return re.findall(r"//[^/:@]*:(.*)@", address)


def hide_proxies(redactor: Redactor) -> None:
    """The proxies of the environment may have passwords, which failures to reach them would show."""
    for address in getproxies().values():
        for password in passwords_in(address if "//" in address else f"//{address}"):
            redactor.add(password)


def _spellings(character: str) -> str:
    """A pattern for a character as it is and as JSON, Python, HTML and URLs write it, within each other too."""
    if character.isascii() and character.isalnum():
        return character
    code, name = ord(character), codepoint2name.get(ord(character), "apos" if character == "'" else "")
    spelled = [f"u{code:04x}", f"&#0{{0,4}}{code};", f"&#x0{{0,4}}{code:x};", re.escape(quote(character, safe="", errors="replace"))]
    spelled += [f"%{code:02x}"] if code < 128 else []
    spelled += [f"&{name};"] if name else []
    spelled += ["[+]"] if character == " " else []
    # The backslashes are counted, or a text of nothing else would be searched for minutes.
    return rf"\\{{0,8}}(?:{re.escape(character)}|(?i:{'|'.join(spelled)}))"
