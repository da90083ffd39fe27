/** What stands beside a conversation. */
export type Sheet =
  | { is: 'person' }
  | { is: 'pins' }
  | { is: 'ledger'; messageId: string }
  | { is: 'thread'; messageId: string };

/** A conversation that is open, with its sheet. */
export type Pane = { id: string; panel: Sheet | null };

/** The conversations open in a window, side by side, each once; `at` is the one that is worked in. */
export type Panes = { list: readonly Pane[]; at: number };

export const mostPanes = 4;

export const alone = (pane: Pane): Panes => ({ list: [pane], at: 0 });

const indexOf = ({ list }: Panes, id: string): number => list.findIndex((pane) => pane.id === id);

/** The one that is worked in. */
export const workedIn = ({ list, at }: Panes): Pane | undefined => list[at];

/** A conversation asked for by itself: where it is open already, else in the place of the one that is worked in. */
export function arrive(panes: Panes | null, pane: Pane): Panes {
  if (!panes) return alone(pane);
  const open = indexOf(panes, pane.id);
  const at = open < 0 ? panes.at : open;
  return { list: panes.list.with(at, pane), at };
}

/** Where a conversation is put: on this side of that one. */
export type Place = { side: 'before' | 'after'; of: string };

/**
 * Opens a conversation beside another, and goes there. Where no more than `room` can stand, those used longest ago
 * give way.
 */
export function beside(panes: Panes, id: string, place: Place, room: number, recent: readonly string[]): Panes {
  const pane = panes.list[indexOf(panes, id)] ?? { id, panel: null };
  const others = panes.list.filter((one) => one.id !== id);
  const rank = byUse([place.of, ...recent]);
  const staying = new Set([...others].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(1, room) - 1));
  const list = others.filter((one) => staying.has(one));
  const of = list.findIndex((one) => one.id === place.of);
  const at = of < 0 ? list.length : place.side === 'before' ? of : of + 1;
  return { list: list.toSpliced(at, 0, pane), at };
}

/** Without this one; null where it was the only one. Work goes on in the one used last. */
export function without(panes: Panes, id: string, recent: readonly string[]): Panes | null {
  const list = panes.list.filter((one) => one.id !== id);
  const rank = byUse(recent);
  const next = [...list].sort((a, b) => rank(a) - rank(b))[0];
  return next ? { list, at: list.indexOf(next) } : null;
}

/** One conversation has become another, and so does its pane; where that one is open too, they are one pane. */
export function become(panes: Panes, from: string, to: string): Panes {
  const here = workedIn(panes)?.id;
  const list =
    indexOf(panes, to) < 0
      ? panes.list.map((pane) => (pane.id === from ? { id: to, panel: null } : pane))
      : panes.list.filter((pane) => pane.id !== from);
  return { list, at: list.findIndex((pane) => pane.id === (here === from ? to : here)) };
}

export function workIn(panes: Panes, id: string): Panes {
  const at = indexOf(panes, id);
  return at < 0 ? panes : { list: panes.list, at };
}

/** Those that fit, in their order: the one that is worked in, and of the others those used last. */
export function fitting(panes: Panes, room: number, recent: readonly string[]): Pane[] {
  const rank = byUse([workedIn(panes)?.id ?? '', ...recent]);
  const first = new Set([...panes.list].sort((a, b) => rank(a) - rank(b)).slice(0, room));
  return panes.list.filter((one) => first.has(one));
}

const byUse =
  (recent: readonly string[]) =>
  ({ id }: Pane): number => {
    const at = recent.indexOf(id);
    return at < 0 ? recent.length : at;
  };

const sheetPath = (sheet: Sheet | null): string => {
  if (!sheet) return '';
  switch (sheet.is) {
    case 'ledger':
      return `/m/${sheet.messageId}`;
    case 'thread':
      return `/t/${sheet.messageId}`;
    default:
      return `/${sheet.is}`;
  }
};

const pathOf = ({ id, panel }: Pane): string => `${id}${sheetPath(panel)}`;

export function sheetOf(kind: string | undefined, messageId: string | undefined): Sheet | null {
  if (kind === 'person' || kind === 'pins') return { is: kind };
  if (!messageId) return null;
  if (kind === 'm') return { is: 'ledger', messageId };
  return kind === 't' ? { is: 'thread', messageId } : null;
}

/** As it stands in the address, `c/<id>?before=…&after=…`: the whole of it, so that such a link opens just these. */
export function addressOf({ list, at }: Panes): string {
  const paths = list.map(pathOf);
  const before = paths.slice(0, at).join(',');
  const after = paths.slice(at + 1).join(',');
  const others = [before && `before=${before}`, after && `after=${after}`].filter(Boolean).join('&');
  return `c/${paths[at] ?? ''}?${others || 'alone'}`;
}

/** What an address says of the conversations beside this one; null where it says nothing, so that they stay. */
export function panesOf(pane: Pane, query: string): Panes | null {
  const params = new URLSearchParams(query);
  if (!['before', 'after', 'alone'].some((name) => params.has(name))) return null;
  const taken = new Set([pane.id]);
  const read = (name: string): Pane[] =>
    (params.get(name) ?? '').split(',').flatMap((path) => {
      const [id = '', kind, sub] = path.split('/');
      if (!id || taken.has(id) || taken.size >= mostPanes) return [];
      taken.add(id);
      return [{ id, panel: sheetOf(kind, sub) }];
    });
  const before = read('before');
  return { list: [...before, pane, ...read('after')], at: before.length };
}
