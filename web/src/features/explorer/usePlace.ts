import { useState } from "react";

import { NOTHING, type Selection } from "./grid/selection";

interface Looking {
  readonly filterKey: string;
  readonly active: number | null;
  readonly isOpen: boolean;
}

export interface Place {
  readonly selection: Selection;
  readonly onSelect: (selection: Selection) => void;
  readonly active: number | null;
  readonly onActive: (position: number) => void;
  readonly isOpen: boolean;
  readonly onOpen: (position: number) => void;
  readonly onClose: () => void;
}

/**
 * What is selected and looked at. Positions mean other items under another filter, so both end with it; a selection
 * ends with its very listing.
 */
export function usePlace(options: { readonly filterKey: string; readonly listingId: string }): Place {
  const { filterKey, listingId } = options;
  const [chosen, setChosen] = useState({ listingId: "", selection: NOTHING });
  const [looking, setLooking] = useState<Looking>({ filterKey: "", active: null, isOpen: false });
  const isHere = looking.filterKey === filterKey;
  const isOpen = isHere && looking.isOpen;
  return {
    selection: chosen.listingId === listingId ? chosen.selection : NOTHING,
    onSelect: (selection) => {
      setChosen({ listingId, selection });
    },
    active: isHere ? looking.active : null,
    onActive: (active) => {
      setLooking({ filterKey, active, isOpen });
    },
    isOpen,
    onOpen: (active) => {
      setLooking({ filterKey, active, isOpen: true });
    },
    onClose: () => {
      setLooking((old) => ({ ...old, isOpen: false }));
    },
  };
}
