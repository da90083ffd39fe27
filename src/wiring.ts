import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadAdapters } from './adapters/loader.js';
import { API_PREFIX, type ApiDeps, type ReadinessCheck } from './api/deps.js';
import { CapabilityNews } from './core/accounts/capability-news.js';
import { featuresOf, keptFor } from './core/accounts/features.js';
import { Logins } from './core/accounts/logins.js';
import { Accounts } from './core/accounts/service.js';
import { Supervisor } from './core/accounts/supervisor.js';
import { Attention } from './core/attention/attention.js';
import { Gathered } from './core/broadcasts/gathered.js';
import { BroadcastWorker } from './core/broadcasts/worker.js';
import { Chores } from './core/chores.js';
import { ReadReceipts } from './core/conversations/receipts.js';
import { Typing } from './core/conversations/typing.js';
import { Drain } from './core/delivery/drain.js';
import { Digests } from './core/digests/digests.js';
import { Relay } from './core/groups/relay.js';
import { errorText, systemClock } from './core/log.js';
import { History } from './core/messages/history.js';
import { Inbox } from './core/messages/inbox.js';
import { Ephemera } from './core/presence/ephemera.js';
import { PresenceOut } from './core/presence/own.js';
import { Hub } from './core/sync/hub.js';
import { Dispatcher } from './core/webhooks/dispatcher.js';
import { Webhooks } from './core/webhooks/service.js';
import { Attachments } from './infra/attachments.js';
import { createIdentity } from './infra/auth/identity.js';
import type { Booted } from './infra/boot.js';
import { readKeyFile } from './infra/config/key-file.js';
import { LinkSigner } from './infra/crypto/link-signer.js';
import { SecretBox } from './infra/crypto/secret-box.js';
import { PgAccountStore } from './infra/database/accounts.js';
import { Admin } from './infra/database/admin.js';
import { Devices } from './infra/database/attention/devices.js';
import { Reminders } from './infra/database/attention/reminders.js';
import { PgAttentionStore } from './infra/database/attention/store.js';
import { Broadcasts } from './infra/database/broadcasts/service.js';
import { PgBroadcastStore } from './infra/database/broadcasts/store.js';
import { PgCapabilityStore } from './infra/database/capability-news.js';
import { Contacts } from './infra/database/contacts.js';
import { Conversations } from './infra/database/conversations.js';
import { Deliveries } from './infra/database/deliveries/by-hand.js';
import { PgDeliveryStore } from './infra/database/deliveries/store.js';
import { PgDigestStore } from './infra/database/digests/store.js';
import { PgRelayStore } from './infra/database/groups/relay.js';
import { GroupSender } from './infra/database/groups/sending.js';
import { Groups } from './infra/database/groups/service.js';
import { MentionBook } from './infra/database/inbound/mentions.js';
import { PgInboundStore } from './infra/database/inbound/store.js';
import { Links } from './infra/database/links/links.js';
import { Forwards } from './infra/database/messages/forwards.js';
import { PgHistoryStore } from './infra/database/messages/history.js';
import { imagesNamed } from './infra/database/messages/images.js';
import { LinkPreviews } from './infra/database/messages/link-previews.js';
import { MessageMarks } from './infra/database/messages/marks.js';
import { Planner } from './infra/database/messages/planner.js';
import { Previews } from './infra/database/messages/previews.js';
import { Messages } from './infra/database/messages/service.js';
import { PgOwnPresenceStore } from './infra/database/own-presence.js';
import { createPool } from './infra/database/pool.js';
import { PgPresenceStore } from './infra/database/presence.js';
import { createPrisma } from './infra/database/prisma.js';
import { Rooms } from './infra/database/room-service.js';
import { PgRoomStore } from './infra/database/rooms.js';
import { Routes } from './infra/database/routes.js';
import { becomeSoleHolder } from './infra/database/sole-holder.js';
import { Templates } from './infra/database/templates.js';
import { ChangeLog } from './infra/database/views/changes.js';
import type { Lifetime } from './infra/lifetime.js';
import { checkHost } from './infra/net/addresses.js';
import { createGuardedFetch } from './infra/net/guarded-fetch.js';
import { PageReader } from './infra/net/page-reader.js';
import { RemoteImages } from './infra/net/remote-images.js';
import { PushKeys } from './infra/push/keys.js';
import { WebPushSender } from './infra/push/sender.js';
import { QueueBell } from './infra/queue/bell.js';
import { BlobStore } from './infra/storage/blobs.js';
import { Uploads } from './infra/uploads.js';
import { createIdempotency } from './infra/users/idempotency.js';
import { createUsers } from './infra/users/users.js';
import { createWebhookCaller } from './infra/webhooks/caller.js';
import { PgWebhookStore } from './infra/webhooks/store.js';
import { AdapterError } from './sdk/index.js';

/** How long changes of what goes out in bulk gather for clients. */
const BULK_GATHER_MS = 250;

export type Wired = {
  deps: ApiDeps;
  /** Connects the accounts and sends what is queued; call it once the API listens at `address`. */
  start(address: string): Promise<void>;
};

/**
 * Makes every part and gives each what it needs: the one place that knows them all. What must be undone is left with
 * `lifetime`, in the order in which it may be.
 */
export async function wire({ config, log, dataDir, databaseUrl }: Booted, lifetime: Lifetime): Promise<Wired> {
  const pool = createPool(databaseUrl, (error) =>
    log.warn('a database connection was lost', { error: errorText(error) }),
  );
  lifetime.onStop('the database connections', () => pool.end());
  const prisma = createPrisma(databaseUrl);
  lifetime.onStop('the database client', () => prisma.$disconnect());
  const holder = await becomeSoleHolder(databaseUrl, lifetime.fail, lifetime.signal);
  lifetime.onStop('the hold on the database', () => holder.release());

  const policy = { allowPrivate: config.allowPrivateServers };
  const web = createGuardedFetch(policy);
  lifetime.onStop('outgoing requests', () => web.close());
  const webhookCaller = createWebhookCaller(config.webhookHosts);
  lifetime.onStop('calls of webhooks', () => webhookCaller.close());
  const images = new RemoteImages(imagesNamed(prisma), config.imageHosts);
  lifetime.onStop('images of other servers', () => images.close());
  const pages = new PageReader(config.imageHosts);
  lifetime.onStop('previews of links', () => pages.close());
  const { adapters, skipped } = await loadAdapters(config.adapters, log);
  const blobs = new BlobStore(path.join(dataDir, 'attachments'));
  const attachments = new Attachments(prisma, blobs, systemClock);
  const uploads = new Uploads(prisma, blobs, path.join(dataDir, 'uploads'), systemClock);
  const mayMake = async () =>
    (await prisma.account.findFirst({ select: { id: true } })) === null &&
    (await prisma.webhook.findFirst({ select: { id: true } })) === null;
  const secretKeys = config.secretKeys ?? [readKeyFile(dataDir, { mayMake: await mayMake() })];
  const box = new SecretBox(secretKeys);
  const pushKeys = new PushKeys(pool, box);
  const pushSender = new WebPushSender(pushKeys, config.pushHosts, config.publicUrl);
  lifetime.onStop('pushes', () => pushSender.close());
  const links = new Links(pool, blobs, new LinkSigner(secretKeys), systemClock, config.publicUrl);

  let address = '';
  const webhookUrl = ({ id }: { id: string }) => `${config.publicUrl ?? address}${API_PREFIX}/hooks/${id}`;
  const context = {
    adapters,
    filesAsLinks: config.publicUrl !== undefined,
    setup: (accountId: string) => supervisor.get(accountId)?.connection.setup?.() ?? [],
    keeps: (accountId: string) => keptFor(supervisor, accountId),
    resting: (accountId: string) => drain.resting(accountId),
    features: (accountId: string, chat: string) => featuresOf(supervisor, accountId, chat),
  };

  const changeLog = new ChangeLog(pool, prisma, context);
  const webhookStore = new PgWebhookStore(pool, box);
  const webhooks = new Dispatcher(
    webhookStore,
    changeLog,
    webhookCaller.call,
    systemClock,
    log.child({ part: 'webhooks' }),
  );
  // What is told to other processes is told to webhooks.
  const toWebhooks = (topic: 'ring' | 'frame', userId: string) => {
    if (topic === 'ring') webhooks.ring(userId);
  };
  const hub = new Hub(changeLog, { publish: toWebhooks }, systemClock, log);
  const ring = (userId: string) => hub.ring(userId);
  const changed = (userId: string) => {
    inbox.forget();
    mentions.forget();
    hub.ring(userId);
  };
  const mentions = new MentionBook(pool);
  const inboundStore = new PgInboundStore(pool, blobs, mentions, ring);
  const attention = new Attention(
    new PgAttentionStore(pool, box),
    pushSender,
    {
      changed: ring,
      tell: (userId, alerts) => hub.broadcast(userId, { type: 'alerts', alerts }),
      hasWindows: (userId) => hub.isHeard(userId),
    },
    systemClock,
    log.child({ part: 'attention' }),
  );
  const chores = new Chores(
    [
      { name: 'drop events that waited too long for their message', run: () => inboundStore.dropStale() },
      { name: 'drop uploads that nobody goes on with', run: () => uploads.dropStale() },
      { name: 'drop files that were never sent', run: () => attachments.dropUnsent() },
      { name: 'drop links that ended long ago', run: () => links.dropStale() },
      { name: 'erase what is left of deleted groups', run: () => groups.eraseLeftovers() },
    ],
    systemClock,
    log,
  );
  const inbox = new Inbox(
    inboundStore,
    {
      committed: (result) => {
        hub.committed(result);
        relay.ring(result.userId);
        attention.ring(result.userId);
      },
      stored: (userId, settled) => {
        hub.ring(userId);
        relay.ring(userId);
        attention.ring(userId);
        for (const id of settled) drain.settled(id);
      },
    },
    log,
  );
  const ephemera = new Ephemera(
    new PgPresenceStore(pool),
    (userId, frame) => hub.broadcast(userId, frame),
    ring,
    systemClock,
    log,
  );
  const checkServer = (host: string) =>
    checkHost(host, policy).catch((error) => {
      throw new AdapterError('rejected', errorText(error), { cause: error });
    });
  const accountStore = new PgAccountStore(pool, prisma, box, context, ring);
  await accountStore.beginAnew();
  const supervisor = new Supervisor(
    adapters,
    accountStore,
    {
      deliver: (account, events, cursor) => inbox.deliver({ account, events, cursor }),
      ephemeral: (account, events) => ephemera.take(account, events),
      fetch: web.fetch,
      checkServer,
      webhookUrl,
      clock: systemClock,
      log,
    },
    log,
  );
  supervisor.onState(({ account, state }) => void ephemera.onState(account, state.is === 'online'));

  new CapabilityNews(supervisor, new PgCapabilityStore(pool), ring, log);
  const history = new History(
    new PgHistoryStore(pool),
    supervisor,
    (call) => inbox.deliverPage(call),
    systemClock,
    log.child({ part: 'history' }),
  );

  const bell = await QueueBell.open({ databaseUrl, redisUrl: config.redisUrl }, log);
  lifetime.onStop('the queue', () => bell.close());
  const drain = new Drain(
    new PgDeliveryStore(pool, blobs, links, systemClock),
    supervisor,
    bell,
    (userId, bulk) => (bulk ? gathered.changed(userId) : ring(userId)),
    systemClock,
    log.child({ part: 'drain' }),
  );
  const roomStore = new PgRoomStore(pool);
  const typing = new Typing(supervisor, roomStore, systemClock, log.child({ part: 'typing' }));
  const receipts = new ReadReceipts(supervisor, roomStore, systemClock, log.child({ part: 'receipts' }));
  const conversations = new Conversations(pool, prisma, context, supervisor, systemClock, {
    changed: ring,
    admitted: () => inbox.forget(),
    read: (accountId) => receipts.ring(accountId),
  });
  const messages = new Messages(
    pool,
    prisma,
    supervisor,
    history,
    systemClock,
    {
      changed: ring,
      // The answer does not wait for the bell: the row is committed, and the sweep looks too.
      ring: async (chatId, delayMs) => void drain.ring(chatId, delayMs),
    },
    config.publicUrl,
  );
  const digestStore = new PgDigestStore(pool, supervisor, {
    openChat: (userId, request) => conversations.openChat(userId, request),
    send: (...sending) => messages.send(...sending),
    accepted: (userId, accepted) => {
      ring(userId);
      for (const { chatId } of accepted.flatMap((one) => one.ring)) void drain.ring(chatId);
    },
  });
  const digests = new Digests(digestStore, supervisor, systemClock, log.child({ part: 'digests' }));
  const groups = new Groups(
    pool,
    { conversation: (...ids) => conversations.get(...ids), message: (...ids) => messages.get(...ids) },
    supervisor,
    systemClock,
    {
      changed: ring,
      relay: () => void relay.look(),
    },
  );
  const relayStore = new PgRelayStore(
    pool,
    new GroupSender(pool, new Planner(supervisor, systemClock, config.publicUrl)),
    systemClock,
    { changed: ring, ring: (chatId) => void drain.ring(chatId) },
  );
  const gathered = new Gathered(ring, BULK_GATHER_MS, systemClock);
  const bulkPlanner = new Planner(supervisor, systemClock, config.publicUrl);
  const broadcastWorker = new BroadcastWorker(
    new PgBroadcastStore(pool, bulkPlanner, supervisor, systemClock, drain),
    { changed: (userId) => gathered.changed(userId), ready: (places) => drain.ready(places) },
    systemClock,
    log.child({ part: 'broadcasts' }),
  );
  const relay = new Relay(relayStore, systemClock, log.child({ part: 'relay' }));
  const previews = new Previews(
    pool,
    new Planner(supervisor, systemClock, config.publicUrl),
    supervisor,
    systemClock,
    config.publicUrl,
  );
  const deps: ApiDeps = {
    services: {
      accounts: new Accounts(
        supervisor,
        accountStore,
        new Logins(adapters, accountStore, {
          callbackUrl: () => `${config.publicUrl ?? address}${API_PREFIX}/logins/callback`,
          clock: systemClock,
          log,
          fetch: (url, init) => web.fetch(url, init, AbortSignal.timeout(30_000)),
          checkServer,
        }),
        new PresenceOut(supervisor, new PgOwnPresenceStore(pool), systemClock, log),
        systemClock,
        changed,
        context.filesAsLinks,
      ),
      contacts: new Contacts(pool, prisma, supervisor, systemClock, changed),
      conversations,
      groups,
      rooms: new Rooms({ pool, supervisor, clock: systemClock }, typing),
      messages,
      marks: new MessageMarks(pool, prisma, systemClock, ring),
      reminders: new Reminders(pool, prisma, (...ids) => conversations.get(...ids), ring),
      push: new Devices(pool, box, pushKeys, pushSender.checkEndpoint, attention),
      forwards: new Forwards(pool, messages, previews),
      deliveries: new Deliveries(pool, prisma, adapters, systemClock, {
        changed: ring,
        ring: async (chatId, delayMs) => void drain.ring(chatId, delayMs),
        settled: (id) => drain.settled(id),
      }),
      sync: hub,
      attachments,
      uploads,
      linkPreviews: new LinkPreviews(pool, {
        message: (...ids) => messages.get(...ids),
        channelOf: (network) => adapters.get(network)?.manifest.channel ?? 'im',
        read: (...asked) => pages.read(...asked),
        changed: ring,
      }),
      images,
      links,
      templates: new Templates(pool),
      routes: new Routes(pool, supervisor, changed),
      previews,
      webhooks: new Webhooks(webhookStore, webhooks, webhookCaller.checkUrl),
      digests,
      broadcasts: new Broadcasts(pool, bulkPlanner, systemClock, {
        changed: ring,
        work: () => broadcastWorker.ring(),
        ready: (places) => drain.ready(places),
        giveUp: (ids) => drain.giveUp(ids),
      }),
      admin: new Admin(pool, systemClock, {
        adapters,
        resting: (ids) => ids.filter((id) => drain.resting(id) !== undefined).length,
        changed: ring,
        ring: (chatId) => void drain.ring(chatId),
        audit: (what, fields) => log.info(what, { part: 'audit', ...fields }),
      }),
    },
    identity: createIdentity(prisma),
    users: createUsers(prisma, (userId) => {
      mentions.forget();
      ring(userId);
    }),
    idempotency: createIdempotency(prisma),
    config: {
      publicUrl: config.publicUrl,
      version: versionOf(),
      webRoot: path.resolve(import.meta.dirname, '../web/out'),
    },
    log,
    readiness: async () => ({
      database: await checked(() => pool.query('SELECT 1')),
      queue: await checked(() => bell.check()),
      adapters:
        skipped.length === 0
          ? { ok: true }
          : { ok: false, detail: skipped.map(({ from, why }) => `${from}: ${why}`).join('; ') },
    }),
  };
  return {
    deps,
    start: async (at) => {
      address = at;
      lifetime.onStop('webhooks', () => webhooks.stop());
      lifetime.onStop('presence', () => ephemera.stop());
      lifetime.onStop('the connections to the networks', () => supervisor.stopAll());
      lifetime.onStop('history', () => history.stop());
      lifetime.onStop('sending', () => drain.stop());
      lifetime.onStop('broadcasts', () => broadcastWorker.stop());
      lifetime.onStop('answers in groups', () => relay.stop());
      lifetime.onStop('read receipts', () => receipts.stop());
      lifetime.onStop('typing', () => typing.stop());
      lifetime.onStop('chores', () => chores.stop());
      lifetime.onStop('digests', () => digests.stop());
      lifetime.onStop('notifications', () => attention.stop());
      await accountStore.reseal();
      await webhookStore.reseal();
      await pushKeys.reseal();
      await webhooks.start();
      chores.start();
      ephemera.start();
      bell.start((chatId) => drain.chat(chatId));
      await drain.start();
      relay.start();
      broadcastWorker.start();
      digests.start();
      await attention.start();
      // The accounts of a large installation connect a few at a time; nobody has to wait for the last.
      void supervisor.startAll().catch(lifetime.fail);
    },
  };
}

async function checked(check: () => Promise<unknown>): Promise<ReadinessCheck> {
  const since = performance.now();
  try {
    await check();
    return { ok: true, ms: Math.round(performance.now() - since) };
  } catch (error) {
    return { ok: false, detail: errorText(error) };
  }
}

function versionOf(): string {
  const manifest: unknown = JSON.parse(readFileSync(path.resolve(import.meta.dirname, '../package.json'), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
