import { PageHeader } from "@/ui/PageHeader";

export function PipelinePage() {
  return <PageHeader title="Pipeline" />;
}
