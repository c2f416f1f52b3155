import { Kbd } from "@mantine/core";
import { createSpotlight, Spotlight } from "@mantine/spotlight";

import { ACTIONS } from "@/keys/actions";
import { showChord } from "@/keys/chord";

import { useStudio } from "../context";

const [store, spotlight] = createSpotlight();

export function openActionPalette(): void {
  spotlight.open();
}

/** Every action by name, with its key. */
export function ActionPalette() {
  const { keyboard } = useStudio();
  const actions = ACTIONS.filter((action) => action.kind !== "hold" && keyboard.canRun(action.id)).map(
    (action) => {
      const [first] = keyboard.keysOf(action.id);
      return {
        id: action.id,
        label: action.title,
        description: action.group,
        rightSection: first === undefined ? undefined : <Kbd size="xs">{showChord(first)}</Kbd>,
        onClick: () => {
          // After the palette has given the focus back.
          setTimeout(() => keyboard.run(action.id), 0);
        },
      };
    },
  );
  return (
    <Spotlight
      store={store}
      actions={actions}
      shortcut={null}
      limit={9}
      nothingFound="No action has these letters."
      searchProps={{ placeholder: "What do you want to do?", "aria-label": "Find an action" }}
      highlightQuery
    />
  );
}
