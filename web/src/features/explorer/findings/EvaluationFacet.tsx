import { Collapse, Select, Table, Text, Tooltip, UnstyledButton } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import { evaluationFacetsQuery } from "@/api/queries/evaluations";
import { examinationQuery } from "@/api/queries/models";
import type { FindingTerms, FindingType } from "@/api/queryText";
import type { EvaluationFacet as Facet } from "@/api/schema.gen";
import { FINDING_COLORS, FINDING_TITLES } from "@/ui/findings";
import { formatAgo, formatCount } from "@/ui/format";
import { LinkAnchor } from "@/ui/links";

import facetClasses from "../facets/facets.module.css";

import { classCounts, type ClassCounts } from "./classCounts";
import classes from "./findings.module.css";
import { readFinding, sourceOf, withFinding } from "./query";
import { resolveSource } from "./useLookedAt";

/** The threshold that findings are kept at. */
const THRESHOLD = 0.25;
const TYPES = ["correct", "confused", "missed", "spurious"] as const;

export interface EvaluationFacetProps {
  readonly datasetId: string;
  readonly projectId: string;
  readonly q: string;
  readonly onQuery: (q: string) => void;
}

/** A model's answers as a lens: choose an evaluation, and click what it got right or wrong. */
export function EvaluationFacet({ datasetId, projectId, q, onQuery }: EvaluationFacetProps) {
  const [isOpen, setOpen] = useLocalStorage({ key: "whorl-evaluation-open", defaultValue: true });
  const facets = useQuery(evaluationFacetsQuery(datasetId));
  if (facets.data === undefined || facets.data.length === 0) return null;
  const source = sourceOf(q);
  const chosen = source === null ? null : resolveSource(source, facets.data);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <section className={facetClasses.facet} aria-label="Evaluation">
      <UnstyledButton
        className={facetClasses.head}
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        Evaluation
        <Chevron size={14} />
      </UnstyledButton>
      <Collapse expanded={isOpen}>
        <div className={classes.body}>
          <Select
            size="xs"
            aria-label="Look through the evaluation of"
            placeholder="Look through a model's answers"
            clearable
            data={facets.data.map((one) => ({ value: one.evaluation_id, label: sayFacet(one) }))}
            value={chosen?.evaluation_id ?? null}
            onChange={(id) => {
              onQuery(withFinding(q, id === null ? null : { evaluationId: id }));
            }}
          />
          {chosen !== null && <Counts facet={chosen} projectId={projectId} q={q} onQuery={onQuery} />}
        </div>
      </Collapse>
    </section>
  );
}

function sayFacet(one: Facet): string {
  const metric = typeof one.metric === "number" ? ` ${one.metric.toFixed(3)}` : "";
  return `${one.model_name}${metric}, ${formatAgo(one.created_at)}`;
}

interface CountsProps {
  readonly facet: Facet;
  readonly projectId: string;
  readonly q: string;
  readonly onQuery: (q: string) => void;
}

function Counts({ facet, projectId, q, onQuery }: CountsProps) {
  const now = readFinding(q);
  const ask = (finding: Omit<FindingTerms, "evaluationId">) => {
    const isSame =
      now?.type === finding.type && now?.truth === finding.truth && now?.predicted === finding.predicted;
    onQuery(withFinding(q, { evaluationId: facet.evaluation_id, ...(isSame ? {} : finding) }));
  };
  const isOn = (type: FindingType) =>
    now?.type === type && now.truth === undefined && now.predicted === undefined;
  return (
    <>
      {facet.is_stale && (
        <Text size="xs" c="yellow.8" px={7} pt={4}>
          Stale: its items were edited since.
        </Text>
      )}
      <div className={classes.types}>
        {TYPES.map((type) => (
          <UnstyledButton
            key={type}
            className={facetClasses.value}
            aria-pressed={isOn(type)}
            onClick={() => {
              ask({ type });
            }}
          >
            <span
              aria-hidden="true"
              className={classes.dot}
              style={{ backgroundColor: FINDING_COLORS[type] }}
            />
            <span className={facetClasses.name}>{FINDING_TITLES[type]}</span>
            <span className={facetClasses.count}>{formatCount(facet.counts[type] ?? 0)}</span>
          </UnstyledButton>
        ))}
      </div>
      <ByClass evaluationId={facet.evaluation_id} now={now} onAsk={ask} />
      <Text size="xs" px={7} pt={6}>
        <LinkAnchor
          size="xs"
          to="/p/$projectId/evaluations/$evaluationId"
          params={{ projectId, evaluationId: facet.evaluation_id }}
        >
          The whole evaluation
        </LinkAnchor>
      </Text>
    </>
  );
}

interface ByClassProps {
  readonly evaluationId: string;
  readonly now: FindingTerms | null;
  readonly onAsk: (finding: Omit<FindingTerms, "evaluationId">) => void;
}

function ByClass({ evaluationId, now, onAsk }: ByClassProps) {
  const examined = useQuery(examinationQuery({ evaluationId, scoreThreshold: THRESHOLD }));
  const rows = examined.data === undefined ? [] : classCounts(examined.data);
  if (rows.length === 0) return null;
  return (
    <div className={classes.scroll} tabIndex={0} role="region" aria-label="Findings by class">
      <Table className={classes.table} horizontalSpacing={3} verticalSpacing={0} stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            {TYPES.map((type) => (
              <Table.Th key={type} ta="right" aria-label={FINDING_TITLES[type]}>
                <Tooltip label={FINDING_TITLES[type]}>
                  <span className={classes.dot} style={{ backgroundColor: FINDING_COLORS[type] }} />
                </Tooltip>
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row) => (
            <ClassLine key={row.label} row={row} now={now} onAsk={onAsk} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

type ClassLineProps = Pick<ByClassProps, "now" | "onAsk"> & { readonly row: ClassCounts };

function ClassLine({ row, now, onAsk }: ClassLineProps) {
  return (
    <Table.Tr>
      <Table.Td className={classes.label} title={row.label}>
        {row.label}
      </Table.Td>
      {TYPES.map((type) => {
        const finding = type === "spurious" ? { type, predicted: row.label } : { type, truth: row.label };
        const isOn =
          now?.type === type &&
          now.truth === finding.truth &&
          (type !== "spurious" || now.predicted === row.label);
        return (
          <Table.Td key={type} ta="right">
            {row[type] === 0 ? (
              <Text span size="xs" c="dimmed">
                ·
              </Text>
            ) : (
              <UnstyledButton
                className={classes.number}
                aria-pressed={isOn}
                aria-label={`${row.label} ${FINDING_TITLES[type]}: ${String(row[type])}`}
                onClick={() => {
                  onAsk(finding);
                }}
              >
                {formatCount(row[type])}
              </UnstyledButton>
            )}
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}
