import { EditorView } from "@codemirror/view";

/** The editor in the app's own colours, both schemes: everything comes from Mantine's variables. */
export const editorTheme = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    fontFamily: "var(--mantine-font-family-monospace)",
    lineHeight: "34px",
    overflowX: "auto",
    scrollbarWidth: "none",
  },
  ".cm-content": { padding: "0", caretColor: "var(--mantine-color-text)", minHeight: "34px" },
  ".cm-line": { padding: "0 4px" },
  ".cm-cursor": { borderLeftColor: "var(--mantine-color-text)" },
  ".cm-placeholder": { color: "var(--mantine-color-dimmed)" },
  ".cm-field": { color: "var(--mantine-color-whorl-light-color)", fontWeight: "600" },
  ".cm-minus": { color: "var(--mantine-color-red-6)", fontWeight: "700" },
  ".cm-wrong": { textDecoration: "underline wavy var(--mantine-color-red-6)" },
  ".cm-tooltip": {
    border: "1px solid var(--mantine-color-default-border)",
    borderRadius: "8px",
    backgroundColor: "var(--mantine-color-body)",
    boxShadow: "var(--mantine-shadow-md)",
    overflow: "hidden",
    marginTop: "9px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": {
    fontFamily: "var(--mantine-font-family-monospace)",
    maxHeight: "320px",
    minWidth: "260px",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": {
    display: "flex",
    justifyContent: "space-between",
    gap: "16px",
    padding: "4px 10px",
    lineHeight: "20px",
    color: "var(--mantine-color-text)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--mantine-primary-color-light)",
    color: "var(--mantine-color-text)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionDetail": {
    marginLeft: "0",
    fontStyle: "normal",
    fontFamily: "var(--mantine-font-family)",
    color: "var(--mantine-color-dimmed)",
  },
});
