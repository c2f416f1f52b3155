import { Collapse, Group, Skeleton, Stack, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState, type MouseEvent } from "react";

import type { Facet, FacetBucket, Facets } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import { asOneTerm, excludeTerm, hasTerm, negated, toggleTerm } from "@/query/edit";

import { nameBucket, shortNumber } from "./buckets";
import classes from "./facets.module.css";

const OPEN_AT_FIRST = ["subset", "annotated", "label", "predicted_label", "predicted_confidence"];
const FEW = 8;

export interface FacetPanelProps {
  readonly facets: Facets | undefined;
  /** The query means nothing: there is nothing to count. */
  readonly isRefused: boolean;
  readonly q: string;
  readonly onQuery: (q: string) => void;
  /** Colours of labels; null for what has none. */
  readonly colorOf: (field: string, value: string) => string | null;
}

/** What the matching items hold; a click narrows the filter. */
export function FacetPanel({ facets, isRefused, q, onQuery, colorOf }: FacetPanelProps) {
  const [open, setOpen] = useLocalStorage<readonly string[]>({
    key: "whorl-facets-open",
    defaultValue: OPEN_AT_FIRST,
  });
  if (isRefused) {
    return (
      <Text size="sm" c="dimmed" p={12}>
        Mend the query, and the values are counted here.
      </Text>
    );
  }
  const isUnfilled = facets?.is_complete === false && facets.facets.length === 0;
  if (facets === undefined || isUnfilled) return <Waiting />;
  const shown = facets.facets.filter((facet) => facet.buckets.length > 0);
  return (
    <div>
      {facets.is_sampled && (
        <Text size="xs" c="dimmed" px={12} py={6}>
          Counts are estimated from a sample of the {formatCount(facets.count)} items.
        </Text>
      )}
      {shown.map((facet) => {
        const isOpen = open.includes(facet.field);
        const toggle = () => {
          setOpen(isOpen ? open.filter((one) => one !== facet.field) : [...open, facet.field]);
        };
        const Chevron = isOpen ? IconChevronDown : IconChevronRight;
        return (
          <section key={facet.field} className={classes.facet} aria-label={facet.title}>
            <UnstyledButton className={classes.head} onClick={toggle} aria-expanded={isOpen}>
              {facet.title}
              <Chevron size={14} />
            </UnstyledButton>
            <Collapse expanded={isOpen}>
              <FacetBody
                {...{ facet, q, onQuery, colorOf }}
                most={Math.max(0, ...facet.buckets.map((bucket) => bucket.count))}
              />
            </Collapse>
          </section>
        );
      })}
      {shown.length === 0 && (
        <Text size="sm" c="dimmed" p={12}>
          Nothing to count: no item matches.
        </Text>
      )}
    </div>
  );
}

type FacetBodyProps = Omit<FacetPanelProps, "facets" | "isRefused"> & {
  readonly facet: Facet;
  readonly most: number;
};

function FacetBody(props: FacetBodyProps) {
  return props.facet.kind === "range" ? <Histogram {...props} /> : <Values {...props} />;
}

function onChip({ q, onQuery }: Pick<FacetPanelProps, "q" | "onQuery">, chip: string) {
  return (event: MouseEvent) => {
    onQuery(event.altKey ? excludeTerm(q, chip) : toggleTerm(q, chip));
  };
}

function Values({ facet, q, onQuery, colorOf, most }: FacetBodyProps) {
  const [isAllShown, setAllShown] = useState(false);
  const buckets = isAllShown ? facet.buckets : facet.buckets.slice(0, FEW);
  const rest = facet.buckets.length - buckets.length;
  return (
    <div className={classes.list}>
      {buckets.map((bucket) => (
        <ValueRow key={String(bucket.value)} {...{ facet, bucket, q, onQuery, colorOf, most }} />
      ))}
      {(rest > 0 || isAllShown) && facet.buckets.length > FEW && (
        <UnstyledButton
          className={classes.value}
          onClick={() => {
            setAllShown(!isAllShown);
          }}
        >
          <Text size="xs" c="dimmed">
            {isAllShown ? "Fewer" : `${String(rest)} more`}
          </Text>
        </UnstyledButton>
      )}
    </div>
  );
}

function ValueRow({ facet, bucket, q, onQuery, colorOf, most }: FacetBodyProps & { bucket: FacetBucket }) {
  const chip = asOneTerm(bucket.chip);
  const name = nameBucket(bucket);
  const color = typeof bucket.value === "string" ? colorOf(facet.field, bucket.value) : null;
  const isOn = hasTerm(q, chip);
  const isOff = hasTerm(q, negated(chip));
  const share = most > 0 ? Math.min(1, bucket.count / most) : 0;
  return (
    <UnstyledButton
      className={classes.value}
      aria-pressed={isOn}
      disabled={chip === ""}
      title={`${chip}\nAlt+click leaves them out`}
      onClick={onChip({ q, onQuery }, chip)}
      td={isOff ? "line-through" : undefined}
    >
      {color !== null && (
        <span
          aria-hidden="true"
          style={{ flex: "none", width: 9, height: 9, borderRadius: 5, backgroundColor: color }}
        />
      )}
      <span className={classes.name} style={bucket.value === null ? { fontStyle: "italic" } : undefined}>
        {name}
      </span>
      <span className={classes.count}>{formatCount(bucket.count)}</span>
      <span className={classes.share} style={{ width: `${String(share * 100)}%` }} aria-hidden="true" />
    </UnstyledButton>
  );
}

function Histogram(props: FacetBodyProps) {
  const { facet, q, onQuery } = props;
  const ranges = facet.buckets.filter((bucket) => typeof bucket.low === "number");
  const others = facet.buckets.filter((bucket) => typeof bucket.low !== "number");
  const most = Math.max(1, ...ranges.map((bucket) => bucket.count));
  const first = ranges[0];
  const last = ranges.at(-1);
  return (
    <div className={classes.list}>
      <div className={classes.bars} role="group" aria-label={`${facet.title}, from low to high`}>
        {ranges.map((bucket) => {
          const chip = asOneTerm(bucket.chip);
          const said = `${nameBucket(bucket)}: ${formatCount(bucket.count)} items`;
          return (
            <Tooltip key={String(bucket.low)} label={said} openDelay={100}>
              <UnstyledButton
                className={classes.bar}
                aria-label={said}
                aria-pressed={hasTerm(q, chip)}
                disabled={chip === ""}
                onClick={onChip({ q, onQuery }, chip)}
              >
                <span
                  className={classes.fill}
                  style={{ height: `${String((bucket.count / most) * 100)}%` }}
                />
              </UnstyledButton>
            </Tooltip>
          );
        })}
      </div>
      <Group className={classes.ends} gap={0}>
        <span>{shortNumber(first?.low ?? 0)}</span>
        <span>{shortNumber(last?.high ?? 0)}</span>
      </Group>
      {others.map((bucket) => (
        <ValueRow key={String(bucket.value)} {...props} bucket={bucket} />
      ))}
    </div>
  );
}

function Waiting() {
  return (
    <Stack gap={8} p={12} role="status" aria-busy="true" aria-label="Counting">
      {Array.from({ length: 12 }, (_, index) => (
        <Skeleton key={index} h={18} w={index % 4 === 0 ? "45%" : "100%"} />
      ))}
    </Stack>
  );
}
