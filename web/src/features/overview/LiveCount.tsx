import { formatCount } from "@/ui/format";

import classes from "./loop.module.css";

/** A number that glows softly for a moment when it changes. */
export function LiveCount({ value }: { readonly value: number }) {
  // A new key makes a new element, so that the glow begins anew with each change.
  return (
    <span key={value} className={classes.count}>
      {formatCount(value)}
    </span>
  );
}
