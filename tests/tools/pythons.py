# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python interpreters of this machine, and which of them runs which ansible-core."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

Version = tuple[int, int]

# ansible-core: the Pythons that can run it (upstream's table). Oldest first; the last one is "newest".
CORES: dict[str, tuple[Version, Version]] = {
    "2.16": ((3, 10), (3, 12)),
    "2.18": ((3, 11), (3, 13)),
    "2.19": ((3, 11), (3, 13)),
    "2.20": ((3, 12), (3, 14)),
    "2.21": ((3, 12), (3, 14)),
}
PROBE = "import ensurepip, sys, venv; print(*sys.version_info[:2], getattr(sys, '_base_executable', sys.executable))"
ADVICE = """No Python {wanted} with its venv module was found. On Debian or Ubuntu:
    sudo apt-get update && sudo apt-get install -y {package}"""


class Python(NamedTuple):
    version: Version
    path: Path

    @property
    def name(self) -> str:
        return "{}.{}".format(*self.version)


def candidates() -> list[Path]:
    """Every pythonX.Y on the PATH and of pyenv. The shims of pyenv are left out: they exist for versions that do not run."""
    places = [Path(place) for place in os.environ.get("PATH", "").split(os.pathsep) if place]
    places += [Path("/usr/local/bin"), Path("/usr/bin"), *(Path.home() / ".pyenv" / "versions").glob("*/bin")]
    real = [place for place in places if place.name != "shims" and place.is_dir()]
    return [file for place in real for file in sorted(place.iterdir()) if re.fullmatch(r"python3(\.\d+)?", file.name)]


def probe(path: Path) -> Python | None:
    """The interpreter if it starts and can make a virtual environment (Debian ships venv and ensurepip separately)."""
    try:
        answer = subprocess.run([path, "-c", PROBE], capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    major, minor, executable = answer.stdout.strip().split(" ", 2)
    return Python((int(major), int(minor)), Path(executable))


@cache
def pythons() -> dict[Version, Python]:
    """The first usable interpreter of each version, newest version first."""
    found: dict[Version, Python] = {}
    for path in candidates():
        named = re.fullmatch(r"python3\.(\d+)", path.name)
        if named and (3, int(named[1])) in found:
            continue
        python = probe(path)
        if python:
            found.setdefault(python.version, python)
    return dict(sorted(found.items(), reverse=True))


def python_for(core: str) -> Python | None:
    """The newest interpreter that runs this ansible-core."""
    low, high = CORES[core]
    return next((python for version, python in pythons().items() if low <= version <= high), None)


def newest_core(least: Version = (3, 11)) -> tuple[str, Python]:
    """The newest ansible-core that runs here, and its interpreter. Stops with advice if there is none."""
    for core in reversed(CORES):
        python = python_for(core)
        if python and python.version >= least:
            return core, python
    package = f"python3.{sys.version_info.minor}-venv" if sys.version_info >= (3, 11) else "python3.12-venv"
    raise SystemExit(ADVICE.format(wanted="3.11 to 3.14", package=package))


def quickest_core() -> tuple[str, Python]:
    """The newest ansible-core for the distribution's own Python, which is built to be quick, and that Python; else ``newest_core``."""
    python = probe(Path("/usr/bin/python3"))
    cores = [core for core, (low, high) in CORES.items() if python and python.version >= (3, 11) and low <= python.version <= high]
    return (cores[-1], python) if python and cores else newest_core()


if __name__ == "__main__":
    core, python = newest_core()
    note = "" if core == list(CORES)[-1] else f", NOT the newest: ansible-core {list(CORES)[-1]} needs Python 3.12 or newer"
    print(f"Testing with ansible-core {core} on Python {python.name}{note}.")
    print("Interpreters:", *(f"{python.name} ({python.path})" for python in pythons().values()))
