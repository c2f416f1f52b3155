/** The keyboard of a grid, and buttons that show their key. */
import { Button, Kbd, type ButtonProps } from "@mantine/core";
import { createContext, useContext, useEffect, useRef, useState, type ReactNode } from "react";

import { showChord } from "@/keys/chord";
import { Keyboard } from "@/keys/keyboard";
import type { KeyMap } from "@/keys/keymap";
import { loadKeys } from "@/keys/storage";

const KeyboardContext = createContext<Keyboard | null>(null);

/** Actions by name; false means that there was nothing to do. */
export type Handlers = Readonly<Record<string, () => boolean | undefined>>;

/** Listens while the page stands. Handlers may change from one drawing to the next. */
export function useGridKeyboard(
  scope: "grid_label" | "grid_review" | "grid_validate",
  handlers: Handlers,
): Keyboard {
  const [keyboard] = useState(() => new Keyboard(loadKeys(window.localStorage)));
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  const names = Object.keys(handlers).join(" ");
  useEffect(() => {
    const ends = [keyboard.listen(window), keyboard.enter("grid"), keyboard.enter(scope)];
    for (const name of names.split(" ")) ends.push(keyboard.on(name, () => latest.current[name]?.()));
    return () => {
      for (const end of ends) end();
    };
  }, [keyboard, scope, names]);
  return keyboard;
}

export function KeyboardProvider({
  keyboard,
  children,
}: {
  readonly keyboard: Keyboard;
  readonly children: ReactNode;
}) {
  return <KeyboardContext.Provider value={keyboard}>{children}</KeyboardContext.Provider>;
}

function useKeyboard(): Keyboard {
  const keyboard = useContext(KeyboardContext);
  if (keyboard === null) throw new Error("this part belongs into a grid");
  return keyboard;
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** The first key of an action as printed; empty when it has none. */
export function useKeyOf(action: string): string {
  const [first] = useKeyboard().keysOf(action);
  return first === undefined ? "" : showChord(first, { isMac });
}

export function KeyHint({ action }: { readonly action: string }) {
  const key = useKeyOf(action);
  return key === "" ? null : <Kbd size="xs">{key}</Kbd>;
}

/** A press of the mouse must not take the focus from the grid, or the next key would press the button again. */
export function keepFocus(event: { preventDefault: () => void }): void {
  event.preventDefault();
}

export interface KeyButtonProps extends ButtonProps {
  readonly action: string;
  readonly children: ReactNode;
}

/** A button with its key beside its words. */
export function KeyButton({ action, children, ...rest }: KeyButtonProps) {
  const keyboard = useKeyboard();
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

export function useKeyMap(): KeyMap {
  return useKeyboard().map;
}
