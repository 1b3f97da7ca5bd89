# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the role sync_health as a browser shows it: on a phone, on a desktop and in the dark, without a network and without a script."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.health.page import page
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.health.test_health_page import (
    HOSTILE,
    everything,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.core.health.test_health_report import (
    event,
    health,
)

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), "")
WIDTHS = (390, 1280)

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="showing the page takes Chromium: apt-get install --no-install-recommends chromium")

# Measures the page in frames of several widths. contrast: of the text whose colour is least different from what is behind it (WCAG 2.2, 1.4.3).
MEASURE = """
const rgb = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(e.ownerDocument.defaultView.getComputedStyle(e).backgroundColor);
  if (c[3] > 0) return c; } return [255, 255, 255, 1]; };
function measured(frame) {
  const document_ = frame.contentDocument, view = frame.contentWindow;
  let worst = [99, ""];
  for (const e of document_.body.querySelectorAll("*")) {
    if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || !e.getClientRects().length) continue;
    const style = view.getComputedStyle(e);
    const [a, b] = [light(rgb(e.namespaceURI.endsWith("svg") ? style.fill : style.color)), light(behind(e))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < worst[0]) worst = [contrast, e.outerHTML.slice(0, 100)];
  }
  const chart = document_.querySelector("svg.chart");
  const bars = chart ? [...chart.querySelectorAll("rect.failed")].map((r) => r.getBoundingClientRect()) : [];
  return { width: view.innerWidth, wide: document_.documentElement.scrollWidth, contrast: worst, scripts: document_.scripts.length,
    loaded: view.performance.getEntriesByType("resource").length, styled: view.getComputedStyle(document_.querySelector("section")).borderRadius,
    bars: bars.filter((r) => r.width >= 2 && r.height >= 4 && r.left >= 0 && r.right <= view.innerWidth).length,
    back: view.getComputedStyle(document_.body).backgroundColor, ran: Boolean(view.ran || window.ran) };
}
addEventListener("load", () => { document.body.dataset.measured = JSON.stringify([...document.querySelectorAll("iframe")].map(measured)); });
"""


def shown(folder: Path, *pages: str, dark: bool = False) -> list[dict[str, Any]]:
    """What each page is like at each of the widths."""
    names = []
    for number, text in enumerate(pages):
        (folder / f"page{number}.html").write_text(text, encoding="utf-8")
        names.append(f"page{number}.html")
    frames = "".join(f'<iframe src="{name}" style="width:{width}px;height:900px;border:0"></iframe>' for name in names for width in WIDTHS)
    (folder / "measure.html").write_text(f"<!doctype html><body>{frames}<script>{MEASURE}</script></body>", encoding="utf-8")
    ended = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--allow-file-access-from-files",
            "--enable-logging=stderr",
            f"--user-data-dir={folder / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            "--dump-dom",
            (folder / "measure.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    found = re.search(r'data-measured="([^"]*)"', ended.stdout)
    assert found, ended.stderr[-2000:]
    assert ":CONSOLE" not in ended.stderr  # what a browser refuses to load or to style is told there
    return list(json.loads(unescape(found[1])))


@pytest.mark.parametrize("dark", [False, True])
def test_the_page_in_a_browser(tmp_path: Path, dark: bool) -> None:
    hostile = HOSTILE.replace("alert(1)", "parent.ran=1")
    successes = [event(n / 8, "user.update", "success") for n in range(1, 180)]
    pages = [page(everything(hostile)), page(health()), page(health(*successes))]
    measured = shown(tmp_path, *pages, dark=dark)
    assert [one["width"] for one in measured] == [*WIDTHS] * 3
    for one in measured:
        assert one["wide"] <= one["width"]  # nobody has to scroll sideways
        assert one["contrast"][0] >= 4.5, one["contrast"]
        assert (one["scripts"], one["loaded"], one["ran"]) == (0, 0, False)
        assert one["styled"] == "10px"  # the policy lets our own style through
    assert [one["bars"] for one in measured] == [5, 5, 0, 0, 0, 0]
    assert (measured[0]["back"] == "rgb(245, 246, 248)") is not dark
