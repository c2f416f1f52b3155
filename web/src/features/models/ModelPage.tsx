import { PageHeader } from "@/ui/PageHeader";

export function ModelPage() {
  return <PageHeader title="Model" />;
}
