import { IconAdjustments, IconBrain, IconDatabase, IconShieldCheck, IconUsers } from "@tabler/icons-react";

import type { Family } from "./look";

const ICONS = {
  data: IconDatabase,
  people: IconUsers,
  model: IconBrain,
  quality: IconShieldCheck,
  control: IconAdjustments,
} as const;

/** The picture of a family of nodes. */
export function FamilyIcon({ family, size }: { readonly family: Family | undefined; readonly size: number }) {
  const Icon = ICONS[family ?? "control"];
  return <Icon size={size} stroke={1.8} aria-hidden />;
}
