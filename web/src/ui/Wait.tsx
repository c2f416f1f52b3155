import { Skeleton, Stack } from "@mantine/core";

/** Rows in the shape of a list that is on its way. */
export function WaitRows({ rows = 5, height = 34 }: { readonly rows?: number; readonly height?: number }) {
  return (
    <Stack gap={6} role="status" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} h={height} />
      ))}
    </Stack>
  );
}
