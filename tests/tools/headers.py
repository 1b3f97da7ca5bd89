# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every text file that can carry a comment says whose it is and under which licence."""

from __future__ import annotations

import subprocess
import sys

from workspace import ROOT

LINE = "SPDX-License-Identifier: GPL-3.0-or-later"
SUFFIXES = {".cfg", ".css", ".html", ".ini", ".j2", ".js", ".md", ".ps1", ".py", ".rst", ".sh", ".toml", ".txt", ".yaml", ".yml"}
NAMES = {"Makefile", "run", ".gitignore", ".yamllint", ".ansible-lint"}
GENERATED = {"CHANGELOG.rst", "changelogs/changelog.yaml"}  # antsibull-changelog writes them anew.
HEAD = 600


def lacks_it(name: str) -> bool:
    file = ROOT / name
    if name in GENERATED or not (file.suffix in SUFFIXES or file.name in NAMES) or not file.is_file():
        return False
    text = file.read_text(encoding="utf-8")
    return bool(text) and LINE not in text[:HEAD]


if __name__ == "__main__":
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    lacking = sorted(name for name in set(listing.stdout.split("\0")) if lacks_it(name))
    for name in lacking:
        print(f"{name}: no licence header")
    sys.exit(bool(lacking))
