import { PageHeader } from "@/ui/PageHeader";

export function ReviewGridPage() {
  return <PageHeader title="ReviewGrid" />;
}
