import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";

import { ApiProblem } from "@/api/client";

export interface ProblemNoteProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What went wrong in the server's own words, its hint, and a way on. */
export function ProblemNote({ error, onRetry }: ProblemNoteProps) {
  const { title, hint } = sayProblem(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={title} role="alert">
      {hint !== "" && <Text size="sm">{hint}</Text>}
      {onRetry !== undefined && (
        <Group mt="xs">
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      )}
    </Alert>
  );
}

/** Title and hint of any error, for notes and notifications. */
export function sayProblem(error: unknown): { title: string; hint: string } {
  if (error instanceof ApiProblem) return { title: capital(error.message), hint: error.hint };
  if (error instanceof Error) return { title: capital(error.message), hint: "" };
  return { title: "Something went wrong", hint: "" };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
