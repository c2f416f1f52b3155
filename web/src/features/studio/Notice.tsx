import { useEffect } from "react";

import { useStudio, useView } from "./context";
import classes from "./studio.module.css";

const SHOWN_MS = 4500;

/** What was just said, for a moment; read aloud too. */
export function Notice() {
  const { store } = useStudio();
  const notice = useView((view) => view.notice);
  useEffect(() => {
    if (notice === null) return undefined;
    const timer = setTimeout(() => {
      store.setState({ notice: null });
    }, SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [notice, store]);
  return (
    <div aria-live="polite" role="status">
      {notice !== null && <div className={classes.notice}>{notice.text}</div>}
    </div>
  );
}
