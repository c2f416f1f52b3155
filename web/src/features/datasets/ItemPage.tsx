import { PageHeader } from "@/ui/PageHeader";

export function ItemPage() {
  return <PageHeader title="Item" />;
}
