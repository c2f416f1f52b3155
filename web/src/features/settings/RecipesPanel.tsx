import {
  Badge,
  Button,
  Card,
  Checkbox,
  Grid,
  Group,
  MultiSelect,
  SimpleGrid,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { createRecipe, ontologyQuery, recipesQuery } from "@/api/queries/ontology";
import type { Recipe, RecipeDraft } from "@/api/schema.gen";
import { useIsAtLeast } from "@/app/context";
import { formatAgo } from "@/ui/format";
import { ProblemNote } from "@/ui/ProblemNote";
import { WaitRows } from "@/ui/Wait";

type Tool = Recipe["tools"][number];

const TOOLS: readonly { readonly tool: Tool; readonly name: string }[] = [
  { tool: "class", name: "Class of the whole image" },
  { tool: "box", name: "Box" },
  { tool: "rotated_box", name: "Rotated box" },
  { tool: "polygon", name: "Polygon" },
  { tool: "mask", name: "Mask" },
  { tool: "polyline", name: "Line" },
  { tool: "points", name: "Points" },
];

/** Recipes: which tools people may use in a task, and what they are told. */
export function RecipesPanel({ projectId }: { readonly projectId: string }) {
  const recipes = useQuery(recipesQuery(projectId));
  const mayWrite = useIsAtLeast("manager");
  if (recipes.isError) return <ProblemNote error={recipes.error} onRetry={() => void recipes.refetch()} />;
  if (recipes.data === undefined) return <WaitRows rows={3} />;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        {recipes.data.length === 0 ? (
          <Card withBorder>
            <Title order={3}>No recipe yet</Title>
            <Text size="sm" c="dimmed">
              Without one, a task offers every tool. A recipe narrows that and tells people what to do.
            </Text>
          </Card>
        ) : (
          <Stack>
            {recipes.data.map((recipe) => (
              <RecipeCard key={recipe.id} recipe={recipe} />
            ))}
          </Stack>
        )}
      </Grid.Col>
      {mayWrite && (
        <Grid.Col span={{ base: 12, md: 5 }}>
          <NewRecipe projectId={projectId} />
        </Grid.Col>
      )}
    </Grid>
  );
}

function RecipeCard({ recipe }: { readonly recipe: RecipeDraft & { readonly created_at?: string } }) {
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Title order={3}>{recipe.name === "" ? "Unnamed" : recipe.name}</Title>
        {recipe.created_at !== undefined && (
          <Text size="xs" c="dimmed">
            {formatAgo(recipe.created_at)}
          </Text>
        )}
      </Group>
      <Group gap={6} my="xs">
        {recipe.tools.map((tool) => (
          <Badge key={tool} variant="light">
            {TOOLS.find((one) => one.tool === tool)?.name ?? tool}
          </Badge>
        ))}
      </Group>
      {(recipe.labels ?? []).length > 0 && (
        <Text size="sm" mb={4}>
          Only{" "}
          {(recipe.labels ?? []).map((name) => (
            <Badge key={name} size="sm" variant="default" tt="none" mr={4}>
              {name}
            </Badge>
          ))}
        </Text>
      )}
      <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {recipe.instructions === "" ? "No instructions." : recipe.instructions}
      </Text>
    </Card>
  );
}

const EMPTY: RecipeDraft = { name: "", tools: ["box"], instructions: "", labels: null };

function NewRecipe({ projectId }: { readonly projectId: string }) {
  const [draft, setDraft] = useState(EMPTY);
  const labels = useQuery(ontologyQuery(projectId)).data?.labels ?? [];
  const client = useQueryClient();
  const making = useMutation({
    mutationFn: () => createRecipe({ projectId, ...draft }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["recipes"] });
      notifications.show({ message: `Recipe “${made.name}” is ready for tasks` });
      setDraft(EMPTY);
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
          New recipe
        </Title>
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="Boxes around cells"
            required
            maxLength={200}
            value={draft.name}
            onChange={(event) => {
              setDraft({ ...draft, name: event.currentTarget.value });
            }}
          />
          <Checkbox.Group
            label="Tools"
            value={draft.tools}
            onChange={(chosen) => {
              setDraft({
                ...draft,
                tools: TOOLS.map((one) => one.tool).filter((tool) => chosen.includes(tool)),
              });
            }}
          >
            <SimpleGrid cols={2} spacing={6} mt={4}>
              {TOOLS.map(({ tool, name }) => (
                <Checkbox key={tool} value={tool} label={name} />
              ))}
            </SimpleGrid>
          </Checkbox.Group>
          {labels.length > 0 && (
            <MultiSelect
              label="Labels"
              description="The only ones people can use; leave it empty for all."
              placeholder={(draft.labels ?? []).length === 0 ? "all labels" : undefined}
              searchable
              clearable
              data={labels.map(({ name }) => name)}
              value={draft.labels ?? []}
              onChange={(chosen) => {
                setDraft({ ...draft, labels: chosen.length === 0 ? null : chosen });
              }}
            />
          )}
          <Textarea
            label="Instructions"
            description="Shown in the studio beside the image."
            autosize
            minRows={4}
            maxRows={12}
            value={draft.instructions}
            onChange={(event) => {
              setDraft({ ...draft, instructions: event.currentTarget.value });
            }}
          />
          <Text size="sm" fw={600}>
            As people will see it
          </Text>
          <RecipeCard recipe={draft} />
          {making.isError && <ProblemNote error={making.error} />}
          <Group justify="flex-end">
            <Button type="submit" loading={making.isPending} disabled={draft.tools.length === 0}>
              Save the recipe
            </Button>
          </Group>
        </Stack>
      </Card>
    </form>
  );
}
