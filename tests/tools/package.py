# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Build the collection from a clean copy, install it elsewhere, and show it to galaxy-importer, as Galaxy would."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from environments import make
from workspace import CACHE, clean_copy, environment

# What Galaxy and Automation Hub ask of a first release.
IMPORTER = "[galaxy-importer]\ncheck_required_tags = True\nrequire_v1_or_greater = True\n"
# The top of the tarball. Anything else there is litter, or a new room that belongs in this list.
EXPECTED = {
    "CHANGELOG.rst", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md",
    "bindep.txt", "changelogs", "docs", "extensions", "meta", "playbooks", "plugins", "requirements.txt", "roles",
}  # fmt: skip


def main() -> int:
    programs = make("lint")
    settings = environment(PATH=f"{programs}:{environment()['PATH']}", ANSIBLE_HOME=str(CACHE / "ansible"))

    def run(*command: str | Path, cwd: Path) -> None:
        subprocess.run(command, cwd=cwd, env=settings, check=True)

    dist = CACHE / "dist"
    with tempfile.TemporaryDirectory(prefix="package-") as name:
        scratch = Path(name)
        collection = clean_copy(scratch / "source")
        run("ansible-galaxy", "collection", "build", "--force", "--output-path", dist, cwd=collection)
        tarball = max(dist.glob("*.tar.gz"), key=lambda file: file.stat().st_mtime)
        with tarfile.open(tarball) as archive:
            litter = {member.split("/")[0] for member in archive.getnames()} - EXPECTED
        if litter:
            print("In the tarball, but not expected there:", *sorted(litter), file=sys.stderr)
            return 1
        run("ansible-galaxy", "collection", "install", "--offline", "-p", scratch / "installed", tarball, cwd=scratch)
        run("ansible-galaxy", "collection", "verify", "--offline", "-p", scratch / "installed", "identityops.lifecycle", cwd=scratch)
        (scratch / "importer.cfg").write_text(IMPORTER)
        settings["GALAXY_IMPORTER_CONFIG"] = str(scratch / "importer.cfg")
        run("python", "-m", "galaxy_importer.main", tarball, cwd=scratch)
        report = json.loads((scratch / "importer_result.json").read_text())
        print(tarball.name, "holds", len(report["contents"]), "plugins and roles")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as problem:
        sys.exit(problem.returncode)
