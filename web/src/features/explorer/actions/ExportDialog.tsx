import {
  Alert,
  Anchor,
  Button,
  Code,
  Group,
  Modal,
  Progress,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { startExport } from "@/api/queries/exports";
import { cancelJob, isActive, jobQuery } from "@/api/queries/jobs";
import { ProblemNote } from "@/ui/ProblemNote";

import { MOST_IDS, queryOfIds } from "./queryOfIds";
import type { Scope } from "./scope";
import { ScopeDialog } from "./ScopeDialog";

const FORMATS = [
  { value: "coco", label: "COCO (one JSON file)" },
  { value: "yolo", label: "YOLO (a text file per image)" },
  { value: "voc", label: "Pascal VOC (an XML file per image)" },
  { value: "dataloop", label: "Dataloop (a JSON file per image)" },
  { value: "folder", label: "Folders named by class" },
];

/** Pack the items of the scope for download, or write them to a folder of the server's machine. */
export function ExportDialog({ scope, onClose }: { readonly scope: Scope; readonly onClose: () => void }) {
  const [format, setFormat] = useState("coco");
  const [path, setPath] = useState("");
  const starting = useMutation({
    mutationFn: async () =>
      startExport({
        datasetId: scope.listing.dataset_id,
        path: path.trim() === "" ? null : path.trim(),
        format,
        q: scope.q ?? (await queryOfIds(scope)),
        asOf: scope.listing.revision,
      }),
  });
  if (starting.data !== undefined)
    return <ExportProgress jobId={starting.data.id} path={path} onClose={onClose} />;
  const isTooMany = scope.q === null && scope.count > MOST_IDS;
  return (
    <ScopeDialog
      title="Export"
      lead="Writes"
      scope={scope}
      isBusy={starting.isPending}
      error={starting.error}
      button="Export"
      isReady={!isTooMany}
      onSubmit={() => {
        starting.mutate();
      }}
      onClose={onClose}
    >
      {isTooMany && (
        <Alert color="orange" variant="light" p="xs">
          A selection to be exported holds at most 1,000 items. Narrow the filter instead: it has no such
          limit.
        </Alert>
      )}
      <Select
        label="Format"
        allowDeselect={false}
        data={FORMATS}
        value={format}
        onChange={(one) => {
          setFormat(one ?? "coco");
        }}
      />
      <TextInput
        label="Folder on the server's machine"
        description="Leave it empty to download an archive. Else an absolute path of a new or empty folder."
        placeholder="download"
        value={path}
        onChange={(event) => {
          setPath(event.currentTarget.value);
        }}
      />
      <Text size="xs" c="dimmed">
        As the dataset stood at revision {scope.listing.revision}, which is what you see.
      </Text>
    </ScopeDialog>
  );
}

function ExportProgress({
  jobId,
  path,
  onClose,
}: {
  readonly jobId: string;
  readonly path: string;
  readonly onClose: () => void;
}) {
  const job = useQuery(jobQuery(jobId));
  const stopping = useMutation({ mutationFn: () => cancelJob(jobId) });
  const { data } = job;
  const isOver = data !== undefined && !isActive(data);
  return (
    <Modal opened onClose={onClose} title="Export">
      <Stack gap="sm">
        <Progress value={(data?.progress ?? 0) * 100} animated={!isOver} aria-label="Progress" />
        <Text size="sm">
          {data?.state !== "done" && (data?.error ?? data?.message ?? "Waiting for a worker")}
          {data?.state === "done" && path.trim() !== "" && (
            <>
              Written to <Code>{path}</Code> on the server&apos;s machine.
            </>
          )}
          {data?.state === "done" && path.trim() === "" && (
            <Anchor href={`/api/v1/jobs/${encodeURIComponent(jobId)}/file`} download>
              Download the archive
            </Anchor>
          )}
        </Text>
        {job.isError && <ProblemNote error={job.error} onRetry={() => void job.refetch()} />}
        <Group justify="flex-end">
          {!isOver && (
            <Button
              variant="default"
              loading={stopping.isPending}
              onClick={() => {
                stopping.mutate();
              }}
            >
              Stop
            </Button>
          )}
          <Button onClick={onClose}>{isOver ? "Close" : "Go on in the background"}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
