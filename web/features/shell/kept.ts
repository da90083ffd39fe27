import type { Pane } from '../../lib/panes';

/**
 * A pane that is there, and when it was shown last, by a count of showings: 0 for one that never was. `version` is that
 * of its messages as they are drawn; null while it is shown, and drawn with each change.
 */
export type Kept = { pane: Pane; used: number; version: number | null };

type VersionOf = (conversationId: string) => number;

/** Panes that stay ready behind the one that is shown. */
export const mostKept = 8;

/**
 * What stays ready once this is shown: those shown last. Each keeps its place in the order, for what is moved in the
 * page is laid out anew; and its pane, where it is as it was drawn.
 */
export function keep(before: readonly Kept[], shown: Pane, versionOf: VersionOf): readonly Kept[] {
  const used = Math.max(0, ...before.map((one) => one.used)) + 1;
  const kept = before.map((one) => (one.version === null ? { ...one, version: versionOf(one.pane.id) } : one));
  const at = kept.findIndex(({ pane }) => pane.id === shown.id);
  const known = kept[at];
  if (!known) return within([...kept, { pane: shown, used, version: null }]);
  const same = known.version === versionOf(shown.id) && JSON.stringify(known.pane) === JSON.stringify(shown);
  return kept.with(at, { pane: same ? known.pane : shown, used, version: null });
}

/** Whether it is there as it would be drawn now, without a sheet beside it. */
export const isReady = (kept: readonly Kept[], id: string, versionOf: VersionOf): boolean =>
  kept.some(({ pane, version }) => pane.id === id && pane.panel === null && version === versionOf(id));

/** Makes one ready that is likely to be shown next, anew where something came; of those never shown, one at a time. */
export function foresee(kept: readonly Kept[], id: string, versionOf: VersionOf): readonly Kept[] {
  const at = kept.findIndex(({ pane }) => pane.id === id);
  const known = kept[at];
  if (known) {
    const version = versionOf(id);
    if (known.version === null || known.version === version) return kept;
    return kept.with(at, { ...known, pane: { ...known.pane }, version });
  }
  const next = { pane: { id, panel: null }, used: 0, version: versionOf(id) };
  return within([...kept.filter(({ used }) => used > 0), next]);
}

/** The one that is foreseen is beside those shown last. */
function within(kept: readonly Kept[]): readonly Kept[] {
  const shown = kept.filter(({ used }) => used > 0).sort((a, b) => b.used - a.used);
  const staying = new Set(shown.slice(0, mostKept + 1));
  return kept.filter((one) => one.used === 0 || staying.has(one));
}
