import type { Message } from '../lib/api/types';
import { type Entrusted, entrustedMessage, markSent, outboxLock, outboxTag, stillUnsent } from '../lib/entrusted';
import { ask } from './call';

declare const self: ServiceWorkerGlobalScope;

declare global {
  interface ServiceWorkerGlobalScopeEventMap {
    /** Background Sync: a promise that rejects makes the browser call again, later. */
    sync: ExtendableEvent & { tag: string };
  }
}

/** A page that sends holds the lock no longer than its calls take. */
const patienceMs = 60_000;

/** Sends what pages left unsent, once the browser says that it can be sent. */
export function sendUnsent(): void {
  self.addEventListener('sync', (event) => {
    if (event.tag === outboxTag) event.waitUntil(sendAll());
  });
}

async function sendAll(): Promise<void> {
  const unsent = await stillUnsent();
  if (unsent.length === 0) return;
  const userId = await whoIsHere();
  const ours = unsent.filter((one) => one.userId === userId);
  const all = [...Map.groupBy(ours, ({ conversationId }) => conversationId).entries()];
  const done = await Promise.all(all.map(([conversationId, messages]) => inOrder(conversationId, messages)));
  if (done.includes(false)) throw new Error('not all could be sent');
}

/** Null where nobody is signed in: they wait for their writer. */
async function whoIsHere(): Promise<string | null> {
  const answer = await ask('GET', '/me');
  if (answer?.status === 401) return null;
  if (!answer?.ok) throw new Error('the server is away');
  const { id }: { id: string } = await answer.json();
  return id;
}

/** Answers false where some have to be tried again. What is refused is left to a page, which says why. */
function inOrder(conversationId: string, messages: readonly Entrusted[]): Promise<boolean> {
  const name = outboxLock(messages[0]?.userId ?? '', conversationId);
  return self.navigator.locks.request(name, { signal: AbortSignal.timeout(patienceMs) }, async () => {
    for (const { key } of messages) {
      const message = await entrustedMessage(key);
      if (message && !message.sent && !(await send(message))) return false;
    }
    return true;
  });
}

/** Answers false where it has to be tried again, and those after it have to wait. */
async function send({ key, conversationId, body }: Entrusted): Promise<boolean> {
  const answer = await ask('POST', `/conversations/${conversationId}/messages`, { body, key });
  if (!answer?.ok) return answer !== null && !isPassing(answer.status, await codeOf(answer));
  const { message }: { message: Message } = await answer.json();
  await markSent(key, message);
  for (const window of await self.clients.matchAll({ type: 'window' })) window.postMessage({ type: 'sent' });
  return true;
}

const isPassing = (status: number, code: string): boolean =>
  status === 401 || status === 429 || status >= 500 || code === 'idempotency-key-in-use';

async function codeOf(answer: Response): Promise<string> {
  const problem: { code?: string } = await answer.json().catch(() => ({}));
  return problem.code ?? '';
}
