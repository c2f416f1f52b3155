import { PageHeader } from "@/ui/PageHeader";

export function StudioPage() {
  return <PageHeader title="Studio" />;
}
