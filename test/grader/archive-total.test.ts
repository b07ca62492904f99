/** The limit of an archive holds for all its files together. */
import { expect, it } from "vitest";
import { readZip, writeZip } from "../../src/grader/archive/zip";

it("two files that fit by themselves may be too much together", () => {
  const file = new Uint8Array(60);
  const zip = writeZip(
    new Map([
      ["a.txt", file],
      ["b.txt", file],
    ]),
  );
  expect([...readZip(zip, 120).keys()]).toEqual(["a.txt", "b.txt"]);
  expect(() => readZip(zip, 100)).toThrow("too large");
});
