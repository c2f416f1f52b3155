import { Button, Grid, Group, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconPhoto, IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import { predictImage } from "@/api/queries/endpoints";
import { modelsQuery } from "@/api/queries/models";
import type { EndpointAnswer } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import { AnswerList } from "../AnswerList";
import { AnswerPicture } from "../AnswerPicture";
import classes from "../endpoints.module.css";
import { VerdictButtons } from "../VerdictButtons";
import { formatMs, modelName, sayAnswer } from "../words";
import type { TabProps } from "./OverviewTab";

/** Drop an image, see the answer, and say what you think of it. */
export function TryPanel({ endpoint, projectId }: TabProps) {
  const mayAsk = useIsAtLeast("annotator");
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const url = useFileAddress(file);
  const asking = useMutation({
    mutationFn: (given: File) => predictImage({ endpointId: endpoint.id, file: given }),
    onSettled: () =>
      client.invalidateQueries({
        predicate: ({ queryKey }) => ["endpoint-metrics", "endpoint-log"].includes(String(queryKey[0])),
      }),
  });
  const ask = (given: File) => {
    setFile(given);
    asking.mutate(given);
  };
  if (!mayAsk) return null;
  const isReady = endpoint.is_on && endpoint.model_id !== null;
  return (
    <Panel
      title="Try it"
      about="Asked here as any program would: it counts, it is written down, and rules look at it."
      actions={
        file !== null && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={14} />}
            loading={asking.isPending}
            onClick={() => {
              ask(file);
            }}
          >
            Ask again
          </Button>
        )
      }
    >
      <Stack gap="sm">
        <Dropzone
          multiple={false}
          loading={asking.isPending}
          disabled={!isReady}
          aria-label="Drop an image here, or press Enter to choose one"
          className={classes.drop}
          p="sm"
          onDrop={([first]) => {
            if (first !== undefined) ask(first);
          }}
        >
          <Group justify="center" gap="xs" style={{ pointerEvents: "none" }}>
            <IconPhoto size={22} stroke={1.4} />
            <Text size="sm">
              {isReady
                ? "Drop an image here, or click to choose one"
                : endpoint.is_on
                  ? "No model serves yet: choose a champion first"
                  : "It is switched off"}
            </Text>
          </Group>
        </Dropzone>
        {asking.isError && <ProblemNote error={asking.error} />}
        {asking.data !== undefined && (
          <Answer
            key={asking.data.prediction_id}
            answer={asking.data}
            url={url}
            endpointId={endpoint.id}
            projectId={projectId}
          />
        )}
      </Stack>
    </Panel>
  );
}

interface AnswerProps {
  readonly answer: EndpointAnswer;
  readonly url: string | null;
  readonly endpointId: string;
  readonly projectId: string;
}

function Answer({ answer, url, endpointId, projectId }: AnswerProps) {
  const models = useQuery(modelsQuery(projectId)).data?.items ?? [];
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <AnswerPicture
          url={url}
          width={answer.width}
          height={answer.height}
          annotations={answer.annotations}
          projectId={projectId}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack gap="sm">
          <div role="status">
            <Text fz={22} fw={650} lh={1.2}>
              {sayAnswer(answer.annotations)}
            </Text>
            <Text size="sm" c="dimmed">
              {formatMs(answer.latency_ms)} · {modelName(models, answer.model_id)} as {answer.role}
            </Text>
          </div>
          <AnswerList annotations={answer.annotations} projectId={projectId} />
          {answer.prediction_id === null ? (
            <Text size="xs" c="dimmed">
              Not written down, for the log&apos;s share or quota: it takes no feedback.
            </Text>
          ) : (
            <VerdictButtons
              endpointId={endpointId}
              predictionId={answer.prediction_id}
              modelId={answer.model_id}
              annotations={answer.annotations}
              verdict={null}
              projectId={projectId}
            />
          )}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

/** An address of a file of this computer, given back when it is no longer shown. */
function useFileAddress(file: File | null): string | null {
  const url = useMemo(() => (file === null ? null : URL.createObjectURL(file)), [file]);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  return url;
}
