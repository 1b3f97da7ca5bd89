# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The look of our pages: light and dark, phone, desktop and paper, without anything from elsewhere."""

from __future__ import annotations

SHARED = """
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1b2430;--soft:#566273;--line:#dde2e8;--bad:#b3261e;--bad-back:#fdeceb;
--good:#1c7a4a;--good-back:#e6f4ec;--odd:#8a5a00;--odd-back:#fdf3dc;--other:#8894a3;--code:#eef1f4}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--card:#1b212a;--ink:#e7ebf0;--soft:#a3afbe;--line:#343d49;--bad:#ff8d85;
--bad-back:#3b1d1c;--good:#5fd197;--good-back:#16322a;--odd:#f2c14e;--odd-back:#362c14;--other:#8190a3;--code:#262e39}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;overflow-wrap:anywhere;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
header,main,footer{max-width:1120px;margin:0 auto;padding:0 24px}
header{padding-top:28px}
.kicker{margin:0;color:var(--soft);font-size:14px}
h1{margin:2px 0 14px;font-size:28px;line-height:1.2}
h2{margin:0 0 4px;font-size:19px;line-height:1.3}
h3{margin:0;font-size:16px;overflow-wrap:anywhere}
p{margin:0 0 8px}
.verdict{border-left:6px solid var(--other);border-radius:8px;padding:14px 18px;background:var(--card);font-size:18px}
.verdict strong{font-size:20px}
.verdict p{margin:4px 0 0}
.verdict ul{margin:6px 0 0;padding-left:20px;font-size:16px;overflow-wrap:anywhere}
.verdict .limits{margin-top:10px;font-size:16px;font-weight:600}
.failing{border-color:var(--bad);background:var(--bad-back)}
.healthy{border-color:var(--good);background:var(--good-back)}
.unknown{border-color:var(--odd);background:var(--odd-back)}
section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:18px 20px;margin:18px 0}
section.urgent{border:2px solid var(--bad)}
.soft,.note{color:var(--soft)}
.note{font-size:14px}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:14px;margin:18px 0;padding:0}
.figures div{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px}
.figures dt{color:var(--soft);font-size:14px}
.figures dd{margin:0;font-size:26px;font-weight:650;line-height:1.25;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.figures small{display:block;font-size:13px;font-weight:400;color:var(--soft)}
.badge{display:inline-block;border:1px solid;border-radius:999px;padding:1px 10px;font-size:13px;font-weight:600;white-space:nowrap}
.b-failing,.b-failed{color:var(--bad);background:var(--bad-back)}
.b-ok,.b-healthy{color:var(--good);background:var(--good-back)}
.b-silent,.b-unknown,.b-skipped{color:var(--odd);background:var(--odd-back)}
.bad{color:var(--bad)}
svg{display:block;overflow:visible}
svg text{fill:var(--ink);font-size:13px}
svg .name{font-weight:600}
svg .scale{fill:var(--soft)}
svg .grid{fill:var(--line)}
svg .ground{fill:var(--other)}
svg .failed{fill:var(--bad)}
svg .succeeded{fill:var(--good)}
svg .other{fill:var(--other)}
svg .reach{fill:transparent}
svg g:hover .reach{fill:var(--other);opacity:.18}
.chart{margin-top:12px}
table{border-collapse:collapse;width:100%;margin-top:10px;font-size:15px}
th{text-align:left;color:var(--soft);font-size:13px;font-weight:600;padding:6px 10px 6px 0;border-bottom:1px solid var(--line);vertical-align:bottom}
td{padding:9px 10px 9px 0;border-bottom:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}
tr:last-child td{border-bottom:0}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}
td p:last-child{margin-bottom:0}
.who{font-weight:600}
time{white-space:nowrap}
.entry{border-top:1px solid var(--line);padding:14px 0}
.entry:last-child{padding-bottom:0}
.entry .top{display:flex;gap:6px 12px;align-items:baseline;justify-content:space-between;flex-wrap:wrap}
.entry p{margin:4px 0 0}
code{background:var(--code);border-radius:4px;padding:1px 5px;
font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
blockquote{margin:6px 0 0;padding:2px 0 2px 12px;border-left:3px solid var(--line);color:var(--soft);font-size:14px;overflow-wrap:anywhere}
.todo{font-weight:600}
details{margin-top:12px}
summary{cursor:pointer;color:var(--soft);font-size:14px}
summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
footer{color:var(--soft);font-size:14px;padding-top:4px;padding-bottom:40px}
@media screen and (max-width:720px){
header,main,footer{padding-left:14px;padding-right:14px}
header{padding-top:18px}
h1{font-size:23px}
section{padding:14px}
.figures{grid-template-columns:1fr 1fr;gap:10px}
.figures dd{font-size:22px}
table.stack,.stack tbody,.stack tr,.stack td{display:block}
.stack thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stack time{white-space:normal}
.stack tr{border-bottom:1px solid var(--line);padding:10px 0}
.stack tr:last-child{border-bottom:0}
.stack td{border:0;padding:2px 0;text-align:left}
.stack td[data-label]:not([data-label=""])::before{content:attr(data-label) ": ";color:var(--soft);font-size:13px;font-weight:400}
}
@media print{
:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--bad:#a01810;--bad-back:#fff;--good:#14603a;--good-back:#fff;
--odd:#6b4600;--odd-back:#fff;--other:#777;--code:#fff}
body{font-size:11pt}
header,main,footer{max-width:none;padding:0}
section,.figures div{break-inside:avoid-page}
section.long{break-inside:auto}
.entry,tr{break-inside:avoid}
h2{break-after:avoid}
svg rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details:not([open]){display:none}
}
"""
