import { Box } from "@mantine/core";
import { useQueryErrorResetBoundary } from "@tanstack/react-query";

import { ProblemNote } from "@/ui/ProblemNote";

/** A page that could not be shown; the rest of the app stays usable. */
export function PageProblem({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { reset } = useQueryErrorResetBoundary();
  const again = () => {
    reset();
    onRetry();
  };
  return (
    <Box p="lg" maw={720} component="main">
      <ProblemNote error={error} onRetry={again} />
    </Box>
  );
}
