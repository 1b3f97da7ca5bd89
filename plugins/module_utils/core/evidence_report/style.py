# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the look of the report has beside that of all our pages."""

from __future__ import annotations

from ..page.style import SHARED

STYLE = (
    SHARED
    + """
.skip{position:absolute;left:-9999px;top:0;background:var(--card);color:var(--ink);padding:10px 14px;border-radius:0 0 8px 0;z-index:1}
.skip:focus{left:0}
a{color:inherit;text-underline-offset:3px;text-decoration-color:var(--other)}
a:hover{text-decoration-thickness:2px}
a:focus-visible{outline:2px solid var(--ink);outline-offset:2px}
.attention{border-color:var(--odd);background:var(--odd-back)}
.b-attention,.b-odd{color:var(--odd);background:var(--odd-back)}
.v-ok{color:var(--good)}
.v-bad,.v-other{color:var(--bad);font-weight:600}
.v-odd{color:var(--odd)}
.v-soft{color:var(--soft)}
td .v-ok,td .v-bad,td .v-odd{white-space:nowrap}
tbody td{min-width:88px}
tbody th{min-width:112px}
table+h3,ul+h3,p+h3{margin-top:18px}
tbody td.n{min-width:0}
.plane{display:inline-block}
details+.note{margin-top:10px}
nav{margin:14px 0 0;font-size:14px}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:0;padding:0;color:var(--soft)}
.scroll{overflow-x:auto}
.scroll td{overflow-wrap:normal}
section{scroll-margin-top:12px}
.lead{color:var(--soft);max-width:76ch}
caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
tbody th{color:var(--ink);font-size:15px;font-weight:400;padding:9px 10px 9px 0;vertical-align:top;overflow-wrap:anywhere}
tr:last-child th[scope=row]{border-bottom:0}
.times{display:flex;flex-wrap:wrap;gap:6px 40px;margin:12px 0 4px;padding:0}
.times div{min-width:110px}
.times dt{color:var(--soft);font-size:14px}
.times dd{margin:0;font-size:22px;font-weight:650;line-height:1.3;font-variant-numeric:tabular-nums}
svg .k-joiner{fill:#2f9e68}
svg .k-mover{fill:#c08a24}
svg .k-leaver{fill:#4a7fc1}
svg .k-reinstate{fill:var(--other)}
.entry ul{margin:6px 0 0;padding-left:20px}
.entry li{margin:2px 0}
ol.plain,ul.plain{margin:6px 0 0;padding-left:20px}
ol.plain li,ul.plain li{margin:4px 0}
.digests{margin:0;padding:0;list-style:none}
.digests li{display:flex;gap:8px;align-items:baseline;margin:0 0 4px}
.digests code{font-size:11.5px}
@media screen and (max-width:720px){
.stack tbody th{display:block;border:0;padding:2px 0;font-size:16px}
.stack tbody th[data-label]:not([data-label=""])::before{content:attr(data-label) ": ";color:var(--soft);font-size:13px;font-weight:400}
.stack td.n{text-align:left}
.scroll td{overflow-wrap:anywhere}
tbody td,tbody th{min-width:0}
.times{gap:10px 28px}
.times dd{font-size:19px}
}
@media (prefers-reduced-motion:reduce){*{animation:none!important;transition:none!important;scroll-behavior:auto!important}}
@media print{
nav,.skip{display:none}
.scroll{overflow:visible}
tbody td,tbody th{min-width:0}
a{text-decoration:none}
section{border:0;padding:0;margin:16pt 0}
section.urgent{padding:8pt 10pt}
.figures{gap:8px}
.figures div{padding:8px 10px}
.figures dd{font-size:15pt}
.page{break-before:page}
@page{margin:16mm}
table,tbody th{font-size:8.5pt}
thead th,td .note,th .note,.badge{font-size:8pt}
thead th{overflow-wrap:normal}
tbody th{min-width:76px}
td,tbody th,thead th{padding:5px 6px 5px 0}
.badge,td .v-ok,td .v-bad,td .v-odd{white-space:normal}
.badge{padding:0 6px}
.scroll thead th:first-child{width:18%}
thead{display:table-header-group}
}
"""
)
