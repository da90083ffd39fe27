import { ApiError, abandonCalls, call, messageOf, whenUnauthorized } from '../api/client';
import type { User } from '../api/types';
import { dropEntrusted } from '../entrusted';
import { forgetFirstScreen } from '../first-screen/keep';
import { whenIdle } from '../idle';
import { currentRoute } from '../router';
import { dropShared } from '../shared';
import { askForUpdate } from '../worker';
import { markEnded } from './ended';
import { eraseKept } from './kept-files';
import { loadLists } from './lists';
import { erase, readAhead, restore, restoreRest, saveNow } from './local';
import { closeOutbox, flushOutbox, followOutbox, leaveUnsent, openOutbox } from './outbox';
import { prefetch, stopPrefetch, warmRecent, watchPointing } from './prefetch';
import { store } from './store';
import { Stream } from './stream';
import { setUser, userKey } from './user';

export type Session =
  | { is: 'starting' }
  | { is: 'setup' }
  | { is: 'signed-out' }
  | { is: 'unreachable'; why: string }
  | { is: 'signed-in' };

const longestDrawMs = 400;
const verifyAgainMs = 3000;
const loadAgainMs = 2000;
const refreshEveryMs = 15_000;
/** What the first screen asks for goes first. */
const prefetchAfterMs = 1500;
/** Further behind than this, the lists are loaded anew instead of every change since. */
const mostBehind = 20_000;

let session: Session = { is: 'starting' };
let started = false;
/** Whose lists are being loaded. */
let loadingFor: User | null = null;
let loadTimer: ReturnType<typeof setTimeout> | undefined;
let verifyTimer: ReturnType<typeof setTimeout> | undefined;
let refreshTimer: ReturnType<typeof setTimeout> | undefined;
let refreshedAt = 0;

const stream = new Stream(onLive, checkSession);

export const currentSession = (): Session => session;

function become(next: Session): void {
  session = next;
  store.touch('session');
}

/** The copy is read while the page is still being made ready. */
if (typeof window !== 'undefined') {
  const known = userIn(localStorage.getItem(userKey));
  const route = currentRoute();
  if (known) readAhead(known.id, route.at === 'conversation' ? route.id : null);
}

/** Paints from the copy if there is one, then asks the server who this is. */
export async function startSession(): Promise<void> {
  if (started) return;
  started = true;
  whenUnauthorized(() => {
    if (session.is === 'signed-in') void end();
  });
  window.addEventListener('storage', followOtherPages);
  document.addEventListener('visibilitychange', () => document.hidden && onHidden());
  // What the service worker has sent is waiting here no longer.
  navigator.serviceWorker?.addEventListener('message', ({ data }) => data?.type === 'sent' && flushOutbox());
  watchPointing();
  const known = userIn(localStorage.getItem(userKey));
  if (known) await paint(known);
  await verify();
}

/** The page may never be seen again. */
function onHidden(): void {
  saveNow();
  leaveUnsent();
}

async function verify(): Promise<void> {
  clearTimeout(verifyTimer);
  try {
    if (session.is !== 'signed-in' && (await needsSetup())) return become({ is: 'setup' });
    await enter(await call('me', {}));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return end();
    // The copy is on show; the stream tells when the server is back.
    if (session.is === 'signed-in') return follow(store.rev);
    become({ is: 'unreachable', why: messageOf(error) });
    verifyTimer = setTimeout(() => void verify(), verifyAgainMs);
  }
}

export const retryStart = (): void => void verify();

async function needsSetup(): Promise<boolean> {
  try {
    return (await call('ready', {})).needsSetup;
  } catch (error) {
    // A degraded server answers 503 and is still worth asking.
    if (error instanceof ApiError && error.status === 503) return false;
    throw error;
  }
}

/** Begins a signed-in session, or goes on with it. Nothing of another user is left before anything is shown. */
export async function enter(user: User): Promise<void> {
  if (store.user && store.user.id !== user.id) await leave();
  markEnded(null);
  if (session.is === 'signed-in') setUser(user);
  else await paint(user);
  follow(user.rev);
}

async function paint(user: User): Promise<void> {
  setUser(user);
  store.begun = await restore(user.id);
  openOutbox(user.id);
  if (store.begun) {
    show();
    await drawn();
    if (store.user?.id !== user.id) return;
    const whole = await restoreRest();
    if (store.user?.id !== user.id) return;
    store.loaded = whole;
  }
  show();
  void warmRecent();
}

function show(): void {
  store.touch('loaded');
  become({ is: 'signed-in' });
  store.tellNow();
}

/** Once what is seen first is drawn. */
const drawn = () => new Promise<void>((resolve) => whenIdle(resolve, longestDrawMs));

/** Gets in step with the server, whose newest revision is given, and stays so. */
function follow(newest: number): void {
  if (newest < store.rev) void startOver();
  else if (!store.loaded || newest - store.rev > mostBehind) void load();
  else stream.start();
}

/** The server's history is shorter than ours: it was restored from a copy. Ours has to go. */
async function startOver(): Promise<void> {
  stream.stop();
  if (store.user) await Promise.all([erase(store.user.id), eraseKept(store.user.id)]);
  location.reload();
}

/** Loads the lists as of a revision, then listens from that revision on. */
async function load(): Promise<void> {
  const { user } = store;
  if (!user || loadingFor?.id === user.id) return;
  loadingFor = user;
  clearTimeout(loadTimer);
  try {
    if (!(await loadLists(() => store.user?.id === user.id))) return;
    refreshedAt = Date.now();
    stream.start();
  } catch (error) {
    if (store.user?.id !== user.id) return;
    const why = error instanceof ApiError && error.status > 0 ? error.message : undefined;
    store.link = { is: 'waiting', since: Date.now(), why };
    store.touch('link');
    loadTimer = setTimeout(
      () => {
        if (store.user?.id === user.id) void load();
      },
      loadAgainMs * (1 + Math.random()),
    );
  } finally {
    if (loadingFor === user) loadingFor = null;
  }
}

/** Whoever waits for the server does not want to wait for the next try. */
export function tryNow(): void {
  if (store.loaded) stream.hurry();
  else void load();
}

function onLive(): void {
  flushOutbox();
  askForUpdate();
  setTimeout(() => void prefetch(), prefetchAfterMs);
  refreshTimer ??= setTimeout(
    () => {
      refreshTimer = undefined;
      refreshedAt = Date.now();
      refresh().catch(() => {});
    },
    Math.max(0, refreshedAt + refreshEveryMs - Date.now()),
  );
}

/** After an absence: whose session it is by now, and whether the server's history is still the one we know. */
async function refresh(): Promise<void> {
  const before = store.rev;
  const user = await call('me', {});
  if (user.id !== store.user?.id) return enter(user);
  setUser(user);
  if (user.rev < before) await startOver();
}

/** A socket that is refused may mean that the session is over, or is now somebody else's. */
function checkSession(): void {
  if (!navigator.onLine || session.is !== 'signed-in') return;
  refresh().catch(() => {});
}

/** Pages of one browser share one session. */
function followOtherPages(event: StorageEvent): void {
  followOutbox(event);
  if (event.key !== userKey && event.key !== null) return;
  if (userIn(event.newValue)?.id !== store.user?.id) location.reload();
}

function userIn(text: string | null): User | null {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** The server knows no session any more that nobody has ended here. */
function end(): Promise<void> {
  if (store.user) markEnded(store.user.email);
  return leave();
}

/** Back to the sign-in page. What was not sent yet stays in the browser, for its writer alone. */
async function leave(): Promise<void> {
  const { user } = store;
  stream.stop();
  clearTimeout(refreshTimer);
  refreshTimer = undefined;
  refreshedAt = 0;
  closeOutbox();
  stopPrefetch();
  abandonCalls();
  localStorage.removeItem(userKey);
  store.clear();
  become({ is: 'signed-out' });
  if (user) forgetFirstScreen(user.id);
  if (user) await Promise.all([erase(user.id), eraseKept(user.id)]);
}

/** Ends the session and erases everything of the user from this browser. @throws ApiError where the server was not told */
export async function signOut(): Promise<void> {
  // Who signs in here next must not be told what came in for this user.
  await import('../push').then(({ turnPushOff }) => turnPushOff()).catch(() => {});
  const { user } = store;
  await call('signOut', {}).catch((error: unknown) => {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
  });
  await leave();
  markEnded(null);
  if (user) forgetTexts(user.id);
  await dropShared().catch(() => {});
  if (user) await dropEntrusted(user.id).catch(() => {});
}

/** Drafts and unsent messages: every entry of ours that names the user. */
function forgetTexts(userId: string): void {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
  for (const key of keys) if (key.startsWith('parley.') && key.includes(userId)) localStorage.removeItem(key);
}
