import type { DecodeAnswer, DecodeRequest } from "./decoder";

self.onmessage = async (event: MessageEvent) => {
  const { id, bytes }: DecodeRequest = event.data;
  let image: ImageBitmap | null = null;
  try {
    image = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  } catch {
    // Said as a frame that does not decode.
  }
  const answer: DecodeAnswer = { id, image };
  self.postMessage(answer, { transfer: image === null ? [] : [image] });
};
