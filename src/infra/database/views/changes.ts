import type pg from 'pg';
import type { Change, SyncPage } from '../../../core/sync/change.js';
import { broadcastViews } from '../broadcasts/views.js';
import type { PrismaClient } from '../prisma.js';
import { accountViews, type ViewContext } from './accounts.js';
import { contactViews } from './contacts.js';
import { conversationViews } from './conversations.js';
import { deliveryViews } from './deliveries.js';
import { messageViews } from './messages.js';
import { userViews } from './users.js';

type Touched = { kind: Change['kind']; id: string; rev: number };

/** The newest revision is read first: rows of a later commit are either seen whole or left for the next page. */
const TOUCHED = `
SELECT kind, id, rev FROM (
  (SELECT 'account' AS kind, id, rev FROM accounts WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4)
  UNION ALL (SELECT 'contact', id, rev FROM contacts WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4)
  UNION ALL (SELECT 'conversation', id, rev FROM conversations WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4)
  UNION ALL (SELECT 'message', coalesce(relay_of, id), rev FROM messages WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4)
  UNION ALL (SELECT 'delivery', id, rev FROM deliveries WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4)
  UNION ALL (SELECT 'user', id, own_rev FROM users WHERE id = $1 AND own_rev > $2 AND own_rev <= $3)
  UNION ALL (SELECT 'broadcast', id, rev FROM broadcasts WHERE user_id = $1 AND rev > $2 AND rev <= $3 ORDER BY rev LIMIT $4)
) AS touched ORDER BY rev LIMIT $4`;

/** Reads what a user's clients see of the rows after a revision: catch-up and live are this one path. */
export class ChangeLog {
  constructor(
    private readonly pool: pg.Pool,
    private readonly prisma: PrismaClient,
    private readonly context: ViewContext,
  ) {}

  async newest(userId: string): Promise<number> {
    const { rows } = await this.pool.query<{ rev: number }>({
      name: 'newest-rev',
      text: 'SELECT rev FROM users WHERE id = $1',
      values: [userId],
    });
    return rows[0]?.rev ?? 0;
  }

  async since(userId: string, since: number, limit: number): Promise<SyncPage> {
    const newest = await this.newest(userId);
    const { rows } = await this.pool.query<Touched>({
      name: 'touched',
      text: TOUCHED,
      values: [userId, since, newest, limit + 1],
    });
    const more = rows.length > limit;
    const touched = rows.slice(0, limit);
    const changes = await this.#views(userId, touched);
    return { changes, rev: more ? (touched.at(-1)?.rev ?? since) : Math.max(newest, since), more };
  }

  async #views(userId: string, touched: Touched[]): Promise<Change[]> {
    const ids = (kind: Change['kind']) => touched.filter((row) => row.kind === kind).map((row) => row.id);
    const load = async <V extends { id: string }>(
      kind: Change['kind'],
      views: (where: { userId: string; id: { in: string[] } }) => Promise<V[]>,
    ) => {
      const wanted = ids(kind);
      const found = wanted.length === 0 ? [] : await views({ userId, id: { in: wanted } });
      return new Map(found.map((view) => [view.id, view]));
    };
    const [accounts, contacts, conversations, messages, deliveries, broadcasts, users] = await Promise.all([
      load('account', (where) => accountViews(this.prisma, this.context, where)),
      load('contact', (where) => contactViews(this.prisma, { ...where, mergedInto: null })),
      load('conversation', (where) => conversationViews(this.pool, this.context, where.userId, where.id.in)),
      load('message', (where) => messageViews(this.pool, where.userId, where.id.in)),
      load('delivery', (where) => deliveryViews(this.pool, where.userId, where.id.in)),
      load('broadcast', (where) => broadcastViews(this.pool, where.userId, where.id.in)),
      load('user', ({ userId }) => userViews(this.prisma, userId)),
    ]);
    const change = ({ kind, id, rev }: Touched): Change => {
      switch (kind) {
        case 'account':
          return { kind, id, rev, value: accounts.get(id) ?? null };
        case 'contact':
          return { kind, id, rev, value: contacts.get(id) ?? null };
        case 'conversation':
          return { kind, id, rev, value: conversations.get(id) ?? null };
        case 'message':
          return { kind, id, rev, value: messages.get(id) ?? null };
        case 'delivery':
          return { kind, id, rev, value: deliveries.get(id) ?? null };
        case 'broadcast':
          return { kind, id, rev, value: broadcasts.get(id) ?? null };
        case 'user':
          return { kind, id, rev, value: users.get(id) ?? null };
      }
    };
    return touched.map(change);
  }

  /** The conversations as they are now, for a frame that follows fast messages. */
  async conversations(userId: string, ids: string[]): Promise<Change[]> {
    const views = await conversationViews(this.pool, this.context, userId, ids);
    return views.map((value) => ({ kind: 'conversation', id: value.id, rev: value.rev, value }));
  }
}
