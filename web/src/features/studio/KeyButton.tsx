import { Button, Kbd, Tooltip, UnstyledButton, type ButtonProps } from "@mantine/core";
import type { ComponentType, ReactNode } from "react";

import { getAction } from "@/keys/actions";

import { useKeysOf, useStudio } from "./context";
import classes from "./studio.module.css";

/** The first key of an action, small. */
export function KeyHint({ action }: { readonly action: string }) {
  const [first] = useKeysOf(action);
  return first === undefined ? null : <Kbd className={classes.key}>{first}</Kbd>;
}

/** A press of the mouse must not take the focus from the picture, or the next key would press the button again. */
function keepFocus(event: { preventDefault: () => void }): void {
  event.preventDefault();
}

export interface IconButtonProps {
  readonly action: string;
  readonly icon: ComponentType<{ readonly size?: number }>;
  /** Instead of the action's title. */
  readonly name?: string;
  readonly isActive?: boolean;
  readonly isDisabled?: boolean;
}

/** A square button of the tool bar: icon, key, and the name on hover. */
export function IconButton({
  action,
  icon: Icon,
  name,
  isActive = false,
  isDisabled = false,
}: IconButtonProps) {
  const { keyboard } = useStudio();
  const [first] = useKeysOf(action);
  const title = name ?? getAction(action).title;
  return (
    <Tooltip label={title} position="right">
      <UnstyledButton
        className={classes.tool}
        data-active={isActive}
        data-key={shortKey(first ?? "")}
        disabled={isDisabled}
        aria-label={title}
        aria-pressed={isActive}
        aria-keyshortcuts={first}
        onMouseDown={keepFocus}
        onClick={() => keyboard.run(action)}
      >
        <Icon size={19} />
      </UnstyledButton>
    </Tooltip>
  );
}

/** A chord for a corner of a few pixels. */
function shortKey(key: string): string {
  return key.replace("Ctrl+", "^").replace("Shift+", "⇧").replace("Alt+", "⌥");
}

export interface ActionButtonProps extends ButtonProps {
  readonly action: string;
  readonly children: ReactNode;
}

/** A button with its key beside its words. */
export function ActionButton({ action, children, ...rest }: ActionButtonProps) {
  const { keyboard } = useStudio();
  return (
    <Button
      size="xs"
      variant="default"
      rightSection={<KeyHint action={action} />}
      onMouseDown={keepFocus}
      onClick={() => keyboard.run(action)}
      {...rest}
    >
      {children}
    </Button>
  );
}
