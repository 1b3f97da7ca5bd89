# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What check mode, diff mode and a second run of our modules mean."""

from __future__ import annotations


class ModuleDocFragment:
    WRITING = r"""
attributes:
  check_mode:
    description: Can run in check mode. Nothing is written, and the requests that would be are predicted.
    support: full
  diff_mode:
    description: Returns what changes, attribute by attribute; secrets are left out.
    support: full
  idempotent:
    description: A second run writes nothing and reports no change.
    support: full
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: full
    membership: [identityops.lifecycle.scim, identityops.lifecycle.scim_writing]
"""

    READING = r"""
attributes:
  check_mode:
    description: Only reads, so check mode makes no difference.
    support: full
  diff_mode:
    description: Returns what changes.
    support: N/A
    details: Nothing changes.
  idempotent:
    description: A second run writes nothing and reports no change.
    support: full
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: full
    membership: [identityops.lifecycle.scim]
"""

    ACCESS_WRITING = r"""
attributes:
  check_mode:
    description: Can run in check mode. Nothing is written, and the requests that would be are predicted.
    support: full
  diff_mode:
    description: Returns what changes, attribute by attribute; secrets are left out.
    support: full
  idempotent:
    description: A second run writes nothing and reports no change.
    support: full
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: full
    membership: [identityops.lifecycle.access, identityops.lifecycle.access_writing]
"""

    ACCESS_READING = r"""
attributes:
  check_mode:
    description: Only reads, so check mode makes no difference.
    support: full
  diff_mode:
    description: Returns what changes.
    support: N/A
    details: Nothing changes.
  idempotent:
    description: A second run writes nothing and reports no change.
    support: full
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: full
    membership: [identityops.lifecycle.access]
"""

    HOST_READING = r"""
attributes:
  check_mode:
    description: Only reads, so check mode makes no difference.
    support: full
  diff_mode:
    description: Returns what changes.
    support: N/A
    details: Nothing changes.
  idempotent:
    description: A second run writes nothing and reports no change.
    support: full
"""
