import { Anchor, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { startExport } from "@/api/queries/exports";
import { isActive, jobQuery } from "@/api/queries/jobs";
import type { Selection } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";
import { JobRow } from "@/ui/JobRow";
import { ProblemNote } from "@/ui/ProblemNote";

import { selectionQueryText } from "./summary";

const FORMATS = [
  { value: "coco", label: "COCO (one JSON file)" },
  { value: "yolo", label: "YOLO (a text file per image)" },
  { value: "voc", label: "Pascal VOC (an XML file per image)" },
  { value: "dataloop", label: "Dataloop (a JSON file per image)" },
  { value: "folder", label: "Folders named by class" },
];

/** Pack the images of the selection, with the labels that they have, for download. */
export function ExportDialog(props: { readonly selection: Selection; readonly onClose: () => void }) {
  const { selection, onClose } = props;
  const [format, setFormat] = useState("coco");
  const starting = useMutation({
    mutationFn: () =>
      startExport({
        datasetId: selection.dataset_id,
        path: null,
        format,
        q: selectionQueryText(selection.id),
        asOf: null,
      }),
  });
  const jobId = starting.data?.id ?? null;
  const job = useQuery({ ...jobQuery(jobId ?? ""), enabled: jobId !== null }).data;
  return (
    <Modal opened onClose={onClose} title="Export">
      <Stack gap="sm">
        <Text size="sm">
          The {formatCount(selection.n_items)} images of this selection, with the labels that they have by
          now.
        </Text>
        <Select
          label="Format"
          allowDeselect={false}
          data={FORMATS}
          value={format}
          disabled={jobId !== null}
          onChange={(one) => {
            setFormat(one ?? "coco");
          }}
        />
        {starting.isError && <ProblemNote error={starting.error} />}
        {job !== undefined && job.state !== "done" && <JobRow job={job} />}
        {job?.state === "done" && (
          <Anchor href={`/api/v1/jobs/${encodeURIComponent(job.id)}/file`} download>
            Download the archive
          </Anchor>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {job !== undefined && isActive(job) ? "Go on in the background" : "Close"}
          </Button>
          {jobId === null && (
            <Button
              loading={starting.isPending}
              onClick={() => {
                starting.mutate();
              }}
            >
              Export
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
