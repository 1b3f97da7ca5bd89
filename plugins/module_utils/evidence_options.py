# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of all modules of the evidence: which file, and which key. An environment variable that is empty counts as unset."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from .client.throttle import Clock
from .core.errors import InvalidInput, LifecycleError
from .core.ledger.lines import Sign
from .core.ledger.verify import Check
from .ledger.keys import checker, secret_of, signer
from .options import Spec, from_environment

Params = Mapping[str, Any]

_ENVIRONMENT = {
    "hmac_key": "EVIDENCE_HMAC_KEY",
    "signing_key_file": "EVIDENCE_SIGNING_KEY_FILE",
    "public_key_file": "EVIDENCE_PUBLIC_KEY_FILE",
}
_PAUSE = 0.1  # seconds between two looks at a file that somebody else writes

EVIDENCE: Spec = {
    "path": {"type": "path", "required": True},
    "hmac_key": {"type": "str", "no_log": True, "fallback": from_environment(_ENVIRONMENT["hmac_key"])},
    "hmac_key_file": {"type": "path", "no_log": False},
    "wait": {"type": "float", "default": 60.0},
}
SIGNING: Spec = {"signing_key_file": {"type": "path", "no_log": False, "fallback": from_environment(_ENVIRONMENT["signing_key_file"])}}
CHECKING: Spec = {"public_key_file": {"type": "path", "no_log": False, "fallback": from_environment(_ENVIRONMENT["public_key_file"])}}


def signing(params: Params) -> Sign | None:
    """What signs records, ``None`` without a key. A key that the task gives beats those of the environment."""
    given = _given(params, ("hmac_key", "hmac_key_file", "signing_key_file"))
    return signer(secret_of(given["hmac_key"], given["hmac_key_file"]), given["signing_key_file"])


def checking(params: Params) -> Check | None:
    """What looks at signatures, ``None`` without a key."""
    given = _given(params, ("hmac_key", "hmac_key_file"))
    return checker(secret_of(given["hmac_key"], given["hmac_key_file"]), params["public_key_file"] or "")


def waiting(params: Params, clock: Clock) -> Callable[[], None]:
    """What is called while somebody else writes. It raises LifecycleError when that takes too long."""
    if not 0 <= params["wait"] < 10**6:
        raise InvalidInput(f"wait: {params['wait']:g} is out of range; give seconds, from 0 to less than 1,000,000")
    deadline = clock.now() + params["wait"]

    def wait() -> None:
        if clock.now() >= deadline:
            said = f"somebody else has been writing to {params['path']!r} for {params['wait']:g} seconds"
            raise LifecycleError(f"{said}; run this again later, or raise wait")
        clock.sleep(_PAUSE)

    return wait


def _given(params: Params, names: tuple[str, ...]) -> dict[str, str]:
    """The options that count, "" for the others."""
    given = {name: str(params[name] or "") for name in names}
    by_task = {name: value for name, value in given.items() if value and value != os.environ.get(_ENVIRONMENT.get(name, ""))}
    return {**dict.fromkeys(names, ""), **(by_task or given)}
