// How the page of reports looks: light or dark as the reader's system is, and black on white on
// paper.
#pragma once

namespace sluice::checked {

inline constexpr const char* kHtmlStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2128;--soft:#57606a;--line:#d5dae0;--card:#f6f8fa;
--goroutine:#e7f0fd;--goroutine-line:#3b74c4;--object:#fff6dc;--object-line:#a37a10;--bad:#c4201d;
--bad-bg:#fdeceb;--warn:#8a5a00;--warn-bg:#fff4d6;--note:#3b5b7c;--note-bg:#e9f0f7;--mark:#fff3bf}
@media(prefers-color-scheme:dark){:root{--bg:#14181d;--fg:#e3e7ec;--soft:#9aa5b1;--line:#343c46;
--card:#1c2229;--goroutine:#1c2f4a;--goroutine-line:#6ea4f0;--object:#3a3013;--object-line:#d6ac3c;
--bad:#ff7b72;--bad-bg:#3d1a1a;--warn:#e9b949;--warn-bg:#382b0d;--note:#9ec1e8;--note-bg:#1d2b3a;
--mark:#4a3d10}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1.5rem 2rem 4rem;background:var(--bg);color:var(--fg);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
code,pre,.mono,.frame,td,.line{font-family:ui-monospace,"SF Mono",Menlo,Consolas,
"DejaVu Sans Mono",monospace;font-size:13px}
header{border-bottom:1px solid var(--line);margin-bottom:1.5rem;padding-bottom:.75rem}
header h1{font-size:1.3rem;margin:0 0 .25rem}
header p,header ol{margin:.25rem 0;color:var(--soft)}
a{color:var(--goroutine-line)}
article{margin:0 0 3.5rem}
h2{font-size:1.35rem;line-height:1.3;margin:0 0 .5rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.6rem 0 .4rem}
.badges{display:flex;flex-wrap:wrap;gap:.5rem;margin:0 0 .5rem}
.badge{border-radius:4px;padding:.1rem .5rem;font-size:13px;font-weight:600;background:var(--card);
border:1px solid var(--line)}
.fatal,.error{color:var(--bad);background:var(--bad-bg);border-color:var(--bad)}
.note{color:var(--note);background:var(--note-bg);border-color:var(--note)}
.why{color:var(--soft);margin:.25rem 0 0;max-width:60rem}
figure{margin:1.25rem 0;padding:.75rem;border:1px solid var(--line);border-radius:8px;
overflow-x:auto;background:var(--bg)}
figcaption{color:var(--soft);font-size:13px;margin-top:.5rem}
figcaption span{display:inline-block;width:.9em;height:.9em;border:1.5px solid;margin:0 .3em 0 1em;
vertical-align:-.1em}
svg{display:block;width:100%;height:auto;margin:0 auto}
svg text{text-anchor:middle;fill:var(--fg)}
svg .l{font:600 13px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
svg .s{font:11px ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;
fill:var(--soft)}
svg .g{fill:var(--goroutine);stroke:var(--goroutine-line);stroke-width:1.5}
svg .o{fill:var(--object);stroke:var(--object-line);stroke-width:1.5}
svg .ended{stroke-dasharray:5 4}
svg .e{fill:none;stroke:var(--soft);stroke-width:1.5}
svg .waits{stroke-dasharray:6 4}
svg .g.circle,svg .o.circle{stroke:var(--bad);stroke-width:2}
svg .e.circle{stroke:var(--bad);stroke-width:2.5}
svg .behind{fill:var(--bg);stroke:none}
.head{fill:var(--soft)}.head-circle{fill:var(--bad)}
table{border-collapse:collapse;margin:.5rem 0}
th,td{text-align:left;padding:.3rem .9rem;border-bottom:1px solid var(--line);vertical-align:top;
font-variant-numeric:tabular-nums}
th{font-size:13px;color:var(--soft);font-weight:600}
.timeline{table-layout:fixed;width:100%;max-width:62rem}
.timeline th:first-child,.timeline td:first-child{width:2.5rem;color:var(--soft)}
.timeline th{font-size:14px;color:var(--fg)}
.timeline small{color:var(--soft);display:block}
.waiting{background:var(--bad-bg)}
.end{text-align:center;color:var(--bad);font-weight:600;font-family:inherit}
.line{white-space:pre-wrap;overflow-wrap:anywhere}
.objects{margin:1rem 0}
.frame{margin:.35rem 0 0}
.frame b{font-weight:600}.frame i{font-style:normal;color:var(--soft)}
.source{margin:.25rem 0 .6rem;border:1px solid var(--line);border-radius:6px;background:var(--card);
padding:.35rem 0;overflow-x:auto;font:12.5px/1.5 ui-monospace,"SF Mono",Menlo,Consolas,
"DejaVu Sans Mono",monospace;tab-size:2}
.source div{padding:0 .75rem;white-space:pre;min-width:max-content}
.source .n{display:inline-block;width:3.2em;text-align:right;margin-right:1em;color:var(--soft);
user-select:none}
.source .at{background:var(--mark)}
.source .remark{color:var(--bad);font-weight:600}
.help{border-left:3px solid var(--goroutine-line);padding:.3rem .8rem;margin:1rem 0;
background:var(--card);max-width:62rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0;font-size:14px}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
details pre{overflow-x:auto;border:1px solid var(--line);border-radius:6px;padding:.75rem;
background:var(--card);font-size:12px;line-height:1.4}
summary{cursor:pointer;color:var(--soft)}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--card:#fff;
--goroutine:#eef;--goroutine-line:#336;--object:#fffbe8;--object-line:#765;--bad:#a00;--bad-bg:#fff;
--mark:#eee}body{max-width:none;padding:0;font-size:11pt}article{break-after:page}
figure,.source,tr,.frame{break-inside:avoid}details{display:none}figure{overflow:visible}
svg{min-width:0!important}}
)css";

}  // namespace sluice::checked
