import {
  Button,
  Code,
  Container,
  Group,
  Modal,
  SimpleGrid,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFolderPlus, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";

import { createProject, projectsQuery } from "@/api/queries/projects";
import { meQuery } from "@/api/queries/session";
import type { Project } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { formatAgo } from "@/ui/format";
import { LinkCard } from "@/ui/links";
import { PageHeader } from "@/ui/PageHeader";
import { ProblemNote } from "@/ui/ProblemNote";

/** The projects one may see, and a new one. */
export function ProjectsPage() {
  const projects = useQuery(projectsQuery());
  const me = useQuery(meQuery());
  const [isAsking, asking] = useDisclosure(false);
  const mayCreate = me.data?.is_admin === true;
  const create = mayCreate ? (
    <Button leftSection={<IconPlus size={16} />} onClick={asking.open}>
      New project
    </Button>
  ) : undefined;
  return (
    <Container size="lg" py="xl" component="main">
      <PageHeader
        title={
          <Group gap="sm">
            <img src="/whorl.svg" width={28} height={28} alt="" />
            Projects
          </Group>
        }
        about="A project holds its labels, datasets, models and pipelines, and the people who may work on them."
        actions={create}
      />
      {projects.isPending && <Waiting />}
      {projects.isError && <ProblemNote error={projects.error} onRetry={() => void projects.refetch()} />}
      {projects.data?.items.length === 0 && (
        <EmptyState icon={<IconFolderPlus size={28} />} title="No project yet" action={create}>
          {mayCreate ? (
            <>
              Make one, or watch a whole loop run on real images first: <Code>whorl demo</Code>
            </>
          ) : (
            "Ask an administrator to add you to a project."
          )}
        </EmptyState>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
        {projects.data?.items.map((project) => (
          <ProjectCard key={project.id} project={project} />
        ))}
      </SimpleGrid>
      <NewProject isOpen={isAsking} onClose={asking.close} />
    </Container>
  );
}

function ProjectCard({ project }: { readonly project: Project }) {
  return (
    <LinkCard withBorder to="/p/$projectId" params={{ projectId: project.id }}>
      <Title order={3} lineClamp={1}>
        {project.name}
      </Title>
      <Text size="sm" c="dimmed" mt={4}>
        made {formatAgo(project.created_at)}
      </Text>
    </LinkCard>
  );
}

function Waiting() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }} aria-busy="true">
      <Skeleton h={84} />
      <Skeleton h={84} />
      <Skeleton h={84} />
    </SimpleGrid>
  );
}

function NewProject({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const [name, setName] = useState("");
  const client = useQueryClient();
  const navigate = useNavigate();
  const creating = useMutation({
    mutationFn: () => createProject(name),
    onSuccess: async (project) => {
      await client.invalidateQueries({ queryKey: ["projects"] });
      await navigate({ to: "/p/$projectId", params: { projectId: project.id } });
    },
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title="New project">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          creating.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="Blood cells"
            required
            data-autofocus
            maxLength={200}
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          {creating.isError && <ProblemNote error={creating.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={creating.isPending}>
              Create
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
