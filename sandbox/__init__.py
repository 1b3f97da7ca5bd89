# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A SCIM service on loopback, real where it should be and misbehaving where it is told to."""

from __future__ import annotations

from .running import Running, running

__all__ = ["Running", "running"]
