import { PageHeader } from "@/ui/PageHeader";

export function PipelinesPage() {
  return <PageHeader title="Pipelines" />;
}
