# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paths below /__sandbox, without a token: read and clear the journal, see and replace quirks and faults, seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cloudflare import Cloudflare
from .cloudflare.envelope import Refusal
from .exchange import Answer, Request
from .journal import Journal
from .registry import UnknownName
from .scim import Scim
from .site import Site

PREFIX = "/__sandbox"


class Control:
    """GET or DELETE requests; GET or PUT quirks and faults, a JSON list of "NAME" or "NAME=VALUE".

    Of the Cloudflare account: GET or PUT its quirks; POST to cloudflare/KIND what it is to be seeded with; GET it as stored.
    """

    def __init__(self, site: Site, scim: Scim, cloudflare: Cloudflare) -> None:
        journal = site.journal
        self._answers: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("GET", "/requests"): lambda _: Answer(200, journal.content()),
            ("DELETE", "/requests"): lambda _: _cleared(journal),
            ("GET", "/quirks"): lambda _: Answer(200, scim.quirks),
            ("PUT", "/quirks"): lambda request: _replaced(request, scim.set_quirks),
            ("GET", "/faults"): lambda _: Answer(200, site.faults),
            ("PUT", "/faults"): lambda request: _replaced(request, site.set_faults),
            ("GET", "/cloudflare/quirks"): lambda _: Answer(200, sorted(cloudflare.account.quirks)),
            ("PUT", "/cloudflare/quirks"): lambda request: _replaced(request, cloudflare.set_quirks),
        }
        for kind, seed in _seeds(cloudflare).items():
            path = f"/cloudflare/{kind}"
            self._answers["POST", path] = lambda request, seed=seed: _seeded(request, seed)  # type: ignore[misc]
            self._answers["GET", path] = lambda _, kind=kind: Answer(200, cloudflare.stored(kind))  # type: ignore[misc]

    def __call__(self, request: Request) -> Answer:
        answer = self._answers.get((request.method, request.path))
        return (
            answer(request)
            if answer
            else Answer(404, {"detail": f"no {request.method} {request.path} below {PREFIX}"})
        )


def _seeds(cloudflare: Cloudflare) -> dict[str, Callable[..., dict[str, Any]]]:
    """What can be seeded, by the name of its table."""
    return {
        "policies": cloudflare.seed_policy,
        "app_policies": cloudflare.seed_app_policy,
        "groups": cloudflare.seed_group,
        "apps": cloudflare.seed_app,
        "idps": cloudflare.seed_idp,
        "users": cloudflare.seed_user,
        "service_tokens": cloudflare.seed_service_token,
        "lists": cloudflare.seed_list,
        "postures": cloudflare.seed_posture,
    }


def _seeded(request: Request, seed: Callable[..., dict[str, Any]]) -> Answer:
    fields = request.json()
    if not isinstance(fields, dict):
        return Answer(400, {"detail": "send a JSON object"})
    try:
        return Answer(201, seed(**fields))
    except (TypeError, KeyError, Refusal) as wrong:
        return Answer(400, {"detail": str(wrong)})


def _cleared(journal: Journal) -> Answer:
    journal.clear()
    return Answer(204)


def _replaced(request: Request, replace: Callable[[list[str]], None]) -> Answer:
    chosen = request.json()
    if not isinstance(chosen, list) or not all(isinstance(text, str) for text in chosen):
        return Answer(400, {"detail": "send a JSON list of texts"})
    try:
        replace(chosen)
    except UnknownName as wrong:
        return Answer(400, {"detail": str(wrong)})
    return Answer(200, chosen)
