import { Button, Card, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { applyDuplicates } from "@/api/queries/duplicates";
import type { DuplicateAction, DuplicateOutcome, DuplicateScan } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatBytes, formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

type Kind = DuplicateAction["action"];

const ACTIONS: readonly { kind: Kind; title: string; about: string; done: string }[] = [
  {
    kind: "group",
    title: "Keep together in splits",
    about:
      "Each group becomes one group of the dataset, which a split never tears apart. Nothing is removed.",
    done: "kept together",
  },
  {
    kind: "tag",
    title: "Mark the extras",
    about: "The extras get a mark in their metadata, which a query can leave out. Nothing is removed.",
    done: "marked",
  },
  {
    kind: "delete",
    title: "Remove the extras",
    about: "The extras leave the dataset in one revision; earlier revisions still hold them.",
    done: "removed",
  },
];

export interface BulkBarProps {
  readonly scan: DuplicateScan;
  readonly marked: ReadonlySet<number>;
  readonly onClear: () => void;
}

/** What to do with the marked groups, or with all of them: first as a dry run. */
export function BulkBar({ scan, marked, onClear }: BulkBarProps) {
  const mayWrite = useIsAtLeast("manager");
  const [asked, setAsked] = useState<Kind | null>(null);
  if (!mayWrite) return null;
  const scope =
    marked.size === 0
      ? `all ${formatCount(scan.n_groups)} groups`
      : marked.size === 1
        ? "1 marked group"
        : `${formatCount(marked.size)} marked groups`;
  return (
    <Card withBorder padding="sm">
      <Group gap="sm">
        <Text size="sm" fw={600}>
          With {scope}:
        </Text>
        {ACTIONS.map((one) => (
          <Button
            key={one.kind}
            size="xs"
            variant={one.kind === "group" ? "filled" : "default"}
            c={one.kind === "delete" ? "red" : undefined}
            onClick={() => {
              setAsked(one.kind);
            }}
          >
            {one.title}
          </Button>
        ))}
        {marked.size > 0 && (
          <Button size="xs" variant="subtle" onClick={onClear}>
            Unmark
          </Button>
        )}
      </Group>
      {asked !== null && (
        <ApplyDialog
          scan={scan}
          groups={marked.size === 0 ? null : [...marked]}
          kind={asked}
          scope={scope}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </Card>
  );
}

interface ApplyProps {
  readonly scan: DuplicateScan;
  readonly groups: number[] | null;
  readonly kind: Kind;
  readonly scope: string;
  readonly onClose: () => void;
}

function ApplyDialog({ scan, groups, kind, scope, onClose }: ApplyProps) {
  const client = useQueryClient();
  const action = ACTIONS.find((one) => one.kind === kind);
  const dry = useQuery({
    queryKey: ["duplicate-dry-run", scan.id, kind, groups],
    queryFn: () => applyDuplicates({ scanId: scan.id, action: { action: kind, groups, dry_run: true } }),
    gcTime: 0,
    retry: false,
  });
  const applying = useMutation({
    mutationFn: () => applyDuplicates({ scanId: scan.id, action: { action: kind, groups, dry_run: false } }),
    onSuccess: async (outcome) => {
      notifications.show({ message: `${formatCount(outcome.n_items)} images ${action?.done ?? "changed"}.` });
      onClose();
      await client.invalidateQueries({
        predicate: ({ queryKey }) =>
          ["duplicates", "duplicate-groups", "dataset", "datasets", "listing", "facets"].includes(
            String(queryKey[0]),
          ),
      });
    },
  });
  return (
    <Modal opened onClose={onClose} title={action?.title}>
      <Stack gap="sm">
        <Text size="sm">{action?.about}</Text>
        {dry.isPending && <WaitRows rows={2} height={24} />}
        {dry.isError && <ProblemNote error={dry.error} />}
        {dry.data !== undefined && <WouldDo outcome={dry.data} kind={kind} scope={scope} />}
        {applying.isError && <ProblemNote error={applying.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color={kind === "delete" ? "red" : undefined}
            disabled={dry.data === undefined || dry.data.n_items === 0}
            loading={applying.isPending}
            onClick={() => {
              applying.mutate();
            }}
          >
            {action?.title}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

interface WouldDoProps {
  readonly outcome: DuplicateOutcome;
  readonly kind: Kind;
  readonly scope: string;
}

function WouldDo({ outcome, kind, scope }: WouldDoProps) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {formatCount(outcome.n_items)} images of {scope}
        {kind === "delete" && `, ${formatBytes(outcome.bytes)}`}.
      </Text>
      {outcome.kept_with_truth > 0 && (
        <Text size="sm" c="dimmed">
          {formatCount(outcome.kept_with_truth)} extras carry labels and are left alone.
        </Text>
      )}
      {(outcome.warnings ?? []).map((one) => (
        <Text key={one} size="sm" c="orange">
          {one}
        </Text>
      ))}
    </div>
  );
}
