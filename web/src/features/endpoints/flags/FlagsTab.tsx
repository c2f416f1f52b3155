import { Stack } from "@mantine/core";

import { useIsAtLeast } from "@/app/context";

import type { TabProps } from "../overview/OverviewTab";
import { CataloguePanel } from "./CataloguePanel";
import { RulesPanel } from "./RulesPanel";

/** What is flagged, and the patterns behind it. */
export function FlagsTab({ endpoint, projectId }: TabProps) {
  const mayWrite = useIsAtLeast("manager");
  return (
    <Stack gap="md">
      <RulesPanel endpoint={endpoint} mayWrite={mayWrite} />
      <CataloguePanel endpoint={endpoint} projectId={projectId} mayWrite={mayWrite} />
    </Stack>
  );
}
