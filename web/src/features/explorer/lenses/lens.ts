/** A lens: one way to look at the items that match. The map and the evaluations add theirs to `LENSES`. */
import type { ComponentType } from "react";

import type { Filter } from "@/api/queries/listings";
import type { AnnotationSource, Facets, Label, Listing } from "@/api/schema.gen";

import type { GridFeed } from "../grid/feed";
import type { Selection } from "../grid/selection";

import type { LensSettings } from "./settings";

export interface LensProps {
  readonly filter: Filter;
  readonly onQuery: (q: string) => void;
  readonly listing: Listing;
  readonly facets: Facets | undefined;
  readonly feed: GridFeed;
  readonly labels: readonly Label[];
  readonly sources: readonly AnnotationSource[];
  readonly settings: LensSettings;
  readonly onSettings: (settings: LensSettings) => void;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  /** Position of the item that is looked at; null for none. */
  readonly active: number | null;
  readonly onActive: (position: number) => void;
  readonly onOpen: (position: number) => void;
}

export interface Lens {
  readonly key: string;
  readonly name: string;
  readonly icon: ComponentType<{ size?: number }>;
  readonly View: ComponentType<LensProps>;
  /** Its own controls in the bar above it. */
  readonly Tools?: ComponentType<LensProps>;
}
