# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry that every quirk enters itself in."""

from __future__ import annotations

from ..registry import Registry

QUIRKS = Registry("quirk")
quirk = QUIRKS.add
