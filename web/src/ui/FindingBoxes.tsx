import type { ItemFindings } from "@/api/schema.gen";

import classes from "./FindingBoxes.module.css";
import { FINDING_COLORS } from "./findings";

/** Boxes of findings over a picture that is shown whole in its frame; what was missed is dashed. */
export function FindingBoxes({ found }: { readonly found: ItemFindings }) {
  const boxes = found.findings.flatMap((one) => {
    const [x0, y0, x1, y1] = one.bounds ?? [];
    return x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined
      ? []
      : [{ type: one.type, x0, y0, x1, y1 }];
  });
  return (
    <svg
      className={classes.boxes}
      viewBox={`0 0 ${String(found.width)} ${String(found.height)}`}
      preserveAspectRatio="xMidYMid meet"
      aria-hidden="true"
    >
      {boxes.map((box, at) => (
        <rect
          key={at}
          x={box.x0}
          y={box.y0}
          width={Math.max(0, box.x1 - box.x0)}
          height={Math.max(0, box.y1 - box.y0)}
          stroke={FINDING_COLORS[box.type]}
          data-missed={box.type === "missed"}
          data-quiet={box.type === "correct"}
        />
      ))}
    </svg>
  );
}
