import { Badge, Button, Card, Checkbox, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { duplicateGroupsQuery } from "@/api/queries/duplicates";
import { thumbnailAddress } from "@/api/queries/models";
import type { DuplicateGroup, DuplicateMember, DuplicateScan } from "@/api/schema.gen";
import { LinkAnchor } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

import classes from "../selection.module.css";
import { factsOf, kindWords } from "./facts";

export interface GroupListProps {
  readonly projectId: string;
  readonly scan: DuplicateScan;
  readonly marked: ReadonlySet<number>;
  readonly onMark: (marked: ReadonlySet<number>) => void;
}

/** The groups of a scan, largest first, their images side by side. */
export function GroupList({ projectId, scan, marked, onMark }: GroupListProps) {
  const groups = useInfiniteQuery(duplicateGroupsQuery(scan.id));
  if (groups.isError) return <ProblemNote error={groups.error} onRetry={() => void groups.refetch()} />;
  if (groups.data === undefined) return <WaitRows rows={3} height={180} />;
  const shown = groups.data.pages.flatMap((page) => page.items);
  if (shown.length === 0) {
    return (
      <Text c="dimmed" size="sm">
        No two images are this alike.
      </Text>
    );
  }
  const mark = (number: number, isOn: boolean) => {
    const next = new Set(marked);
    if (isOn) next.add(number);
    else next.delete(number);
    onMark(next);
  };
  return (
    <Stack gap="sm">
      {shown.map((group) => (
        <GroupCard
          key={group.number}
          group={group}
          projectId={projectId}
          isMarked={marked.has(group.number)}
          onMark={(isOn) => {
            mark(group.number, isOn);
          }}
        />
      ))}
      {groups.hasNextPage && (
        <Group justify="center">
          <Button
            variant="default"
            loading={groups.isFetchingNextPage}
            onClick={() => void groups.fetchNextPage()}
          >
            More groups
          </Button>
        </Group>
      )}
    </Stack>
  );
}

interface CardProps {
  readonly group: DuplicateGroup;
  readonly projectId: string;
  readonly isMarked: boolean;
  readonly onMark: (isOn: boolean) => void;
}

function GroupCard({ group, projectId, isMarked, onMark }: CardProps) {
  return (
    <Card withBorder padding="sm" component="section" aria-label={`Group ${String(group.number)}`}>
      <Group justify="space-between" mb={6}>
        <Checkbox
          label={`Group ${String(group.number)}: ${String(group.members.length)} images`}
          checked={isMarked}
          onChange={(event) => {
            onMark(event.currentTarget.checked);
          }}
        />
        {group.crosses_subsets && (
          <Badge color="red" variant="light" tt="none">
            in training and in test
          </Badge>
        )}
      </Group>
      <div className={classes.group} tabIndex={0} role="group" aria-label="Images of the group">
        {group.members.map((one) => (
          <Member key={one.item_id} member={one} group={group.members} projectId={projectId} />
        ))}
      </div>
    </Card>
  );
}

interface MemberProps {
  readonly member: DuplicateMember;
  readonly group: readonly DuplicateMember[];
  readonly projectId: string;
}

function Member({ member, group, projectId }: MemberProps) {
  return (
    <div className={classes.member} data-kept={member.is_kept}>
      <img
        className={classes.square}
        src={thumbnailAddress(member.item_id)}
        alt={member.name}
        loading="lazy"
        decoding="async"
      />
      <LinkAnchor
        to="/p/$projectId/items/$itemId"
        params={{ projectId, itemId: member.item_id }}
        size="xs"
        truncate
        display="block"
        mt={4}
        title={member.name}
      >
        {member.name}
      </LinkAnchor>
      <Text size="xs" fw={member.is_kept ? 700 : 400} c={member.is_kept ? undefined : "dimmed"}>
        {kindWords(member)}
      </Text>
      {factsOf(member, group).map((fact) => (
        <Group key={fact.name} justify="space-between" gap={4} wrap="nowrap">
          <Text size="xs" c="dimmed">
            {fact.name}
          </Text>
          <Text size="xs" fw={fact.isDifferent ? 700 : 400}>
            {fact.value}
          </Text>
        </Group>
      ))}
    </div>
  );
}
