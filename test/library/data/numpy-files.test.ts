import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { datasetFromArrays, readNpy, readNpz } from "../../../src/library/index";

const PYTHON = join(__dirname, "../../../.venv/bin/python");
const folder = mkdtempSync(join(tmpdir(), "numpy files "));
const place = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const SCRIPT = `
import numpy as np, sys
f = sys.argv[1] + "/"
for kind in ["b1", "u1", "i1", "u2", "i2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", ">f4", ">i2", ">f8"]:
    np.save(f + kind.replace(">", "big-") + ".npy", (np.arange(6) % 5).reshape(2, 3).astype(kind))
np.save(f + "signs.npy", np.array([-1.5, 65504, 6e-8, 0], "f2"))
np.save(f + "fortran.npy", np.asfortranarray(np.arange(24, dtype="i4").reshape(2, 3, 4)))
np.save(f + "scalar.npy", np.float32(7))
np.save(f + "objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
np.save(f + "words.npy", np.array(["a", "b"]))
np.save(f + "large.npy", np.array([2**53 + 1]))
np.save(f + "fields.npy", np.zeros(2, dtype=[("a", "f4"), ("b", "i4")]))
with open(f + "version3.npy", "wb") as file:
    np.lib.format.write_array(file, np.arange(3, dtype="f4"), version=(3, 0))
np.savez(f + "two.npz", x=np.ones((4, 2), "f4"), y=np.arange(4))
np.savez_compressed(f + "packed.npz", x=np.zeros((100, 100)))
`;

describe.skipIf(!existsSync(PYTHON))("files that NumPy has written", () => {
  beforeAll(() => void execFileSync(PYTHON, ["-c", SCRIPT, folder]));

  it.each(["b1", "u1", "i1", "u2", "i2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "big-f4", "big-i2", "big-f8"])(
    "%s",
    (kind) => {
      const { values, shape } = readNpy(place(`${kind}.npy`));
      expect([Array.from(values), shape]).toEqual([kind === "b1" ? [0, 1, 1, 1, 1, 0] : [0, 1, 2, 3, 4, 0], [2, 3]]);
    },
  );

  it("half numbers, Fortran's order, scalars and later versions", () => {
    const signs = readNpy(place("signs.npy")).values;
    expect([signs[0], signs[1], signs[3]]).toEqual([-1.5, 65504, 0]);
    expect(signs[2]).toBeCloseTo(6e-8, 9);
    expect(Array.from(readNpy(place("fortran.npy")).values)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(readNpy(place("scalar.npy"))).toMatchObject({ shape: [], values: Float32Array.of(7) });
    expect(Array.from(readNpy(place("version3.npy")).values)).toEqual([0, 1, 2]);
  });

  it("archives, also packed, and straight into a data set", async () => {
    const { x, y } = await readNpz(place("two.npz"));
    const data = datasetFromArrays({
      features: x.values as Float32Array,
      shape: x.shape.slice(1),
      labels: Array.from(y.values),
    });
    expect([data.size, data.features.shape]).toEqual([4, [2]]);
    expect((await readNpz(place("packed.npz"))).x.shape).toEqual([100, 100]);
  });

  it.each([
    ["objects.npy", "Python objects"],
    ["words.npy", /of type '<U1'|of type "<U1"/],
    ["large.npy", "beyond 2^53"],
    ["fields.npy", "several fields"],
  ])("%s is refused", (name, message) => {
    expect(() => readNpy(place(name))).toThrow(message);
  });

  it("cut off, foreign and missing files are refused by name", async () => {
    const whole = readFileSync(place("f4.npy"));
    writeFileSync(place("cut.npy"), whole.subarray(0, whole.length - 3));
    expect(() => readNpy(place("cut.npy"))).toThrow(
      /cut.npy' cannot be read as NumPy's: its shape \[2, 3\] needs 24 bytes, it has 21/,
    );
    writeFileSync(place("head.npy"), whole.subarray(0, 40));
    expect(() => readNpy(place("head.npy"))).toThrow("header is cut off");
    writeFileSync(place("text.npy"), "hello, world");
    expect(() => readNpy(place("text.npy"))).toThrow("does not begin with NUMPY");
    await expect(readNpz(place("text.npy"))).rejects.toThrow("text.npy' cannot be read");
    expect(() => readNpy(place("none.npy"))).toThrow("there is no file");
  });
});
