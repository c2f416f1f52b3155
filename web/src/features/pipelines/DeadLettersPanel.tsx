import { Alert, Button, Code, Group, Table, Text } from "@mantine/core";
import { IconAlertTriangle, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { retryDeadLetters } from "@/api/queries/pipelines";
import type { DeadLetter } from "@/api/schema.gen";
import { formatAgo, formatCount } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { isOfRuns, spaced } from "./words";

export interface DeadLettersPanelProps {
  readonly letters: readonly DeadLetter[];
  readonly pipelineId: string;
  readonly mayRetry: boolean;
}

const SHOWN = 20;

/** Tokens that used up their tries, with their last error, and another try. */
export function DeadLettersPanel({ letters, pipelineId, mayRetry }: DeadLettersPanelProps) {
  const client = useQueryClient();
  const retrying = useMutation({
    mutationFn: (ids: number[] | null) => retryDeadLetters({ pipelineId, ids }),
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => isOfRuns(queryKey[0]) }),
  });
  const title =
    letters.length === 1
      ? "One token failed and was put aside"
      : `${formatCount(letters.length)} tokens failed and were put aside`;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={title}>
      <Group justify="space-between" align="flex-start">
        <Text size="sm">
          Each was tried several times. Mend what the error names, then try again: nothing is lost, and
          nothing is done twice.
        </Text>
        {mayRetry && (
          <Button
            size="xs"
            color="red"
            leftSection={<IconRefresh size={14} />}
            loading={retrying.isPending}
            onClick={() => {
              retrying.mutate(null);
            }}
          >
            Try all again
          </Button>
        )}
      </Group>
      {retrying.isError && <ProblemNote error={retrying.error} />}
      <Table mt="xs" verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Step</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>Error</Table.Th>
            <Table.Th ta="right">Tries</Table.Th>
            <Table.Th>When</Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {letters.slice(0, SHOWN).map((letter) => (
            <Table.Tr key={letter.id}>
              <Table.Td>{spaced(letter.node)}</Table.Td>
              <Table.Td>
                <Text size="xs" ff="monospace">
                  {letter.ref}
                </Text>
              </Table.Td>
              <Table.Td>
                <Text size="sm">{letter.error}</Text>
                <Code>{letter.error_code}</Code>
              </Table.Td>
              <Table.Td ta="right">{letter.attempts}</Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>{formatAgo(letter.at)}</Table.Td>
              <Table.Td ta="right">
                {mayRetry && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    onClick={() => {
                      retrying.mutate([letter.id]);
                    }}
                  >
                    Try again
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {letters.length > SHOWN && (
        <Text size="sm" mt="xs">
          and {formatCount(letters.length - SHOWN)} more
        </Text>
      )}
    </Alert>
  );
}
