import { answerMask } from "./maskWork";
import type { MaskRequest } from "./protocol";

self.onmessage = (event: MessageEvent) => {
  const request: MaskRequest = event.data;
  const answer = answerMask(request);
  const transfer = answer.kind === "decoded" ? answer.tiles.map((tile) => tile.bits.buffer) : [];
  self.postMessage(answer, { transfer });
};
