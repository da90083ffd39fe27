import type { Supervisor } from '../core/accounts/supervisor.js';
import type { Attention } from '../core/attention/attention.js';
import type { Drain } from '../core/delivery/drain.js';
import type { Relay } from '../core/groups/relay.js';
import type { Inbox } from '../core/messages/inbox.js';
import type { Dispatcher } from '../core/webhooks/dispatcher.js';
import type { PgAccountStore } from '../infra/database/accounts.js';
import type { MentionBook } from '../infra/database/inbound/mentions.js';

type Parts = {
  accountStore: PgAccountStore;
  supervisor: Supervisor;
  drain: Drain;
  webhooks: Dispatcher;
  attention: Attention;
  relay: Relay;
  inbox: Inbox;
  mentions: MentionBook;
};

/** What begins and ends with the users that this process holds. */
export class UsersHeld {
  constructor(private readonly parts: Parts) {}

  /** This is the only process. */
  async takeAll(fail: (error: unknown) => void): Promise<void> {
    const { supervisor, webhooks, attention } = this.parts;
    await webhooks.takeOn();
    await attention.takeOn();
    // The accounts of a large installation connect a few at a time; nobody has to wait for the last.
    void supervisor.startAll().catch(fail);
  }

  async gained(userIds: readonly string[]): Promise<void> {
    const { accountStore, supervisor, drain, webhooks, attention, relay, inbox, mentions } = this.parts;
    inbox.forget();
    mentions.forget();
    await accountStore.beginAnew(userIds);
    await drain.takeOn(userIds);
    await webhooks.takeOn(userIds);
    await attention.takeOn(userIds);
    void relay.look();
    await supervisor.startAll(userIds);
  }

  async lost(userIds: readonly string[], how: 'handed over' | 'late'): Promise<void> {
    const { supervisor, drain, webhooks, attention } = this.parts;
    if (how === 'handed over') await Promise.all([drain.letGo(userIds), webhooks.letGo(userIds)]);
    else void webhooks.letGo(userIds);
    attention.letGo(userIds);
    await supervisor.closeAll(userIds);
  }
}
