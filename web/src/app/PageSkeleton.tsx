import { Skeleton, Stack } from "@mantine/core";

/** The shape of a page while its code and first data arrive. */
export function PageSkeleton() {
  return (
    <Stack p="lg" gap="md" role="status" aria-busy="true" aria-label="Loading">
      <Skeleton h={28} w={240} />
      <Skeleton h={14} w={380} />
      <Skeleton h={180} mt="md" />
      <Skeleton h={180} />
    </Stack>
  );
}
