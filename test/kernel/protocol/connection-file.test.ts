import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkConnection, endpoint, readConnectionFile } from "../../../src/kernel/protocol/connection-file";

const good = {
  transport: "tcp",
  ip: "127.0.0.1",
  shell_port: 1,
  iopub_port: 2,
  stdin_port: 3,
  control_port: 4,
  hb_port: 5,
  key: "k",
  signature_scheme: "hmac-sha256",
};

describe("the connection file", () => {
  test("a good one is read", () => {
    const file = join(mkdtempSync(join(tmpdir(), "dnn-lab-connection-")), "c.json");
    writeFileSync(file, JSON.stringify(good));
    expect(readConnectionFile(file)).toEqual(good);
  });

  test.each([
    [{ shell_port: 70_000 }, "shell_port"],
    [{ hb_port: "5" }, "hb_port"],
    [{ transport: "udp" }, "transport"],
    [{ ip: "" }, "ip"],
    [{ signature_scheme: "md5" }, "signature_scheme"],
    [{ key: 5 }, "key"],
  ])("%j is refused by name", (change, name) => {
    expect(() => checkConnection({ ...good, ...change }, "c.json")).toThrow(name);
  });

  test("a file that is no JSON is named", () => {
    expect(() => readConnectionFile("/nowhere/c.json")).toThrow("/nowhere/c.json");
  });

  test("endpoints for tcp, IPv6 and ipc", () => {
    expect(endpoint(checkConnection(good, "c"), 9)).toBe("tcp://127.0.0.1:9");
    expect(endpoint(checkConnection({ ...good, ip: "::1" }, "c"), 9)).toBe("tcp://[::1]:9");
    expect(endpoint(checkConnection({ ...good, transport: "ipc", ip: "/s/k" }, "c"), 9)).toBe("ipc:///s/k-9");
  });
});
