import type { PictureLook } from "./studioStore";

const GAMMA = "whorl-gamma";

/** The curve that the CSS filter below refers to. */
export function PictureFilter({ gamma }: { readonly gamma: number }) {
  const exponent = 1 / gamma;
  return (
    <svg width={0} height={0} style={{ position: "absolute" }} aria-hidden>
      <filter id={GAMMA} colorInterpolationFilters="sRGB">
        <feComponentTransfer>
          <feFuncR type="gamma" exponent={exponent} />
          <feFuncG type="gamma" exponent={exponent} />
          <feFuncB type="gamma" exponent={exponent} />
        </feComponentTransfer>
      </filter>
    </svg>
  );
}

export function pictureFilter({ brightness, contrast, gamma }: PictureLook): string {
  const curve = gamma === 1 ? "" : ` url(#${GAMMA})`;
  return `brightness(${String(brightness)}) contrast(${String(contrast)})${curve}`;
}
