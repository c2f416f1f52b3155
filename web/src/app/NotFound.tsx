import { Button } from "@mantine/core";
import { IconCompassOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { EmptyState } from "@/ui/EmptyState";

export function NotFound() {
  return (
    <main>
      <EmptyState
        icon={<IconCompassOff size={28} />}
        title="There is no such page"
        action={
          <Button component={Link} to="/" mt="xs">
            To the projects
          </Button>
        }
      >
        The address may be mistyped, or what it named was removed.
      </EmptyState>
    </main>
  );
}
