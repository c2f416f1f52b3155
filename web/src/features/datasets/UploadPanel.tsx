import { Button, Card, Group, Progress, ScrollArea, Stack, Table, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconCloudUpload, IconPhoto, IconX } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useSyncExternalStore } from "react";

import { uploadItem } from "@/api/client";
import { formatBytes, formatCount } from "@/ui/format";

import { countUploads, UploadQueue, type Upload } from "./uploads";

const SHOWN = 200;

/** Drop images or a folder; each file's progress, and why the refused ones were refused. */
export function UploadPanel({ datasetId }: { readonly datasetId: string }) {
  const client = useQueryClient();
  const queue = useMemo(
    () =>
      new UploadQueue(
        ({ file, name, onProgress, signal }) => uploadItem({ datasetId, file, name, onProgress, signal }),
        () => void client.invalidateQueries({ queryKey: ["dataset", datasetId] }),
      ),
    [client, datasetId],
  );
  const uploads = useSyncExternalStore(queue.subscribe, queue.getSnapshot);
  const counts = countUploads(uploads);
  useLeaveWarning(counts.left > 0);
  return (
    <Stack>
      <Dropzone
        onDrop={(files) => {
          queue.add(files);
        }}
        aria-label="Drop images or a folder here, or press Enter to choose files"
        mih={180}
      >
        <Stack align="center" justify="center" gap={4} mih={150} style={{ pointerEvents: "none" }}>
          <Dropzone.Accept>
            <IconCloudUpload size={44} stroke={1.3} />
          </Dropzone.Accept>
          <Dropzone.Reject>
            <IconX size={44} stroke={1.3} />
          </Dropzone.Reject>
          <Dropzone.Idle>
            <IconPhoto size={44} stroke={1.3} />
          </Dropzone.Idle>
          <Text size="lg">Drop images or a whole folder here, or click to choose</Text>
          <Text size="sm" c="dimmed">
            JPEG, PNG, WebP, GIF, BMP, TIFF. What an image is, is read from its bytes. The same name again
            replaces it.
          </Text>
        </Stack>
      </Dropzone>
      {uploads.length > 0 && <Progressing queue={queue} uploads={uploads} />}
    </Stack>
  );
}

function Progressing({
  queue,
  uploads,
}: {
  readonly queue: UploadQueue;
  readonly uploads: readonly Upload[];
}) {
  const counts = countUploads(uploads);
  const share = counts.bytes === 0 ? 0 : (counts.bytesSent / counts.bytes) * 100;
  const telling = uploads.filter((one) => one.state !== "done" && one.state !== "waiting");
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Text aria-live="polite">
          <b>{formatCount(counts.done)}</b> of {formatCount(counts.total)} files ·{" "}
          {formatBytes(counts.bytesSent)} of {formatBytes(counts.bytes)}
          {counts.refused > 0 && (
            <Text span c="red">
              {" "}
              · {formatCount(counts.refused)} not taken in
            </Text>
          )}
        </Text>
        <Group gap="xs">
          {counts.refused > 0 && (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                queue.retry();
              }}
            >
              Try those again
            </Button>
          )}
          {counts.left > 0 ? (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                queue.stop();
              }}
            >
              Stop
            </Button>
          ) : (
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                queue.clearDone();
              }}
            >
              Clear the list
            </Button>
          )}
        </Group>
      </Group>
      <Progress value={share} aria-label="Upload" color={counts.refused > 0 ? "yellow" : undefined} />
      {telling.length > 0 && (
        <ScrollArea.Autosize mah={320} mt="sm">
          <Table>
            <Table.Tbody>
              {telling.slice(0, SHOWN).map((one) => (
                <UploadRow key={one.key} upload={one} />
              ))}
            </Table.Tbody>
          </Table>
          {telling.length > SHOWN && (
            <Text size="sm" c="dimmed" p="xs">
              and {formatCount(telling.length - SHOWN)} more
            </Text>
          )}
        </ScrollArea.Autosize>
      )}
    </Card>
  );
}

function UploadRow({ upload }: { readonly upload: Upload }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" truncate maw={420} title={upload.name}>
          {upload.name}
        </Text>
      </Table.Td>
      <Table.Td ta="right">{formatBytes(upload.bytes)}</Table.Td>
      <Table.Td w="45%">
        {upload.state === "sending" ? (
          <Progress value={upload.share * 100} size="sm" aria-label={`Upload of ${upload.name}`} />
        ) : (
          <Text size="sm" c={upload.state === "refused" ? "red" : "dimmed"}>
            {upload.state === "refused" ? `${upload.reason}. ${upload.hint}` : "stopped"}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function useLeaveWarning(isBusy: boolean): void {
  useEffect(() => {
    if (!isBusy) return undefined;
    const warn = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => {
      window.removeEventListener("beforeunload", warn);
    };
  }, [isBusy]);
}
