import { Badge, Button, Group, Stack } from "@mantine/core";
import { IconCheck, IconPencil, IconX } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { giveFeedback } from "@/api/queries/endpoints";
import type { AnnotationDraft, PredictedAnnotation, Verdict } from "@/api/schema.gen";
import { useIsAtLeast, useMe } from "@/app/context";
import { ProblemNote } from "@/ui/ProblemNote";

import { CorrectionForm } from "./CorrectionForm";
import classes from "./endpoints.module.css";
import { VERDICT_WORDS } from "./words";

export interface VerdictButtonsProps {
  readonly endpointId: string;
  readonly predictionId: string;
  readonly modelId: string;
  readonly annotations: readonly PredictedAnnotation[];
  /** What was said last. */
  readonly verdict: Verdict | null;
  readonly projectId: string;
}

interface Said {
  readonly verdict: Verdict;
  readonly correction?: AnnotationDraft[];
}

/** Good, wrong, or what is true instead: feedback on one answer by who looks at it. */
export function VerdictButtons(props: VerdictButtonsProps) {
  const { endpointId, predictionId, annotations } = props;
  const who = useMe().name;
  const mayJudge = useIsAtLeast("annotator");
  const [isCorrecting, setCorrecting] = useState(false);
  const client = useQueryClient();
  const saying = useMutation({
    mutationFn: (said: Said) =>
      giveFeedback({
        endpointId,
        body: {
          prediction_id: predictionId,
          verdict: said.verdict,
          correction: said.correction ?? null,
          who,
        },
      }),
    onSuccess: async () => {
      setCorrecting(false);
      await client.invalidateQueries({ queryKey: ["endpoint-log"] });
    },
  });
  if (!mayJudge) return null;
  const shown = saying.isSuccess ? saying.data.verdict : props.verdict;
  const button = (verdict: Verdict) => ({
    size: "compact-md" as const,
    variant: shown === verdict ? ("filled" as const) : ("default" as const),
    color: VERDICT_WORDS[verdict].color,
    "aria-pressed": shown === verdict,
    disabled: saying.isPending,
  });
  return (
    <Stack gap="sm">
      <Group gap={8} role="group" aria-label="What do you say of this answer?">
        <Button
          {...button("ok")}
          leftSection={<IconCheck size={15} />}
          onClick={() => {
            saying.mutate({ verdict: "ok" });
          }}
        >
          Good
        </Button>
        <Button
          {...button("wrong")}
          leftSection={<IconX size={15} />}
          onClick={() => {
            saying.mutate({ verdict: "wrong" });
          }}
        >
          Wrong
        </Button>
        <Button
          {...button("correction")}
          leftSection={<IconPencil size={15} />}
          aria-expanded={isCorrecting}
          onClick={() => {
            setCorrecting(!isCorrecting);
          }}
        >
          Correct it
        </Button>
      </Group>
      {isCorrecting && (
        <CorrectionForm
          modelId={props.modelId}
          projectId={props.projectId}
          annotations={annotations}
          isSaving={saying.isPending}
          onSave={(correction) => {
            saying.mutate({ verdict: "correction", correction });
          }}
        />
      )}
      {saying.isError && <ProblemNote error={saying.error} />}
    </Stack>
  );
}

/** What was said last, in a word. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict | null | undefined }) {
  if (verdict === null || verdict === undefined) return null;
  const { title, color } = VERDICT_WORDS[verdict];
  return (
    <Badge variant="light" color={color} className={classes.short}>
      {title}
    </Badge>
  );
}
