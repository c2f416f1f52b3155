import { Anchor, Button, Group, Kbd, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { ApiProblem } from "@/api/client";
import { fieldsQuery } from "@/api/queries/facets";
import type { QueryField } from "@/api/schema.gen";

import classes from "./query.module.css";
import { applyHint } from "./edit";
import { QueryEditor } from "./QueryEditor";

const MOST_PAST = 50;
const NO_FIELDS: readonly QueryField[] = [];

export interface QueryBarProps {
  readonly datasetId: string;
  readonly q: string;
  /** What the server said about the query. */
  readonly error: unknown;
  readonly onQuery: (q: string) => void;
  readonly appliesOnBlur?: boolean;
}

/** Whether an error is about what was written, and not about the way to the server. */
export function isQueryProblem(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && (error.status === 422 || error.status === 400);
}

/** The query as text, what the server says about it, and its correction in a click. */
export function QueryBar({ datasetId, q, error, onQuery, appliesOnBlur }: QueryBarProps) {
  const fields = useQuery(fieldsQuery(datasetId));
  const [past, setPast] = useLocalStorage<readonly string[]>({
    key: `whorl-queries:${datasetId}`,
    defaultValue: [],
  });
  const problem = isQueryProblem(error) ? error : null;
  const mended = problem === null ? null : applyHint(q, problem);
  const apply = (text: string) => {
    const asked = text.trim();
    if (asked !== "") setPast([asked, ...past.filter((one) => one !== asked)].slice(0, MOST_PAST));
    onQuery(asked);
  };
  return (
    <div className={classes.query}>
      <div className={classes.box} data-wrong={problem !== null}>
        <IconSearch size={16} aria-hidden="true" />
        <QueryEditor
          value={q}
          fields={fields.data ?? NO_FIELDS}
          past={past}
          isWrong={problem !== null}
          onApply={apply}
          appliesOnBlur={appliesOnBlur}
        />
        <Kbd size="xs" title="Enter asks; the up arrow brings back what was asked before">
          Enter
        </Kbd>
      </div>
      {problem !== null && (
        <Group gap={8} mt={4} role="alert">
          <Text size="sm" c="red">
            {problem.message}
          </Text>
          {mended === null ? (
            <Text size="sm" c="dimmed">
              {problem.hint}
            </Text>
          ) : (
            <Button
              size="compact-xs"
              variant="light"
              onClick={() => {
                apply(mended);
              }}
            >
              Did you mean {mended}
            </Button>
          )}
          <Anchor
            component="button"
            size="sm"
            onClick={() => {
              apply("");
            }}
          >
            Clear
          </Anchor>
        </Group>
      )}
    </div>
  );
}
