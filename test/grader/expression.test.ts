/** What of a test's expression is asked of the kernel, and what the grader computes itself. */
import { describe, expect, it } from "vitest";
import { planOf } from "../../src/grader/assignment/expression";

describe("an expression", () => {
  it.each<[string, string[]]>([
    ["mean", ["mean"]],
    ["square(-2)", ["square(-2)"]],
    ["square(n)", ["square(n)"]],
    ["Math.min(0.1, n)", ["n"]],
    ["Math.abs(square(-2) - n) < 1e-6", ["square(-2)", "n"]],
    ["history.history.loss.at(-1)", ["history.history.loss"]],
    ["Math.max(...history.history.acc)", ["[...(history.history.acc)]"]],
    ["model.countParams()", ["model.countParams()"]],
    ["model.layers.map((layer) => layer.getClassName())", ["model.layers.map((layer) => layer.getClassName())"]],
    [
      "network.layers.map((l) => /drop/i.test(l.getClassName()))",
      ["network.layers.map((l) => /drop/i.test(l.getClassName()))"],
    ],
    ["Array.from(net.predict(tf.zeros([1, 2])).dataSync())", ["net.predict(tf.zeros([1, 2])).dataSync()"]],
    ["x.slice([0], [2]).dataSync()", ["x.slice([0], [2]).dataSync()"]],
    ["evaluate(net, test).then(({ accuracy }) => accuracy)", ["evaluate(net, test).then(({ accuracy }) => accuracy)"]],
    ["(() => { const a = f(1); f(2); return a(10); })()", ["(() => { const a = f(1); f(2); return a(10); })()"]],
    ["[1, 2, 3].map((x) => square(x))", ["[1, 2, 3].map((x) => square(x))"]],
    ["[1, 2].map(square)", ["[1, 2].map(square)"]],
    ["losses.map(square)", ["losses.map(square)"]],
    ["losses.every((loss, i) => i === 0 || loss < losses[i - 1])", ["losses", "losses"]],
    ["losses.map((x) => x * 2).filter((x) => x > n).length", ["losses", "n"]],
    ["{ a: f(1), b, c: 3 }", ["f(1)", "b"]],
    ["[f(1), ...g(2)]", ["f(1)", "[...(g(2))]"]],
    ["`${name}: ${1 + 1}`", ["name"]],
    ["typeof x", ["typeof x"]],
    ["x instanceof Float32Array", ["x instanceof Float32Array"]],
    ["await f(1)", ["await f(1)"]],
    ["f(1)(2).rate", ["f(1)(2).rate"]],
    ["count++", ["count++"]],
    ["JSON.parse(JSON.stringify(tried)).a", ["tried"]],
    ["x > 0 ? f(x) : g", ["x", "f(x)", "g"]],
    ["1 + 1", []],
    ["new Error('a').message", []],
    ["clip(new Float32Array([1, 2]))", ["clip(new Float32Array([1, 2]))"]],
    ["xs[i].y", ["xs[i].y"]],
    ["ids.map((id, i) => xs[i])", ["ids", "xs"]],
    ["new Map([[1, f(1)]]).size", ["new Map([[1, f(1)]]).size"]],
  ])("%s asks for %j", (expression, asked) => expect(planOf(expression).asked).toEqual(asked));

  it.each<[string, unknown[], unknown]>([
    ["Math.min(0.1, n)", [0.99], 0.1],
    ["Math.max(...xs)", [[1, 5, 2]], 5],
    ["{ a, ...b }", [1, { c: 2 }], { a: 1, c: 2 }],
    ["losses.map((x) => x * 2).filter((x) => x > n)", [[1, 2, 3], 3], [4, 6]],
    ["`${a}-${b}`", ["x", 2], "x-2"],
    ["(a as number)! + 1", [1], 2],
    ["[...xs, n].join('')", [[1, 2], 3], "123"],
    ["2 ** 3", [], 8],
  ])("%s of %j is computed here", (expression, values, value) => {
    expect(planOf(expression).compute(values)).toEqual(value);
  });

  it("runs no code of the student's when it asks for names", () => {
    expect(planOf("mean").runsCode).toBe(false);
    expect(planOf("Math.min(a, b)").runsCode).toBe(false);
    for (const code of ["f(1)", "a.b", "await a", "[...a]"]) expect(planOf(code).runsCode).toBe(true);
    expect(planOf("Math.min(0.1, n)", true)).toMatchObject({ asked: ["Math.min(0.1, n)"], runsCode: true });
  });

  it.each(["", "a b", "1)(2", "if (x) {}", "a;"])("must be one: %j", (code) =>
    expect(() => planOf(code)).toThrow(SyntaxError),
  );
});
