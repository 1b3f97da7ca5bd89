# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from .cloudflare import quirks as cloudflare_quirks
from .cloudflare.limiter import QUOTA
from .faults import FAULTS
from .profiles import PROFILES
from .quirks import QUIRKS
from .registry import Registry, UnknownName
from .running import TOKEN, running


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, and print two lines as soon as requests are answered. Returns the exit status.

    "sandbox: URL" and "cloudflare: URL account ACCOUNT_ID".
    """
    parser = _parser()
    chosen = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    serving = running(
        chosen.profile,
        chosen.quirk,
        chosen.fault,
        chosen.token,
        chosen.port,
        chosen.state,
        log=chosen.log_requests,
        rate=chosen.rate,
        cloudflare_quirks=chosen.cloudflare_quirk,
    )
    try:
        with serving as service:
            cloudflare = service.cloudflare
            print(f"sandbox: {service.url}")
            print(f"cloudflare: {cloudflare.base_url} account {cloudflare.account_id}", flush=True)
            stop.wait()
    except OSError as wrong:  # the port is taken, the state file cannot be read or written
        parser.exit(1, f"sandbox: {wrong}\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="Serve SCIM 2.0 and a Cloudflare account on loopback, from memory.",
        epilog=f"quirks:\n{QUIRKS.help()}\n\nfaults:\n{FAULTS.help()}\n\n"
        f"Cloudflare quirks:\n{cloudflare_quirks.described()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--port", type=int, default=0, help="0, the default, takes any free port")
    parser.add_argument("--token", default=TOKEN, help="the bearer token to accept (default: %(default)s)")
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep the resources in this JSON file")
    parser.add_argument(
        "--profile", choices=PROFILES, default="full", help="what the service can do (default: full)"
    )
    parser.add_argument(
        "--quirk",
        action="append",
        default=[],
        metavar="NAME",
        type=_known(QUIRKS),
        help="misbehave like that; repeatable",
    )
    parser.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_known(FAULTS),
        help="fail like that; repeatable",
    )
    parser.add_argument(
        "--cloudflare-quirk",
        action="append",
        default=[],
        metavar="NAME",
        type=_cloudflare_quirk,
        help="have Cloudflare misbehave like that; repeatable",
    )
    parser.add_argument(
        "--rate",
        type=_positive,
        default=QUOTA,
        metavar="N",
        help="requests to Cloudflare in 5 minutes (default: %(default)s)",
    )
    parser.add_argument("--log-requests", action="store_true", help="one line per request on standard error")
    return parser


def _cloudflare_quirk(text: str) -> str:
    try:
        cloudflare_quirks.checked([text])
    except UnknownName as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from wrong
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("a number from 1")
    return int(text)


class _known:
    """An argument type: a text that the registry can make a layer of."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def __call__(self, text: str) -> str:
        try:
            self._registry.make([text])
        except UnknownName as wrong:
            raise argparse.ArgumentTypeError(str(wrong)) from wrong
        return text
