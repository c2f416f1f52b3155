/** What the small pictures of a grid do when they arrive, or do not. */
import type { SyntheticEvent } from "react";

/** Pictures of a few pixels are shown as pixels, not as a blur. */
export function sharpen({ currentTarget }: SyntheticEvent<HTMLImageElement>): void {
  currentTarget.dataset.small = String(currentTarget.naturalWidth * 2 <= currentTarget.width);
}

export function sayMissing({ currentTarget }: SyntheticEvent<HTMLImageElement>): void {
  currentTarget.dataset.missing = "true";
  currentTarget.alt = "No picture";
}
