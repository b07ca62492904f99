/** The style sheet of our pages: system fonts, light and dark, readable on a phone and on paper. */
export const pageStyle = `
:root {
  --page: #f6f7f9; --card: #ffffff; --ink: #1c2430; --soft: #566273; --line: #dde2e9;
  --good: #12734f; --good-back: #dff5ea; --bad: #b3261e; --bad-back: #fce8e6; --open: #7a5500; --open-back: #fdf1d3;
  --accent: #1d62d8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2029; --ink: #e6eaf0; --soft: #a3afbf; --line: #2d3643;
    --good: #6fd8a8; --good-back: #12372a; --bad: #ff9c92; --bad-back: #46191a; --open: #f0c96a; --open-back: #3b2f10;
    --accent: #7fa9f5;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Open Sans", sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 1.2rem; margin: 40px 0 12px; }
h3 { font-size: 1rem; margin: 0; }
p { margin: 0 0 12px; max-width: 75ch; overflow-wrap: anywhere; }
.lead { color: var(--soft); margin-bottom: 20px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; margin: 0 0 16px; }
.verdict { border-left: 5px solid; }
.verdict p { margin: 0; }
.verdict strong { font-size: 1.1rem; display: block; }
.verdict.good { border-left-color: var(--good); } .verdict.good strong { color: var(--good); }
.verdict.bad { border-left-color: var(--bad); } .verdict.bad strong { color: var(--bad); }
.verdict.open { border-left-color: var(--open); } .verdict.open strong { color: var(--open); }
.head { display: flex; flex-wrap: wrap; gap: 4px 14px; align-items: baseline; }
.head span { color: var(--soft); font-size: 0.88rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.94rem; }
th, td { text-align: left; padding: 7px 10px; border-bottom: 1px solid var(--line); vertical-align: middle; }
thead th { color: var(--soft); font-weight: 600; font-size: 0.82rem; white-space: nowrap; }
tbody tr:last-child > * { border-bottom: 0; }
.comparison tbody tr > * { border-bottom: 0; padding-top: 4px; padding-bottom: 4px; }
.comparison tbody + tbody tr:first-child > * { border-top: 1px solid var(--line); }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { display: inline-block; padding: 1px 9px; border-radius: 99px; font-size: 0.84rem; font-weight: 600; white-space: nowrap; }
.badge.good { color: var(--good); background: var(--good-back); }
.badge.bad { color: var(--bad); background: var(--bad-back); }
.badge.open { color: var(--open); background: var(--open-back); }
.scale { display: block; width: 120px; height: 16px; }
.figure { margin: 4px -8px 0; }
.waiting { color: var(--soft); font-size: 0.9rem; }
.facts th { width: 11rem; color: var(--soft); font-weight: 400; vertical-align: top; }
.facts td { overflow-wrap: anywhere; }
code { font: 0.9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre { margin: 10px 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 0.9em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.note { color: var(--soft); font-size: 0.9rem; }
footer { color: var(--soft); font-size: 0.85rem; margin-top: 32px; }
@media (max-width: 640px) {
  main { padding: 20px 12px 40px; }
  h1 { font-size: 1.4rem; }
  .card { padding: 14px; }
  .comparison thead { display: none; }
  .comparison, .comparison tbody { display: block; }
  .comparison tbody + tbody { border-top: 1px solid var(--line); }
  .comparison tbody tr { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0 8px; padding: 6px 0; }
  .comparison tbody tr > *, .comparison tbody + tbody tr:first-child > * { display: block; padding: 0; border: 0; text-align: left; }
  .comparison th[rowspan] { grid-column: 1 / -1; font-size: 1rem; }
  .comparison .figure-name { grid-column: 1 / -1; }
  .comparison .verdict-cell { grid-column: 1 / -1; margin: 2px 0 4px; }
  .comparison .number { grid-row: auto; }
  .comparison .number::before { content: attr(data-label); display: block; color: var(--soft); font-size: 0.8rem; }
  .comparison .scale-cell { display: none; }
  .facts tr { display: block; padding: 6px 0; border-bottom: 1px solid var(--line); }
  .facts th, .facts td { display: block; width: auto; padding: 0; border: 0; }
}
@media print { body { background: none; } .card { break-inside: avoid; } }
`;
