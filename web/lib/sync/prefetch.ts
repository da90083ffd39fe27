import { openTimeline } from './load';
import { tailOf } from './local';
import { store } from './store';

/** Recent conversations whose newest messages are in memory, and in the copy, before anybody opens them. */
const warmed = 16;
const fetched = 40;
/** Between two calls, so that what a person asks for goes first. */
const restMs = 250;
const againMs = 5 * 60_000;

let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Asked for in this session: one that has no messages is not asked for again and again. */
const asked = new Set<string>();

const recent = (limit: number): string[] =>
  [...store.conversations.values()]
    .filter((one) => !one.archived && one.lastMessage)
    .sort((a, b) => (a.lastActiveAt < b.lastActiveAt ? 1 : -1))
    .slice(0, limit)
    .map(({ id }) => id);

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Brings the copy's messages of one conversation into memory, so that it is painted at once when it is opened. */
export async function warm(conversationId: string): Promise<void> {
  if (store.timelines.has(conversationId) || !store.conversations.has(conversationId)) return;
  const items = await tailOf(conversationId);
  if (!items || store.timelines.has(conversationId)) return;
  store.timeline(conversationId).restore(items);
  store.touch(`t:${conversationId}`);
}

/** From the copy, at the start; those last used are the last to be forgotten. */
export async function warmRecent(): Promise<void> {
  for (const id of recent(warmed).reverse()) {
    await warm(id);
    await rest(0);
  }
}

/** Fetches what the copy lacks of recent conversations, one after the other, while the server is there. */
export async function prefetch(): Promise<void> {
  clearTimeout(timer);
  timer = setTimeout(() => void prefetch(), againMs);
  if (running || savesData()) return;
  running = true;
  const { user } = store;
  try {
    for (const id of recent(fetched)) {
      if (store.user !== user || store.link.is !== 'live') return;
      if (asked.has(id) || store.timelines.get(id)?.fresh || (await tailOf(id))) continue;
      asked.add(id);
      await openTimeline(id);
      await rest(restMs);
    }
    await warmRecent();
  } finally {
    running = false;
  }
}

export function stopPrefetch(): void {
  clearTimeout(timer);
  asked.clear();
}

/** The user asked the browser to spare data. */
function savesData(): boolean {
  const connection: unknown = Reflect.get(navigator, 'connection');
  return typeof connection === 'object' && connection !== null && Reflect.get(connection, 'saveData') === true;
}

/** What is merely passed over is not meant. */
const dwellMs = 40;

const foreseers = new Set<(conversationId: string) => void>();

/** Tells of a conversation that is likely opened next, once its messages are in memory. */
export function onForeseen(listener: (conversationId: string) => void): () => void {
  foreseers.add(listener);
  return () => foreseers.delete(listener);
}

async function foresee(conversationId: string): Promise<void> {
  await warm(conversationId);
  if (store.timelines.has(conversationId)) for (const listener of foreseers) listener(conversationId);
}

/** A conversation somebody points at, or reaches by keyboard, is likely the next one opened. */
export function watchPointing(): () => void {
  let dwell: ReturnType<typeof setTimeout> | undefined;
  const onSign = ({ target }: Event) => {
    const address = target instanceof Element ? target.closest('a[href^="#/c/"]')?.getAttribute('href') : null;
    const [, , id] = address?.split('/') ?? [];
    clearTimeout(dwell);
    if (id) dwell = setTimeout(() => void foresee(id), dwellMs);
  };
  const signs = ['pointerover', 'focusin'] as const;
  for (const sign of signs) document.addEventListener(sign, onSign, { passive: true });
  return () => {
    clearTimeout(dwell);
    for (const sign of signs) document.removeEventListener(sign, onSign);
  };
}
