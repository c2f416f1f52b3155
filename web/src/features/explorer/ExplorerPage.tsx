import { Group, SegmentedControl, Select, Skeleton, Title, VisuallyHidden } from "@mantine/core";
import { IconDatabasePlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Suspense, useEffect, useMemo } from "react";

import { facetsQuery, sourcesQuery } from "@/api/queries/facets";
import type { Filter } from "@/api/queries/listings";
import { ontologyQuery } from "@/api/queries/ontology";
import type { AnnotationSource, Dataset, Label, SavedView } from "@/api/schema.gen";
import { EmptyState } from "@/ui/EmptyState";
import { labelColor } from "@/ui/labelColor";
import { LinkButton } from "@/ui/links";
import { ProblemNote } from "@/ui/ProblemNote";

import { ActionsMenu } from "./actions/ActionsMenu";
import { scopeOf } from "./actions/scope";
import { ChipRow } from "./ChipRow";
import classes from "./explorer.module.css";
import { FacetPanel } from "./facets/FacetPanel";
import { EvaluationFacet } from "./findings/EvaluationFacet";
import { useLookedAt } from "./findings/useLookedAt";
import { inkFor, layersToRead } from "./grid/layers";
import { NOTHING, sizeOf } from "./grid/selection";
import { ItemPanel } from "./ItemPanel";
import type { LensProps } from "./lenses/lens";
import { LENSES, lensOf } from "./lenses/registry";
import { useLensSettings, type LensSettings } from "./lenses/settings";
import { isQueryProblem, QueryBar } from "@/query/QueryBar";
import { FailedPages, Nothing, Standing, Waiting } from "./Standing";
import { useExplorer, type Explorer } from "./useExplorer";
import { useGridFeed } from "./useGridFeed";
import { useHeldListing, type HeldListing } from "./useHeldListing";
import { usePlace } from "./usePlace";
import { readLens } from "./views/changed";
import { ViewsMenu } from "./views/ViewsMenu";

const NO_LABELS: readonly Label[] = [];
const NO_SOURCES: readonly AnnotationSource[] = [];

/** The data manager's home: linked lenses over one filter. */
export function ExplorerPage() {
  const explorer = useExplorer();
  const { dataset, datasets, datasetsError, projectId } = explorer;
  if (datasets === undefined) {
    return (
      <div className={classes.page} style={{ padding: 16 }}>
        {datasetsError === null ? (
          <Skeleton h={38} aria-label="Loading" />
        ) : (
          <ProblemNote error={datasetsError} />
        )}
      </div>
    );
  }
  if (dataset !== undefined) return <Explore key={dataset.id} explorer={explorer} dataset={dataset} />;
  const isNone = datasets.length === 0;
  return (
    <EmptyState
      icon={<IconDatabasePlus size={28} />}
      title={isNone ? "No dataset yet" : "This dataset is not here"}
      action={
        <LinkButton to="/p/$projectId/datasets" params={{ projectId }}>
          {isNone ? "Make a dataset" : "See the datasets"}
        </LinkButton>
      }
    >
      {isNone
        ? "The explorer shows the items of a dataset. Make one and drop your images on it."
        : "It may have been removed, or belong to another project."}
    </EmptyState>
  );
}

function Explore({ explorer, dataset }: { readonly explorer: Explorer; readonly dataset: Dataset }) {
  const { projectId, q, asOf, setQuery } = explorer;
  const filter: Filter = useMemo(() => ({ datasetId: dataset.id, q, asOf }), [dataset.id, q, asOf]);
  const filterKey = `${dataset.id} ${q} ${String(asOf)}`;
  const [settings, setSettings] = useLensSettings(dataset.id);
  const held = useHeldListing(filter);
  const { listing } = held;
  const place = usePlace({ filterKey, listingId: listing?.id ?? "" });
  const facets = useQuery(facetsQuery(filter));
  const sources = useQuery(sourcesQuery(dataset.id)).data ?? NO_SOURCES;
  const labels = useQuery(ontologyQuery(projectId)).data?.labels ?? NO_LABELS;
  const layers = useMemo(() => layersToRead(sources, settings.layers), [sources, settings.layers]);
  const evaluationId = useLookedAt({ datasetId: dataset.id, q });
  const feed = useGridFeed({ listing, layers, filterKey, evaluationId });
  const ink = useMemo(
    () => inkFor({ settings: settings.layers, labels, lineWidth: 2 }),
    [settings.layers, labels],
  );
  const { hold } = held;
  const isHolding = sizeOf(place.selection) > 0;
  useEffect(() => {
    hold(isHolding);
  }, [hold, isHolding]);

  const shared = { filter, facets: facets.data, feed, labels, sources, settings, ...place };
  const lensProps: LensProps | null =
    listing === undefined ? null : { ...shared, listing, onQuery: setQuery, onSettings: setSettings };
  const colorOf = (field: string, value: string) =>
    field === "label" || field === "predicted_label" ? labelColor(value, [...labels]) : null;
  return (
    <div className={classes.page}>
      <VisuallyHidden>
        <Title order={1}>Explorer</Title>
      </VisuallyHidden>
      <Top {...{ explorer, dataset, settings }} error={held.error} onSettings={setSettings} />
      <ChipRow q={q} onQuery={setQuery} />
      <div className={classes.body}>
        <nav className={classes.facets} aria-label="Facets">
          <EvaluationFacet datasetId={dataset.id} projectId={projectId} q={q} onQuery={setQuery} />
          {facets.isError && facets.data === undefined && !isQueryProblem(facets.error) ? (
            <ProblemNote error={facets.error} onRetry={() => void facets.refetch()} />
          ) : (
            <FacetPanel
              isRefused={isQueryProblem(held.error)}
              facets={facets.data}
              q={q}
              onQuery={setQuery}
              colorOf={colorOf}
            />
          )}
        </nav>
        <LensArea {...{ explorer, dataset, held, lensProps }} />
        {place.isOpen && place.active !== null && listing !== undefined && (
          <ItemPanel
            {...{ projectId, feed, ink }}
            position={place.active}
            count={listing.count}
            onMove={place.onActive}
            onClose={place.onClose}
          />
        )}
      </div>
    </div>
  );
}

interface TopProps {
  readonly explorer: Explorer;
  readonly dataset: Dataset;
  readonly settings: LensSettings;
  readonly onSettings: (settings: LensSettings) => void;
  readonly error: unknown;
}

function Top({ explorer, dataset, settings, onSettings, error }: TopProps) {
  const { projectId, q, lens, viewId, openView } = explorer;
  const open = (view: SavedView | null) => {
    if (view === null) {
      openView({ id: undefined, q, datasetId: dataset.id });
      return;
    }
    const kept = readLens(view);
    onSettings(kept.settings);
    openView({ id: view.id, q: view.query_text, datasetId: view.dataset_id, lens: kept.lens });
  };
  return (
    <div className={classes.top}>
      <Select
        w={190}
        aria-label="Dataset"
        allowDeselect={false}
        searchable={(explorer.datasets?.length ?? 0) > 8}
        data={(explorer.datasets ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={dataset.id}
        onChange={(id) => {
          if (id !== null) explorer.setDataset(id);
        }}
      />
      <QueryBar datasetId={dataset.id} q={q} error={error} onQuery={explorer.setQuery} />
      <ViewsMenu
        {...{ projectId, q, settings, viewId }}
        datasetId={dataset.id}
        lens={lensOf(lens).key}
        onOpen={open}
      />
    </div>
  );
}

interface LensAreaProps {
  readonly explorer: Explorer;
  readonly dataset: Dataset;
  readonly held: HeldListing;
  readonly lensProps: LensProps | null;
}

function LensArea({ explorer, dataset, held, lensProps }: LensAreaProps) {
  const { projectId, q } = explorer;
  const lens = lensOf(explorer.lens);
  const { listing, error } = held;
  // What is shown is the last good list; nothing is done with it under a query that means nothing.
  const isRefused = isQueryProblem(error);
  const data = LENSES.map(({ key, name, icon: Icon }) => ({
    value: key,
    label: (
      <Group gap={5} wrap="nowrap">
        <Icon size={14} />
        <span className={classes.lensName}>{name}</span>
      </Group>
    ),
  }));
  return (
    <section className={classes.lens} aria-label="Items">
      <div className={classes.bar}>
        <SegmentedControl
          size="xs"
          aria-label="Lens"
          value={lens.key}
          onChange={explorer.setLens}
          data={data}
        />
        {lensProps !== null && (
          <Standing held={held} selection={lensProps.selection} onSelect={lensProps.onSelect} />
        )}
        <div className={classes.spring} />
        {lensProps !== null && lens.Tools !== undefined && <lens.Tools {...lensProps} />}
        {lensProps !== null && !isRefused && (
          <ActionsMenu
            {...{ projectId, q }}
            scope={scopeOf({ listing: lensProps.listing, q, selection: lensProps.selection })}
            datasetName={dataset.name}
            onDone={() => {
              lensProps.onSelect(NOTHING);
            }}
          />
        )}
      </div>
      <div className={classes.shown} data-old={isRefused}>
        {error !== null && !isRefused && <ProblemNote error={error} onRetry={held.retry} />}
        {lensProps === null && error === null && <Waiting />}
        {listing?.count === 0 && listing.is_complete && (
          <Nothing q={q} explorer={explorer} datasetId={dataset.id} />
        )}
        {lensProps !== null && lensProps.listing.count > 0 && (
          <Suspense fallback={<Waiting />}>
            <FailedPages feed={lensProps.feed} />
            <lens.View {...lensProps} />
          </Suspense>
        )}
      </div>
    </section>
  );
}
