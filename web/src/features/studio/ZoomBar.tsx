import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { IconMaximize, IconZoomIn, IconZoomOut } from "@tabler/icons-react";
import { useCallback, useSyncExternalStore } from "react";

import { useKeysOf, useStudio, useView } from "./context";
import classes from "./studio.module.css";

/** How close one looks, and the buttons that change it. */
export function ZoomBar() {
  const { keyboard } = useStudio();
  const engine = useView((view) => view.engine);
  const follow = useCallback(
    (told: () => void) => (engine === null ? () => undefined : engine.on("viewport", told)),
    [engine],
  );
  const percent = useSyncExternalStore(follow, () => Math.round((engine?.viewport.scale ?? 1) * 100));
  return (
    <div className={classes.zoom}>
      <ZoomButton
        action="view.zoom_out"
        name="Farther"
        icon={<IconZoomOut size={15} />}
        run={keyboard.run.bind(keyboard)}
      />
      <Tooltip label="One image pixel on one screen pixel">
        <Text
          component="button"
          size="xs"
          w={46}
          ta="center"
          bd="none"
          bg="transparent"
          aria-label={`Zoom ${String(percent)} percent; press for 100 percent`}
          onClick={() => engine?.zoomTo("actual")}
        >
          {percent} %
        </Text>
      </Tooltip>
      <ZoomButton
        action="view.zoom_in"
        name="Closer"
        icon={<IconZoomIn size={15} />}
        run={keyboard.run.bind(keyboard)}
      />
      <ZoomButton
        action="view.fit"
        name="Fit"
        icon={<IconMaximize size={15} />}
        run={keyboard.run.bind(keyboard)}
      />
    </div>
  );
}

interface ZoomButtonProps {
  readonly action: string;
  readonly name: string;
  readonly icon: React.ReactNode;
  readonly run: (action: string) => boolean;
}

function ZoomButton({ action, name, icon, run }: ZoomButtonProps) {
  const [key] = useKeysOf(action);
  return (
    <Tooltip label={key === undefined ? name : `${name} (${key})`}>
      <ActionIcon
        size="sm"
        aria-label={name}
        onMouseDown={(event) => {
          event.preventDefault();
        }}
        onClick={() => run(action)}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
