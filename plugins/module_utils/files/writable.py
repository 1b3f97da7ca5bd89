# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether a file can be written that is made beside its name and gets it at the end."""

from __future__ import annotations

import os
import stat


def why_not(path: str, folder: str) -> str:
    """Why a file cannot be written, "" if it can. folder: the one that it is in."""
    if "\0" in path:
        return "it is no valid path"
    if not os.path.isdir(folder):
        return f"the folder {folder!r} does not exist"
    if os.path.islink(path):
        return "it is a link, which is not followed"
    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        return "it is no regular file"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"the folder {folder!r} cannot be written to"
    return ""
