import { Tabs, Text } from "@mantine/core";
import { useNavigate, useParams } from "@tanstack/react-router";

import { useIsAtLeast, useProjectId } from "@/app/context";
import { PageHeader } from "@/ui/PageHeader";

import { MembersPanel } from "./MembersPanel";
import { OntologyPanel } from "./OntologyPanel";
import { RecipesPanel } from "./RecipesPanel";
import { TokensPanel } from "./TokensPanel";

/** What the project's work rests on: labels, recipes, people and tokens. */
export function SettingsPage() {
  const { section } = useParams({ from: "/signed-in/p/$projectId/settings/$section" });
  const projectId = useProjectId();
  const navigate = useNavigate();
  const isOwner = useIsAtLeast("owner");
  return (
    <>
      <PageHeader title="Settings" about="Labels and recipes, who may do what, and tokens for programs." />
      <Tabs
        value={section}
        keepMounted={false}
        onChange={(value) =>
          void navigate({
            to: "/p/$projectId/settings/$section",
            params: { projectId, section: value ?? "ontology" },
            replace: true,
          })
        }
      >
        <Tabs.List mb="md">
          <Tabs.Tab value="ontology">Labels and attributes</Tabs.Tab>
          <Tabs.Tab value="recipes">Recipes</Tabs.Tab>
          <Tabs.Tab value="members">People</Tabs.Tab>
          {isOwner && <Tabs.Tab value="tokens">Tokens</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="ontology">
          <OntologyPanel projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="recipes">
          <RecipesPanel projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="members">
          <MembersPanel projectId={projectId} />
        </Tabs.Panel>
        <Tabs.Panel value="tokens">
          {isOwner ? (
            <TokensPanel projectId={projectId} />
          ) : (
            <Text c="dimmed">Owners of the project see its tokens.</Text>
          )}
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
