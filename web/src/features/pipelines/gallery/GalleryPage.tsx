import {
  Alert,
  Badge,
  Button,
  Card,
  FileButton,
  Group,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { IconFilePlus, IconFileUpload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { nodeTypesQuery, readPipeline, templateQuery, templatesQuery } from "@/api/queries/pipelines";
import type { TemplateInfo } from "@/api/schema.gen";
import { useProjectId } from "@/app/context";
import { toDraft, typesByName } from "@/graph/draft";
import { Miniature } from "@/graph/Miniature";
import { LinkAnchor, LinkButton } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import { localKey, writeLocal } from "../editor/localDraft";
import { StartDialog } from "../StartDialog";
import classes from "./gallery.module.css";

/** A new pipeline: from a template, from a file, or from nothing. */
export function GalleryPage() {
  const projectId = useProjectId();
  const templates = useQuery(templatesQuery());
  const [started, setStarted] = useState<TemplateInfo | null>(null);
  return (
    <>
      <PageHeader
        title="A new pipeline"
        about={
          <>
            <LinkAnchor to="/p/$projectId/pipelines" params={{ projectId }} size="sm">
              Pipelines
            </LinkAnchor>{" "}
            · Start a template with its questions answered, open it on the canvas to change it first, or begin
            with nothing.
          </>
        }
        actions={<OwnWays projectId={projectId} />}
      />
      {templates.isPending && <WaitRows rows={6} height={120} />}
      {templates.isError && <ProblemNote error={templates.error} onRetry={() => void templates.refetch()} />}
      <SimpleGrid cols={{ base: 1, md: 2, lg: 3 }} spacing="md">
        {templates.data?.map((template) => (
          <TemplateCard
            key={template.name}
            template={template}
            projectId={projectId}
            onStart={() => {
              setStarted(template);
            }}
          />
        ))}
      </SimpleGrid>
      {started !== null && (
        <StartDialog
          projectId={projectId}
          template={started}
          onClose={() => {
            setStarted(null);
          }}
        />
      )}
    </>
  );
}

/** A blank canvas, or a file. */
function OwnWays({ projectId }: { readonly projectId: string }) {
  const navigate = useNavigate();
  const reading = useMutation({
    mutationFn: async (file: File) =>
      readPipeline({ projectId, text: await file.text(), isYaml: !isJson(file.name) }),
    onSuccess: async (definition) => {
      writeLocal(localKey(projectId, null), { draft: toDraft(definition), version: 0, at: Date.now() });
      await navigate({
        to: "/p/$projectId/pipelines/$pipelineId/edit",
        params: { projectId, pipelineId: "new" },
      });
    },
  });
  return (
    <Stack gap={6} align="flex-end">
      <Group gap="xs" wrap="nowrap">
        <FileButton
          accept=".json,.yaml,.yml"
          onChange={(file) => {
            if (file !== null) reading.mutate(file);
          }}
        >
          {(props) => (
            <Button
              {...props}
              variant="default"
              leftSection={<IconFileUpload size={16} />}
              loading={reading.isPending}
            >
              From a file…
            </Button>
          )}
        </FileButton>
        <LinkButton
          to="/p/$projectId/pipelines/$pipelineId/edit"
          params={{ projectId, pipelineId: "new" }}
          leftSection={<IconFilePlus size={16} />}
        >
          Blank canvas
        </LinkButton>
      </Group>
      {reading.isError && <ProblemNote error={reading.error} />}
    </Stack>
  );
}

function isJson(name: string): boolean {
  return name.toLowerCase().endsWith(".json");
}

/** Sentences as one: "a dataset; one person who labels." */
function sayList(sentences: readonly string[]): string {
  const parts = sentences
    .map((one) => one.replace(/\.$/u, ""))
    .map((one) => one.charAt(0).toLowerCase() + one.slice(1));
  return `${parts.join("; ")}.`;
}

interface TemplateCardProps {
  readonly template: TemplateInfo;
  readonly projectId: string;
  readonly onStart: () => void;
}

function TemplateCard({ template, projectId, onStart }: TemplateCardProps) {
  return (
    <Card withBorder padding="md" component="section" aria-label={template.title}>
      <Card.Section className={classes.picture}>
        <Picture template={template} />
      </Card.Section>
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <Title order={2} fz="md">
          {template.title}
        </Title>
        {!template.is_complete && (
          <Badge variant="light" color="gray" miw="max-content">
            comes later
          </Badge>
        )}
      </Group>
      <Text size="sm" mt={4}>
        {template.summary}
      </Text>
      {!template.summary.includes(template.description) && (
        <Text size="xs" c="dimmed" mt={6} lineClamp={4} title={template.description}>
          {template.description}
        </Text>
      )}
      {template.needs.length > 0 && (
        <Text size="xs" mt={6}>
          <b>Needs</b> {sayList(template.needs)}
        </Text>
      )}
      {template.missing.length > 0 && (
        <Alert color="gray" variant="light" mt={8} p={8} fz="xs">
          Waits for {sayList(template.missing)}
        </Alert>
      )}
      <Group gap="xs" mt="auto" pt="sm">
        <Button size="xs" onClick={onStart} disabled={!template.is_complete}>
          Start…
        </Button>
        <LinkButton
          size="xs"
          variant="default"
          to="/p/$projectId/pipelines/$pipelineId/edit"
          params={{ projectId, pipelineId: "new" }}
          search={{ template: template.name }}
        >
          Open on the canvas
        </LinkButton>
      </Group>
    </Card>
  );
}

function Picture({ template }: { readonly template: TemplateInfo }) {
  const definition = useQuery(templateQuery(template.name));
  const types = useQuery(nodeTypesQuery());
  if (definition.data === undefined || types.data === undefined) return <Skeleton h="100%" />;
  return (
    <Miniature
      draft={toDraft(definition.data)}
      types={typesByName(types.data)}
      label={`Graph of ${template.title}: ${String(definition.data.nodes.length)} steps`}
    />
  );
}
