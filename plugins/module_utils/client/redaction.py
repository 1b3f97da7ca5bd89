# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Secrets never leave: whatever a server or a library says passes through here before a person reads it."""

from __future__ import annotations

import base64
import functools
import re
import threading
from collections.abc import Iterable
from html.entities import codepoint2name
from urllib.parse import quote
from urllib.request import getproxies

from ..core.plan import HIDDEN

_CREDENTIAL = re.compile(r"(?i)\b(bearer|basic|token|api[_-]?key|client_secret|password)(\s+|\s*[=:]\s*)[^\s,;\"'<>]+")
_PLAIN = re.compile("[0-9A-Za-z]+")  # has one spelling only


class Redactor:
    """Knows the task's secrets and takes them out of texts, together with anything that looks like a credential.

    There may be thousands of them, the first passwords of everybody in a directory, and threads that add one.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # Each with its parts that no spelling changes: where one of these is missing, the secret is not.
        self._secrets: dict[str, list[str]] = {}
        self._lock = threading.Lock()
        for secret in secrets:
            self.add(secret)

    def add(self, secret: str) -> None:
        """Also hide this value from now on. Very short values are left alone: they would hide ordinary words."""
        if len(secret) >= 4:
            parts = sorted(_PLAIN.findall(secret), key=len, reverse=True)
            with self._lock:
                self._secrets[secret] = parts

    def clean(self, text: str) -> str:
        """The text with every secret replaced, longest first, so that no part of one remains."""
        with self._lock:
            known = list(self._secrets.items())
        found = [secret for secret, parts in known if all(part in text for part in parts)]
        if found:
            text = _any_of(tuple(sorted(found, key=len, reverse=True))).sub(HIDDEN, text)
        return _CREDENTIAL.sub(lambda match: match[1] + match[2] + HIDDEN, text)


@functools.lru_cache(maxsize=32)
def _any_of(secrets: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join("".join(map(_spellings, secret)) for secret in secrets))


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
    if _PLAIN.fullmatch(character):
        return character
    code, name = ord(character), codepoint2name.get(ord(character), "apos" if character == "'" else "")
    spelled = [f"u{code:04x}", f"&#0{{0,4}}{code};", f"&#x0{{0,4}}{code:x};", re.escape(quote(character, safe="", errors="replace"))]
    spelled += [f"%{code:02x}"] if code < 128 else []
    spelled += [f"&{name};"] if name else []
    spelled += ["[+]"] if character == " " else []
    # The backslashes are counted, or a text of nothing else would be searched for minutes.
    return rf"\\{{0,8}}(?:{re.escape(character)}|(?i:{'|'.join(spelled)}))"
