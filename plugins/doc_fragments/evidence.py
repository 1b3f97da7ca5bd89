# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules of the evidence have in common: the file, and the key."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  path:
    description:
      - The file of the evidence on the host that runs the task. Links are not followed.
    type: path
    required: true
  hmac_key:
    description:
      - A secret of 16 bytes or more with which records are signed (HMAC with SHA-256), and signatures are checked.
      - Whoever can check them can also make them. With a pair of keys, only the host that appends can.
      - If it is not set, the environment variable E(EVIDENCE_HMAC_KEY) is used. Empty variables count as unset, here and below.
    type: str
  hmac_key_file:
    description:
      - A file that holds O(hmac_key), without the blanks and ends of lines around it. One that is open to others than its owner is refused.
    type: path
  wait:
    description: For how many seconds to wait while another task writes to the file.
    type: float
    default: 60.0
"""

    WRITING = r"""
attributes:
  check_mode:
    description: Can run in check mode. Says how many records would be appended; nothing is written, and no file or folder is made.
    support: full
  diff_mode:
    description: Returns how many records there are before and after, and the new ones, at most 100.
    support: full
  idempotent:
    description: A record that says nothing new is not appended, so a second run appends nothing and reports no change.
    support: full
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: full
    membership: [identityops.lifecycle.evidence]
"""

    READING = r"""
attributes:
  action_group:
    description: Options can be set for all modules of the group in C(module_defaults).
    support: full
    membership: [identityops.lifecycle.evidence]
"""
