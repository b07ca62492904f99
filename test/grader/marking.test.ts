/** The page on which people mark: who may use it, what it writes, and how it is used in a real browser. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { assignmentOf } from "../../src/grader/assignment/assignment";
import { feedbackHtml } from "../../src/grader/feedback/feedback-page";
import { ManualMarks, givenByHand } from "../../src/grader/grading/manual-marks";
import type { Graded } from "../../src/grader/grading/result";
import { MarkingDesk } from "../../src/grader/marking/desk";
import { type MarkingServer, serveMarking } from "../../src/grader/marking/marking-server";
import { takeResults } from "../../src/grader/queue/results-lock";
import { store, writeExecuted } from "../../src/grader/queue/stored-results";
import { learningCurve } from "../../src/library/reports/figures/learning-curve";
import { rendererFolder } from "../../src/library/reports/images/cache-folder";
import { figureImage } from "../../src/library/reports/images/figure-image";
import { findBrowser } from "../../src/library/reports/images/find-browser";
import { stopRenderer } from "../../src/library/reports/images/renderer";
import { plainHistory } from "../library/reports/histories";
import { answered, cell, rightAnswers, sourceNotebook } from "./assignments";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const assignment = assignmentOf(sourceNotebook());
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dnn marking "));
  for (const [i, student] of ["Ada", "Bob", "<b>Eve</b>"].entries()) {
    store(join(folder, `s${i}`), { key: student, result: graded(student) });
    writeExecuted(join(folder, `s${i}`), executed(student));
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function graded(student: string): Graded {
  const test = { name: "the square of 3 is 9", points: 4, earned: 1, hidden: false, passed: false, message: "found 8" };
  return {
    ...{ format: 1, assignment: "numbers", digest: assignment.digest, student, submission: `hash of ${student}` },
    ...{ submitted: "2026-12-02T10:00:00Z", status: "graded", points: 12, earned: 10, manualPoints: 3 },
    manual: [{ id: "seen", section: "What I saw", points: 3, answer: `Squares grow. ${student} <script>1</script>` }],
    checks: [{ id: "square-check", section: null, points: 4, earned: 1, tests: [test] }],
    ...{ quality: [], errors: [], notes: [], metrics: {}, facts: null, contained: "none", seconds: 1 },
  };
}

const hostile =
  '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30"><rect width="60" height="30" fill="teal"/><script>parent.hacked = 1</script></svg>';
const figure = { data: [{ type: "scatter", y: [1, 4, 9], name: "squares" }], layout: { title: { text: "Squares" } } };

const DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

/** A run that shows what students' notebooks show, and tries to act in the marker's page. */
function executed(student: string) {
  const notebook = answered(assignment, rightAnswers);
  const outputs = [
    { output_type: "stream", name: "stdout", text: `printed by ${student}` },
    { output_type: "display_data", data: { "image/svg+xml": hostile }, metadata: {} },
    {
      output_type: "display_data",
      data: { "application/vnd.plotly.v1+json": figure, "text/plain": "a figure" },
      metadata: {},
    },
    { output_type: "display_data", data: { "text/html": "<img src=x onerror='hacked = 1'>" }, metadata: {} },
  ];
  const shows = { ...cell("code", "squares.plot()"), outputs: outputs as never };
  const attachments = { "sketch.png": { "image/png": DOT } };
  const drawn = notebook.cells.map((each) => (each.source === rightAnswers.seen ? { ...each, attachments } : each));
  return { ...notebook, cells: [...drawn, shows] };
}

const deskOf = (anonymous = false) => new MarkingDesk(folder, assignment, { anonymous, salt: "salt" });
const given = (name: string) => ManualMarks.read(join(folder, "manual.csv")).appliedTo(graded(name));

describe("the desk", () => {
  const form = { points: "2", comment: "fine", items: [] as string[], marker: "kim" };
  const first = (desk: MarkingDesk, question = "seen") => desk.answers(question).answers[0]!;
  const mark = (desk: MarkingDesk, own: object = {}, question = "seen") => {
    const { who, state } = first(desk, question);
    return desk.mark({ question, who, state, ...form, ...own });
  };

  it("has every question over all students, with what the run showed under its heading", () => {
    const desk = deskOf();
    expect(desk.questions().map(({ id, byHand, answers, marked }) => [id, byHand, answers, marked])).toEqual([
      ["seen", true, 3, 0],
      ...["square-check", "mean-check", "plain-check", "quality", "extra"].map((id) =>
        expect.arrayContaining([id, false]),
      ),
    ]);
    const { answers } = desk.answers("seen");
    expect(answers.map(({ name }) => name)).toEqual(["<b>Eve</b>", "Ada", "Bob"]);
    expect(answers[1]!.around).toContain("printed by Ada");
    expect(answers[1]!.around).not.toContain("const mean");
    const all = JSON.stringify(answers.map(({ html, around }) => html + around));
    expect(all).not.toMatch(/<script|<img src=x|<b>/);
  });

  it("writes into the table that 'grade' reads, and notes everything that was done", () => {
    const desk = deskOf();
    const done = mark(desk);
    expect(done).toMatchObject({ points: "2", comment: "fine", marker: "kim" });
    expect(given("<b>Eve</b>").manual[0]).toMatchObject({ given: 2, comment: "fine" });
    mark(desk, { points: "3" });
    const log = readFileSync(join(folder, "marking-log.jsonl"), "utf8").trim().split("\n");
    expect(log.map((line) => (JSON.parse(line) as { points: string }).points)).toEqual(["2", "3"]);
    expect(desk.questions()[0]).toMatchObject({ marked: 1 });
  });

  it("lets no marker overwrite what another has just given, also by hand in the table", () => {
    const [ours, theirs] = [deskOf(), deskOf()];
    const { who, state } = first(ours);
    mark(theirs, { marker: "lee", points: "1", comment: "short" });
    expect(() => ours.mark({ question: "seen", who, state, ...form })).toThrow(
      'lee has marked this answer in the meantime: 1 points, "short".',
    );
    expect(given("<b>Eve</b>").manual[0]).toMatchObject({ given: 1 });
    mark(ours, { points: "2.5" });
    expect(given("<b>Eve</b>").manual[0]).toMatchObject({ given: 2.5 });
  });

  it("marks by items; when one is worth something else, all who have it have other points", () => {
    const desk = deskOf();
    const item = desk.item("seen", { text: "no reason given", points: -1 });
    for (const { who, state } of desk.answers("seen").answers.slice(0, 2))
      desk.mark({ question: "seen", who, state, ...form, comment: "", items: [item.id] });
    desk.item("seen", { ...item, points: -1.5 });
    expect(desk.answers("seen").answers.map(({ points }) => points)).toEqual(["1.5", "1.5", ""]);
    expect(desk.answers("seen").rubric).toEqual([{ id: "i1", text: "no reason given", points: -1.5 }]);
    expect(feedbackHtml(given("Ada"), "x")).toContain("<li>no reason given (−1.5)</li>");
    expect(desk.item("seen", { text: "neat", points: 0 }).id).toBe("i2");
  });

  it("gives points in place of the grader's with a reason alone", () => {
    const desk = deskOf();
    expect(first(desk, "square-check")).toMatchObject({ earned: 1, html: expect.stringContaining("found 8") });
    expect(() => mark(desk, { comment: "" }, "square-check")).toThrow(/need a reason/);
    mark(desk, { points: "4", comment: "right, named otherwise" }, "square-check");
    mark(desk, { points: "0,5", comment: "found a slip in the sheet" }, "extra");
    expect(givenByHand(given("<b>Eve</b>"))).toBe(3.5);
  });

  it.each([
    [{ points: "4" }, /from 0 to 3/],
    [{ points: "many" }, /received 'many'/],
    [{ who: "nobody" }, /no such student/],
    [{ question: "../x" }, /no question/],
  ])("refuses %j and writes nothing", (own, message) => {
    expect(() => mark(deskOf(), own)).toThrow(message);
    expect(readdirSync(folder).filter((name) => name.endsWith(".csv"))).toEqual([]);
  });

  it("says when an answer was changed since it was marked, and is not stopped by a table that is half filled in", () => {
    mark(deskOf());
    const key = "<b>Eve</b>";
    const manual = [{ ...graded(key).manual[0]!, answer: "Cubes grow." }];
    store(join(folder, "s2"), { key, result: { ...graded(key), manual } });
    const table = join(folder, "manual.csv");
    writeFileSync(table, `${readFileSync(table, "utf8")}<b>Eve</b>,extra,,,2,,,,\n`);
    expect(first(deskOf())).toMatchObject({ changed: true, points: "" });
    mark(deskOf(), { points: "1" });
    expect(first(deskOf())).toMatchObject({ changed: false, points: "1" });
  });

  it("tells no name in what it refuses, where answers are marked without names", () => {
    for (const own of [{ points: "99" }, { points: "x" }, { state: "old" }])
      expect(() => mark(deskOf(true), own)).toThrow(/^(?!.*(Ada|Bob|Eve)).*$/s);
  });

  it("has no names where answers are marked without them, in an order that tells nothing", () => {
    const { answers } = deskOf(true).answers("seen");
    expect(answers.map(({ name }) => name)).toEqual([null, null, null]);
    const orders = ["a", "b", "c", "d", "e", "f"].map((salt) =>
      new MarkingDesk(folder, assignment, { anonymous: true, salt }).answers("extra").answers.map(({ who }) => who),
    );
    expect(new Set(orders.flat()).size).toBe(18);
  });
});

describe("the server", () => {
  let server: MarkingServer;
  beforeEach(async () => (server = await serveMarking(deskOf(), "Numbers")));
  afterEach(() => server.close());

  /** A request with whatever headers, as no browser would send it. */
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET", body = "") => {
    const { hostname, port, host, searchParams } = new URL(server.url);
    const cookie = `dnn-lab-marking=${searchParams.get("token")!}`;
    return new Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }>((done, fail) => {
      const sent = request({ hostname, port, path, method, headers: { host, cookie, ...headers } }, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => done({ status: response.statusCode!, text, headers: response.headers }));
      });
      sent.on("error", fail).end(body);
    });
  };

  it("listens on the loopback address alone, and answers who has its token", async () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
    expect((await ask("/api/questions")).status).toBe(200);
    for (const cookie of ["", "dnn-lab-marking=x", "dnn-lab-marking="]) {
      const { status, text } = await ask("/api/questions", { cookie });
      expect([status, text]).toEqual([403, expect.stringContaining("open the address")]);
    }
    const entered = await ask(new URL(server.url).pathname + new URL(server.url).search, { cookie: "" });
    expect([entered.status, entered.headers["set-cookie"]]).toEqual([
      303,
      [expect.stringMatching(/HttpOnly; SameSite=Strict/)],
    ]);
  });

  it("answers no other page: neither under another name nor from another origin", async () => {
    expect((await ask("/api/questions", { host: "evil.example:80" })).status).toBe(403);
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ question: "seen", text: "x", points: 1 });
    expect((await ask("/api/item", { ...json, origin: "http://evil.example" }, "POST", body)).status).toBe(403);
    expect((await ask("/api/item", json, "POST", body)).status).toBe(403);
    const { origin } = new URL(server.url);
    expect((await ask("/api/item", { origin, "content-type": "text/plain" }, "POST", body)).status).toBe(415);
    expect((await ask("/api/item", { ...json, origin }, "POST", "x".repeat(200_000))).status).toBe(413);
    expect((await ask("/api/item", { ...json, origin }, "POST", "{")).status).toBe(400);
    expect((await ask("/api/item", { ...json, origin }, "POST", body)).status).toBe(200);
    expect((await ask("/nothing")).status).toBe(404);
    expect((await ask("/")).headers["content-security-policy"]).toMatch(/default-src 'none'/);
  });
});

describe("the page", () => {
  let browser: Browser;
  let server: MarkingServer;
  beforeAll(async () => {
    await figureImage(learningCurve(plainHistory), { scale: 1 });
    await stopRenderer();
    const unpacked = readdirSync(rendererFolder()).find((name) => name.startsWith("chromium-"));
    const executablePath = unpacked ? join(rendererFolder(), unpacked, "chromium") : findBrowser().executables[0];
    const args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    browser = await puppeteer.launch({ executablePath, headless: "shell", pipe: true, args });
  });
  afterAll(() => browser?.close());
  afterEach(() => server.close());

  const text = (page: Page, selector: string) => page.$eval(selector, (node) => node.textContent.trim());
  const shows = (page: Page, selector: string, wanted: string) =>
    page.waitForFunction(
      `document.querySelector(${JSON.stringify(selector)})?.textContent.includes(${JSON.stringify(wanted)})`,
      { timeout: 60_000 },
    );

  async function opened(anonymous = false): Promise<{ page: Page; trouble: string[] }> {
    server = await serveMarking(deskOf(anonymous), "Numbers");
    const page = await browser.newPage();
    const trouble: string[] = [];
    page.on("pageerror", (error) => trouble.push(String(error)));
    page.on("console", (message) => trouble.push(message.text()));
    await page.setViewport({ width: 1300, height: 900 });
    await page.goto(server.url);
    await shows(page, "#who", "1 of 3");
    return { page, trouble };
  }

  it("marks one question over all students with items and comments, and goes on to the next answer", async () => {
    const { page, trouble } = await opened();
    expect(page.url()).not.toContain("token");
    expect(await text(page, "#who")).toBe("<b>Eve</b> (1 of 3)");
    await page.waitForSelector("#around .figure.drawn svg");
    expect(await page.$$eval("#around img", (images) => images.map((each) => each.naturalWidth))).toEqual([1, 60]);
    await page.type("#marker", "kim");
    await page.type("#new-text", "no reason given");
    await page.$eval("#new-points", (node) => ((node as unknown as { value: string }).value = "-1"));
    await page.click("#add");
    await page.waitForSelector("#items input:checked");
    expect(await page.$eval("#points", (node) => (node as unknown as { value: string }).value)).toBe("2");
    await page.type("#comment", "See <chapter> 2.");
    if (process.env.DNN_LAB_SCREENSHOT) await page.screenshot({ path: process.env.DNN_LAB_SCREENSHOT, fullPage: true });
    await page.click("#save");
    await shows(page, "#who", "2 of 3");
    await page.click("#who");
    await page.keyboard.press("1");
    await page.keyboard.down("Control");
    await page.keyboard.press("Enter");
    await page.keyboard.up("Control");
    await shows(page, "#who", "3 of 3");
    expect([given("<b>Eve</b>"), given("Ada")].map(({ manual }) => manual[0])).toMatchObject([
      { given: 2, comment: "See <chapter> 2.", items: [{ text: "no reason given", points: -1 }] },
      { given: 2, comment: "" },
    ]);
    expect(await text(page, "#questions")).toContain("2 of 3 marked");
    expect(await page.evaluate("globalThis.hacked")).toBeUndefined();
    await page.$$eval("nav button", (all) =>
      all.find(({ textContent }) => textContent.startsWith("square-check"))!.dispatchEvent(new Event("click")),
    );
    await shows(page, "#worth", "In place of the tests: up to 4 points");
    expect(await text(page, "#earned")).toBe("the tests gave 1");
    expect(await page.$eval("#add", (node) => node.getClientRects().length)).toBe(0);
    expect(await page.$$eval("#around details[open]", (all) => all.length)).toBe(1);
    // What a student's SVG or HTML tries to load or run is not even asked for.
    expect(trouble).toEqual([]);
    await page.close();
  });

  it("tells of another marker, keeps what was typed, and shows no name where none is wanted", async () => {
    const { page } = await opened(true);
    expect(await page.evaluate("document.body.innerText")).not.toMatch(/\(1 of 3\).*Eve/);
    expect(await text(page, "#who")).toBe("Answer 1 (1 of 3)");
    const other = deskOf(true);
    const { who, state } = other.answers("seen").answers[0]!;
    other.mark({ question: "seen", who, state, points: "1", comment: "short", items: [], marker: "lee" });
    await page.type("#marker", "kim");
    await page.type("#points", "3");
    await page.click("#save");
    await shows(page, "#said", "lee has marked this answer in the meantime");
    expect(await page.$eval("#points", (node) => (node as unknown as { value: string }).value)).toBe("3");
    await page.click("#save");
    await shows(page, "#who", "2 of 3");
    const all = readFileSync(join(folder, "manual.csv"), "utf8");
    expect(all.match(/,3,3,/g)).toHaveLength(1);
    await page.close();
  });
});

it("the command serves it until it is interrupted, while nobody else grades there", async () => {
  const source = join(folder, "source.ipynb");
  writeFileSync(source, JSON.stringify(sourceNotebook()));
  const script = join(__dirname, "..", "..", "src", "grader", "dist", "cli", "grader.js");
  const args = [script, "grade", source, "--serve", "--results", folder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await vi.waitUntil(() => said.includes("token="), { timeout: 60_000 });
  const url = /http:\S+/.exec(said)![0];
  expect((await fetch(url, { redirect: "manual" })).status).toBe(303);
  expect(() => takeResults(folder)).toThrow(/is grading there/);
  child.kill("SIGINT");
  expect(await new Promise((done) => child.on("exit", done))).toBe(130);
  takeResults(folder)();
});

it("marks are a folder's own: a desk without results is empty", () => {
  mkdirSync(join(folder, "none"));
  writeFileSync(join(folder, "none", "marks.csv"), "");
  const desk = new MarkingDesk(join(folder, "none"), assignment, { anonymous: false, salt: "" });
  expect(desk.answers("seen")).toEqual({ answers: [], rubric: [] });
});
