/** What runs in the marking page. Answers come as HTML that the server has made safe; names, comments and items are set as text. */
export const pageProgram = String.raw`
const $ = (id) => document.getElementById(id);
const make = (tag, own = {}, ...inside) => { const node = Object.assign(document.createElement(tag), own); node.append(...inside); return node; };
const state = { questions: [], question: undefined, answers: [], rubric: [], at: 0, dirty: false };

async function ask(path, body) {
  const response = await fetch(path, body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
  const value = await response.json();
  if (!response.ok) throw Object.assign(new Error(value.error), { status: response.status });
  return value;
}
function say(text, kind = "") { $("said").textContent = text; $("said").className = kind; }
const attempt = (action) => async (...args) => { try { await action(...args); } catch (error) { say(error.message, "bad"); } };
const current = () => state.answers[state.at];
const question = () => state.questions.find((each) => each.id === state.question);
const isMarked = (answer) => answer.points !== "";
const signed = (value) => (value > 0 ? "+" : value < 0 ? "−" : "") + Math.abs(value);

async function showQuestions() {
  state.questions = await ask("/api/questions");
  const groups = [["Answers", true], ["Points by tests", false]];
  $("questions").replaceChildren(...groups.flatMap(([title, byHand]) => {
    const own = state.questions.filter((each) => each.byHand === byHand);
    return own.length === 0 ? [] : [make("h3", { textContent: title }), ...own.map((each) => {
      const count = byHand ? each.marked + " of " + each.answers + " marked" : each.marked + " changed by hand";
      const button = make("button", { onclick: attempt(() => choose(each.id)) }, each.title, make("small", { textContent: each.id + ", " + count }));
      button.setAttribute("aria-current", String(each.id === state.question));
      return button;
    })];
  }));
}

async function choose(id) {
  if (!mayLeave()) return;
  state.question = id;
  ({ answers: state.answers, rubric: state.rubric } = await ask("/api/answers?question=" + encodeURIComponent(id)));
  const open = state.answers.findIndex((each) => !isMarked(each));
  state.at = question().byHand ? Math.max(0, open) : 0;
  $("work").hidden = state.answers.length === 0;
  await showQuestions();
  if (state.answers.length) show();
}

function show() {
  const answer = current();
  const { points, byHand } = question();
  $("who").textContent = (answer.name ?? "Answer " + (state.at + 1)) + " (" + (state.at + 1) + " of " + state.answers.length + ")";
  $("state").textContent = answer.changed ? "changed since it was marked" : isMarked(answer) ? "marked" + (answer.marker ? " by " + answer.marker : "") : byHand ? "not marked" : "by tests";
  $("state").className = "badge " + (isMarked(answer) ? "good" : "open");
  $("answer").innerHTML = answer.html;
  $("around").innerHTML = answer.around || "<p class=note>Nothing was kept of the run.</p>";
  draw($("around"));
  $("worth").textContent = points === null ? "Points" : (byHand ? "Up to " : "In place of the tests: up to ") + points + " points";
  $("earned").textContent = answer.earned === null ? "" : "the tests gave " + answer.earned;
  $("points").value = answer.points;
  $("comment").value = answer.comment;
  state.dirty = false;
  showItems(answer.items);
  say("");
}

function draw(root) {
  if (typeof Plotly === "undefined") return;
  for (const place of root.querySelectorAll(".figure")) {
    const { data, layout } = JSON.parse(place.dataset.figure);
    place.replaceChildren();
    place.classList.add("drawn");
    Plotly.newPlot(place, data, { ...layout, autosize: true, width: undefined, height: layout?.height ?? 320 }, { displayModeBar: false, responsive: true }).catch(() => { place.textContent = "This figure cannot be drawn."; });
  }
}

function showItems(chosen) {
  $("items").hidden = !question().byHand;
  $("add").parentElement.hidden = !question().byHand;
  $("items").replaceChildren(...state.rubric.map((item, i) => {
    const box = make("input", { type: "checkbox", value: item.id, checked: chosen.includes(item.id), onchange: () => sum(item, box.checked) });
    const edit = make("button", { textContent: "edit", onclick: attempt(() => change(item)) });
    return make("label", {}, box, (i < 9 ? i + 1 + ". " : "") + item.text, make("span", { className: "worth" }, signed(item.points), " ", edit));
  }));
}
const chosenItems = () => [...$("items").querySelectorAll("input:checked")].map((box) => box.value);

// Items that take begin from all points, items that give from none; what was typed stays, and moves with each item.
function sum(item, on) {
  state.dirty = true;
  const most = question().points ?? Infinity;
  const before = $("points").value.trim();
  const start = before === "" ? (item.points < 0 ? most : 0) : Number(before.replace(",", "."));
  const value = Math.min(most, Math.max(0, start + (on ? item.points : -item.points)));
  $("points").value = String(Math.round(value * 1000) / 1000);
}

async function change(item) {
  const text = prompt("Text", item.text);
  if (text === null) return;
  const points = prompt("Points (all answers with this item change)", item.points);
  if (points === null) return;
  if (!mayLeave()) return;
  await ask("/api/item", { question: state.question, id: item.id, text, points: Number(points.replace(",", ".")) });
  await reload();
}

async function reload() {
  const { who } = current();
  ({ answers: state.answers, rubric: state.rubric } = await ask("/api/answers?question=" + encodeURIComponent(state.question)));
  state.at = Math.max(0, state.answers.findIndex((each) => each.who === who));
  show();
}

function mayLeave() { return !state.dirty || confirm("What you have entered is not saved. Leave it?"); }
function go(to) {
  if (to < 0 || to >= state.answers.length || !mayLeave()) return;
  state.at = to;
  show();
}
function nextOpen() {
  const order = [...state.answers.keys()].map((i) => (state.at + 1 + i) % state.answers.length);
  const open = order.find((i) => !isMarked(state.answers[i]));
  if (open === undefined) say("All answers to this question are marked.", "good");
  else go(open);
}

const save = attempt(async () => {
  const marker = $("marker").value.trim();
  if (marker === "") { $("marker").focus(); throw new Error("Who marks? Write a name or initials."); }
  localStorage.setItem("marker", marker);
  const { who, state: before } = current();
  const given = { points: $("points").value, comment: $("comment").value, items: chosenItems(), marker };
  try {
    state.answers[state.at] = await ask("/api/mark", { question: state.question, who, state: before, ...given });
  } catch (error) {
    if (error.status !== 409) throw error;
    await reload();
    $("points").value = given.points; $("comment").value = given.comment; showItems(given.items); state.dirty = true;
    throw new Error(error.message + " Yours stands in the form; save again to put it in its place.");
  }
  state.dirty = false;
  await showQuestions();
  if (state.at + 1 < state.answers.length) { go(state.at + 1); say("Saved.", "good"); }
  else { show(); say("Saved. This was the last answer.", "good"); }
});

$("save").onclick = save;
$("back").onclick = () => go(state.at - 1);
$("next").onclick = () => go(state.at + 1);
$("open").onclick = nextOpen;
$("whole").onclick = attempt(async () => { $("around").innerHTML = (await ask("/api/run?who=" + current().who)).html; draw($("around")); });
$("add").onclick = attempt(async () => {
  const chosen = chosenItems();
  const item = await ask("/api/item", { question: state.question, text: $("new-text").value, points: Number($("new-points").value) });
  state.rubric = [...state.rubric, item];
  $("new-text").value = ""; $("new-points").value = "0";
  showItems([...chosen, item.id]);
  sum(item, true);
});
for (const id of ["points", "comment"]) $(id).oninput = () => { state.dirty = true; };
$("marker").value = localStorage.getItem("marker") ?? "";
addEventListener("beforeunload", (event) => { if (state.dirty) event.preventDefault(); });
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox") return;
  if (event.key === "j") go(state.at + 1);
  else if (event.key === "k") go(state.at - 1);
  else if (event.key === "u") nextOpen();
  else if (/^[1-9]$/.test(event.key)) $("items").querySelectorAll("input")[Number(event.key) - 1]?.click();
});
attempt(async () => {
  await showQuestions();
  const first = state.questions.find((each) => each.byHand && each.marked < each.answers) ?? state.questions[0];
  if (first) await choose(first.id);
})();
`;
