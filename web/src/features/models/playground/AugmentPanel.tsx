import { Button, Group, Slider, Stack, Switch, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDice5 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { augmentationPreviewQuery } from "@/api/queries/training";
import type { AugmentedImage } from "@/api/schema.gen";
import { labelColor } from "@/ui/labelColor";
import { Panel } from "@/ui/Panel";
import { ProblemNote } from "@/ui/ProblemNote";

import { KNOBS, STILL, SWITCHES, turned, wholeAugment, type Knob } from "./augment";
import classes from "./playground.module.css";
import type { PartProps } from "./PlaygroundPage";

const PAUSE_MS = 250;
const COUNT = 8;
const SIZE_PX = 256;

/** How images are changed each time they are seen, on images of this very dataset. */
export function AugmentPanel({ form, onChange, projectId }: PartProps) {
  const [seed, setSeed] = useState(1);
  const { augment, datasetId } = form;
  const [settled] = useDebouncedValue(augment, PAUSE_MS);
  const [query] = useDebouncedValue(form.query.trim(), PAUSE_MS);
  const preview = useQuery(
    augmentationPreviewQuery({
      projectId,
      body:
        datasetId === null
          ? null
          : {
              dataset_id: datasetId,
              query: query === "" ? null : query,
              augment: wholeAugment(settled),
              count: COUNT,
              seed,
              size: SIZE_PX,
            },
    }),
  );
  return (
    <Panel
      title="Augmentation"
      about="Each pass sees other versions of an image; boxes and outlines follow. Below are images of this dataset as a training may see them."
      actions={
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            disabled={Object.keys(augment).length === 0}
            onClick={() => {
              onChange({ augment: {} });
            }}
          >
            Usual
          </Button>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              onChange({ augment: STILL });
            }}
          >
            None
          </Button>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconDice5 size={15} />}
            onClick={() => {
              setSeed(seed + 1);
            }}
          >
            Roll again
          </Button>
        </Group>
      }
    >
      <Stack gap="md">
        {preview.isError && <ProblemNote error={preview.error} onRetry={() => void preview.refetch()} />}
        <Previews images={preview.data?.images} isOld={preview.isPlaceholderData} />
        {preview.data !== undefined && preview.data.skipped.length > 0 && (
          <Text size="xs" c="dimmed">
            {preview.data.skipped.length} images cannot be decoded and were left out.
          </Text>
        )}
        <div className={classes.knobs}>
          {KNOBS.map((group) => (
            <Stack key={group.title} gap={8} role="group" aria-label={group.title}>
              <Text size="xs" fw={600}>
                {group.title}
              </Text>
              {group.title === "Place and size" &&
                SWITCHES.map((one) => (
                  <Switch
                    key={one.name}
                    size="xs"
                    label={one.title}
                    checked={augment[one.name] ?? one.usual}
                    onChange={(event) => {
                      onChange({ augment: turned(augment, one, event.currentTarget.checked) });
                    }}
                  />
                ))}
              {group.knobs.map((knob) => (
                <KnobSlider
                  key={knob.name}
                  knob={knob}
                  value={augment[knob.name] ?? knob.usual}
                  onChange={(value) => {
                    onChange({ augment: turned(augment, knob, value) });
                  }}
                />
              ))}
            </Stack>
          ))}
        </div>
      </Stack>
    </Panel>
  );
}

interface KnobSliderProps {
  readonly knob: Knob;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function KnobSlider({ knob, value, onChange }: KnobSliderProps) {
  return (
    <div>
      <Group justify="space-between" gap={4}>
        <Text size="xs">{knob.title}</Text>
        <Text size="xs" c="dimmed">
          {knob.say(value)}
        </Text>
      </Group>
      <Slider
        size="sm"
        label={null}
        thumbLabel={knob.title}
        min={knob.least}
        max={knob.most}
        step={knob.step}
        value={value}
        onChange={onChange}
      />
    </div>
  );
}

function Previews({
  images,
  isOld,
}: {
  readonly images: readonly AugmentedImage[] | undefined;
  readonly isOld: boolean;
}) {
  if (images === undefined) {
    return (
      <div className={classes.previews} aria-busy="true" aria-label="Loading">
        {Array.from({ length: COUNT }, (_, at) => (
          <div key={at} className={classes.preview} />
        ))}
      </div>
    );
  }
  if (images.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        No image to show: no item matches.
      </Text>
    );
  }
  return (
    <div className={classes.previews} role="list" aria-label="Augmented images">
      {images.map((image) => (
        <Preview key={image.item_id} image={image} isOld={isOld} />
      ))}
    </div>
  );
}

function Preview({ image, isOld }: { readonly image: AugmentedImage; readonly isOld: boolean }) {
  const words = image.shapes.filter((one) => one.points.length < 3).map((one) => one.label);
  return (
    <div className={classes.preview} data-old={isOld} role="listitem">
      <span className={classes.frame}>
        <img
          src={image.image}
          alt={`Augmented: ${[...new Set(image.shapes.map((one) => one.label))].join(", ")}`}
        />
        <svg
          className={classes.shapes}
          viewBox={`0 0 ${String(image.width)} ${String(image.height)}`}
          aria-hidden="true"
        >
          {image.shapes
            .filter((one) => one.points.length >= 3)
            .map((one, at) => (
              <polygon
                key={at}
                points={one.points.map(([x, y]) => `${String(x)},${String(y)}`).join(" ")}
                style={{ stroke: labelColor(one.label) }}
              />
            ))}
        </svg>
      </span>
      {words.length > 0 && <span className={classes.word}>{words.join(", ")}</span>}
    </div>
  );
}
