import { describe, expect, it } from "vitest";

import { countUploads, UploadQueue, type SendFile } from "./uploads";

function file(name: string, size = 10): File {
  return new File([new Uint8Array(size)], name);
}

/** A way out that the test opens and closes by hand. */
function gate() {
  const open = new Map<
    string,
    { resolve: () => void; reject: (error: Error) => void; progress: (n: number) => void }
  >();
  let peak = 0;
  const send: SendFile = ({ name, onProgress, signal }) =>
    new Promise((resolve, reject) => {
      const close = () => open.delete(name);
      open.set(name, {
        resolve: () => {
          close();
          resolve();
        },
        reject: (error) => {
          close();
          reject(error);
        },
        progress: onProgress,
      });
      peak = Math.max(peak, open.size);
      signal.addEventListener("abort", () => {
        close();
        reject(new DOMException("stopped", "AbortError"));
      });
    });
  return { open, send, peak: () => peak };
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

describe("UploadQueue", () => {
  it("sends three at once and the rest as places come free", async () => {
    const { open, send, peak } = gate();
    const queue = new UploadQueue(send);
    queue.add(["a", "b", "c", "d", "e"].map((name) => file(name)));
    expect([...open.keys()]).toEqual(["a", "b", "c"]);
    open.get("b")?.resolve();
    await settle();
    expect([...open.keys()]).toEqual(["a", "c", "d"]);
    expect(peak()).toBe(3);
    expect(queue.getSnapshot().map((one) => one.state)).toEqual([
      "sending",
      "done",
      "sending",
      "sending",
      "waiting",
    ]);
  });

  it("keeps a refusal with its reason and hint, and tries it again when asked", async () => {
    const { open, send } = gate();
    const queue = new UploadQueue(send);
    queue.add([file("a")]);
    open.get("a")?.reject(Object.assign(new Error("not an image"), { hint: "Send a JPEG or PNG." }));
    await settle();
    expect(queue.getSnapshot()[0]).toMatchObject({
      state: "refused",
      reason: "not an image",
      hint: "Send a JPEG or PNG.",
    });
    queue.retry();
    expect([...open.keys()]).toEqual(["a"]);
    open.get("a")?.resolve();
    await settle();
    expect(queue.getSnapshot()[0]).toMatchObject({ state: "done", reason: "" });
  });

  it("stops what is left and can go on", async () => {
    const { open, send } = gate();
    const queue = new UploadQueue(send);
    queue.add(["a", "b", "c", "d"].map((name) => file(name)));
    open.get("a")?.resolve();
    await settle();
    queue.stop();
    await settle();
    expect(queue.getSnapshot().map((one) => one.state)).toEqual(["done", "stopped", "stopped", "stopped"]);
    queue.retry();
    expect([...open.keys()]).toEqual(["b", "c", "d"]);
  });

  it("tells once when nothing is left", async () => {
    const { open, send } = gate();
    let ends = 0;
    const queue = new UploadQueue(send, () => (ends += 1));
    queue.add([file("a"), file("b")]);
    open.get("a")?.resolve();
    await settle();
    expect(ends).toBe(0);
    open.get("b")?.resolve();
    await settle();
    expect(ends).toBe(1);
  });

  it("names files of a folder by their path in it", () => {
    const { send } = gate();
    const queue = new UploadQueue(send);
    queue.add([Object.assign(file("x.jpg"), { path: "./night/x.jpg" })]);
    expect(queue.getSnapshot()[0]?.name).toBe("night/x.jpg");
  });

  it("counts files and bytes", async () => {
    const { open, send } = gate();
    const queue = new UploadQueue(send);
    queue.add([file("a", 100), file("b", 100)]);
    open.get("a")?.progress(0.5);
    open.get("b")?.resolve();
    await settle();
    expect(countUploads(queue.getSnapshot())).toEqual({
      total: 2,
      done: 1,
      refused: 0,
      left: 1,
      bytes: 200,
      bytesSent: 150,
    });
  });
});
