import { PageHeader } from "@/ui/PageHeader";

export function TaskPage() {
  return <PageHeader title="Task" />;
}
