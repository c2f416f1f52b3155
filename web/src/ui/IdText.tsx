import { CopyButton, Text, Tooltip, UnstyledButton } from "@mantine/core";

/** An id: small, monospace, copied by a click. */
export function IdText({ id }: { readonly id: string }) {
  return (
    <CopyButton value={id}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? "Copied" : "Copy"}>
          <UnstyledButton onClick={copy} aria-label={`Copy ${id}`}>
            <Text component="span" ff="monospace" size="xs" c="dimmed">
              {id}
            </Text>
          </UnstyledButton>
        </Tooltip>
      )}
    </CopyButton>
  );
}
