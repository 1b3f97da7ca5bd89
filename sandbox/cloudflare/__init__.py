# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Cloudflare account: the part of API v4 that is about Zero Trust Access, and its two SCIM endpoints."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from .account import PREFIX, Account
from .handle import Cloudflare

__all__ = ["PREFIX", "Account", "Cloudflare"]

# Importing a theme enters its handlers in the routes.
for _theme in ("users", "scim_log"):
    if find_spec(f"{__name__}.{_theme}"):
        import_module(f".{_theme}", __name__)
