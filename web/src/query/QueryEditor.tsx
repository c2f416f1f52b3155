import {
  acceptCompletion,
  autocompletion,
  completionKeymap,
  completionStatus,
  moveCompletionSelection,
  selectedCompletionIndex,
  startCompletion,
  type CompletionResult,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { EditorState, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration,
  EditorView,
  keymap,
  placeholder,
  ViewPlugin,
  type Command,
  type DecorationSet,
  type ViewUpdate,
} from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "react";

import type { QueryField } from "@/api/schema.gen";
import { styleNonce } from "@/app/nonce";

import { firstOffer, offersAt } from "./complete";
import { editorTheme } from "./editorTheme";
import { splitTerms } from "./terms";

export interface QueryEditorProps {
  readonly value: string;
  readonly fields: readonly QueryField[];
  /** Queries asked before, newest first. */
  readonly past: readonly string[];
  readonly isWrong: boolean;
  readonly onApply: (text: string) => void;
  /** Leaving the line asks, too: for a form, whose button is pressed next. */
  readonly appliesOnBlur?: boolean;
}

interface Now {
  fields: readonly QueryField[];
  past: readonly string[];
  onApply: (text: string) => void;
  value: string;
  appliesOnBlur: boolean;
  /** Which of the past queries is shown; -1 for the one being written. */
  pastAt: number;
}

/** One line of query text with completion, colours and the queries asked before. */
export function QueryEditor(props: QueryEditorProps) {
  const { value, fields, past, isWrong, onApply, appliesOnBlur = false } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef<Now>({ fields, past, onApply, value, appliesOnBlur, pastAt: -1 });
  useLayoutEffect(() => {
    now.current = { ...now.current, fields, past, onApply, value, appliesOnBlur };
  });

  useEffect(() => {
    if (host.current === null) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({ extensions: extensionsFor(now) }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);

  useEffect(() => {
    if (view.current !== null) write(view.current, value);
    now.current.pastAt = -1;
  }, [value]);

  useEffect(() => {
    view.current?.contentDOM.setAttribute("aria-invalid", String(isWrong));
  }, [isWrong]);
  return <div ref={host} style={{ minWidth: 0, flex: 1 }} />;
}

function write(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: text.length },
  });
}

function extensionsFor(now: { current: Now }) {
  const apply: Command = (view) => {
    now.current.onApply(view.state.doc.toString());
    return true;
  };
  const step =
    (by: 1 | -1): Command =>
    (view) => {
      if (completionStatus(view.state) === "active") return false;
      const at = Math.max(-1, Math.min(now.current.past.length - 1, now.current.pastAt + by));
      if (at === now.current.pastAt) return true;
      now.current.pastAt = at;
      write(view, at < 0 ? "" : (now.current.past[at] ?? ""));
      return true;
    };
  const take: Command = (view) => {
    if (completionStatus(view.state) === "active") {
      if (selectedCompletionIndex(view.state) === null) moveCompletionSelection(true)(view);
      if (acceptCompletion(view)) return true;
    }
    // Faster than the list: the first offer that begins with what is written.
    const { head } = view.state.selection.main;
    const found = firstOffer(view.state.doc.toString(), head, now.current.fields);
    if (found === null) return false;
    view.dispatch({
      changes: { from: found.from, to: head, insert: found.apply },
      selection: { anchor: found.from + found.apply.length },
      userEvent: "input.complete",
    });
    return true;
  };
  return [
    EditorView.cspNonce.of(styleNonce()),
    editorTheme,
    history(),
    isOneLine,
    colours,
    placeholder("label:car  confidence<0.5  subset:train  -label:truck"),
    EditorView.contentAttributes.of({ "aria-label": "Query", spellcheck: "false", autocapitalize: "off" }),
    autocompletion({
      selectOnOpen: false,
      interactionDelay: 0,
      icons: false,
      override: [
        ({ state, pos }): CompletionResult | null => {
          const offers = offersAt(state.doc.toString(), pos, now.current.fields);
          return offers === null
            ? null
            : { from: offers.from, options: [...offers.options], validFor: /^[\w."-]*$/u };
        },
      ],
    }),
    // Who took a field wants its values next.
    EditorView.updateListener.of(({ view, transactions, state }) => {
      const { head } = state.selection.main;
      const isField =
        transactions.some((one) => one.isUserEvent("input.complete")) &&
        state.sliceDoc(head - 1, head) === ":";
      if (isField) setTimeout(() => startCompletion(view), 0);
    }),
    EditorView.domEventHandlers({
      blur: (_, view) => {
        const text = view.state.doc.toString();
        if (now.current.appliesOnBlur && text.trim() !== now.current.value) now.current.onApply(text);
      },
      focus: (_, view) => {
        if (view.state.doc.length === 0) setTimeout(() => startCompletion(view), 0);
      },
    }),
    keymap.of([
      { key: "Tab", run: take },
      ...completionKeymap,
      { key: "Enter", run: apply },
      { key: "ArrowUp", run: step(1) },
      { key: "ArrowDown", run: step(-1) },
      ...historyKeymap,
      ...defaultKeymap,
    ]),
  ];
}

/** A pasted line break becomes a space. */
const isOneLine = EditorState.transactionFilter.of((transaction) => {
  if (transaction.newDoc.lines <= 1) return transaction;
  const text = transaction.newDoc.toString().replace(/\s*\n\s*/gu, " ");
  const { doc } = transaction.startState;
  return { changes: { from: 0, to: doc.length, insert: text }, selection: { anchor: text.length } };
});

const field = Decoration.mark({ class: "cm-field" });
const minus = Decoration.mark({ class: "cm-minus" });
const wrong = Decoration.mark({ class: "cm-wrong" });

const colours = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = paint(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.focusChanged) this.decorations = paint(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function paint(view: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const term of splitTerms(view.state.doc.toString())) {
    // What is still being written is not wrong yet.
    if (term.kind === "broken" && !view.hasFocus) builder.add(term.start, term.end, wrong);
    if (term.isNegated) builder.add(term.start, term.start + 1, minus);
    const start = term.start + (term.isNegated ? 1 : 0);
    if (term.kind === "term") builder.add(start, start + term.field.length + term.operator.length, field);
  }
  return builder.finish();
}
