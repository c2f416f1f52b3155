/** All that keys and buttons do in the studio. */
import { useCanvasKeys } from "./useCanvasKeys";
import { useFindActions } from "./useFindActions";
import { useItemActions } from "./useItemActions";
import { useProposalActions } from "./useProposalActions";
import { useShapeActions } from "./useShapeActions";
import { useToolActions } from "./useToolActions";
import { useViewActions } from "./useViewActions";

export function useActions(): void {
  useItemActions();
  useToolActions();
  useShapeActions();
  useFindActions();
  useProposalActions();
  useViewActions();
  useCanvasKeys();
}
