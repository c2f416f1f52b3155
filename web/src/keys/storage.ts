/** Where a person's keys are kept: in this browser. */
import { parseKeySettings, type KeySettings } from "./keymap";

const STORED_AS = "whorl-keys";

export function loadKeys(storage: Pick<Storage, "getItem">): KeySettings {
  try {
    return parseKeySettings(storage.getItem(STORED_AS));
  } catch {
    // Storage may be forbidden; the default keys work all the same.
    return parseKeySettings(null);
  }
}

/** Gives whether the browser kept them. */
export function saveKeys(storage: Pick<Storage, "setItem">, settings: KeySettings): boolean {
  try {
    storage.setItem(STORED_AS, JSON.stringify(settings));
    return true;
  } catch {
    return false;
  }
}
