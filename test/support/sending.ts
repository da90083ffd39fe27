import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type pg from 'pg';
import { vi } from 'vitest';
import { CapabilityNews } from '../../src/core/accounts/capability-news.js';
import { featuresOf } from '../../src/core/accounts/features.js';
import { Logins } from '../../src/core/accounts/logins.js';
import { Accounts } from '../../src/core/accounts/service.js';
import type { AccountRow } from '../../src/core/accounts/store.js';
import { Supervisor } from '../../src/core/accounts/supervisor.js';
import { BroadcastWorker } from '../../src/core/broadcasts/worker.js';
import { ReadReceipts } from '../../src/core/conversations/receipts.js';
import { Typing } from '../../src/core/conversations/typing.js';
import { Drain } from '../../src/core/delivery/drain.js';
import { Digests } from '../../src/core/digests/digests.js';
import { Relay } from '../../src/core/groups/relay.js';
import { History } from '../../src/core/messages/history.js';
import { Inbox } from '../../src/core/messages/inbox.js';
import { PresenceOut } from '../../src/core/presence/own.js';
import type { DeliveryStatus, MessageView } from '../../src/core/views.js';
import { Attachments } from '../../src/infra/attachments.js';
import { LinkSigner } from '../../src/infra/crypto/link-signer.js';
import { SecretBox } from '../../src/infra/crypto/secret-box.js';
import { PgAccountStore } from '../../src/infra/database/accounts.js';
import { Admin } from '../../src/infra/database/admin.js';
import { Broadcasts } from '../../src/infra/database/broadcasts/service.js';
import { PgBroadcastStore } from '../../src/infra/database/broadcasts/store.js';
import { PgCapabilityStore } from '../../src/infra/database/capability-news.js';
import { Contacts } from '../../src/infra/database/contacts.js';
import { Conversations } from '../../src/infra/database/conversations.js';
import { Deliveries } from '../../src/infra/database/deliveries/by-hand.js';
import { PgDeliveryStore } from '../../src/infra/database/deliveries/store.js';
import { PgDigestStore } from '../../src/infra/database/digests/store.js';
import { PgRelayStore } from '../../src/infra/database/groups/relay.js';
import { GroupSender } from '../../src/infra/database/groups/sending.js';
import { Groups } from '../../src/infra/database/groups/service.js';
import { MentionBook } from '../../src/infra/database/inbound/mentions.js';
import { PgInboundStore } from '../../src/infra/database/inbound/store.js';
import { WordIndex } from '../../src/infra/database/inbound/words.js';
import { Links } from '../../src/infra/database/links/links.js';
import { Forwards } from '../../src/infra/database/messages/forwards.js';
import { PgHistoryStore } from '../../src/infra/database/messages/history.js';
import { MessageMarks } from '../../src/infra/database/messages/marks.js';
import { Planner } from '../../src/infra/database/messages/planner.js';
import { Previews } from '../../src/infra/database/messages/previews.js';
import { Messages } from '../../src/infra/database/messages/service.js';
import { PgOwnPresenceStore } from '../../src/infra/database/own-presence.js';
import { createPool } from '../../src/infra/database/pool.js';
import { createPrisma, type PrismaClient } from '../../src/infra/database/prisma.js';
import { Quarantine } from '../../src/infra/database/quarantine/quarantine.js';
import { Rooms } from '../../src/infra/database/room-service.js';
import { PgRoomStore } from '../../src/infra/database/rooms.js';
import { FolderBlobs } from '../../src/infra/storage/folder.js';
import { Uploads } from '../../src/infra/uploads.js';
import { insertUser } from '../../src/infra/users/new-user.js';
import type {
  Adapter,
  Channel,
  Connection,
  Event,
  Features,
  Host,
  MessageEvent,
  OutgoingMessage,
  Sent,
} from '../../src/sdk/index.js';
import { AdapterError, capabilitiesOf } from '../../src/sdk/index.js';
import { FakeClock } from '../../src/sdk/testing/fake-clock.js';
import { startDatabase } from './database.js';
import { RichNetwork, richAdapter } from './rich-network.js';

export type Seen = { account: string; chat: string; key: string; text: string; message: OutgoingMessage };

/** What the networks of a test do: each test writes its own `send`. */
export class Script {
  readonly seen: Seen[] = [];
  readonly hosts = new Map<string, Host>();
  readonly changes: string[] = [];
  /** The network `rich`. */
  readonly rich = new RichNetwork();
  /** Accounts that never come online. */
  readonly offline = new Set<string>();
  /** Chats in which less can be done than usual; with `throws` in it, the adapters answer no such question. */
  readonly limited = new Set<string>();
  /** How fast the networks take messages; absent: as they come. */
  pace: Features['send']['pace'];
  /** What networks keep of a chat; absent: nothing. */
  history: ((account: string, chat: string) => Features['history']) | undefined;
  send: (seen: Seen) => Promise<Sent> = async () => ({ proof: 'sent' });
  resolve: (address: string) => Promise<void> = async () => {};

  texts(): string[] {
    return this.seen.map((one) => one.text);
  }
}

const KINDS: Record<string, { channel: Channel; send: Partial<Features['send']>; can: boolean }> = {
  talk: { channel: 'im', send: { proves: 'read' }, can: true },
  plain: { channel: 'im', send: { attachments: 'rejected' }, can: false },
  post: { channel: 'email', send: { idempotent: true }, can: false },
  text: { channel: 'sms', send: { maxLength: 160, attachments: 'rejected' }, can: false },
};

function features(script: Script, network: string, account: string, chat: string): Features {
  const kind = KINDS[network]!;
  if (script.limited.has('throws')) throw new Error('nobody knows');
  return {
    send: {
      maxLength: 10_000,
      formatting: 'full',
      attachments: 'full',
      replies: 'full',
      idempotent: false,
      proves: 'sent',
      ...kind.send,
      ...(script.pace && { pace: script.pace }),
      message: (message) => {
        const seen = { account, chat, key: message.key, text: message.text, message };
        script.seen.push(seen);
        return script.send(seen);
      },
    },
    presence: false,
    ...(script.history?.(account, chat) && { history: script.history(account, chat)! }),
    ...(kind.can &&
      !script.limited.has(chat) && {
        edits: { message: async (target, { text }) => void script.changes.push(`edit ${target} ${text}`) },
        deletions: { message: async (target) => void script.changes.push(`delete ${target}`) },
        reactions: { set: async (target, emoji, on) => void script.changes.push(`react ${target} ${emoji} ${on}`) },
      }),
  };
}

/** Networks whose chats are `with:<address>`; a network `talk` also knows edits, deletions and reactions. */
function adapters(script: Script): Map<string, Adapter> {
  return new Map(
    Object.entries(KINDS).map(([id, { channel }]): [string, Adapter] => [
      id,
      {
        manifest: {
          id,
          name: id,
          channel,
          sdk: 1,
          loginFlows: [{ id: 'plain', label: 'Plain' }],
          capabilities: capabilitiesOf(features(script, id, '', '')),
          addressHint: 'a name',
        },
        login: () => {
          throw new Error('nobody signs in here');
        },
        open: (account, host): Connection => {
          script.hosts.set(account.id, host);
          return {
            start: () => {
              const waiting = { is: 'waiting', retryAt: host.clock.now() + 1000, why: 'the server is away' } as const;
              host.state(script.offline.has(account.id) ? waiting : { is: 'online' });
            },
            stop: async () => {},
            chat: (chat) => features(script, id, account.id, chat),
            resolve: async (address) => {
              await script.resolve(address);
              if (address.includes(' ')) throw new AdapterError('rejected', 'an address has no blanks');
              return { chat: { id: `with:${address}`, kind: 'direct' }, buddy: { id: address, address } };
            },
          };
        },
      },
    ]),
  );
}

export type World = Awaited<ReturnType<typeof startWorld>>;

/** The sending half over a real database: a fake clock, scripted networks, and processes that can be killed. */
export async function startWorld({ linkBase }: { linkBase?: string } = {}) {
  const database = await startDatabase();
  const pool = createPool(database.url, () => {});
  const prisma = createPrisma(database.url);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'parley-sending-'));
  const blobs = new FolderBlobs(folder);
  const box = new SecretBox([randomBytes(32)]);
  const clock = new FakeClock(Date.now());
  const links = new Links(pool, blobs, new LinkSigner([randomBytes(32)]), clock, linkBase);
  // What comes in is timed by the system's clock: both are one here.
  const systemTime = vi.spyOn(Date, 'now').mockImplementation(() => clock.now());
  const script = new Script();
  const log = { debug: () => {}, info: () => {}, warn: () => {} };
  const rung: string[] = [];
  const audits: Record<string, unknown>[] = [];

  const boot = () => {
    let alive = true;
    const known = adapters(script).set(
      'rich',
      richAdapter(
        script.rich,
        (id) => script.offline.has(id),
        (id, host) => script.hosts.set(id, host),
      ),
    );
    const context = {
      adapters: known,
      filesAsLinks: linkBase !== undefined,
      setup: () => [],
      keeps: () => undefined,
      resting: (accountId: string) => drain.resting(accountId),
      features: (accountId: string, chat: string) => featuresOf(supervisor, accountId, chat),
    };
    const changed = (userId: string) => void rung.push(userId);
    const store = new PgDeliveryStore(pool, blobs, links, clock);
    const inbox = new Inbox(
      new PgInboundStore(pool, blobs, new MentionBook(pool), new WordIndex(pool, log), changed),
      {
        committed: ({ userId }) => relay.ring(userId),
        stored: (userId, settled) => {
          relay.ring(userId);
          for (const id of settled) drain.settled(id);
        },
      },
      log,
    );
    const accounts = new PgAccountStore(pool, prisma, box, context, changed);
    const supervisor: Supervisor = new Supervisor(
      known,
      accounts,
      {
        deliver: (account, events, cursor) => inbox.deliver({ account, events, cursor }),
        ephemeral: () => {},
        fetch: () => Promise.reject(new Error('no network here')),
        checkServer: async () => {},
        webhookUrl: () => undefined,
        clock,
        log,
      },
      log,
    );
    new CapabilityNews(supervisor, new PgCapabilityStore(pool), changed, log);
    const history = new History(new PgHistoryStore(pool), supervisor, (call) => inbox.deliverPage(call), clock, log);
    const bell = {
      ring: async (chatId: string, delayMs = 0) => {
        if (delayMs > 0) clock.after(delayMs, () => alive && void drain.chat(chatId));
        else if (alive) void drain.chat(chatId);
      },
    };
    const drain: Drain = new Drain(store, supervisor, bell, changed, clock, log);
    const ready: Drain['ready'] = (places) => alive && drain.ready(places);
    const messages = new Messages(
      pool,
      supervisor,
      history,
      clock,
      {
        changed,
        ready: (places) => ready(places),
        ring: (chat, ms) => drain.ring(chat, ms),
      },
      linkBase,
    );
    const previews = new Previews(pool, new Planner(supervisor, clock, linkBase), supervisor, clock, linkBase);
    const marks = new MessageMarks(pool, prisma, clock, changed);
    const forwards = new Forwards(pool, messages, previews);
    const deliveries = new Deliveries(pool, known, clock, {
      changed,
      ring: (chat, ms) => drain.ring(chat, ms),
      settled: (id) => drain.settled(id),
    });
    const quarantine = new Quarantine(pool, inbox, deliveries, changed);
    const contacts = new Contacts(pool, prisma, supervisor, clock, changed);
    const conversations = new Conversations(pool, context, supervisor, clock, {
      changed,
      admitted: () => {},
      read: (accountId) => receipts.ring(accountId),
    });
    const digestStore = new PgDigestStore(pool, supervisor, {
      openChat: (userId, request) => conversations.openChat(userId, request),
      send: (...sending) => messages.send(...sending),
      accepted: (_userId, accepted) => {
        for (const { chatId } of accepted.flatMap((one) => one.ring)) void drain.ring(chatId);
      },
    });
    const digests = new Digests(digestStore, supervisor, clock, log);
    const groups = new Groups(
      pool,
      { conversation: (...ids) => conversations.get(...ids), message: (...ids) => messages.get(...ids) },
      supervisor,
      clock,
      {
        changed,
        relay: () => void relay.look(),
      },
    );
    const bulkPlanner = new Planner(supervisor, clock, linkBase);
    const broadcastWorker = new BroadcastWorker(
      new PgBroadcastStore(pool, bulkPlanner, supervisor, clock, drain, 60),
      { changed, ready },
      clock,
      log,
    );
    const broadcasts = new Broadcasts(pool, bulkPlanner, clock, {
      changed,
      work: () => broadcastWorker.ring(),
      ready,
      giveUp: (ids) => drain.giveUp(ids),
    });
    const admin = new Admin(pool, clock, {
      adapters: known,
      resting: (ids) => ids.filter((id) => drain.resting(id) !== undefined).length,
      changed,
      ring: (chat) => void drain.ring(chat),
      audit: (what, fields) => void audits.push({ what, ...fields }),
    });
    const relay = new Relay(
      new PgRelayStore(pool, new GroupSender(pool, new Planner(supervisor, clock, linkBase)), clock, {
        changed,
        ring: (chat) => void drain.ring(chat),
      }),
      clock,
      log,
    );
    const roomStore = new PgRoomStore(pool);
    const typing = new Typing(supervisor, roomStore, clock, log);
    const receipts = new ReadReceipts(supervisor, roomStore, clock, log);
    const rooms = new Rooms({ pool, supervisor, clock }, typing);
    const presence = new PresenceOut(supervisor, new PgOwnPresenceStore(pool), clock, log);
    const nowhere = { fetch: () => Promise.reject(new Error('no network here')), checkServer: async () => {} };
    const logins = new Logins(known, accounts, { ...nowhere, callbackUrl: () => '', clock, log });
    const accountService = new Accounts(supervisor, accounts, logins, presence, clock, changed, context.filesAsLinks);
    const kill = () => {
      alive = false;
      void broadcastWorker.stop();
    };
    return {
      store,
      inbox,
      accounts,
      supervisor,
      drain,
      messages,
      marks,
      forwards,
      previews,
      deliveries,
      quarantine,
      contacts,
      conversations,
      rooms,
      groups,
      relay,
      receipts,
      presence,
      accountService,
      digests,
      broadcasts,
      broadcastWorker,
      admin,
      kill,
    };
  };

  let now = boot();
  return {
    pool,
    prisma,
    clock,
    script,
    rung,
    audits,
    blobs,
    links,
    folder,
    attachments: new Attachments(prisma, blobs, clock),
    uploads: new Uploads(prisma, blobs, path.join(folder, 'uploads'), clock),
    get process() {
      return now;
    },
    get messages() {
      return now.messages;
    },
    /** As after kill -9: what the old process was doing never comes to an end. */
    async restart() {
      now.kill();
      script.hosts.clear();
      now = boot();
      let started = false;
      const starting = now.supervisor.startAll().finally(() => {
        started = true;
      });
      // Many accounts are opened a few at a time.
      while (!started) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (!started) clock.advance(250);
      }
      await starting;
      await now.drain.start();
      now.relay.start();
      now.broadcastWorker.start();
    },
    async stop() {
      now.kill();
      let stopped = false;
      const stopping = now.drain.stop().then(() => {
        stopped = true;
      });
      // Sends that no test ever answered are given up.
      await until(() => {
        clock.advance(10_000);
        if (!stopped) throw new Error('still sending');
      });
      await stopping;
      systemTime.mockRestore();
      await pool.end();
      await prisma.$disconnect();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

let people = 0;

export async function makeUser(prisma: PrismaClient): Promise<string> {
  people += 1;
  return prisma.$transaction((tx) =>
    insertUser(tx, { email: `user${people}@example.org`, passwordHash: 'none', name: 'User', role: 'user' }),
  );
}

/** An account on one of the scripted networks, connected unless it is to stay away. */
export async function makeAccount(
  world: World,
  userId: string,
  network: string,
  { offline = false }: { offline?: boolean } = {},
): Promise<AccountRow> {
  const channel = KINDS[network]?.channel ?? 'im';
  const row = await world.process.accounts.save({
    userId,
    network,
    channel,
    remoteId: `me-${randomBytes(4).toString('hex')}`,
    name: network,
    session: {},
  });
  if (offline) world.script.offline.add(row.id);
  await world.process.supervisor.open(row);
  await until(async () => {
    const { rows } = await world.pool.query('SELECT state FROM accounts WHERE id = $1', [row.id]);
    if (rows[0].state !== (offline ? 'waiting' : 'online')) throw new Error('not there yet');
  });
  return row;
}

export async function connect(world: World, accountId: string): Promise<void> {
  world.script.offline.delete(accountId);
  world.script.hosts.get(accountId)?.state({ is: 'online' });
}

export async function deliver(world: World, account: { id: string }, ...events: Event[]): Promise<void> {
  await world.script.hosts.get(account.id)!.deliver(events);
}

/** What somebody says in the direct chat with them; the same words once more are the same message. */
export const said = (address: string, text: string, at: number): MessageEvent => ({
  ...{ type: 'message', chat: { id: `with:${address}`, kind: 'direct' }, id: `${address} ${text}`.slice(0, 500) },
  ...{ from: { id: address, address }, text, format: 'plain', at },
});

/** Opens the direct chat with an address; answers its conversation and its chat. */
export async function open(world: World, account: AccountRow, address: string) {
  const { chat, conversation } = await world.process.conversations.openChat(account.userId, {
    accountId: account.id,
    address,
  });
  return { chatId: chat.id, conversationId: conversation.id };
}

export const plain = (text: string) => ({ text, format: 'plain' as const, attachments: [] });

export async function statuses(pool: pg.Pool, messageId: string): Promise<DeliveryStatus[]> {
  const { rows } = await pool.query<{ status: DeliveryStatus }>(
    'SELECT status FROM deliveries WHERE message_id = $1 ORDER BY step, id',
    [messageId],
  );
  return rows.map((row) => row.status);
}

/** Asks again and again, for ten seconds, until it holds. */
/** A second, as Vitest would wait, is not enough on a busy machine. */
export const until = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 10_000, interval: 10 });

/** Waits until the deliveries of a message are in these states. */
export async function reach(
  world: World,
  message: Pick<MessageView, 'id'>,
  ...wanted: DeliveryStatus[]
): Promise<void> {
  await until(async () => {
    const found = await statuses(world.pool, message.id);
    if (found.join() !== wanted.join()) throw new Error(`deliveries are ${found.join()}, not ${wanted.join()}`);
  });
}

/** A promise to be settled from outside. */
export function later<T>() {
  return Promise.withResolvers<T>();
}
