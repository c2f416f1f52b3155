import { decodeImage } from "./decode";
import type { ImageAnswer, ImageRequest } from "./protocol";

self.onmessage = async (event: MessageEvent) => {
  const request: ImageRequest = event.data;
  const decoded = await decodeImage(request.url);
  const answer: ImageAnswer = { id: request.id, ...decoded };
  self.postMessage(answer, { transfer: decoded.ok ? [...decoded.levels] : [] });
};
