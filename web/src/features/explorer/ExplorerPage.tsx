import { PageHeader } from "@/ui/PageHeader";

export function ExplorerPage() {
  return <PageHeader title="Explorer" />;
}
