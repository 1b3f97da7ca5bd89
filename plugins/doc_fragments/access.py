# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that every Access module has: which Cloudflare account it is about and how to sign in."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  account_id:
    description:
      - The id of the Cloudflare account, 32 hexadecimal digits.
      - If it is not set, the environment variable E(CLOUDFLARE_ACCOUNT_ID) is used. Empty variables count as unset, here and below.
    type: str
    required: true
  api_token:
    description:
      - An API token, of a user or of the account. If it is not set, E(CLOUDFLARE_API_TOKEN) is used.
      - It needs C(Access) permissions for what the module reads and writes.
    type: str
  api_key:
    description: The global API key of a user, the older way, beside O(api_email). If it is not set, E(CLOUDFLARE_API_KEY) is used.
    type: str
  api_email:
    description: The e-mail address of the user to whom O(api_key) belongs. If it is not set, E(CLOUDFLARE_EMAIL) is used.
    type: str
  base_url:
    description:
      - Where Cloudflare's API is, with C(/client/v4). If it is not set, E(CLOUDFLARE_BASE_URL) is used.
      - Plain C(http) is refused except on loopback.
    type: str
    default: https://api.cloudflare.com/client/v4
  ca_file:
    description: File with the certificate authorities to trust, in PEM. If it is not set, E(CLOUDFLARE_CA_FILE) is used.
    type: path
  skip_tls_verify:
    description: Do not verify the certificate. For rehearsals only. If it is not set, E(CLOUDFLARE_SKIP_TLS_VERIFY) is used.
    type: bool
    default: false
  timeout:
    description: Seconds to wait for a connection and for each answer. If it is not set, E(CLOUDFLARE_TIMEOUT) is used.
    type: float
    default: 30.0
  time_budget:
    description:
      - Seconds that the whole task may take, waiting for the rate limit included. If it is not set, E(CLOUDFLARE_TIME_BUDGET) is used.
      - Cloudflare allows 1,200 requests in five minutes, so a long task may have to wait for five minutes.
    type: float
    default: 900.0
  rate_file:
    description:
      - A file on the host that runs the task, in which all tasks note how many requests they sent, so that together they stay
        below Cloudflare's rate limit. Passing it blocks the token for five minutes.
      - It holds numbers and a hash of the token. Empty means that each task counts for itself.
      - If it is not set, E(CLOUDFLARE_RATE_FILE) is used.
    type: path
    default: ~/.cache/identityops.lifecycle/cloudflare-rate.json
requirements:
  - requests
"""

    WRITING = r"""
options:
  on_unconverged:
    description:
      - What to do if Cloudflare accepts a write and reading back shows that it did not take.
    type: str
    choices: [fail, warn, ignore]
    default: fail
"""
