# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where things are: the checkout, its cache, the collection tree, and copies without litter. Standard library only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache"
NAME = ("identityops", "lifecycle")
LITTER = shutil.ignore_patterns(".git", ".cache", ".*_cache", ".hypothesis", "__pycache__", "node_modules", "*.tar.gz")


def tree() -> Path:
    """A folder for ANSIBLE_COLLECTIONS_PATH: the checkout has any name, Ansible wants ansible_collections/<namespace>/<name>."""
    namespace = CACHE / "tree" / "ansible_collections" / NAME[0]
    namespace.mkdir(parents=True, exist_ok=True)
    link = namespace / NAME[1]
    if not link.is_symlink():
        link.symlink_to(Path("..", "..", "..", ".."), target_is_directory=True)
    return CACHE / "tree"


def environment(**changes: str) -> dict[str, str]:
    """The environment for tools: nothing of the caller's Ansible or Python settings, and bytecode, which halves their start."""
    dropped = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "VIRTUAL_ENV", "ANSIBLE_CONFIG", "ANSIBLE_COLLECTIONS_PATH")
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    # uv: trust the certificates that the machine trusts, as pip does, and use the interpreters that are here.
    uv = {"UV_SYSTEM_CERTS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    return {**kept, "LC_ALL": "C.UTF-8", **uv, **changes}


def clean_copy(parent: Path) -> Path:
    """Copy what git knows or would add. The copy must lie outside the checkout: inside, ansible-test skips every file."""
    target = parent / "ansible_collections" / NAME[0] / NAME[1]
    listing = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:  # An unpacked archive, or no git: everything but the usual litter.
        shutil.copytree(ROOT, target, symlinks=True, ignore=LITTER)
        return target
    for name in set(listing.stdout.split("\0")) - {""}:
        source = ROOT / name
        if source.is_symlink() or source.is_file():  # A deleted file is still listed until the deletion is added.
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / name, follow_symlinks=False)
    return target
