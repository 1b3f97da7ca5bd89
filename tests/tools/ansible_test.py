# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run ansible-test without containers.

ansible_test.py 2.16 sanity [arguments]
ansible_test.py newest units [arguments]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from environments import make
from pythons import CORES, newest_core, pythons
from workspace import CACHE, clean_copy, environment

# ansible-test downloads get-pip.py from a test service of its own. ensurepip does the same and needs no network.
STAND_IN = """\
import subprocess, sys
args = [a for a in sys.argv[1:] if a not in ('--no-setuptools', '--no-wheel')]
subprocess.check_call([sys.executable, '-m', 'ensurepip', '--default-pip'], stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'] + args)
"""
STAND_INS = ("get_pip_25_2.py", "get_pip_24_2.py", "get_pip_23_1_2.py")  # 2.20 and newer; 2.18 and 2.19; 2.16
# What bin/ansible-test holds. Called by its module name, because older cores' script breaks in a folder with a space in its name.
STUB = "ansible_test._util.target.cli.ansible_test_cli_stub"
# Units: tests elsewhere need the sandbox, hence a newer Python than a managed machine may have; plain pytest runs those.
ARGUMENTS = {"sanity": ["sanity", "--color", "no"], "units": ["units", "--venv", "--color", "no", "tests/unit/plugins/"]}


def home() -> Path:
    """A home of its own: ansible-test keeps environments there, and nothing of the caller's may leak in."""
    place = CACHE / "home"
    downloads = place / ".ansible" / "test" / "cache"
    downloads.mkdir(parents=True, exist_ok=True)
    for name in STAND_INS:
        (downloads / name).write_text(STAND_IN)
    return place


def interpreters() -> Path:
    """A folder with one working interpreter per version, because ansible-test takes the first pythonX.Y on the PATH."""
    place = CACHE / "interpreters"
    place.mkdir(parents=True, exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    for python in pythons().values():
        (place / f"python{python.name}").symlink_to(python.path)
    return place


def ansible_test(core: str, kind: str, arguments: list[str]) -> int:
    programs = make(f"core-{core}")
    rest = [place for place in os.environ.get("PATH", os.defpath).split(os.pathsep) if "pyenv" not in place]
    path = os.pathsep.join([str(programs), str(interpreters()), *rest])
    command = [str(programs / "python"), "-m", STUB, *ARGUMENTS[kind], *arguments]
    with tempfile.TemporaryDirectory(prefix="ansible-test-") as scratch:
        collection = clean_copy(Path(scratch))
        skipped = False
        with subprocess.Popen(
            command,
            cwd=collection,
            env=environment(HOME=str(home()), PATH=path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            for line in process.stdout or ():
                print(line, end="", flush=True)
                skipped = skipped or "All targets skipped" in line  # ansible-test calls that success.
    if skipped:
        print("ansible-test looked at no file: that is a failure of the set-up.", file=sys.stderr)
    return process.returncode or int(skipped)


def main() -> int:
    core, kind, *arguments = sys.argv[1:]
    core = newest_core()[0] if core == "newest" else core
    if core not in CORES or kind not in ARGUMENTS:
        raise SystemExit(f"{core} {kind}: expected one of {', '.join(CORES)}, and one of {', '.join(ARGUMENTS)}")
    status = ansible_test(core, kind, arguments)
    print(f"ansible-test {kind} on ansible-core {core}: {'failed' if status else 'passed'}", flush=True)
    return status


if __name__ == "__main__":
    sys.exit(main())
