import { Alert, Button, Group, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";

import type { Endpoint, Model, ServingRole } from "@/api/schema.gen";
import { formatShare } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";

import { modelName, ROLE_WORDS } from "../words";
import { useServing } from "./useServing";

export interface ServeDialogProps {
  readonly endpoint: Endpoint;
  readonly models: readonly Model[];
  /** Null: closed. */
  readonly role: ServingRole | null;
  readonly onClose: () => void;
}

/** Asks which model is to take a role, and says what that changes. */
export function ServeDialog({ endpoint, models, role, onClose }: ServeDialogProps) {
  return (
    <Modal opened={role !== null} onClose={onClose} title={role === null ? "" : `Choose the ${role}`}>
      {role !== null && <Form endpoint={endpoint} models={models} role={role} onClose={onClose} />}
    </Modal>
  );
}

interface FormProps extends ServeDialogProps {
  readonly role: ServingRole;
}

function Form({ endpoint, models, role, onClose }: FormProps) {
  const [modelId, setModelId] = useState<string | null>(null);
  const [share, setShare] = useState(endpoint.canary_share);
  const serving = useServing(endpoint.id, onClose);
  const now = models.find((one) => one.id === endpoint.model_id);
  const held = { champion: null, canary: endpoint.canary_id, shadow: endpoint.shadow_id }[role];
  // Models of another task could not be compared with the champion's answers.
  const fitting = models.filter(
    (one) =>
      one.status === "trained" &&
      one.id !== endpoint.model_id &&
      one.id !== held &&
      (now === undefined || one.task === now.task),
  );
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {ROLE_WORDS[role]}
      </Text>
      <Select
        label="Model"
        placeholder={fitting.length === 0 ? "There is no other model of this task" : "Choose a model"}
        searchable
        data={fitting.map((one) => ({ value: one.id, label: one.name }))}
        value={modelId}
        onChange={setModelId}
      />
      {role === "canary" && (
        <NumberInput
          label="Share of the requests, in percent"
          min={1}
          max={100}
          value={Math.round(share * 100)}
          onChange={(value) => {
            if (typeof value === "number") setShare(value / 100);
          }}
        />
      )}
      {modelId !== null && (
        <Alert variant="light" title="What changes">
          {sayChange({ endpoint, models, role, modelId, share })}
        </Alert>
      )}
      {serving.error !== null && <ProblemNote error={serving.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          disabled={modelId === null}
          loading={serving.isBusy}
          onClick={() => {
            serving.serve({ model_id: modelId, role, share });
          }}
        >
          Let it serve
        </Button>
      </Group>
    </Stack>
  );
}

interface Change extends Pick<FormProps, "endpoint" | "models" | "role"> {
  readonly modelId: string;
  readonly share: number;
}

function sayChange({ endpoint, models, role, modelId, share }: Change): string {
  const name = modelName(models, modelId);
  if (role === "shadow") {
    return `${name} is asked beside the champion from now on. Callers do not notice; its answers stand in the log.`;
  }
  if (role === "canary") return `${name} answers ${formatShare(share, 0)} of the requests from now on.`;
  const follows =
    endpoint.variable === null ? "" : ` It becomes the value of the variable ${endpoint.variable}, too.`;
  const instead = endpoint.model_id === null ? "" : ` instead of ${modelName(models, endpoint.model_id)}`;
  return `${name} answers from now on${instead}. No request is dropped.${follows} You can roll back at any time.`;
}
