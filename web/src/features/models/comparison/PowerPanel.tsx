import { Stack, Text } from "@mantine/core";

import type { PowerNumbers } from "@/api/metrics";
import { formatCount } from "@/ui/format";
import { Panel } from "@/ui/Panel";
import { Stat } from "@/ui/Stat";

import { sayPoints } from "../words";

/** What this test set is able to tell apart at all. */
export function PowerPanel({ power, images }: { readonly power: PowerNumbers; readonly images: number }) {
  return (
    <Panel
      fills
      title="What this test set can tell"
      about="Before asking whether a gain is real: would it be seen?"
    >
      <Stack gap="xs">
        <Stat
          value={power.smallestGain === null ? "–" : sayPoints(power.smallestGain)}
          label="smallest gain that it would find"
          note={`in ${String(Math.round(power.power * 100))} of 100 comparisons, with ${formatCount(images)} images`}
        />
        <Text size="sm">{power.message}</Text>
        {power.imagesForDelta !== null && power.imagesForDelta > images && (
          <Text size="sm" c="dimmed">
            About {formatCount(power.imagesForDelta)} test images would tell a gain as large as the one
            measured.
          </Text>
        )}
      </Stack>
    </Panel>
  );
}
