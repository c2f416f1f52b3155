import { Button, Group, NumberInput, Select, SimpleGrid, Stack, Switch, TagsInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { datasetsQuery } from "@/api/queries/datasets";
import { endpointQuery, updateEndpoint } from "@/api/queries/endpoints";
import type { EndpointSettings } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import type { TabProps } from "../overview/OverviewTab";
import { DeletePanel, PrunePanel } from "./EndingPanels";

/** How it answers and what it remembers. */
export function SettingsTab({ endpoint, projectId }: TabProps) {
  const mayWrite = useIsAtLeast("manager");
  return (
    <Stack gap="md" maw={980}>
      <SettingsForm
        key={JSON.stringify([endpoint.settings, endpoint.dataset_id])}
        endpoint={endpoint}
        projectId={projectId}
        mayWrite={mayWrite}
      />
      {mayWrite && <PrunePanel endpoint={endpoint} />}
      {mayWrite && <DeletePanel endpoint={endpoint} projectId={projectId} />}
    </Stack>
  );
}

type Change = (part: Partial<EndpointSettings>) => void;

interface PartProps {
  readonly settings: EndpointSettings;
  readonly onChange: Change;
}

function SettingsForm({ endpoint, projectId, mayWrite }: TabProps & { readonly mayWrite: boolean }) {
  const [settings, setSettings] = useState(endpoint.settings);
  const [datasetId, setDatasetId] = useState(endpoint.dataset_id);
  const client = useQueryClient();
  const saving = useMutation({
    mutationFn: () => updateEndpoint({ endpointId: endpoint.id, body: { settings, dataset_id: datasetId } }),
    onSuccess: async (changed) => {
      client.setQueryData(endpointQuery(endpoint.id).queryKey, changed);
      await client.invalidateQueries({ queryKey: ["endpoints"] });
      notifications.show({ title: "Saved", message: "The settings hold from the next request on." });
    },
  });
  const change: Change = (part) => {
    setSettings({ ...settings, ...part });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        saving.mutate();
      }}
    >
      <fieldset disabled={!mayWrite} style={{ border: 0, padding: 0, margin: 0 }}>
        <Stack gap="md">
          <Answering settings={settings} onChange={change} />
          <Remembering settings={settings} onChange={change} />
          <Flagged datasetId={datasetId} projectId={projectId} onChange={setDatasetId} />
          <EndUsers settings={settings} onChange={change} />
          {saving.isError && <ProblemNote error={saving.error} />}
          {mayWrite && (
            <Group justify="flex-end">
              <Button type="submit" loading={saving.isPending}>
                Save the settings
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}

function Answering({ settings, onChange }: PartProps) {
  return (
    <Panel title="Answering" about="Images that come at the same time are run through the model together.">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Field
          label="Least confidence"
          description="Weaker objects are not given; the class of an image always is."
          value={settings.min_confidence}
          max={1}
          step={0.05}
          onChange={(value) => {
            onChange({ min_confidence: value });
          }}
        />
        <Field
          label="Timeout, in seconds"
          description="A slower answer is an error."
          value={settings.timeout_s}
          min={0.1}
          max={300}
          onChange={(value) => {
            onChange({ timeout_s: value });
          }}
        />
        <Field
          label="Most images of one run"
          description="More at once is faster under load, and takes more memory."
          value={settings.max_batch}
          min={1}
          max={256}
          isWhole
          onChange={(value) => {
            onChange({ max_batch: value });
          }}
        />
        <Field
          label="Wait for others, in milliseconds"
          description="How long a request waits for company; 0 runs it at once."
          value={settings.max_wait_ms}
          max={1000}
          onChange={(value) => {
            onChange({ max_wait_ms: value });
          }}
        />
        <Field
          label="Most requests that wait"
          description="More than so many are refused with 503."
          value={settings.max_queue}
          min={1}
          max={100_000}
          isWhole
          onChange={(value) => {
            onChange({ max_queue: value });
          }}
        />
      </SimpleGrid>
    </Panel>
  );
}

function Remembering({ settings, onChange }: PartProps) {
  return (
    <Panel title="Remembering" about="What of the traffic is written down, and for how long.">
      <Stack gap="md">
        <Switch
          label="Keep the images"
          description="Off: only each image's hash is kept. Nobody can look at it later, and it cannot be labelled."
          checked={settings.keep_images}
          onChange={(event) => {
            onChange({ keep_images: event.currentTarget.checked });
          }}
        />
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Field
            label="Share that is written down, in percent"
            description="Drawn at random; the rest is answered and forgotten."
            value={settings.log_share * 100}
            max={100}
            onChange={(value) => {
              onChange({ log_share: value / 100 });
            }}
          />
          <OptionalField
            label="Keep for days"
            description="Older lines and images go, less what became items. Empty: for ever."
            value={settings.retention_days}
            min={1}
            onChange={(value) => {
              onChange({ retention_days: value });
            }}
          />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <OptionalField
            label="Most lines a minute"
            description="Empty: no quota"
            value={settings.log_per_minute ?? null}
            onChange={(value) => {
              onChange({ log_per_minute: value });
            }}
          />
          <OptionalField
            label="Most lines an hour"
            description="Empty: no quota"
            value={settings.log_per_hour ?? null}
            onChange={(value) => {
              onChange({ log_per_hour: value });
            }}
          />
          <OptionalField
            label="Most lines a day"
            description="Empty: no quota"
            value={settings.log_per_day}
            onChange={(value) => {
              onChange({ log_per_day: value });
            }}
          />
        </SimpleGrid>
      </Stack>
    </Panel>
  );
}

interface FlaggedProps {
  readonly datasetId: string | null;
  readonly projectId: string;
  readonly onChange: (id: string | null) => void;
}

function Flagged({ datasetId, projectId, onChange }: FlaggedProps) {
  const datasets = useQuery(datasetsQuery(projectId)).data?.items ?? [];
  return (
    <Panel title="Flagged images" about="Where they become items, with the answer as a proposal.">
      <Select
        label="Dataset"
        description="Empty: flags are kept, but nothing can be labelled."
        placeholder="None"
        clearable
        maw={420}
        data={datasets.map((one) => ({ value: one.id, label: one.name }))}
        value={datasetId}
        onChange={onChange}
      />
    </Panel>
  );
}

function EndUsers({ settings, onChange }: PartProps) {
  return (
    <Panel
      title="Page for end users"
      about="A small page on which somebody says what they think of one answer."
    >
      <Stack gap="md">
        <Switch
          label="Show the page"
          description="Each answer has a signed address of its own; your program asks for it and shows it. Off: such addresses answer nothing."
          checked={settings.feedback_page}
          onChange={(event) => {
            onChange({ feedback_page: event.currentTarget.checked });
          }}
        />
        <TagsInput
          label="Sites that may show it in a frame"
          description="Such as https://shop.example; press Enter after each. Empty: none, the page is opened by its address."
          placeholder="https://shop.example"
          disabled={!settings.feedback_page}
          value={settings.feedback_page_in ?? []}
          onChange={(sites) => {
            onChange({ feedback_page_in: sites });
          }}
        />
      </Stack>
    </Panel>
  );
}

interface FieldProps {
  readonly label: string;
  readonly description: string;
  readonly value: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly isWhole?: boolean;
  readonly onChange: (value: number) => void;
}

function Field({ label, description, value, min = 0, max, step, isWhole = false, onChange }: FieldProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      min={min}
      max={max}
      step={step}
      allowDecimal={!isWhole}
      decimalScale={3}
      thousandSeparator=","
      value={value}
      onChange={(given) => {
        if (typeof given === "number") onChange(given);
      }}
    />
  );
}

interface OptionalProps {
  readonly label: string;
  readonly description: string;
  readonly value: number | null;
  readonly min?: number;
  readonly onChange: (value: number | null) => void;
}

function OptionalField({ label, description, value, min = 0, onChange }: OptionalProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      min={min}
      allowDecimal={false}
      thousandSeparator=","
      value={value ?? ""}
      onChange={(given) => {
        onChange(typeof given === "number" ? given : null);
      }}
    />
  );
}
