import { VisuallyHidden } from "@mantine/core";
import type { CSSProperties } from "react";

import { formatCount, formatShare } from "../format";
import classes from "./charts.module.css";

export interface HeatTableProps {
  readonly caption: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** counts[row][column] */
  readonly counts: readonly (readonly number[])[];
  /** Whether a cell is a right answer: it is coloured as such. */
  readonly isRight: (row: number, column: number) => boolean;
  /** Cells that cannot hold anything. */
  readonly isVoid?: (row: number, column: number) => boolean;
  /** Cells that count something become buttons. */
  readonly onPick?: (row: number, column: number) => void;
}

type CellStyle = CSSProperties & { readonly "--share": number; readonly "--cell": string };

/** Counts as a table that screen readers read and eyes see as a heat map; colour is the share of the row. */
export function HeatTable({ caption, rows, columns, counts, isRight, isVoid, onPick }: HeatTableProps) {
  return (
    <div className={classes.heatScroll} tabIndex={0} role="region" aria-label={caption}>
      <table className={classes.heat}>
        <VisuallyHidden component="caption">{caption}</VisuallyHidden>
        <thead>
          <tr>
            <td />
            {columns.map((name) => (
              <th key={name} scope="col" title={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((name, row) => (
            <tr key={name}>
              <th scope="row" title={name}>
                {name}
              </th>
              {columns.map((column, at) => (
                <Cell
                  key={column}
                  count={counts[row]?.[at] ?? 0}
                  whole={sum(counts[row] ?? [])}
                  isRight={isRight(row, at)}
                  isVoid={isVoid?.(row, at) === true}
                  title={`${name} taken for ${column}`}
                  onPick={
                    onPick === undefined
                      ? undefined
                      : () => {
                          onPick(row, at);
                        }
                  }
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly count: number;
  readonly whole: number;
  readonly isRight: boolean;
  readonly isVoid: boolean;
  readonly title: string;
  readonly onPick: (() => void) | undefined;
}

function Cell({ count, whole, isRight, isVoid, title, onPick }: CellProps) {
  if (isVoid) return <td style={style(0, isRight)} data-zero="true" aria-label="none" />;
  const share = whole === 0 ? 0 : count / whole;
  const said = `${title}: ${formatCount(count)}${whole > 0 ? `, ${formatShare(share, 0)} of the row` : ""}`;
  return (
    <td style={style(share, isRight)} data-zero={count === 0} data-deep={share > 0.55} title={said}>
      {count === 0 || onPick === undefined ? (
        dotOrCount(count)
      ) : (
        <button type="button" aria-label={`${said}. Show these images.`} onClick={onPick}>
          {formatCount(count)}
        </button>
      )}
    </td>
  );
}

function style(share: number, isRight: boolean): CellStyle {
  return {
    // Small shares of errors are what one looks for, so colour rises fast.
    "--share": share === 0 ? 0 : Math.min(1, 0.08 + 0.92 * Math.sqrt(share)),
    "--cell": isRight ? "var(--mantine-color-whorl-8)" : "var(--mantine-color-red-7)",
  };
}

function dotOrCount(count: number): string {
  return count === 0 ? "·" : formatCount(count);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}
