/** Which chords do what: the preset, with the person's own changes; and what may not be. */
import {
  ACTIONS,
  findAction,
  getAction,
  SCOPE_LEVEL,
  SCOPE_PAGE,
  type Action,
  type ActionId,
} from "./actions";
import { parseChord, showChord, type Chord } from "./chord";
import { PRESETS, type PresetName } from "./presets";
import { findReserved } from "./reserved";

/** What a person chose; kept in the browser. */
export interface KeySettings {
  readonly preset: PresetName;
  readonly own: Readonly<Record<ActionId, readonly Chord[]>>;
}

export const DEFAULT_KEYS: KeySettings = { preset: "Whorl", own: {} };

/** Chords of every action. */
export type KeyMap = ReadonlyMap<ActionId, readonly Chord[]>;

export function resolveKeys({ preset, own }: KeySettings): KeyMap {
  const chosen = PRESETS[preset];
  return new Map(ACTIONS.map(({ id, keys }) => [id, own[id] ?? chosen[id] ?? keys]));
}

/** Two actions on one chord. In one scope it is a conflict; across scopes the narrower one goes first. */
export interface Clash {
  readonly chord: Chord;
  readonly actions: readonly [ActionId, ActionId];
  readonly kind: "conflict" | "shadow";
}

/** All clashes of a key map, conflicts first. */
export function findClashes(map: KeyMap): readonly Clash[] {
  const clashes: Clash[] = [];
  for (const [i, one] of ACTIONS.entries()) {
    for (const other of ACTIONS.slice(i + 1)) {
      const kind = clashKind(one, other);
      const chord = kind === null ? undefined : sharedChord(map, one.id, other.id);
      if (kind !== null && chord !== undefined) clashes.push({ chord, actions: [one.id, other.id], kind });
    }
  }
  return clashes.sort((a, b) => a.kind.localeCompare(b.kind));
}

/** What came of asking for other chords. */
export type Rebinding =
  | { readonly kind: "done"; readonly settings: KeySettings }
  | { readonly kind: "refused"; readonly reason: string }
  /** Another action of the same scope has one of the chords; `rebind` with `isTaking` takes it away from it. */
  | { readonly kind: "conflict"; readonly chord: Chord; readonly with: ActionId };

/** Give an action other chords. */
export function rebind(
  settings: KeySettings,
  change: { readonly id: ActionId; readonly keys: readonly Chord[]; readonly isTaking?: boolean },
): Rebinding {
  const keys: Chord[] = [];
  for (const text of change.keys) {
    const chord = parseChord(text);
    if (chord === null) return { kind: "refused", reason: `${text} is not a key.` };
    const use = findReserved(chord);
    if (use !== null) return { kind: "refused", reason: `${showChord(chord)} ${use}; the browser keeps it.` };
    if (!keys.includes(chord)) keys.push(chord);
  }
  const rivals = rivalsOf(settings, change.id, keys);
  const [first] = rivals;
  if (first !== undefined && change.isTaking !== true)
    return { kind: "conflict", chord: first.chord, with: first.id };
  const own = { ...settings.own, [change.id]: keys };
  const map = resolveKeys(settings);
  for (const { id, chord } of rivals) {
    own[id] = (own[id] ?? map.get(id) ?? []).filter((one) => placeless(one) !== placeless(chord));
  }
  return { kind: "done", settings: { ...settings, own } };
}

/** Back to the preset's chords for one action. */
export function resetKeys(settings: KeySettings, id: ActionId): KeySettings {
  return { ...settings, own: Object.fromEntries(Object.entries(settings.own).filter(([one]) => one !== id)) };
}

function rivalsOf(
  settings: KeySettings,
  id: ActionId,
  keys: readonly Chord[],
): readonly { readonly id: ActionId; readonly chord: Chord }[] {
  const action = getAction(id);
  const wanted = new Set(keys.map(placeless));
  const map = resolveKeys(settings);
  return ACTIONS.filter((other) => other.id !== id && clashKind(action, other) === "conflict").flatMap(
    (other) =>
      (map.get(other.id) ?? [])
        .filter((chord) => wanted.has(placeless(chord)))
        .map((chord) => ({ id: other.id, chord })),
  );
}

/** How two actions would clash on one chord; null where both can never be valid at once. */
function clashKind(one: Action, other: Action): Clash["kind"] | null {
  if (one.scope === other.scope) return "conflict";
  const [page, otherPage] = [SCOPE_PAGE[one.scope], SCOPE_PAGE[other.scope]];
  if (page !== null && otherPage !== null && page !== otherPage) return null;
  return SCOPE_LEVEL[one.scope] === SCOPE_LEVEL[other.scope] ? null : "shadow";
}

function sharedChord(map: KeyMap, one: ActionId, other: ActionId): Chord | undefined {
  const taken = new Set((map.get(other) ?? []).map(placeless));
  return (map.get(one) ?? []).find((chord) => taken.has(placeless(chord)));
}

const PLACES: Readonly<Record<string, string>> = {
  "@BracketLeft": "[",
  "@BracketRight": "]",
  "@Slash": "/",
  "@Minus": "-",
  "@Equal": "=",
};

/** A place as what lies there on a US keyboard, to compare chords of both kinds. */
function placeless(chord: Chord): string {
  const at = chord.indexOf("@");
  if (at < 0) return chord;
  const place = chord.slice(at);
  return chord.slice(0, at) + (PLACES[place] ?? place.replace(/^@(Key|Digit)?/, ""));
}

/** Read what was kept; anything that is not understood is left out. */
export function parseKeySettings(text: string | null): KeySettings {
  if (text === null) return DEFAULT_KEYS;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return DEFAULT_KEYS;
  }
  if (typeof value !== "object" || value === null) return DEFAULT_KEYS;
  const preset = "preset" in value && isPreset(value.preset) ? value.preset : DEFAULT_KEYS.preset;
  const own: Record<ActionId, readonly Chord[]> = {};
  const kept = "own" in value && typeof value.own === "object" && value.own !== null ? value.own : {};
  for (const [id, keys] of Object.entries(kept)) {
    if (findAction(id) === null || !Array.isArray(keys)) continue;
    own[id] = keys.flatMap((one: unknown) => {
      const chord = typeof one === "string" ? parseChord(one) : null;
      return chord === null || findReserved(chord) !== null ? [] : [chord];
    });
  }
  return { preset, own };
}

function isPreset(value: unknown): value is PresetName {
  return typeof value === "string" && value in PRESETS;
}
