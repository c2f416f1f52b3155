import { Input } from "@mantine/core";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { useEffect, useLayoutEffect, useRef } from "react";

import { styleNonce } from "@/app/nonce";

import classes from "./editor.module.css";

export interface CodeFieldProps {
  readonly label: string;
  readonly help: string;
  readonly value: string;
  readonly hint: string;
  readonly problem: string | undefined;
  readonly onChange: (text: string) => void;
}

const theme = EditorView.theme({
  "&": { fontSize: "12px", backgroundColor: "transparent", maxHeight: "320px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", minHeight: "120px" },
  ".cm-content": { caretColor: "var(--mantine-color-text)" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  ".cm-gutters": {
    backgroundColor: "transparent",
    color: "var(--mantine-color-dimmed)",
    border: "none",
  },
  ".cm-placeholder": { color: "var(--mantine-color-dimmed)" },
});

/** Several lines of code. Escape lets Tab leave the field. */
export function CodeField({ label, help, value, hint, problem, onChange }: CodeFieldProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const now = useRef(onChange);
  const first = useRef({ value, label, hint });
  useLayoutEffect(() => {
    now.current = onChange;
  });
  useEffect(() => {
    if (host.current === null) return;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current.value,
        extensions: [
          EditorView.cspNonce.of(styleNonce()),
          theme,
          history(),
          lineNumbers(),
          placeholder(first.current.hint),
          EditorView.contentAttributes.of({ "aria-label": first.current.label, spellcheck: "false" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) now.current(update.state.doc.toString());
          }),
          keymap.of([...historyKeymap, ...defaultKeymap, indentWithTab]),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, []);
  useEffect(() => {
    const shown = view.current;
    if (shown === null || shown.state.doc.toString() === value) return;
    shown.dispatch({ changes: { from: 0, to: shown.state.doc.length, insert: value } });
  }, [value]);
  return (
    <Input.Wrapper label={label} description={help} error={problem} size="xs">
      <div ref={host} className={classes.code} data-wrong={problem !== undefined} />
    </Input.Wrapper>
  );
}
