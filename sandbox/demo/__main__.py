# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""python -m sandbox.demo"""

from __future__ import annotations

import sys

from .story import main

if __name__ == "__main__":
    sys.exit(main())
