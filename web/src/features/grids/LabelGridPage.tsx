import { PageHeader } from "@/ui/PageHeader";

export function LabelGridPage() {
  return <PageHeader title="LabelGrid" />;
}
