# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One page of HTML: nothing is loaded from elsewhere, and nothing in it runs.

A content security policy forbids whatever a browser should see in a page that we did not write (https://www.w3.org/TR/CSP3/); of styles
it allows the one of the page, by its hash.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256


def document(title: str, style: str, body: str) -> str:
    """The whole document. title, body: HTML. style: CSS of our own."""
    return "".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            f'<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'{style_hash(style)}\'">\n',
            '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">\n',
            f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n",
        ]
    )


def style_hash(style: str) -> str:
    """By what a policy names a style, see CSP3 section 2.3.1."""
    return f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"
