# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make a virtual environment of this project in .cache/venv, or keep it if nothing that it was made from has changed.

environments.py demo          what the demo needs
environments.py test          what pytest and mypy need
environments.py bench         the same, and what the collection is compared with
environments.py lint          linters, documentation checks, galaxy-importer
environments.py eda           ansible-rulebook
environments.py core-2.16     that ansible-core alone, for ansible-test
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from pythons import CORES, Python, newest_core, python_for, quickest_core
from workspace import CACHE, ROOT, environment, tree

REQUIREMENTS = {
    "demo": ["requirements.txt", "sandbox/requirements.txt", "sandbox/demo/requirements.txt"],
    "test": ["requirements.txt", "sandbox/requirements.txt", "sandbox/demo/requirements.txt", "tests/requirements.txt"],
    "lint": ["requirements.txt", "tests/tools/lint-requirements.txt"],
    "eda": ["requirements.txt", "tests/tools/eda-requirements.txt"],
}
REQUIREMENTS["bench"] = [*REQUIREMENTS["test"], "tests/benchmark/requirements.txt"]


def make(name: str) -> Path:
    """The environment's bin folder."""
    tree()
    if name.startswith("core-"):
        core, python = name[5:], python_for(name[5:])
    else:
        core, python = quickest_core() if name == "demo" else newest_core()
    if python is None:
        low, high = CORES[core]
        raise SystemExit(f"ansible-core {core} needs a Python from 3.{low[1]} to 3.{high[1]}; none was found.")
    files = [ROOT / file for file in REQUIREMENTS.get(name, []) if (ROOT / file).exists()]
    packages = [f"ansible-core=={core}.*", *(word for file in files for word in ("-r", str(file)))]
    place = CACHE / "venv" / name
    # The place is part of the stamp: scripts carry absolute paths, so a moved checkout needs a new environment.
    made_from = [str(place), str(python.path.resolve()), *packages, *(file.read_text() for file in files)]
    stamp = hashlib.sha256("\0".join(made_from).encode()).hexdigest()
    if read(place / "stamp") != stamp:
        print(f"{name}: ansible-core {core} on Python {python.name}, in {place.relative_to(ROOT)}", file=sys.stderr)
        create(place, python)
        install(place, packages, quick=name != "demo")
        (place / "stamp").write_text(stamp)
    return place / "bin"


def create(place: Path, python: Python) -> None:
    shutil.rmtree(place, ignore_errors=True)
    run([python.path, "-m", "venv", place])


def install(place: Path, packages: list[str], *, quick: bool) -> None:
    """Install with uv where it can be had, which is ten times as fast; with pip otherwise. The demo depends on pip alone."""
    uv = fast_installer() if quick else None
    if uv:
        command = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", place / "bin" / "python", *packages]
        if subprocess.run(command, env=environment(), cwd=ROOT, check=False).returncode == 0:
            return
        print("uv could not install; trying pip.", file=sys.stderr)
    pip(place, packages)


def fast_installer() -> Path | None:
    """uv from the package index. It only installs packages here: it is never asked for an interpreter, so it downloads none."""
    place = CACHE / "venv" / "uv"
    uv = place / "bin" / "uv"
    if not uv.exists():
        try:
            create(place, newest_core()[1])
            pip(place, ["uv==0.13.9"])
        except subprocess.CalledProcessError:
            return None
    return uv


def pip(place: Path, packages: list[str]) -> None:
    run([place / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])


def run(command: list[str | Path]) -> None:
    subprocess.run(command, env=environment(), cwd=ROOT, check=True)


def read(file: Path) -> str:
    return file.read_text() if file.exists() else ""


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        make(wanted)
