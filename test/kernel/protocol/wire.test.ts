import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { HeaderFactory, type Message } from "../../../src/kernel/protocol/message";
import { Wire, WireError } from "../../../src/kernel/protocol/wire";

const message = (): Message => ({
  header: new HeaderFactory().create("status"),
  parentHeader: {},
  metadata: { m: 1 },
  content: { text: "Grüße 😀" },
  buffers: [Uint8Array.from([1, 2, 3])],
});

describe("the wire format", () => {
  test("a message comes back as it was sent, with identities and buffers", () => {
    const sent = message();
    const frames = new Wire("key").encode(sent, [Buffer.from("me")]);
    const got = new Wire("key").decode(frames);
    expect(got.identities.map(String)).toEqual(["me"]);
    expect(got.header).toEqual(sent.header);
    expect(got.content).toEqual(sent.content);
    expect([...(got.buffers[0] as Uint8Array)]).toEqual([1, 2, 3]);
  });

  test("the signature is the HMAC of the four JSON frames", () => {
    const frames = new Wire("key").encode(message());
    const hmac = createHmac("sha256", "key");
    for (const frame of frames.slice(2, 6)) hmac.update(frame);
    expect(Buffer.from(frames[1] as Uint8Array).toString()).toBe(hmac.digest("hex"));
  });

  test.each([
    ["another key", (frames: Uint8Array[]) => frames, "other"],
    ["no signature", (frames: Uint8Array[]) => [frames[0], Buffer.alloc(0), ...frames.slice(2)] as Uint8Array[], "key"],
    [
      "a changed frame",
      (frames: Uint8Array[]) => [...frames.slice(0, 5), Buffer.from("{}"), ...frames.slice(6)],
      "key",
    ],
    ["a missing frame", (frames: Uint8Array[]) => frames.slice(0, 5), "key"],
    ["no delimiter", (frames: Uint8Array[]) => frames.slice(1), "key"],
  ])("%s is refused", (_, change, key) => {
    const frames = change(new Wire("key").encode(message()));
    expect(() => new Wire(key).decode(frames)).toThrow(WireError);
  });

  test("a message is accepted once", () => {
    const wire = new Wire("key");
    const frames = wire.encode(message());
    expect(wire.decode(frames).header.msg_type).toBe("status");
    expect(() => wire.decode(frames)).toThrow("repeated");
  });

  test("without a key nothing is signed or checked", () => {
    const wire = new Wire("");
    const frames = wire.encode(message());
    expect(frames[1]).toHaveLength(0);
    expect(wire.decode(frames).header.msg_type).toBe("status");
  });

  test("an unknown hash is refused at once", () => {
    expect(() => new Wire("key", "hmac-nonsense")).toThrow();
  });
});
