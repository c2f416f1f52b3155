/** What each key of the label grid does. */
import { classDigits } from "@/keys/classDigits";

import type { Handlers } from "../keys";
import { selectAll, stretchTo, toggleOne } from "../pick";

import {
  accept,
  assign,
  clear,
  focusOf,
  nextOpen,
  restOfPage,
  assignRest,
  targetsOf,
  type View,
} from "./act";
import { stepFrom, type Cell, type Direction } from "./cells";
import { unassigned } from "./payload";
import type { GridSession } from "./session";

export interface HandlerParts {
  readonly session: GridSession;
  readonly view: View;
  readonly cells: readonly Cell[];
  readonly columns: number;
  readonly names: readonly string[];
  readonly isPeeking: boolean;
  readonly setPeeking: (isPeeking: boolean) => void;
  readonly setDialog: (dialog: "classes" | "rest" | "keys" | null) => void;
  readonly setNotice: (notice: string) => void;
}

/** Yes and no in place of classes: the same page under other keys. */
export function answerHandlers(parts: HandlerParts): Handlers {
  const all = labelHandlers(parts);
  const same: readonly (readonly [string, string])[] = [
    ["grid.answer", "grid.submit"],
    ["grid.answer_chosen", "grid.submit_chosen"],
    ["grid.put_off", "grid.skip"],
    ["grid.look", "grid.peek"],
    ["grid.yes", "grid.class.1"],
    ["grid.no", "grid.class.2"],
  ];
  return {
    ...all,
    ...Object.fromEntries(same.flatMap(([name, of]) => (all[of] === undefined ? [] : [[name, all[of]]]))),
    "grid.back": () => {
      parts.setNotice("What was handed in has gone on: it cannot be had back here.");
      return true;
    },
  };
}

export function labelHandlers(parts: HandlerParts): Handlers {
  const working = (act: () => boolean | undefined) => () => {
    if (parts.session.state.phase !== "working") return false;
    parts.setNotice("");
    return act();
  };
  const all = { ...moves(parts), ...classKeys(parts), ...submits(parts), ...selections(parts) };
  return {
    ...Object.fromEntries(Object.entries(all).map(([id, act]) => [id, working(act)])),
    "grid.back": () => {
      void parts.session.goBack();
      return true;
    },
    "grid.keys": () => {
      parts.setDialog("keys");
      return true;
    },
  };
}

function moves({ session, view, cells, columns }: HandlerParts): Handlers {
  const step = (to: Direction) => stepFrom(cells, { from: focusOf(session.state.desk, view), columns, to });
  const go = (to: Direction) => () => {
    const id = step(to);
    session.look((desk) => ({ ...desk, anchor: id, focus: id }));
    return id !== null;
  };
  const stretch = (to: Direction) => () => {
    const id = step(to);
    if (id === null) return false;
    session.look((desk) => {
      const anchor = desk.anchor ?? focusOf(desk, view);
      return { ...desk, ...stretchTo({ ...desk, anchor }, { order: view.order, id }) };
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
    "grid.next_open": () => {
      const id = nextOpen(session.state.desk, { view, after: focusOf(session.state.desk, view) });
      if (id !== null) session.look((desk) => ({ ...desk, anchor: id, focus: id }));
      return true;
    },
  };
}

function classKeys({ session, view, names, setDialog, setNotice }: HandlerParts): Handlers {
  const keys = classDigits(names);
  const digits = names.flatMap((name, at) => {
    const digit = keys[at] ?? null;
    return digit === null
      ? []
      : [[`grid.class.${String(digit)}`, () => assign(session, view, name)] as const];
  });
  return {
    ...Object.fromEntries(digits),
    "grid.palette": () => {
      setDialog("classes");
      return true;
    },
    "grid.accept": () => {
      if (accept(session, view) === 0) setNotice("No model proposed anything for these.");
      return true;
    },
    "grid.clear": () => {
      if (!clear(session, view))
        setNotice("Nothing was given to these here. To change a class they have, give them another.");
      return true;
    },
    "grid.undo": () => {
      if (!session.undo()) setNotice("There is no step to take back on this page. B brings the page before.");
      return true;
    },
    "grid.redo": () => {
      session.redo();
      return true;
    },
  };
}

function submits({ session, view, setDialog, setNotice, setPeeking }: HandlerParts): Handlers {
  const send = (itemIds: readonly string[]) => {
    setPeeking(false);
    void session.submit({ itemIds, modelId: view.modelId });
  };
  return {
    "grid.submit": () => {
      const rest = restOfPage(session, view);
      if (rest.kind === "ask") {
        setDialog("rest");
        return true;
      }
      if (rest.kind === "one") assignRest(session, view, rest.label);
      send(view.order);
      return true;
    },
    "grid.submit_chosen": () => {
      const open = new Set(unassigned(view.tiles, session.state.desk.choices).map(({ itemId }) => itemId));
      const ready = view.order.filter((id) => !open.has(id));
      if (ready.length === 0) setNotice("Nothing on this page has a class yet.");
      else send(ready);
      return true;
    },
    "grid.skip": () => {
      void session.skip(targetsOf(session.state.desk, view));
      return true;
    },
  };
}

function selections({ session, view, isPeeking, setPeeking }: HandlerParts): Handlers {
  return {
    "grid.all": () => {
      session.look((desk) => ({ ...desk, ...selectAll(desk, view.order) }));
      return true;
    },
    "grid.toggle": () => {
      const id = focusOf(session.state.desk, view);
      if (id !== null) session.look((desk) => ({ ...desk, ...toggleOne(desk, id) }));
      return true;
    },
    "grid.none": () => {
      if (isPeeking) setPeeking(false);
      else session.look((desk) => ({ ...desk, selection: new Set() }));
      return true;
    },
    "grid.peek": () => {
      setPeeking(!isPeeking);
      return true;
    },
  };
}
