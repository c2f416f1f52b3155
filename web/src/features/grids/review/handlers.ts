/** What each key of the review does. */
import { classDigits } from "@/keys/classDigits";

import type { Handlers } from "../keys";
import { stepFrom, type Direction } from "../label/cells";
import { selectAll, stretchTo, toggleOne } from "../pick";

import { clear, flip, focusOf, orderOf, say, targetsOf } from "./act";
import type { ReviewSession } from "./session";

export interface HandlerParts {
  readonly session: ReviewSession;
  readonly columns: number;
  readonly names: readonly string[];
  readonly isPeeking: boolean;
  readonly setPeeking: (isPeeking: boolean) => void;
  readonly setDialog: (dialog: "classes" | "keys" | null) => void;
}

export function reviewHandlers(parts: HandlerParts): Handlers {
  const { session, setDialog } = parts;
  const working = (act: () => boolean | undefined) => () =>
    session.state.phase === "working" ? act() : false;
  const all = { ...moves(parts), ...verdictKeys(parts), ...selections(parts) };
  return {
    ...Object.fromEntries(Object.entries(all).map(([id, act]) => [id, working(act)])),
    "grid.back": () => {
      void session.goBack();
      return true;
    },
    "grid.keys": () => {
      setDialog("keys");
      return true;
    },
  };
}

function moves({ session, columns }: HandlerParts): Handlers {
  const order = () => orderOf(session.state.crops);
  const step = (to: Direction) => {
    const cells = order().map((itemId) => ({ kind: "tile" as const, itemId }));
    return stepFrom(cells, { from: focusOf(session.state.desk, order()), columns, to });
  };
  const go = (to: Direction) => () => {
    const id = step(to);
    session.look((desk) => ({ ...desk, anchor: id, focus: id }));
    return true;
  };
  const stretch = (to: Direction) => () => {
    const id = step(to);
    if (id === null) return false;
    session.look((desk) => {
      const anchor = desk.anchor ?? focusOf(desk, order());
      return { ...desk, ...stretchTo({ ...desk, anchor }, { order: order(), id }) };
    });
    return true;
  };
  const sides = ["left", "right", "up", "down"] as const;
  return {
    ...Object.fromEntries(
      sides.flatMap((to) => [
        [`grid.${to}`, go(to)],
        [`grid.stretch_${to}`, stretch(to)],
      ]),
    ),
    "grid.first": go("first"),
    "grid.last": go("last"),
  };
}

function verdictKeys({ session, names, setDialog }: HandlerParts): Handlers {
  const keys = classDigits(names);
  const digits = names.flatMap((name, at) => {
    const digit = keys[at] ?? null;
    return digit === null ? [] : [[`grid.class.${String(digit)}`, () => say(session, name)] as const];
  });
  return {
    ...Object.fromEntries(digits),
    "grid.palette": () => {
      setDialog("classes");
      return true;
    },
    "grid.clear": () => clear(session),
    "grid.undo": () => session.undo(),
    "grid.redo": () => session.redo(),
    "crops.flip": () => flip(session, targetsOf(session)),
    "crops.approve": () => {
      void session.approve();
      return true;
    },
  };
}

function selections({ session, isPeeking, setPeeking }: HandlerParts): Handlers {
  return {
    "grid.all": () => {
      session.look((desk) => ({ ...desk, ...selectAll(desk, orderOf(session.state.crops)) }));
      return true;
    },
    "grid.toggle": () => {
      const id = focusOf(session.state.desk, orderOf(session.state.crops));
      if (id !== null) session.look((desk) => ({ ...desk, ...toggleOne(desk, id) }));
      return true;
    },
    "grid.none": () => {
      if (isPeeking) setPeeking(false);
      else session.look((desk) => ({ ...desk, selection: new Set() }));
      return true;
    },
    "crops.peek": () => {
      setPeeking(!isPeeking);
      return true;
    },
  };
}
