import { Button, Checkbox, Group, Popover, SegmentedControl, Slider, Stack, Text } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";

import type { AnnotationSource } from "@/api/schema.gen";
import { formatCount } from "@/ui/format";

import { sourceColor, sourceKey, type LayerSettings } from "../grid/layers";

export interface LayersMenuProps {
  readonly sources: readonly AnnotationSource[];
  readonly settings: LayerSettings;
  readonly onChange: (settings: LayerSettings) => void;
}

/** Who said it: people, imports and each model, to be seen or not, and from which confidence on. */
export function LayersMenu({ sources, settings, onChange }: LayersMenuProps) {
  const seen = sources.filter((source) => !settings.hidden.includes(sourceKey(source))).length;
  return (
    <Popover position="bottom-end" width={350} shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconStack2 size={15} />}
          disabled={sources.length === 0}
        >
          Layers {sources.length > 0 && `${String(seen)}/${String(sources.length)}`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Colour annotations by"
            value={settings.colorBy}
            onChange={(value) => {
              onChange({ ...settings, colorBy: value === "source" ? "source" : "label" });
            }}
            data={[
              { value: "label", label: "Colour by label" },
              { value: "source", label: "by source" },
            ]}
          />
          <Stack gap={6}>
            {sources.map((source) => (
              <SourceRow key={sourceKey(source)} {...{ source, settings, onChange }} />
            ))}
          </Stack>
          {sources.some((source) => source.layer === "prediction") && (
            <Confidence settings={settings} onChange={onChange} />
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function SourceRow({
  source,
  settings,
  onChange,
}: Omit<LayersMenuProps, "sources"> & { source: AnnotationSource }) {
  const key = sourceKey(source);
  const isSeen = !settings.hidden.includes(key);
  const kind =
    source.layer === "prediction"
      ? "predictions"
      : source.author_kind === "person"
        ? "person"
        : source.author_kind;
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs">
      <Checkbox
        size="xs"
        checked={isSeen}
        onChange={() => {
          const others = settings.hidden.filter((one) => one !== key);
          onChange({ ...settings, hidden: isSeen ? [...others, key] : others });
        }}
        label={
          <Group gap={6} wrap="nowrap">
            <span
              aria-hidden="true"
              style={{
                width: 10,
                height: 10,
                borderRadius: 3,
                flex: "none",
                backgroundColor: sourceColor(source),
              }}
            />
            <Text size="sm" truncate maw={165} title={source.name}>
              {source.name}
            </Text>
          </Group>
        }
      />
      <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {source.is_sampled ? "about " : ""}
        {formatCount(source.annotations)} · {kind}
      </Text>
    </Group>
  );
}

function Confidence({ settings, onChange }: Omit<LayersMenuProps, "sources">) {
  return (
    <div>
      <Text size="xs" c="dimmed" mb={4}>
        Predictions from confidence {settings.leastConfidence.toFixed(2)}
      </Text>
      <Slider
        size="sm"
        min={0}
        max={1}
        step={0.01}
        label={null}
        thumbLabel="Least confidence of predictions"
        value={settings.leastConfidence}
        onChange={(value) => {
          onChange({ ...settings, leastConfidence: value });
        }}
      />
    </div>
  );
}
