import {
  ActionIcon,
  Button,
  Card,
  Grid,
  Group,
  PasswordInput,
  Select,
  Stack,
  Table,
  TagsInput,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { modals } from "@mantine/modals";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createPerson, membersQuery, removeMember, setMember } from "@/api/queries/people";
import type { Member } from "@/api/schema.gen";
import { useIsAtLeast, useMe, type RoleName } from "@/app/context";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

const ROLES: readonly { readonly value: RoleName; readonly label: string }[] = [
  { value: "owner", label: "owner: everything" },
  { value: "manager", label: "manager: data, tasks, models" },
  { value: "reviewer", label: "reviewer: label and review" },
  { value: "annotator", label: "annotator: label" },
  { value: "viewer", label: "viewer: look" },
];

function roleOf(value: string | null): RoleName {
  return ROLES.find((one) => one.value === value)?.value ?? "annotator";
}

/** Who may do what in this project. */
export function MembersPanel({ projectId }: { readonly projectId: string }) {
  const members = useQuery(membersQuery(projectId));
  const isOwner = useIsAtLeast("owner");
  const me = useMe();
  if (members.isError) return <ProblemNote error={members.error} onRetry={() => void members.refetch()} />;
  if (members.data === undefined) return <WaitRows rows={3} />;
  const known = [...new Set(members.data.flatMap((one) => one.skills ?? []))].sort();
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Card withBorder p={0}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Name</Table.Th>
                <Table.Th w={250}>Role</Table.Th>
                <Table.Th>Skills</Table.Th>
                <Table.Th w={50} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {members.data.map((member) => (
                <MemberRow
                  key={member.person_id}
                  member={member}
                  known={known}
                  projectId={projectId}
                  mayChange={isOwner}
                />
              ))}
            </Table.Tbody>
          </Table>
        </Card>
        {members.data.length === 0 && (
          <Text size="sm" c="dimmed" p="md">
            Nobody is a member by name; administrators may do everything.
          </Text>
        )}
      </Grid.Col>
      {isOwner && (
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <AddMember projectId={projectId} />
            {me.is_admin && <NewPerson projectId={projectId} />}
          </Stack>
        </Grid.Col>
      )}
    </Grid>
  );
}

interface MemberRowProps {
  readonly member: Member;
  /** Skills that anybody here has. */
  readonly known: readonly string[];
  readonly projectId: string;
  readonly mayChange: boolean;
}

function MemberRow({ member, known, projectId, mayChange }: MemberRowProps) {
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: ["members"] });
  const changing = useMutation({
    mutationFn: (part: { role?: RoleName; skills?: string[] }) =>
      setMember({ projectId, person: member.person_id, role: member.role, ...part }),
    onSuccess: async () => {
      await refresh();
      // What one may take depends on one's skills.
      await client.invalidateQueries({ predicate: ({ queryKey }) => isTaskKey(queryKey[0]) });
    },
  });
  const removing = useMutation({
    mutationFn: () => removeMember({ projectId, personId: member.person_id }),
    onSuccess: refresh,
  });
  const ask = () => {
    modals.openConfirmModal({
      title: `Remove ${member.name} from the project?`,
      children: <Text size="sm">What they labelled stays, under their name.</Text>,
      labels: { confirm: "Remove", cancel: "Cancel" },
      confirmProps: { color: "red" },
      onConfirm: removing.mutate,
    });
  };
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}>
          {member.name}
        </Text>
        <Text size="xs" c="dimmed">
          {member.email}
        </Text>
      </Table.Td>
      <Table.Td>
        <Select
          aria-label={`Role of ${member.name}`}
          size="xs"
          data={ROLES.map((one) => ({ ...one }))}
          value={member.role}
          disabled={!mayChange || changing.isPending}
          allowDeselect={false}
          onChange={(value) => {
            changing.mutate({ role: roleOf(value) });
          }}
        />
        {(changing.isError || removing.isError) && <ProblemNote error={changing.error ?? removing.error} />}
      </Table.Td>
      <Table.Td>
        <Skills
          key={(member.skills ?? []).join("\n")}
          member={member}
          known={known}
          mayChange={mayChange}
          onChange={(skills) => {
            changing.mutate({ skills });
          }}
        />
      </Table.Td>
      <Table.Td>
        {mayChange && (
          <ActionIcon color="red" aria-label={`Remove ${member.name}`} onClick={ask}>
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function isTaskKey(key: unknown): boolean {
  return key === "task" || key === "tasks";
}

interface SkillsProps {
  readonly member: Member;
  readonly known: readonly string[];
  readonly mayChange: boolean;
  readonly onChange: (skills: string[]) => void;
}

/** What a person can be asked beyond common work; a task may need some of it. */
function Skills({ member, known, mayChange, onChange }: SkillsProps) {
  const [skills, setSkills] = useState<string[]>(member.skills ?? []);
  const change = (next: string[]) => {
    const plain = [...new Set(next.map((one) => one.trim()).filter((one) => one !== ""))];
    setSkills(plain);
    onChange(plain);
  };
  if (!mayChange) return <Text size="sm">{skills.length === 0 ? "–" : skills.join(", ")}</Text>;
  return (
    <TagsInput
      size="xs"
      aria-label={`Skills of ${member.name}`}
      placeholder={skills.length === 0 ? "type one, then Enter" : undefined}
      maxTags={100}
      data={[...known]}
      value={skills}
      onChange={change}
    />
  );
}

function AddMember({ projectId }: { readonly projectId: string }) {
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<RoleName>("annotator");
  const client = useQueryClient();
  const adding = useMutation({
    mutationFn: () => setMember({ projectId, person: email, role }),
    onSuccess: async () => {
      setEmail("");
      await client.invalidateQueries({ queryKey: ["members"] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        adding.mutate();
      }}
    >
      <Card withBorder>
        <Title order={3} mb="sm">
          Add somebody
        </Title>
        <Stack gap="sm">
          <TextInput
            label="E-mail"
            type="email"
            required
            value={email}
            onChange={(event) => {
              setEmail(event.currentTarget.value);
            }}
          />
          <RoleSelect role={role} onChange={setRole} />
          {adding.isError && <ProblemNote error={adding.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={adding.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </Card>
    </form>
  );
}

function NewPerson({ projectId }: { readonly projectId: string }) {
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<RoleName>("annotator");
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: async () => {
      const person = await createPerson({ name, email, password, is_admin: false });
      await setMember({ projectId, person: person.id, role });
    },
    onSuccess: async () => {
      setName("");
      setEmail("");
      setPassword("");
      await client.invalidateQueries({ queryKey: ["members"] });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        making.mutate();
      }}
    >
      <Card withBorder>
        <Title order={3} mb="sm">
          New account
        </Title>
        <Stack gap="sm">
          <TextInput
            label="Name"
            required
            value={name}
            onChange={(event) => {
              setName(event.currentTarget.value);
            }}
          />
          <TextInput
            label="E-mail"
            type="email"
            required
            value={email}
            onChange={(event) => {
              setEmail(event.currentTarget.value);
            }}
          />
          <PasswordInput
            label="First password"
            description="At least ten characters; they can change it."
            required
            minLength={10}
            autoComplete="new-password"
            value={password}
            onChange={(event) => {
              setPassword(event.currentTarget.value);
            }}
          />
          <RoleSelect role={role} onChange={setRole} />
          {making.isError && <ProblemNote error={making.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={making.isPending}>
              Make and add
            </Button>
          </Group>
        </Stack>
      </Card>
    </form>
  );
}

function RoleSelect({
  role,
  onChange,
}: {
  readonly role: RoleName;
  readonly onChange: (role: RoleName) => void;
}) {
  return (
    <Select
      label="Role"
      data={ROLES.map((one) => ({ ...one }))}
      value={role}
      allowDeselect={false}
      onChange={(value) => {
        onChange(roleOf(value));
      }}
    />
  );
}
