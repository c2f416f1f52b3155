import {
  ActionIcon,
  Group,
  Kbd,
  Menu,
  Text,
  Tooltip,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { openSpotlight as openPalette } from "@mantine/spotlight";
import {
  IconChartDots3,
  IconChecklist,
  IconDatabase,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
  IconLogout,
  IconMoon,
  IconPhotoSearch,
  IconRouteAltLeft,
  IconSearch,
  IconServerBolt,
  IconSettings,
  IconSparkles,
  IconStack2,
  IconSun,
  IconUserCircle,
  IconSwitchHorizontal,
} from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useMatchRoute, useNavigate } from "@tanstack/react-router";
import { Suspense, type ComponentType } from "react";

import { projectQuery } from "@/api/queries/projects";
import { signOut } from "@/api/queries/session";

import { useMe, useProjectId } from "./context";
import { useLive } from "./live";
import { PageSkeleton } from "./PageSkeleton";
import { Palette } from "./Palette";
import classes from "./shell.module.css";

type Target =
  | "/p/$projectId"
  | "/p/$projectId/explorer"
  | "/p/$projectId/datasets"
  | "/p/$projectId/select"
  | "/p/$projectId/tasks"
  | "/p/$projectId/models"
  | "/p/$projectId/endpoints"
  | "/p/$projectId/pipelines";

const PLACES: readonly { to: Target; name: string; icon: ComponentType<{ size?: number }> }[] = [
  { to: "/p/$projectId", name: "Overview", icon: IconChartDots3 },
  { to: "/p/$projectId/explorer", name: "Explorer", icon: IconPhotoSearch },
  { to: "/p/$projectId/datasets", name: "Datasets", icon: IconDatabase },
  { to: "/p/$projectId/select", name: "Choose", icon: IconSparkles },
  { to: "/p/$projectId/tasks", name: "Tasks", icon: IconChecklist },
  { to: "/p/$projectId/models", name: "Models", icon: IconStack2 },
  { to: "/p/$projectId/endpoints", name: "Endpoints", icon: IconServerBolt },
  { to: "/p/$projectId/pipelines", name: "Pipelines", icon: IconRouteAltLeft },
];

/** The frame of every page in a project: where one can go, and the page. The studio takes the whole window. */
export function ProjectShell() {
  const projectId = useProjectId();
  useLive(projectId);
  const isMatch = useMatchRoute();
  const isWholeWindow =
    isMatch({ to: "/p/$projectId/studio/$taskId" }) !== false ||
    isMatch({ to: "/p/$projectId/grid/$taskId" }) !== false;
  if (isWholeWindow) {
    return (
      <Suspense fallback={<PageSkeleton />}>
        <Outlet />
      </Suspense>
    );
  }
  const isEditor = isMatch({ to: "/p/$projectId/pipelines/$pipelineId/edit" }) !== false;
  const isFilling = isEditor || isMatch({ to: "/p/$projectId/explorer" }) !== false;
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <Rail key={String(isEditor)} projectId={projectId} isTight={isEditor} />
      <Palette projectId={projectId} />
      <main id="main" className={classes.main} tabIndex={-1}>
        <Suspense fallback={<PageSkeleton />}>
          {isFilling ? (
            <Outlet />
          ) : (
            <div className={classes.page}>
              <Outlet />
            </div>
          )}
        </Suspense>
      </main>
    </div>
  );
}

/** Where room is tight the rail is narrow until it is widened there. */
function Rail({ projectId, isTight }: { readonly projectId: string; readonly isTight: boolean }) {
  const [isNarrow, setNarrow] = useLocalStorage({
    key: isTight ? "whorl-rail-narrow-tight" : "whorl-rail-narrow",
    defaultValue: isTight,
  });
  const project = useQuery(projectQuery(projectId));
  const isInSettings = useMatchRoute()({ to: "/p/$projectId/settings/$section", fuzzy: true }) !== false;
  const Toggle = isNarrow ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  return (
    <nav className={classes.rail} data-narrow={isNarrow} aria-label="Project">
      <Group justify="space-between" wrap="nowrap" mb={8} px={isNarrow ? 0 : 6}>
        {!isNarrow && (
          <UnstyledButton component={Link} to="/" aria-label={`${project.data?.name ?? "…"}: all projects`}>
            <Group gap={8} wrap="nowrap">
              <img src="/whorl.svg" width={22} height={22} alt="" />
              <Text fw={600} size="sm" truncate maw={120} title={project.data?.name}>
                {project.data?.name ?? "…"}
              </Text>
            </Group>
          </UnstyledButton>
        )}
        <Tooltip label={isNarrow ? "Wider" : "Narrower"}>
          <ActionIcon
            aria-label={isNarrow ? "Widen the navigation" : "Narrow the navigation"}
            onClick={() => {
              setNarrow(!isNarrow);
            }}
          >
            <Toggle size={18} />
          </ActionIcon>
        </Tooltip>
      </Group>
      {PLACES.map((place) => (
        <Place key={place.to} {...place} projectId={projectId} isNarrow={isNarrow} />
      ))}
      <div className={classes.spacer} />
      <UnstyledButton
        className={classes.link}
        onClick={openPalette}
        aria-label={isNarrow ? "Go to Ctrl K" : undefined}
      >
        <IconSearch size={18} />
        {!isNarrow && (
          <>
            Go to <Kbd size="xs">Ctrl K</Kbd>
          </>
        )}
      </UnstyledButton>
      <Link
        className={classes.link}
        data-status={isInSettings ? "active" : undefined}
        to="/p/$projectId/settings/$section"
        params={{ projectId, section: "ontology" }}
        aria-label="Settings"
      >
        <IconSettings size={18} />
        {!isNarrow && "Settings"}
      </Link>
      <Account isNarrow={isNarrow} />
    </nav>
  );
}

interface PlaceProps {
  readonly to: Target;
  readonly name: string;
  readonly icon: ComponentType<{ size?: number }>;
  readonly projectId: string;
  readonly isNarrow: boolean;
}

function Place({ to, name, icon: Icon, projectId, isNarrow }: PlaceProps) {
  return (
    <Tooltip label={name} position="right" disabled={!isNarrow}>
      <Link
        className={classes.link}
        to={to}
        params={{ projectId }}
        activeOptions={{ exact: to === "/p/$projectId", includeSearch: false }}
        aria-label={name}
      >
        <Icon size={18} />
        {!isNarrow && name}
      </Link>
    </Tooltip>
  );
}

function Account({ isNarrow }: { readonly isNarrow: boolean }) {
  const me = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const leave = async () => {
    await signOut();
    client.clear();
    await navigate({ to: "/login" });
  };
  return (
    <Menu position="right-end" width={200}>
      <Menu.Target>
        <UnstyledButton className={classes.link} aria-label={`Account of ${me.name}`}>
          <IconUserCircle size={18} />
          {!isNarrow && (
            <Text size="sm" truncate>
              {me.name}
            </Text>
          )}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={colorScheme === "dark" ? <IconSun size={16} /> : <IconMoon size={16} />}
          onClick={() => {
            setColorScheme(colorScheme === "dark" ? "light" : "dark");
          }}
        >
          {colorScheme === "dark" ? "Light colours" : "Dark colours"}
        </Menu.Item>
        <Menu.Item leftSection={<IconSwitchHorizontal size={16} />} component={Link} to="/">
          Other projects
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
