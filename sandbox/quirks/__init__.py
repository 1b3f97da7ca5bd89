# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How real SCIM services misbehave, each by name. What a client sees first is listed first: the layers are stacked so."""

from __future__ import annotations

from . import answers, limits, discovery, lists, groups, patching, deleting, writing  # noqa: I001
from .registry import QUIRKS

__all__ = ["QUIRKS", "answers", "deleting", "discovery", "groups", "limits", "lists", "patching", "writing"]
