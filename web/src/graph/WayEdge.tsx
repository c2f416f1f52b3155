import { BaseEdge, EdgeLabelRenderer, getBezierPath, type EdgeProps } from "@xyflow/react";
import { memo } from "react";

import { formatCount } from "@/ui/format";

import classes from "./canvas.module.css";
import type { WayEdge as Way } from "./flow";
import { portColor } from "./look";

/** An edge in the colour of what travels on it, with its condition. */
export const WayEdge = memo(function WayEdge(props: EdgeProps<Way>) {
  const { data, selected, markerEnd } = props;
  const [path, x, y] = getBezierPath(props);
  const { when = "", mark = {}, color = "item" } = data ?? {};
  return (
    <>
      <BaseEdge
        path={path}
        markerEnd={markerEnd}
        interactionWidth={18}
        className={classes.way}
        style={{ "--port": portColor(color) }}
        data-selected={selected}
        data-moving={mark.isMoving}
        data-change={mark.change}
        data-wrong={(mark.problems ?? []).length > 0}
      />
      {(when !== "" || mark.count !== undefined) && (
        <EdgeLabelRenderer>
          <div
            className={classes.label}
            data-selected={selected}
            data-wrong={(mark.problems ?? []).length > 0}
            style={{ transform: `translate(-50%, -50%) translate(${String(x)}px, ${String(y)}px)` }}
            title={when}
          >
            {mark.count !== undefined && <b>{formatCount(mark.count)}</b>}
            {when}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
