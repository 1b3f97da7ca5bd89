# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Cloudflare account: the part of API v4 that is about Zero Trust Access, and its two SCIM endpoints."""

from __future__ import annotations

from . import apps, groups, idps, policies, populations, references, scim_log, tokens, users
from .account import PREFIX, Account
from .handle import Cloudflare

__all__ = ["PREFIX", "Account", "Cloudflare"]

# Importing a theme enters its handlers in the routes.
_THEMES = (apps, groups, idps, policies, populations, references, scim_log, tokens, users)
