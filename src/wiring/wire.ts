import { readFileSync } from 'node:fs';
import path from 'node:path';
import { loadAdapters } from '../adapters/loader.js';
import { API_PREFIX, type ApiDeps } from '../api/deps.js';
import { CapabilityNews } from '../core/accounts/capability-news.js';
import { featuresOf, keptFor } from '../core/accounts/features.js';
import { Logins } from '../core/accounts/logins.js';
import { Accounts } from '../core/accounts/service.js';
import { Supervisor } from '../core/accounts/supervisor.js';
import { Attention } from '../core/attention/attention.js';
import { Gathered } from '../core/broadcasts/gathered.js';
import { BroadcastWorker } from '../core/broadcasts/worker.js';
import { Chores } from '../core/chores.js';
import { ReadReceipts } from '../core/conversations/receipts.js';
import { Typing } from '../core/conversations/typing.js';
import { Drain } from '../core/delivery/drain.js';
import { Digests } from '../core/digests/digests.js';
import { Relay } from '../core/groups/relay.js';
import { errorText, systemClock } from '../core/log.js';
import { History } from '../core/messages/history.js';
import { Inbox } from '../core/messages/inbox.js';
import { Ephemera } from '../core/presence/ephemera.js';
import { PresenceOut } from '../core/presence/own.js';
import { Hub } from '../core/sync/hub.js';
import { Dispatcher } from '../core/webhooks/dispatcher.js';
import { Webhooks } from '../core/webhooks/service.js';
import { Attachments } from '../infra/attachments.js';
import { createIdentity } from '../infra/auth/identity.js';
import type { Booted } from '../infra/boot.js';
import { readKeyFile } from '../infra/config/key-file.js';
import { LinkSigner } from '../infra/crypto/link-signer.js';
import { SecretBox } from '../infra/crypto/secret-box.js';
import { PgAccountStore } from '../infra/database/accounts.js';
import { Admin } from '../infra/database/admin.js';
import { Devices } from '../infra/database/attention/devices.js';
import { Reminders } from '../infra/database/attention/reminders.js';
import { PgAttentionStore } from '../infra/database/attention/store.js';
import { Broadcasts } from '../infra/database/broadcasts/service.js';
import { PgBroadcastStore } from '../infra/database/broadcasts/store.js';
import { PgCapabilityStore } from '../infra/database/capability-news.js';
import { Contacts } from '../infra/database/contacts.js';
import { Conversations } from '../infra/database/conversations.js';
import { Deliveries } from '../infra/database/deliveries/by-hand.js';
import { PgDigestStore } from '../infra/database/digests/store.js';
import { PgRelayStore } from '../infra/database/groups/relay.js';
import { GroupSender } from '../infra/database/groups/sending.js';
import { Groups } from '../infra/database/groups/service.js';
import { MentionBook } from '../infra/database/inbound/mentions.js';
import { PgInboundStore } from '../infra/database/inbound/store.js';
import { WordIndex } from '../infra/database/inbound/words.js';
import { Leader } from '../infra/database/leader.js';
import { Links } from '../infra/database/links/links.js';
import { Forwards } from '../infra/database/messages/forwards.js';
import { PgHistoryStore } from '../infra/database/messages/history.js';
import { imagesNamed } from '../infra/database/messages/images.js';
import { LinkPreviews } from '../infra/database/messages/link-previews.js';
import { MessageMarks } from '../infra/database/messages/marks.js';
import { Planner } from '../infra/database/messages/planner.js';
import { Previews } from '../infra/database/messages/previews.js';
import { Messages } from '../infra/database/messages/service.js';
import { PgOwnPresenceStore } from '../infra/database/own-presence.js';
import { createPool } from '../infra/database/pool.js';
import { PgPresenceStore } from '../infra/database/presence.js';
import { createPrisma } from '../infra/database/prisma.js';
import { dropStale } from '../infra/database/quarantine/count.js';
import { Quarantine } from '../infra/database/quarantine/quarantine.js';
import { Rooms } from '../infra/database/room-service.js';
import { PgRoomStore } from '../infra/database/rooms.js';
import { Routes } from '../infra/database/routes.js';
import { becomeSoleHolder } from '../infra/database/sole-holder.js';
import { Templates } from '../infra/database/templates.js';
import { ChangeLog } from '../infra/database/views/changes.js';
import type { Lifetime } from '../infra/lifetime.js';
import { CountedDeliveries } from '../infra/metrics/counted-deliveries.js';
import { readFigures } from '../infra/metrics/figures.js';
import { Metrics } from '../infra/metrics/metrics.js';
import { nodeAddress } from '../infra/nodes/address.js';
import { Nodes } from '../infra/nodes/nodes.js';
import { PushKeys } from '../infra/push/keys.js';
import { WebPushSender } from '../infra/push/sender.js';
import { QueueBell } from '../infra/queue/bell.js';
import { diskOf } from '../infra/storage/disk.js';
import { DiskRoom } from '../infra/storage/disk-room.js';
import { Uploads } from '../infra/uploads.js';
import { createIdempotency } from '../infra/users/idempotency.js';
import { createUsers } from '../infra/users/users.js';
import { PgWebhookStore } from '../infra/webhooks/store.js';
import { openFiles } from './files.js';
import { reachOut } from './outside.js';
import { readinessOf } from './readiness.js';
import { UsersHeld } from './users-held.js';

/** How long changes of what goes out in bulk gather for clients. */
const BULK_GATHER_MS = 250;

export type Wired = {
  deps: ApiDeps;
  /** Connects the accounts and sends what is queued; call it once the API listens at `address`. */
  start(address: string): Promise<void>;
};

/**
 * Makes every part and gives each what it needs: the one place that knows them all. What must be undone is left with
 * `lifetime`, in the order in which it may be. `here` is the folder that main.js runs from.
 */
export async function wire(booted: Booted, lifetime: Lifetime, here: string): Promise<Wired> {
  const { config, log, dataDir } = booted;
  const version = versionOf(here);
  const nodes = nodesOf(booted);
  const { databaseUrl } = nodes ?? booted;
  const prisma = createPrisma(databaseUrl);
  lifetime.onStop('the database client', () => prisma.$disconnect());
  const mayMake = async () =>
    (await prisma.account.findFirst({ select: { id: true } })) === null &&
    (await prisma.webhook.findFirst({ select: { id: true } })) === null;
  const secretKeys = config.secretKeys ?? [readKeyFile(dataDir, { mayMake: await mayMake() })];
  const pool = createPool(databaseUrl, (error) =>
    log.warn('a database connection was lost', { error: errorText(error) }),
  );
  lifetime.onStop('the database connections', () => pool.end());
  const holder = await becomeSoleHolder(databaseUrl, lifetime.fail, lifetime.signal, nodes ? 'node' : 'only');
  lifetime.onStop('the hold on the database', () => holder.release());

  const { web, checkServer, webhookCaller, images, pages } = reachOut(config, imagesNamed(prisma), lifetime);
  const { adapters, skipped } = await loadAdapters(config.adapters, log, path.join(here, 'adapters'));
  const files = await openFiles(config, dataDir, lifetime);
  const { blobs } = files;
  const room = DiskRoom.of(dataDir, config.diskReserve, log);
  const attachments = new Attachments(prisma, blobs, systemClock);
  const uploads = new Uploads(prisma, blobs, path.join(files.folder, 'uploads'), systemClock);
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
  const metrics = new Metrics({
    version,
    networks: new Set(adapters.keys()),
    pool,
    figures: () => readFigures(pool),
    streams: () => hub.listening,
    disk: () => diskOf(files.folder),
  });
  // Who holds the user is told: an administrator's process, or one that made the user, does not.
  const ring = (userId: string) => (nodes && !nodes.holds(userId) ? nodes.ring(userId) : hub.ring(userId));
  const changed = (userId: string) => {
    inbox.forget();
    mentions.forget();
    ring(userId);
  };
  const mentions = new MentionBook(pool);
  const inboundStore = new PgInboundStore(pool, blobs, mentions, new WordIndex(pool, log), ring);
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
  const leader = new Leader(databaseUrl);
  lifetime.onStop('the lead in chores', () => leader.release());
  const chores = new Chores(
    [
      { name: 'drop events that waited too long for their message', run: () => inboundStore.dropStale() },
      { name: 'drop files that were never sent', run: () => attachments.dropUnsent() },
      { name: 'drop what was in quarantine for long', run: () => dropStale(pool) },
      { name: 'drop links that ended long ago', run: () => links.dropStale() },
    ],
    systemClock,
    log,
    () => leader.leads(),
  );
  // Only whoever holds a user may write for them, and pieces of uploads may be on the disk of each process.
  const ownChores = new Chores(
    [
      { name: 'erase what is left of deleted groups', run: () => groups.eraseLeftovers() },
      { name: 'drop uploads that nobody goes on with', run: () => uploads.dropStale() },
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
    () => room.isFull,
    systemClock,
  );
  const ephemera = new Ephemera(
    new PgPresenceStore(pool),
    (userId, frame) => hub.broadcast(userId, frame),
    ring,
    systemClock,
    log,
  );
  const accountStore = new PgAccountStore(pool, prisma, box, context, ring);
  if (nodes === undefined) await accountStore.beginAnew();
  const supervisor = new Supervisor(
    adapters,
    accountStore,
    {
      deliver: (account, events, cursor) =>
        metrics.inbound(account.network, events.length, () => inbox.deliver({ account, events, cursor })),
      ephemeral: (account, events) => ephemera.take(account, events),
      fetch: web.fetch,
      checkServer,
      webhookUrl,
      clock: systemClock,
      log,
    },
    log,
    nodes,
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

  const bell = await QueueBell.open({ databaseUrl, redisUrl: config.redisUrl, nodeId: nodes?.id }, log);
  lifetime.onStop('the queue', () => bell.close());
  const deliveryStore = new CountedDeliveries(pool, blobs, links, systemClock);
  deliveryStore.onOutcome = (id, outcome) => metrics.attempt(supervisor.get(id)?.account.network, outcome);
  const drain = new Drain(
    deliveryStore,
    supervisor,
    bell,
    (userId, bulk) => (bulk ? gathered.changed(userId) : ring(userId)),
    systemClock,
    log.child({ part: 'drain' }),
  );
  const roomStore = new PgRoomStore(pool);
  const typing = new Typing(supervisor, roomStore, systemClock, log.child({ part: 'typing' }));
  const receipts = new ReadReceipts(supervisor, roomStore, systemClock, log.child({ part: 'receipts' }));
  const conversations = new Conversations(pool, context, supervisor, systemClock, {
    changed: ring,
    admitted: () => inbox.forget(),
    read: (accountId) => receipts.ring(accountId),
  });
  const messages = new Messages(
    pool,
    supervisor,
    history,
    systemClock,
    {
      changed: ring,
      ready: (places) => drain.ready(places),
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
  const deliveries = new Deliveries(pool, adapters, systemClock, {
    changed: ring,
    ring: async (chatId, delayMs) => void drain.ring(chatId, delayMs),
    settled: (id) => drain.settled(id),
  });
  const identity = createIdentity(prisma, (userId) => nodes?.tellEnded(userId));
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
      reminders: new Reminders(pool, (...ids) => conversations.get(...ids), ring),
      push: new Devices(pool, box, pushKeys, pushSender.checkEndpoint, attention),
      forwards: new Forwards(pool, messages, previews),
      deliveries,
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
      quarantine: new Quarantine(pool, inbox, deliveries, ring),
      admin: new Admin(pool, systemClock, {
        adapters,
        resting: (ids) => ids.filter((id) => drain.resting(id) !== undefined).length,
        changed: ring,
        ring: (chatId) => void drain.ring(chatId),
        audit: (what, fields) => log.info(what, { part: 'audit', ...fields }),
      }),
      metrics,
    },
    identity,
    users: createUsers(prisma, (userId) => {
      mentions.forget();
      ring(userId);
    }),
    idempotency: createIdempotency(prisma),
    config: {
      publicUrl: config.publicUrl,
      version,
      webRoot: path.resolve(here, '../web/out'),
    },
    log,
    ...(nodes === undefined ? {} : { peers: nodes }),
    room: () => room.checkNewWork(),
    readiness: readinessOf({ pool, bell, room, checkFiles: files.check, nodes, supervisor, skipped }),
  };
  const held = new UsersHeld({ accountStore, supervisor, drain, webhooks, attention, relay, inbox, mentions });
  return {
    deps,
    start: async (at) => {
      address = at;
      // As soon as nothing of theirs is connected: others take them, whatever else is still being closed.
      lifetime.onStop('the hold on the users', () => nodes?.stop());
      lifetime.onStop('webhooks', () => webhooks.stop());
      lifetime.onStop('presence', () => ephemera.stop());
      lifetime.onStop('the connections to the networks', () => supervisor.stopAll());
      lifetime.onStop('history', () => history.stop());
      lifetime.onStop('sending', () => drain.stop());
      lifetime.onStop('broadcasts', () => broadcastWorker.stop());
      lifetime.onStop('answers in groups', () => relay.stop());
      lifetime.onStop('read receipts', () => receipts.stop());
      lifetime.onStop('typing', () => typing.stop());
      lifetime.onStop('chores', () => Promise.all([chores.stop(), ownChores.stop()]).then(() => undefined));
      lifetime.onStop('digests', () => digests.stop());
      lifetime.onStop('notifications', () => attention.stop());
      await accountStore.reseal();
      await webhookStore.reseal();
      await pushKeys.reseal();
      webhooks.start();
      if (config.roles.has('worker')) chores.start();
      ownChores.start();
      ephemera.start();
      bell.start((chatId) => drain.chat(chatId));
      relay.start();
      broadcastWorker.start();
      digests.start();
      attention.start();
      if (nodes)
        await nodes.start(
          { url: config.nodeUrl ?? nodeAddress(config.host, at), files: files.name(), secretKeys },
          {
            gained: (userIds) => held.gained(userIds),
            lost: (userIds, how) => held.lost(userIds, how),
            gone: (ids) => void bell.drop(ids),
            rung: ring,
            ended: identity.doubt.bind(identity),
          },
        );
      else await held.takeAll(lifetime.fail);
      await drain.start();
    },
  };
}

/** Several processes on one database need what they can meet at: undefined where this is the only one. */
function nodesOf({ config, databaseUrl, log }: Booted): Nodes | undefined {
  const { redisUrl, roles } = config;
  if (config.databaseUrl === undefined || redisUrl === undefined) return undefined;
  return new Nodes({ redisUrl, roles, databaseUrl }, log.child({ part: 'nodes' }));
}

function versionOf(here: string): string {
  const manifest: unknown = JSON.parse(readFileSync(path.resolve(here, '../package.json'), 'utf8'));
  const found =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return typeof found === 'string' ? found : 'unknown';
}
