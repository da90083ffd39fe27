import { ApiError, call, whenUnauthorized } from '../api/client';
import type { User } from '../api/types';
import { erase, rememberAll, restore } from './local';
import { flushOutbox, loadOutbox } from './outbox';
import { store } from './store';
import { Stream } from './stream';

export type Session =
  | { is: 'starting' }
  | { is: 'setup' }
  | { is: 'signed-out' }
  | { is: 'unreachable'; why: string }
  | { is: 'signed-in' };

const key = 'parley.user';
let session: Session = { is: 'starting' };
let started = false;
let loading = false;

const stream = new Stream(() => flushOutbox(), checkSession);

export const currentSession = (): Session => session;

function become(next: Session): void {
  session = next;
  store.touch('session');
}

function checkSession(): void {
  if (navigator.onLine) void call('me', {}).catch(() => {});
}

/** Paints from the copy if there is one, then asks the server who this is. */
export async function startSession(): Promise<void> {
  if (started) return;
  started = true;
  whenUnauthorized(() => {
    if (session.is === 'signed-in') void leave();
  });
  const known = readUser();
  if (known) await enter(known);
  await verify();
}

async function verify(): Promise<void> {
  try {
    if (session.is !== 'signed-in') {
      const ready = await call('ready', {}).catch((error: unknown) => {
        // A degraded server answers 503 and is still worth asking.
        if (error instanceof ApiError && error.status === 503) return null;
        throw error;
      });
      if (ready?.needsSetup) return become({ is: 'setup' });
    }
    await enter(await call('me', {}));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return void leave();
    if (session.is === 'signed-in') return;
    become({ is: 'unreachable', why: error instanceof Error ? error.message : '' });
    setTimeout(() => void verify(), 3000);
  }
}

export const retryStart = (): void => void verify();

/** Begins a signed-in session; a second call with the same user only refreshes the profile. */
export async function enter(user: User): Promise<void> {
  const same = store.user?.id === user.id;
  store.user = user;
  store.touch('user');
  localStorage.setItem(key, JSON.stringify(user));
  if (same && session.is === 'signed-in') return;
  const painted = await restore(user.id);
  store.loaded = painted;
  store.touch('loaded');
  loadOutbox(user.id);
  become({ is: 'signed-in' });
  if (painted) stream.start();
  else void firstLoad();
}

/** Loads the lists as of a revision, then listens from that revision on. */
async function firstLoad(): Promise<void> {
  if (loading) return;
  loading = true;
  try {
    const { rev } = await call('sync', {});
    await Promise.all([
      everyPage('listAccounts', (account) => store.accounts.set(account.id, account)),
      everyPage('listContacts', (contact) => store.contacts.set(contact.id, contact)),
      everyPage('listConversations', (conversation) => store.conversations.set(conversation.id, conversation)),
    ]);
    store.rev = rev;
    store.loaded = true;
    for (const topic of ['accounts', 'contacts', 'conversations', 'loaded']) store.touch(topic);
    rememberAll();
    stream.start();
  } catch (error) {
    if (session.is !== 'signed-in') return;
    if (!(error instanceof ApiError) || error.status !== 401) {
      store.link = { is: 'waiting', since: Date.now() };
      store.touch('link');
      setTimeout(() => void firstLoad(), 2000);
    }
  } finally {
    loading = false;
  }
}

type ListName = 'listAccounts' | 'listContacts' | 'listConversations';
type Item<N extends ListName> = Awaited<ReturnType<typeof call<N>>>['items'][number];

async function everyPage<N extends ListName>(name: N, take: (item: Item<N>) => void): Promise<void> {
  let cursor: string | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const query = { limit: 200, cursor } as Parameters<typeof call<N>>[1]['query'];
    const page = await call(name, { query } as Parameters<typeof call<N>>[1]);
    for (const item of page.items) take(item as Item<N>);
    if (!page.nextCursor) return;
    cursor = page.nextCursor;
  }
}

function readUser(): User | null {
  try {
    const text = localStorage.getItem(key);
    return text ? (JSON.parse(text) as User) : null;
  } catch {
    return null;
  }
}

/** Back to the sign-in page; nothing of the user stays on this machine but unsent drafts. */
async function leave(): Promise<void> {
  stream.stop();
  localStorage.removeItem(key);
  const user = store.user;
  store.clear();
  become({ is: 'signed-out' });
  if (user) await erase(user.id);
}

export async function signOut(): Promise<void> {
  await call('signOut', {}).catch(() => {});
  await leave();
}
