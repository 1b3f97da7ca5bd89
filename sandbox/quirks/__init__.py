# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How real SCIM services misbehave, each by name."""

from __future__ import annotations

from importlib import import_module

from .registry import QUIRKS

__all__ = ["QUIRKS"]

# Importing a theme registers its quirks; the first one sees a request first and its answer last. Refusals
# come before everything that asks the service further questions, so that those are neither counted nor refused.
for _theme in ("refusals", "answers", "discovery", "lists", "groups", "patching", "deleting", "writing", "bulk"):
    import_module(f".{_theme}", __name__)
