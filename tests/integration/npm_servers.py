# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SCIM services that others wrote for Node.js, on loopback: scimmy() and better_auth() give an address and a token.

Run as a script, it installs them into .cache/npm, which `make integration` does. It needs npm and the npm registry once.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

SOURCES = Path(__file__).resolve().parent / "servers"
PLACE = Path(__file__).resolve().parents[2] / ".cache" / "npm"
NPM_CI = ["npm", "ci", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]
START_SECONDS = 30


class Server(NamedTuple):
    """Where a SCIM service listens, up to and including its version, and the bearer token that it accepts."""

    url: str
    token: str


def available() -> bool:
    """Whether the services can run here: without Node.js the tests that want them are skipped, not failed."""
    return shutil.which("node") is not None and (shutil.which("npm") is not None or installed())


def installed() -> bool:
    """The last thing that install() does is to note which lock file it has installed."""
    note = PLACE / "installed.json"
    return note.exists() and note.read_bytes() == (SOURCES / "package-lock.json").read_bytes()


def install() -> None:
    """Copy the services beside their node_modules, where Node.js looks for them, and install the packages if they changed."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # Several test workers may come here at once.
        for source in SOURCES.iterdir():
            if not (PLACE / source.name).exists() or (PLACE / source.name).read_bytes() != source.read_bytes():
                shutil.copyfile(source, PLACE / source.name)
        if not installed():
            subprocess.run(NPM_CI, cwd=PLACE, check=True)
            shutil.copyfile(SOURCES / "package-lock.json", PLACE / "installed.json")


@contextmanager
def scimmy() -> Iterator[Server]:
    """SCIMMY with express: bulk and sorting; values are compared case-sensitively, a second `add` duplicates."""
    with serving("scimmy.js") as server:
        yield server


@contextmanager
def better_auth() -> Iterator[Server]:
    """Better Auth's SCIM plugin: filters know only `eq`, member ids are checked, no bulk, groups are unique by name."""
    with serving("better_auth.js") as server:
        yield server


@contextmanager
def serving(script: str) -> Iterator[Server]:
    install()
    token = secrets.token_hex(16)
    # The service ends when its standard input does, so it cannot outlive this process, however that ends.
    process = subprocess.Popen(
        ["node", script],
        cwd=PLACE,
        env={**os.environ, "SCIM_TOKEN": token, "NODE_ENV": "test"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Server(address(process), token)
    finally:
        process.terminate()
        process.communicate()


def address(process: subprocess.Popen[str]) -> str:
    """What the service says when it listens."""
    assert process.stdout is not None
    readable, dummy, dummy = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else ""
    word, dummy, url = line.strip().partition(" ")
    if word != "ready":
        raise RuntimeError(f"{process.args} did not start; exit status {process.poll()}, said {line!r}")
    return url


if __name__ == "__main__":
    if available():
        install()
    else:
        print("Node.js and npm were not found: tests against services written for them will be skipped.", file=sys.stderr)
