import {
  Alert,
  Anchor,
  Button,
  Card,
  Center,
  Code,
  Group,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import { signIn } from "@/api/queries/session";
import { ProblemNote } from "@/ui/ProblemNote";

/** Sign in with e-mail and password; on one's own machine the link that `whorl up` printed does it. */
export function LoginPage() {
  const { to, problem } = useSearch({ from: "/login" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const entering = useMutation({
    mutationFn: () => signIn({ email, password }),
    onSuccess: async () => {
      await client.resetQueries();
      // Only an address of this app: a full URL here could lead anywhere.
      const isOwn = to !== undefined && to.startsWith("/") && !to.startsWith("//") && !to.startsWith("/\\");
      await navigate({ href: isOwn ? to : "/" });
    },
  });
  return (
    <Center h="100%" p="md" component="main">
      <Card withBorder shadow="sm" w={400} p="xl">
        <Group gap="sm" mb="lg">
          <img src="/whorl.svg" width={32} height={32} alt="" />
          <Title order={1}>Whorl</Title>
        </Group>
        {problem === "stale_link" && (
          <Alert color="yellow" variant="light" mb="md" role="alert" title="This link is of an earlier start">
            Whorl was started again since, and each start has a link of its own. Open the one that{" "}
            <Code>whorl up</Code> printed last.
          </Alert>
        )}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            entering.mutate();
          }}
        >
          <Stack gap="sm">
            <TextInput
              label="E-mail"
              type="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => {
                setEmail(event.currentTarget.value);
              }}
            />
            <PasswordInput
              label="Password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => {
                setPassword(event.currentTarget.value);
              }}
            />
            {entering.isError && <ProblemNote error={entering.error} />}
            <Button type="submit" loading={entering.isPending} mt="xs">
              Sign in
            </Button>
          </Stack>
        </form>
        <Text size="sm" c="dimmed" mt="lg">
          On your own machine no password is needed: open the link that <Code>whorl up</Code> printed. It
          carries the token of this start. <Anchor href="/">Try again</Anchor> after opening it.
        </Text>
      </Card>
    </Center>
  );
}
