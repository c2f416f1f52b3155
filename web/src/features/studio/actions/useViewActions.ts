/** Looking: zoom, hiding, help, and moving between the parts of the page. */
import { useStudio } from "../context";
import { openActionPalette } from "../dialogs/ActionPalette";
import { useKeyHandlers } from "./useKey";

const ZOOM_STEP = 1.25;
const REGIONS = ["canvas", "side", "strip", "top", "tools"] as const;
const FOCUSABLE = 'button:not(:disabled), a[href], input, select, textarea, [tabindex="0"]';

export function useViewActions(): void {
  const { store } = useStudio();
  const engine = () => store.getState().engine;
  useKeyHandlers({
    "view.fit": () => {
      engine()?.fit();
      return true;
    },
    "view.zoom_in": () => {
      engine()?.zoomBy(ZOOM_STEP);
      return true;
    },
    "view.zoom_out": () => {
      engine()?.zoomBy(1 / ZOOM_STEP);
      return true;
    },
    "view.hide": () => {
      store.setState(({ isHidden }) => ({ isHidden: !isHidden }));
      return true;
    },
    "view.peek": ({ phase }) => {
      store.setState({ isPeeking: phase === "press" });
      return true;
    },
    "view.regions": () => {
      focusNextRegion();
      return true;
    },
    "help.keys": () => {
      store.setState(({ dialog }) => ({ dialog: dialog === "keys" ? null : "keys" }));
      return true;
    },
    "help.palette": () => {
      openActionPalette();
      return true;
    },
  });
}

/** The focus goes round the parts of the page: picture, panel, strip, top, tools. */
function focusNextRegion(): void {
  const here = document.activeElement?.closest("[data-region]")?.getAttribute("data-region") ?? "tools";
  const from = REGIONS.findIndex((region) => region === here);
  const next = REGIONS[(from + 1) % REGIONS.length] ?? "canvas";
  const region = document.querySelector<HTMLElement>(`[data-region="${next}"]`);
  const target = next === "canvas" ? region : (region?.querySelector<HTMLElement>(FOCUSABLE) ?? region);
  target?.focus();
}
