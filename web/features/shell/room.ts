import { mostPanes } from '../../lib/panes';

/** As in the style sheets: one pane at a time below the first; the list, and what is left of it where it is folded. */
const onePane = 720;
const sideWidth = (width: number): number => (width < 1000 ? 280 : 320);
const foldedWidth = 72;
/** A conversation needs as much to be read and answered in comfort. */
export const leastPane = 340;
/** Below this, the list folds as soon as two conversations stand side by side. */
const tablet = 1100;

/** What the user wants of the list; null: as there is room. */
export type Fold = 'folded' | 'unfolded' | null;

export type Room = {
  /** Of the list, only faces are seen. */
  folded: boolean;
  /** So many conversations can stand side by side. */
  room: number;
  /** So many could with the list folded. */
  most: number;
};

const roomBeside = (width: number, side: number): number =>
  Math.min(mostPanes, Math.max(1, Math.floor((width - side) / leastPane)));

export function roomIn(width: number, open: number, fold: Fold): Room {
  if (width < onePane) return { folded: false, room: 1, most: 1 };
  const folded = fold ? fold === 'folded' : width < tablet && open > 1;
  const most = roomBeside(width, foldedWidth);
  return { folded, room: folded ? most : roomBeside(width, sideWidth(width)), most };
}
