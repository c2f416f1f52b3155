import { Text, Tooltip } from "@mantine/core";
import { IconX } from "@tabler/icons-react";

import classes from "./explorer.module.css";
import { negateTermAt, removeTermAt } from "@/query/edit";
import { splitTerms } from "@/query/terms";

/** The terms of the filter: a click on one turns it around, its cross takes it out. */
export function ChipRow({ q, onQuery }: { readonly q: string; readonly onQuery: (q: string) => void }) {
  const terms = splitTerms(q);
  return (
    <div className={classes.chips} role="group" aria-label="Filter">
      {terms.length === 0 && (
        <Text size="xs" c="dimmed">
          No filter: every item. Click a value at the left, or write a query.
        </Text>
      )}
      {terms.map((term, index) => (
        <span
          key={`${String(index)} ${term.text}`}
          className={classes.chip}
          data-negated={term.isNegated}
          data-broken={term.kind === "broken"}
        >
          <Tooltip label={term.isNegated ? "Ask for these instead" : "Leave these out instead"}>
            <button
              type="button"
              aria-label={`Turn around: ${term.text}`}
              onClick={() => {
                onQuery(negateTermAt(q, index));
              }}
            >
              <span className={classes.chipText}>{chipWords(term.text)}</span>
            </button>
          </Tooltip>
          <button
            type="button"
            className={classes.chipEnd}
            aria-label={`Remove ${term.text}`}
            onClick={() => {
              onQuery(removeTermAt(q, index));
            }}
          >
            <IconX size={13} />
          </button>
        </span>
      ))}
      {terms.length > 1 && (
        <Text
          component="button"
          type="button"
          size="xs"
          c="dimmed"
          bg="none"
          bd="none"
          style={{ cursor: "pointer" }}
          onClick={() => {
            onQuery("");
          }}
        >
          Clear all
        </Text>
      )}
    </div>
  );
}

const MOST_WORDS = 56;

/** A term as it is written; the corners of a lasso and the middle of a long query in JSON are left out. */
function chipWords(text: string): string {
  if (text.startsWith("map:") && text.includes("/")) return "lasso on the map";
  if (text.startsWith("-map:") && text.includes("/")) return "-lasso on the map";
  return text.startsWith("{") && text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}…` : text;
}
