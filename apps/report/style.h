#pragma once
// The look of report.html, put together as :root { kLightColours }, kChartStyle, kReportStyle.
// Eight colours tell normalisations apart on either background, chosen so that each two differ
// (CIELAB distance above 10) also under simulated protanopia, deuteranopia and tritanopia; c0 is
// the neutral one, for the reference.

namespace keel {

inline constexpr const char* kLightColours = R"css(
  --page: #fbfbfa; --card: #ffffff; --ink: #1b1d22; --soft: #5d6470; --faint: #6a707b;
  --line: #e4e5e8; --grid: #eceded; --accent: #0b5cad; --heat: 0 114 178; --warn: #b3380e;
  --chosen: #ffffff; --shade: rgb(0 0 0 / 0.2);
  --c0: #4a4f59; --c1: #0068c0; --c2: #ea6a12; --c3: #00a583; --c4: #c2569f;
  --c5: #7d3310; --c6: #3b97e3; --c7: #3a2a94; --c8: #8d2df2;
)css";

/// The charts' look, in the page as in a file of its own.
inline constexpr const char* kChartStyle = R"css(
.lines text { font-size: 12px; fill: var(--soft); }
.lines .up { text-anchor: end; }
.lines .across { text-anchor: middle; }
.lines .label { text-anchor: end; fill: var(--faint); }
.grid { stroke: var(--grid); fill: none; }
.base, .tick { stroke: var(--faint); fill: none; }
.line {
  fill: none; stroke: currentColor; stroke-width: 2.25; stroke-linejoin: round;
  stroke-linecap: round;
}
.dashed .line { stroke-dasharray: 7 5; }
.band { fill: currentColor; opacity: 0.16; }
.trace {
  fill: none; stroke: currentColor; stroke-width: 1.25; opacity: 0.75; stroke-linejoin: round;
}
.cross { fill: none; stroke: currentColor; stroke-width: 2.5; stroke-linecap: round; }
.dot { fill: currentColor; stroke: var(--card); stroke-width: 1.5; }
)css";

inline constexpr const char* kReportStyle = R"css(
:root { color-scheme: light dark; }
@media screen and (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1b1e23; --ink: #eceef1; --soft: #a6adb8; --faint: #858d98;
    --line: #2f343c; --grid: #272b32; --accent: #7cb8f5; --heat: 60 150 220; --warn: #ff9a6e;
    --chosen: #454c57; --shade: rgb(0 0 0 / 0.55);
    --c0: #c3c8d0; --c1: #3f95ff; --c2: #f0702a; --c3: #55e0a5; --c4: #d873b8;
    --c5: #fbd84e; --c6: #9ae6f7; --c7: #c9b2ff; --c8: #9a8355;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1240px; margin: 0 auto; padding: 48px 32px 72px; }
.eyebrow { max-width: none; margin: 0 0 10px; color: var(--soft); font-size: 14px; }
.eyebrow b { color: var(--ink); font-weight: 600; }
h1 {
  max-width: 25em; margin: 0 0 18px; font-size: clamp(25px, 3.4vw, 36px); line-height: 1.2;
  font-weight: 650; letter-spacing: -0.018em; text-wrap: balance; overflow-wrap: anywhere;
}
h2 {
  margin: 56px 0 14px; font-size: 20px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em;
}
h3 { margin: 20px 0 8px; font-size: 14px; font-weight: 600; color: var(--soft); }
p { max-width: 44em; }
.details {
  max-width: 50em; text-wrap: pretty; margin: 0; padding: 0; list-style: none; color: var(--soft);
}
.details li { padding: 3px 0 3px 18px; position: relative; overflow-wrap: anywhere; }
.details li::before {
  content: ""; position: absolute; left: 0; top: 14px; width: 6px; height: 6px; border-radius: 3px;
  background: var(--soft);
}
.live {
  margin: 16px 0 0; padding: 8px 14px; border-left: 3px solid var(--accent);
  background: var(--card); font-size: 14px;
}
.note { max-width: 60em; color: var(--soft); font-size: 14px; margin: 8px 0 0; }

.controls { display: flex; flex-wrap: wrap; gap: 12px 24px; margin: 0 0 14px; }
.controls fieldset {
  display: flex; align-items: center; gap: 10px; margin: 0; padding: 0; border: 0; min-width: 0;
}
.controls legend { float: left; padding: 0; font-size: 13px; color: var(--soft); }
.segments {
  display: inline-flex; flex-wrap: wrap; padding: 2px; border-radius: 8px; background: var(--grid);
}
.segments label { position: relative; cursor: pointer; }
.segments input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.segments span {
  display: block; padding: 4px 12px; border-radius: 6px; font-size: 13px; color: var(--soft);
}
.segments input:checked + span {
  background: var(--chosen); color: var(--ink); box-shadow: 0 1px 2px rgb(0 0 0 / 0.16);
}
.segments input:focus-visible + span, button:focus-visible, summary:focus-visible,
svg:focus-visible, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }

.charts + .controls, .heat + .controls, .note + .controls { margin-top: 28px; }

.legend { display: flex; flex-wrap: wrap; gap: 6px 8px; margin: 0 0 16px; }
.legend button {
  display: inline-flex; align-items: center; gap: 8px; padding: 4px 12px 4px 10px; cursor: pointer;
  border: 1px solid var(--line); border-radius: 999px; background: var(--card); color: var(--ink);
  font: inherit; font-size: 14px;
}
.legend button[aria-pressed="false"] {
  color: var(--faint); background: transparent; text-decoration: line-through;
}
.legend button[aria-pressed="false"] .swatch { opacity: 0.3; }
.swatch {
  display: inline-block; flex: none; width: 14px; height: 4px; border-radius: 2px;
  background: var(--c); vertical-align: middle;
}
.swatch.dashed {
  background: linear-gradient(90deg, var(--c) 0 6px, transparent 6px 8px, var(--c) 8px);
}
.key {
  display: inline-flex; align-items: center; gap: 6px; padding: 4px 6px; color: var(--soft);
  font-size: 13px;
}
.key i { font-style: normal; font-weight: 700; }

.charts { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 20px; }
.chart {
  position: relative; margin: 0; padding: 16px 14px 8px; border: 1px solid var(--line);
  border-radius: 12px; background: var(--card);
}
.choosable[hidden] { display: none; }
#spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
figcaption { padding: 0 6px 8px; font-size: 15px; line-height: 1.35; }
figcaption b { font-weight: 600; }
figcaption span { color: var(--soft); font-size: 13px; }
.lines {
  display: block; width: 100%; height: auto; border-radius: 6px; touch-action: pan-y;
  overflow: visible;
}
.rule { stroke: var(--faint); stroke-dasharray: 2 3; }
.tip {
  position: absolute; z-index: 2; pointer-events: none; padding: 8px 12px; border-radius: 8px;
  border: 1px solid var(--line); background: var(--card); box-shadow: 0 6px 20px rgb(0 0 0 / 0.14);
  font-size: 13px; line-height: 1.5; white-space: nowrap;
}
.tip {
  display: grid; grid-template-columns: auto auto auto auto; gap: 0 10px; align-items: center;
}
.tip b { grid-column: 1 / -1; font-weight: 600; }
.tip div { display: contents; }
.tip small { color: var(--soft); font-size: 12px; }

.values { margin: 0 6px; border: 0; font-size: 13px; }
.values summary { padding: 4px 0; font-weight: 400; color: var(--soft); }
.values .scroll { max-height: 300px; overflow-y: auto; margin: 4px 0 8px; }
.values table { font-size: 13px; }
.values th, .values td { padding: 4px 10px; }

.dots { grid-column: 1 / -1; padding-bottom: 12px; }
.row {
  display: grid; grid-template-columns: minmax(5em, max-content) minmax(0, 1fr) 5em; gap: 16px;
  align-items: center; padding: 0 6px; font-size: 14px;
}
.dots .row > span:first-child { width: 7em; overflow-wrap: anywhere; line-height: 1.2; }
.row > span:last-child { text-align: right; }
.track { position: relative; height: 30px; }
.track::before {
  content: ""; position: absolute; inset: 50% 0 auto; border-top: 1px solid var(--grid);
}
.track i { position: absolute; top: 50%; }
.interval {
  height: 8px; margin-top: -4px; border-radius: 4px; background: var(--c); opacity: 0.25;
}
.seed {
  width: 11px; height: 11px; margin: -5.5px 0 0 -5.5px; border-radius: 6px;
  border: 2px solid var(--c); background: var(--card);
}
.mean {
  width: 3px; height: 20px; margin: -10px 0 0 -1.5px; border-radius: 2px; background: var(--c);
}
.axis .track { height: 22px; }
.axis .track::before { inset: 0 0 auto; border-color: var(--faint); }
.axis .track i {
  top: 4px; transform: translateX(-50%); font-style: normal; font-size: 12px; color: var(--soft);
  white-space: nowrap;
}

/* The shadow at the right edge says that there is more; what scrolls along hides it at the end. */
.scroll {
  overflow-x: auto; border: 1px solid var(--line); border-radius: 12px;
  background:
    linear-gradient(to left, var(--card) 50%, transparent) right / 48px 100% no-repeat local,
    linear-gradient(to left, var(--shade), transparent)
      right / 20px 100% no-repeat scroll,
    var(--card);
}
table { border-collapse: collapse; width: 100%; font-size: 14px; line-height: 1.4; }
th, td { padding: 9px 11px; text-align: right; white-space: nowrap; vertical-align: top; }
th:first-child, td:first-child {
  text-align: left; position: sticky; left: 0; z-index: 1; background: var(--card);
}
thead th {
  color: var(--soft); font-weight: 500; font-size: 13px; vertical-align: bottom;
  border-bottom: 1px solid var(--line);
}
tbody tr + tr > * { border-top: 1px solid var(--grid); }
tbody th { font-weight: 600; }
td small, th small { display: block; color: var(--soft); font-size: 12px; font-weight: 400; }
th .swatch, h3 .swatch { margin-right: 8px; }
th button {
  padding: 0; border: 0; background: none; color: inherit; font: inherit; cursor: pointer;
  text-align: inherit;
}
th button:hover { color: var(--ink); }
th[aria-sort] button { color: var(--ink); }
th[aria-sort="ascending"] button::after { content: " ↑"; }
th[aria-sort="descending"] button::after { content: " ↓"; }
tr.best > * { background: color-mix(in srgb, var(--accent) 7%, var(--card)); }
.bad { color: var(--warn); }
.heat {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 20px;
}
.heat > div { min-width: 0; }
.controls + .heat h3 { margin-top: 8px; }
.heat table { table-layout: auto; }
.heat thead th, .heat td { text-align: center; }
.heat thead th:first-child { text-align: left; }
.heat td { background: rgb(var(--heat) / calc(var(--share) * 0.5)); }
.heat.plain { grid-template-columns: minmax(0, 1fr); margin-top: 20px; }
.heat.plain td { background: none; }
.heat.plain td, .heat.plain thead th:not(:first-child) { text-align: right; }
.heat.layers { grid-template-columns: minmax(0, 1fr); }
.heat.layers td, .heat.layers th { padding: 5px 8px; font-size: 12px; }
.heat td.diverged {
  background-image: repeating-linear-gradient(
    -45deg, transparent 0 5px, color-mix(in srgb, var(--warn) 22%, transparent) 5px 7px);
}
.heat td.best { font-weight: 700; box-shadow: inset 0 0 0 2px var(--accent); }
.heat td.none { background-color: transparent; color: var(--faint); }

main > details { border-top: 1px solid var(--line); }
main > details:last-of-type { border-bottom: 1px solid var(--line); }
summary { padding: 14px 0; cursor: pointer; font-weight: 600; }
summary span { font-weight: 400; color: var(--soft); }
details > div { padding: 0 0 20px; }
dl {
  display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 24px; margin: 0;
  max-width: 60em; font-size: 15px;
}
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.method { grid-template-columns: minmax(8em, 12em) minmax(0, 1fr); gap: 10px 24px; }
.method dt { color: var(--ink); font-weight: 500; }
.method dd { color: var(--soft); }
.command { display: flex; align-items: flex-start; gap: 8px; margin: 0 0 6px; }
.command code {
  flex: 1; min-width: 0; padding: 7px 10px; border-radius: 8px; background: var(--grid);
  white-space: pre-wrap; overflow-wrap: anywhere;
  font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
}
.command code span { display: inline-block; max-width: 100%; }
.command button {
  flex: none; padding: 6px 10px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--card); color: var(--soft); font: inherit; font-size: 13px; cursor: pointer;
}
.state { font-size: 13px; color: var(--soft); }

@media screen and (max-width: 760px) {
  main { padding: 28px 16px 48px; }
  h2 { margin-top: 44px; }
  .charts { grid-template-columns: minmax(0, 1fr); gap: 14px; }
  .chart { padding: 12px 8px 6px; }
  .lines text { font-size: 18px; }
  .line { stroke-width: 3; }
  .row { grid-template-columns: max-content minmax(0, 1fr) max-content; gap: 10px; }
  .dots .row > span:first-child { width: 6.2em; overflow-wrap: break-word; }
  .row > span:last-child { width: 4.5em; }
  .controls { gap: 10px 16px; }
  .controls fieldset { flex-wrap: wrap; gap: 4px 10px; }
  th, td { padding: 8px 10px; }
  tbody th { min-width: 9em; max-width: 10em; white-space: normal; overflow-wrap: anywhere; }
  .heat tbody th { min-width: 5em; }
  .heat.plain tbody th { min-width: 8em; }
  dl, .method { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  dd { margin-bottom: 8px; }
}
@media print {
  :root { --page: #fff; --card: #fff; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  .controls, .command button, .tip, .values { display: none; }
  .scroll { overflow: visible; background: none; }
  .heat { grid-template-columns: minmax(0, 1fr); }
  table, thead th, th small, td small { font-size: 8pt; line-height: 1.25; }
  th, td { padding: 2px 3px; white-space: normal; }
  tbody th:first-child { position: static; min-width: 8em; overflow-wrap: anywhere; }
  .heat.layers td, .heat.layers th { padding: 2px; font-size: 7pt; }
  .lines text { font-size: 16px; }
  .chart, tr, .command { break-inside: avoid; }
  h2, h3, .state { break-after: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace keel
