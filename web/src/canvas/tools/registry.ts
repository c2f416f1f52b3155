/** Every tool by name, ready to run. */

import { withAltSelect } from "./borrow";
import { brushTool, eraserTool } from "./brush";
import { withKeyboard } from "./keyboard";
import { extremePolygonTool } from "./extremePolygon";
import { magicTool } from "./magic";
import { scissorsTool } from "./scissors";
import { selectTool } from "./select";
import { boxTool, extremeBoxTool, pointsTool, polygonTool, polylineTool, rotatedBoxTool } from "./sketches";
import { tagTool } from "./tag";
import { type RunningTool, runTool, type Tool, type ToolName } from "./types";

/** A tool by name, with nothing drawn yet; it takes the pointer and the keyboard alike. */
export function makeTool(name: ToolName): RunningTool {
  switch (name) {
    case "select":
      return runTool(selectTool);
    case "box":
      return drawing(boxTool);
    case "extreme_box":
      return drawing(extremeBoxTool);
    case "rotated_box":
      return drawing(rotatedBoxTool);
    case "polygon":
      return drawing(polygonTool);
    case "polyline":
      return drawing(polylineTool);
    case "points":
      return drawing(pointsTool);
    case "brush":
      return runTool(withKeyboard(brushTool));
    case "eraser":
      return runTool(withKeyboard(eraserTool));
    case "tag":
      return runTool(tagTool);
    case "magic":
      return drawing(magicTool);
    case "extreme_polygon":
      return drawing(extremePolygonTool);
    case "scissors":
      return drawing(scissorsTool);
  }
}

function drawing<State>(tool: Tool<State>): RunningTool {
  return runTool(withKeyboard(withAltSelect(tool)));
}
