import { Drawer, Group, SimpleGrid, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { predictionImageAddress, predictionQuery } from "@/api/queries/endpoints";
import { modelsQuery } from "@/api/queries/models";
import type { Model, PredictedAnnotation, PredictionLine } from "@/api/schema.gen";
import { formatAgo } from "@/ui/format";
import { IdText } from "@/ui/IdText";
import { LinkAnchor } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { AnswerList } from "../AnswerList";
import { AnswerPicture } from "../AnswerPicture";
import type { TabProps } from "../overview/OverviewTab";
import { VerdictBadge, VerdictButtons } from "../VerdictButtons";
import { formatMs, formatScore, modelName, sayAnswer } from "../words";
import { FlagBadges, sayMetadata } from "./LogTab";

export interface PredictionDrawerProps extends TabProps {
  /** Null: closed. */
  readonly predictionId: string | null;
  readonly onClose: () => void;
}

/** One line of the log: the image, the answer drawn over it beside the shadow's, and what is known. */
export function PredictionDrawer({ predictionId, endpoint, projectId, onClose }: PredictionDrawerProps) {
  return (
    <Drawer
      opened={predictionId !== null}
      onClose={onClose}
      position="right"
      size="xl"
      title="Answer"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {predictionId !== null && (
        <Content key={predictionId} predictionId={predictionId} endpoint={endpoint} projectId={projectId} />
      )}
    </Drawer>
  );
}

function Content({ predictionId, endpoint, projectId }: TabProps & { readonly predictionId: string }) {
  const line = useQuery(predictionQuery(predictionId));
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  if (line.isPending) return <WaitRows rows={6} />;
  if (line.isError) return <ProblemNote error={line.error} onRetry={() => void line.refetch()} />;
  return (
    <Stack gap="md">
      <Answers line={line.data} models={models} projectId={projectId} />
      <VerdictButtons
        endpointId={endpoint.id}
        predictionId={predictionId}
        modelId={line.data.model_id}
        annotations={line.data.annotations}
        verdict={line.data.verdict ?? null}
        projectId={projectId}
      />
      <Facts line={line.data} models={models} projectId={projectId} />
    </Stack>
  );
}

interface PartProps {
  readonly line: PredictionLine;
  readonly models: readonly Model[];
  readonly projectId: string;
}

function Answers({ line, models, projectId }: PartProps) {
  const shadow = line.shadow ?? null;
  const hasImage = line.has_image || line.item_id !== null;
  const picture = (annotations: readonly PredictedAnnotation[]) => (
    <AnswerPicture
      url={hasImage ? predictionImageAddress(line.id) : null}
      width={line.width}
      height={line.height}
      annotations={annotations}
      projectId={projectId}
    />
  );
  return (
    <SimpleGrid cols={shadow === null ? 1 : 2} spacing="md">
      <Stack gap="xs">
        {picture(line.annotations)}
        <Title says={line.annotations} who={`${modelName(models, line.model_id)}, ${line.role}`} />
        <AnswerList annotations={line.annotations} projectId={projectId} />
      </Stack>
      {shadow !== null && (
        <Stack gap="xs">
          {picture(shadow)}
          <Title says={shadow} who={`${modelName(models, line.shadow_model_id)}, shadow`} />
          <AnswerList annotations={shadow} projectId={projectId} />
        </Stack>
      )}
    </SimpleGrid>
  );
}

function Title({ says, who }: { readonly says: readonly PredictedAnnotation[]; readonly who: string }) {
  return (
    <div>
      <Text fz={20} fw={650} lh={1.2}>
        {sayAnswer(says)}
      </Text>
      <Text size="sm" c="dimmed">
        {who}
      </Text>
    </div>
  );
}

function Facts({ line, projectId }: PartProps) {
  const metadata = sayMetadata(line.metadata);
  const rows: readonly (readonly [string, React.ReactNode])[] = [
    ["Confidence", formatScore(line.confidence)],
    ["Margin", formatScore(line.margin)],
    ["Novelty", formatScore(line.novelty)],
    ["Differs from the shadow", formatScore(line.disagreement)],
    [
      "Flags",
      line.flags === undefined || line.flags.length === 0 ? "none" : <FlagBadges kinds={line.flags} />,
    ],
    [
      "Verdict",
      line.verdict === null || line.verdict === undefined ? (
        "none yet"
      ) : (
        <VerdictBadge verdict={line.verdict} />
      ),
    ],
    ["Said by the caller", metadata === "" ? "nothing" : metadata],
    ["Image", `${String(line.width)} × ${String(line.height)} pixels`],
    ["Answered", `${formatAgo(line.at)}, in ${formatMs(line.latency_ms)}`],
  ];
  return (
    <>
      <Table verticalSpacing={4} withRowBorders={false}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Td c="dimmed" w={190}>
                {name}
              </Table.Td>
              <Table.Td>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group justify="space-between">
        <IdText id={line.id} />
        {line.item_id !== null && (
          <LinkAnchor size="sm" to="/p/$projectId/items/$itemId" params={{ projectId, itemId: line.item_id }}>
            The item made of it
          </LinkAnchor>
        )}
      </Group>
    </>
  );
}
