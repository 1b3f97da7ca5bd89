# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which function answers which method and path. Paths are below the account, such as "/access/policies/{policy_id}"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..exchange import Answer, Request

if TYPE_CHECKING:
    from .account import Account

Served = Callable[..., Answer]
"""(account, request, **path parameters) -> answer. It runs under the account's lock and may raise Refusal."""


class Routes:
    """Handlers by method and path pattern; the first pattern that was added and fits wins."""

    def __init__(self) -> None:
        self._rows: list[tuple[str, re.Pattern[str], Served]] = []

    def add(self, method: str, pattern: str) -> Callable[[Served], Served]:
        """Decorator: serve this method and path, "{name}" being one path segment that is passed as that argument."""
        names = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        expression = re.compile(names + "/?")

        def register(serve: Served) -> Served:
            self._rows.append((method, expression, serve))
            return serve

        return register

    def find(self, method: str, path: str) -> Callable[[Account, Request], Answer] | None:
        """The handler with its path parameters bound, None when there is none."""
        for known, expression, serve in self._rows:
            match = expression.fullmatch(path) if known == method else None
            if match:
                return _bound(serve, {name: unquote(text) for name, text in match.groupdict().items()})
        return None


def _bound(serve: Served, parameters: dict[str, Any]) -> Callable[[Account, Request], Answer]:
    return lambda account, request: serve(account, request, **parameters)


ROUTES = Routes()
"""Everything below /accounts/ACCOUNT_ID. Modules enter their handlers with @route(METHOD, PATTERN)."""

USER_ROUTES = Routes()
"""Everything that is not below an account, such as /user/tokens/verify."""

route = ROUTES.add
