/** The page for marking: questions on the left, one student's answer after another on the right; keys for all of it. */
import { escapeHtml } from "dnn-lab-core/html";
import { pageHead } from "dnn-lab-core/page-head";
import { pageProgram } from "./page-program";

const style = `
[hidden] { display: none !important; }
main { display: grid; grid-template-columns: 230px 1fr; gap: 24px; max-width: 1400px; }
h1 { grid-column: 1 / -1; }
nav button { display: block; width: 100%; text-align: left; padding: 8px 10px; margin: 0 0 4px; border: 1px solid transparent; border-radius: 8px;
  background: none; color: inherit; font: inherit; cursor: pointer; }
nav button[aria-current=true] { background: var(--card); border-color: var(--line); }
nav small, .note { color: var(--soft); display: block; }
#work { display: grid; grid-template-columns: minmax(0, 1fr) 340px; gap: 20px; align-items: start; }
#work > * { min-width: 0; }
aside { position: sticky; top: 16px; }
.bar { grid-column: 1 / -1; display: flex; gap: 10px; align-items: center; flex-wrap: wrap; }
.bar strong { flex: 1; }
img { max-width: 100%; background: #fff; border-radius: 6px; }
.figure { min-height: 60px; } .figure.drawn { background: #fff; border-radius: 6px; }
pre { margin: 6px 0; max-height: 60vh; overflow: auto; }
pre.answer { font: 1rem/1.6 system-ui, sans-serif; white-space: pre-wrap; }
pre.stderr { color: var(--bad); }
pre.text { color: var(--soft); }
.cell { border-left: 3px solid var(--line); padding-left: 12px; margin: 10px 0; }
input, textarea, aside button, .bar button, #whole { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px;
  padding: 7px 10px; }
aside button, .bar button, #whole { cursor: pointer; }
aside textarea { width: 100%; min-height: 90px; }
#points { width: 6em; }
#save { background: var(--accent); color: var(--page); border-color: transparent; }
.items label { display: flex; gap: 8px; padding: 4px 0; cursor: pointer; } .items .worth { margin-left: auto; white-space: nowrap; }
.items button { padding: 0 8px; font-size: 0.85em; }
.row { display: flex; gap: 8px; margin: 8px 0; } .row input:first-child { flex: 1; min-width: 0; } .row input:nth-child(2) { width: 4.5em; }
#said { min-height: 1.6em; margin: 8px 0 0; } #said.bad { color: var(--bad); } #said.good { color: var(--good); }
@media (max-width: 900px) { main, #work { grid-template-columns: minmax(0, 1fr); } aside { position: static; } }
`;

const body = `
<nav id="questions" aria-label="Questions"></nav>
<section id="work" hidden>
  <div class="bar"><strong id="who"></strong><span id="state" class="badge open"></span>
    <button id="back" title="key k">← back</button><button id="next" title="key j">next →</button><button id="open" title="key u">next unmarked</button></div>
  <article><div class="card" id="answer"></div><div class="card"><h3>The grader's run, same section</h3><div id="around"></div>
    <button id="whole">whole notebook</button></div></article>
  <aside class="card">
    <h3 id="worth"></h3>
    <div class="items" id="items"></div>
    <div class="row"><input id="new-text" placeholder="new item or comment" aria-label="text of a new item"><input id="new-points" type="number" step="any" value="0" aria-label="points of a new item"><button id="add">add</button></div>
    <p><label>Points <input id="points" inputmode="decimal" aria-label="points"></label> <span class="note" id="earned"></span></p>
    <textarea id="comment" placeholder="comment for the student" aria-label="comment"></textarea>
    <p><button id="save" title="Ctrl+Enter">Save and next</button> <label class="note">marked by <input id="marker" size="10" aria-label="marker"></label></p>
    <p id="said" role="status"></p>
    <p class="note">Keys: 1–9 items, j/k next and back, u next unmarked, Ctrl+Enter save.</p>
  </aside>
</section>`;

/** The whole page; what it shows is asked for by its program. */
export function markingPage(title: string, nonce: string, hasPlotly: boolean): string {
  const plotly = hasPlotly ? `\n<script nonce="${nonce}" src="/plotly.js" defer></script>` : "";
  const more = `${plotly}\n<script nonce="${nonce}" type="module">${pageProgram}</script>`;
  return `${pageHead(`Marking: ${title}`, { style, more })}
<body><main><h1>${escapeHtml(title)}</h1>${body}</main></body>
</html>
`;
}
