import { EdgeWork, type EdgeRequest } from "./edgeWork";

const work = new EdgeWork();

self.onmessage = (event: MessageEvent) => {
  const request: EdgeRequest = event.data;
  const answer = work.answer(request);
  const transfer = answer.kind === "field" && answer.field !== null ? [answer.field.strength.buffer] : [];
  self.postMessage(answer, { transfer });
};
