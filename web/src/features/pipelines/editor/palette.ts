import type { NodeTypeInfo } from "@/api/schema.gen";
import { spaced } from "@/graph/look";

/** Types whose name, summary or description has every word. */
export function findTypes(types: readonly NodeTypeInfo[], asked: string): NodeTypeInfo[] {
  const words = asked.toLowerCase().split(/\s+/u).filter(Boolean);
  return types.filter((type) => {
    const text = `${spaced(type.name)} ${type.name} ${type.summary} ${type.description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
