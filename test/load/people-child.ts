import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from '../bench/children.ts';
import { caller } from '../support/caller.ts';
import { Browser } from './browser.ts';
import type { Act } from './plan.ts';
import { inTime, keyOf, nowMs, stamped } from './stamps.ts';

/** The users, in a process of their own: their windows, and what they do by the API, one after the other in a chat. */
export type Person = { token: string };
export type OpenChat = { user: number; conversationId: string };
export type Accepted = { key: string; sentMs: number; atMs: number };

const tries = 20;
const againMs = 500;
/** Calls of one user at once: more wait, as in a browser. */
const atOnce = 6;

let urls: string[] = [];
let people: Person[] = [];
let chats: OpenChat[] = [];
let browsers: Browser[] = [];
const accepted: Accepted[] = [];
const refused: string[] = [];
const lastOfChat = new Map<number, Promise<void>>();
const busy = new Map<number, { count: number; waiting: (() => void)[] }>();
let calls = 0;

async function call(user: number, method: string, path: string, json: unknown, key?: string): Promise<boolean> {
  const lane = busy.get(user) ?? { count: 0, waiting: [] };
  busy.set(user, lane);
  if (lane.count >= atOnce) await new Promise<void>((resolve) => lane.waiting.push(resolve));
  lane.count += 1;
  try {
    const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
    const token = people[user]?.token;
    for (let tried = 1; ; tried += 1) {
      calls += 1;
      const url = urls[calls % urls.length] ?? '';
      const said = await caller(url)(method, path, { json, token, headers }).catch((error: unknown) => ({
        status: 599,
        text: String(error),
      }));
      if (said.status < 400) return true;
      const passing = said.status === 429 || said.status >= 500;
      if (tried < tries && passing) await sleep(againMs);
      else {
        refused.push(`${method} ${path}: ${said.status} ${said.text.slice(0, 200)}`);
        return false;
      }
    }
  } finally {
    lane.count -= 1;
    lane.waiting.shift()?.();
  }
}

function send(chat: number, sequence: number): void {
  const { user, conversationId } = chats[chat] ?? { user: 0, conversationId: '' };
  const before = lastOfChat.get(chat) ?? Promise.resolve();
  const sending = before.then(async () => {
    const text = stamped('out', chat, sequence);
    const sentMs = nowMs();
    const ok = await call(user, 'POST', `/conversations/${conversationId}/messages`, { text }, randomUUID());
    if (ok) accepted.push({ key: keyOf('out', chat, sequence), sentMs, atMs: nowMs() });
  });
  lastOfChat.set(chat, sending);
}

const others: Promise<unknown>[] = [];
const acts: { [K in Act['kind']]: (act: Extract<Act, { kind: K }>) => void } = {
  in: () => {},
  out: ({ chat, sequence }) => send(chat, sequence),
  read: ({ chat }) => {
    const { user, conversationId } = chats[chat] ?? { user: 0, conversationId: '' };
    const readMessageId = browsers.find((browser) => browser.user === user)?.last.get(conversationId);
    if (readMessageId) others.push(call(user, 'PATCH', `/conversations/${conversationId}`, { readMessageId }));
  },
  typing: ({ chat }) => {
    const { user, conversationId } = chats[chat] ?? { user: 0, conversationId: '' };
    others.push(call(user, 'PUT', `/conversations/${conversationId}/typing`, { on: true }));
  },
  leave: ({ browser, awayMs }) => browsers[browser]?.leave(awayMs),
};

answer({
  start: (at: string[], who: Person[], where: OpenChat[], windows: number[]) => {
    [urls, people, chats] = [at, who, where];
    browsers = windows.map((user) => new Browser(user, urls, people[user]?.token ?? ''));
    for (const browser of browsers) browser.open();
  },
  open: () => browsers.filter(({ openSince }) => Number.isFinite(openSince)).length,
  play: async (planned: Act[], startMs: number) => {
    await inTime(planned, startMs, <K extends Act['kind']>(act: Extract<Act, { kind: K }>) => acts[act.kind](act));
    await Promise.all([...lastOfChat.values(), ...others]);
  },
  accepted: () => ({ accepted, refused }),
  /** How many messages all windows together have. */
  shown: () => browsers.reduce((sum, { came }) => sum + came.size, 0),
  ledger: () => browsers.map(({ user, came, reconnects }) => ({ user, reconnects, came: [...came.values()] })),
  cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  stop: () => {
    for (const browser of browsers) browser.close();
  },
});
