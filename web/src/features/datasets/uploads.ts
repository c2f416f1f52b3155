/** A queue of files on their way to a dataset: a few at once, each with its progress, refusals kept with their reason. */

export type UploadState = "waiting" | "sending" | "done" | "refused" | "stopped";

export interface Upload {
  readonly key: number;
  readonly name: string;
  readonly bytes: number;
  readonly state: UploadState;
  /** How much is sent, 0 to 1. */
  readonly share: number;
  readonly reason: string;
  readonly hint: string;
}

export interface UploadCounts {
  readonly total: number;
  readonly done: number;
  readonly refused: number;
  readonly left: number;
  readonly bytes: number;
  readonly bytesSent: number;
}

/** Sends one file; rejects with an error whose `message` (and `hint`, if any) say why it was refused. */
export type SendFile = (options: {
  file: File;
  name: string;
  onProgress: (share: number) => void;
  signal: AbortSignal;
}) => Promise<void>;

const AT_ONCE = 3;

/** Takes files in and sends them; `subscribe` and `getSnapshot` fit `useSyncExternalStore`. */
export class UploadQueue {
  private uploads: readonly Upload[] = [];
  private readonly files = new Map<number, { file: File; name: string }>();
  private readonly listeners = new Set<() => void>();
  private stopping = new AbortController();
  private nextKey = 0;

  constructor(
    private readonly send: SendFile,
    private readonly onEnd: () => void = () => undefined,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  };

  readonly getSnapshot = (): readonly Upload[] => this.uploads;

  /** Files of a dropped folder keep their path in it as their name. */
  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const key = this.nextKey;
      this.nextKey += 1;
      const name = pathOf(file);
      this.files.set(key, { file, name });
      return { key, name, bytes: file.size, state: "waiting", share: 0, reason: "", hint: "" };
    });
    this.change([...this.uploads, ...added]);
    this.pump();
  }

  /** Try the refused and stopped ones again. */
  retry(): void {
    this.stopping = new AbortController();
    this.change(
      this.uploads.map((one) =>
        one.state === "refused" || one.state === "stopped"
          ? { ...one, state: "waiting", share: 0, reason: "", hint: "" }
          : one,
      ),
    );
    this.pump();
  }

  /** Stop all that is not done; what was sent stays in the dataset. */
  stop(): void {
    this.stopping.abort();
    this.change(
      this.uploads.map((one) =>
        one.state === "waiting" || one.state === "sending" ? { ...one, state: "stopped", share: 0 } : one,
      ),
    );
  }

  clearDone(): void {
    for (const one of this.uploads) if (one.state === "done") this.files.delete(one.key);
    this.change(this.uploads.filter((one) => one.state !== "done"));
  }

  private pump(): void {
    const sending = this.uploads.filter((one) => one.state === "sending").length;
    const waiting = this.uploads.filter((one) => one.state === "waiting");
    for (const one of waiting.slice(0, AT_ONCE - sending)) void this.start(one.key);
  }

  private async start(key: number): Promise<void> {
    const found = this.files.get(key);
    if (found === undefined) return;
    const { signal } = this.stopping;
    this.patch(key, { state: "sending" });
    try {
      await this.send({
        ...found,
        signal,
        onProgress: (share) => {
          if (!signal.aborted) this.patch(key, { share });
        },
      });
      this.patch(key, { state: "done", share: 1 });
      this.files.delete(key);
    } catch (error) {
      if (!signal.aborted) this.patch(key, { state: "refused", share: 0, ...reasonOf(error) });
    }
    this.pump();
    if (!this.uploads.some((one) => one.state === "waiting" || one.state === "sending")) this.onEnd();
  }

  private patch(key: number, part: Partial<Upload>): void {
    this.change(this.uploads.map((one) => (one.key === key ? { ...one, ...part } : one)));
  }

  private change(uploads: readonly Upload[]): void {
    this.uploads = uploads;
    for (const listener of this.listeners) listener();
  }
}

export function countUploads(uploads: readonly Upload[]): UploadCounts {
  let [done, refused, left, bytes, bytesSent] = [0, 0, 0, 0, 0];
  for (const one of uploads) {
    bytes += one.bytes;
    bytesSent += one.bytes * one.share;
    if (one.state === "done") done += 1;
    else if (one.state === "waiting" || one.state === "sending") left += 1;
    else refused += 1;
  }
  return { total: uploads.length, done, refused, left, bytes, bytesSent };
}

function pathOf(file: File): string {
  // Files picked as a folder say where in it they lay; dropped ones do so in `path`, with a leading ./ or /.
  const given: unknown = file.webkitRelativePath || Reflect.get(file, "path");
  const clean = typeof given === "string" ? given.replace(/^\.?\/+/, "") : "";
  return clean === "" ? file.name : clean;
}

function reasonOf(error: unknown): { reason: string; hint: string } {
  if (!(error instanceof Error)) return { reason: "the upload failed", hint: "" };
  const hint: unknown = Reflect.get(error, "hint");
  return { reason: error.message, hint: typeof hint === "string" ? hint : "" };
}
