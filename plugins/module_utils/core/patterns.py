# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names and shell patterns by which a task says whom it leaves alone: ``protected`` and ``ignore`` read them alike."""

from __future__ import annotations

import fnmatch
import re
import unicodedata
from collections.abc import Iterable


class Patterns:
    """Names and shell patterns, compiled once. Blank ones match nobody: "a, b" is split at its comma only."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._forms = frozenset(_form(pattern.strip()) for pattern in patterns if pattern.strip())
        shells = sorted(form for form in self._forms if any(sign in form for sign in "*?["))
        self._shells = [(form, re.compile(fnmatch.translate(form))) for form in shells]

    def __bool__(self) -> bool:
        return bool(self._forms)

    def matching(self, name: str) -> str | None:
        """The pattern that a name matches, in the form in which they are compared; ``None`` if it matches none."""
        form = _form(name)
        if form in self._forms:  # a name may hold brackets, too
            return form
        return next((pattern for pattern, compiled in self._shells if compiled.match(form)), None)


def _form(name: str) -> str:
    """A form in which all is equal that some service may take for equal: whoever is protected is so in every spelling."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
