import type pg from 'pg';
import type { Supervisor } from '../../core/accounts/supervisor.js';
import { normalAddress } from '../../core/contacts/addresses.js';
import { suggest } from '../../core/contacts/suggestions.js';
import { timeZone } from '../../core/contacts/time-zone.js';
import { DomainError, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { BuddyChange, ContactService, NewBuddy } from '../../core/services.js';
import type { AddressView, BuddyView, ContactView, Page, PageRequest } from '../../core/views.js';
import type { Clock, ResolvedChat } from '../../sdk/index.js';
import { isId } from './accounts.js';
import { type BuddyContext, blockContact, changeBuddy } from './buddy-verbs.js';
import { leaveGroups, touchGroupsOf } from './groups/store.js';
import { conversationOf, ensureBuddy, ensureChat, makeConversation } from './inbound/people.js';
import { linkBuddies, mergeContacts, splitBuddy, unmergeContact } from './merge.js';
import { inTransaction, Revisions, type Sql } from './pool.js';
import type { Prisma, PrismaClient } from './prisma.js';
import { resolveAddress } from './resolve.js';
import { mustOwnRoute } from './routes.js';
import { buddyViews, contactViews } from './views/contacts.js';

const SUGGEST_FROM = 5_000;

export class Contacts implements ContactService {
  constructor(
    private readonly pool: pg.Pool,
    private readonly prisma: PrismaClient,
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    private readonly changed: (userId: string) => void,
  ) {}

  async list(userId: string, { limit, cursor, q }: PageRequest & { q?: string }): Promise<Page<ContactView>> {
    const after = cursor === undefined ? undefined : decode(cursor);
    const where: Prisma.ContactWhereInput = {
      userId,
      mergedInto: null,
      ...(q === undefined ? {} : { name: { contains: q, mode: 'insensitive' } }),
      ...(after === undefined
        ? {}
        : { OR: [{ name: { gt: after.name } }, { name: after.name, id: { gt: after.id } }] }),
    };
    const found = await contactViews(this.prisma, where, {
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
      take: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: found.length > limit && last ? encode(last) : null };
  }

  async get(userId: string, id: string): Promise<ContactView> {
    const [contact] = await contactViews(this.prisma, { userId, id, mergedInto: null });
    return contact ?? Promise.reject(notFound('contact'));
  }

  async create(
    userId: string,
    contact: { name: string; buddies: NewBuddy[]; addresses: AddressView[] },
  ): Promise<ContactView> {
    const addresses = contact.addresses.map((address, index) => normalAddress(address, `addresses.${index}.value`));
    const fresh: { accountId: string; network: string; resolved: ResolvedChat }[] = [];
    const known: string[] = [];
    for (const buddy of contact.buddies) {
      if (typeof buddy === 'string') known.push(buddy);
      else if ('id' in buddy) known.push(buddy.id);
      else fresh.push(await this.#resolve(userId, buddy));
    }
    const id = newId();
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 20 + 20 * (known.length + fresh.length));
      await sql.query('INSERT INTO contacts (id, user_id, name, named, rev) VALUES ($1, $2, $3, true, $4)', [
        id,
        userId,
        contact.name,
        revs.next(),
      ]);
      await setAddresses(sql, id, addresses);
      await makeConversation(sql, userId, id, contact.name, false, revs);
      for (const { accountId, network, resolved } of fresh) {
        if (!resolved.buddy) throw new DomainError('invalid', 'not-a-person', 'This address is not one person.');
        const account = { id: accountId, userId, network };
        const buddy = await ensureBuddy(sql, account, resolved.buddy, true, revs);
        await ensureChat(sql, account, resolved.chat, buddy, { request: false }, revs);
        known.push(buddy.buddyId);
      }
      await linkBuddies(sql, userId, id, known, revs);
    });
    this.changed(userId);
    return this.get(userId, id);
  }

  async patch(
    userId: string,
    id: string,
    { blocked, ...change }: Parameters<ContactService['patch']>[2],
  ): Promise<ContactView> {
    if (blocked !== undefined) await blockContact(this.#verbs(), userId, id, blocked);
    const addresses = change.addresses?.map((address, index) => normalAddress(address, `addresses.${index}.value`));
    const zone = typeof change.timeZone === 'string' ? knownZone(change.timeZone) : null;
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 3);
      await mustOwnRoute(sql, userId, change.routeId);
      const { rowCount } = await sql.query(
        `UPDATE contacts SET name = coalesce($3, name), named = named OR $3 IS NOT NULL,
           note = CASE WHEN $4 THEN $5 ELSE note END, favourite = coalesce($6, favourite), rev = $7,
           route_id = CASE WHEN $8 THEN $9 ELSE route_id END, time_zone = CASE WHEN $10 THEN $11 ELSE time_zone END
         WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL`,
        [
          id,
          userId,
          change.name ?? null,
          change.note !== undefined,
          change.note ?? null,
          change.favourite ?? null,
          revs.next(),
          change.routeId !== undefined,
          change.routeId ?? null,
          change.timeZone !== undefined,
          zone,
        ],
      );
      if (!rowCount) throw notFound('contact');
      if (addresses) await setAddresses(sql, id, addresses);
      const conversation = await conversationOf(sql, id);
      if (conversation) await sql.query('UPDATE conversations SET rev = $2 WHERE id = $1', [conversation, revs.next()]);
      else await makeConversation(sql, userId, id, change.name ?? '', false, revs);
      if (change.name !== undefined) await touchGroupsOf(sql, userId, [id]);
    });
    this.changed(userId);
    return this.get(userId, id);
  }

  async patchBuddy(userId: string, id: string, change: BuddyChange): Promise<BuddyView> {
    await changeBuddy(this.#verbs(), userId, id, change);
    this.changed(userId);
    const [buddy] = await buddyViews(this.prisma, { id, account: { userId } });
    return buddy ?? Promise.reject(notFound('buddy'));
  }

  #verbs(): BuddyContext {
    return { pool: this.pool, supervisor: this.supervisor, clock: this.clock };
  }

  async remove(userId: string, id: string): Promise<void> {
    await inTransaction(this.pool, async (sql) => {
      const revs = await Revisions.take(sql, userId, 1);
      const { rowCount } = await sql.query(
        'UPDATE contacts SET deleted_at = now(), rev = $3 WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL AND merged_into IS NULL',
        [id, userId, revs.next()],
      );
      if (!rowCount) throw notFound('contact');
      await leaveGroups(sql, userId, id);
      await sql.query('UPDATE buddies SET contact_id = NULL, home_contact_id = NULL WHERE contact_id = $1', [id]);
    });
    this.changed(userId);
  }

  async merge(userId: string, id: string, otherId: string): Promise<ContactView> {
    if (id === otherId)
      throw new DomainError('invalid', 'merge-with-itself', 'A contact cannot be merged with itself.');
    await inTransaction(this.pool, (sql) => mergeContacts(sql, userId, id, otherId));
    this.changed(userId);
    return this.get(userId, id);
  }

  async unmerge(userId: string, id: string, otherId: string): Promise<ContactView> {
    await inTransaction(this.pool, (sql) => unmergeContact(sql, userId, id, otherId));
    this.changed(userId);
    return this.get(userId, otherId);
  }

  async split(userId: string, id: string, buddyId: string): Promise<ContactView> {
    const to = await inTransaction(this.pool, (sql) => splitBuddy(sql, userId, id, buddyId));
    this.changed(userId);
    return this.get(userId, to);
  }

  async suggestions(userId: string) {
    const contacts = await contactViews(
      this.prisma,
      { userId, mergedInto: null },
      { orderBy: { id: 'desc' }, take: SUGGEST_FROM },
    );
    return suggest(contacts);
  }

  async #resolve(userId: string, { accountId, address }: { accountId: string; address: string }) {
    const { rows } = await this.pool.query<{ network: string }>(
      'SELECT network FROM accounts WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL',
      [accountId, userId],
    );
    if (!rows[0]) throw notFound('account');
    const resolved = await resolveAddress(this.supervisor, { id: accountId, userId }, address, false);
    return { accountId, network: rows[0].network, resolved };
  }
}

function knownZone(text: string): string {
  const zone = timeZone(text);
  if (zone !== undefined) return zone;
  throw new DomainError('invalid', 'unknown-time-zone', `"${text}" is no time zone. Give a name as Europe/Berlin.`, {
    fields: { timeZone: 'must be a time zone' },
  });
}

async function setAddresses(sql: Sql, contactId: string, addresses: AddressView[]): Promise<void> {
  await sql.query('DELETE FROM contact_addresses WHERE contact_id = $1', [contactId]);
  for (const { kind, value } of addresses) {
    await sql.query(
      `INSERT INTO contact_addresses (id, contact_id, home_id, kind, value) VALUES ($1, $2, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [newId(), contactId, kind, value],
    );
  }
}

const encode = ({ name, id }: { name: string; id: string }) =>
  Buffer.from(JSON.stringify([name, id])).toString('base64url');

function decode(cursor: string): { name: string; id: string } {
  try {
    const [name, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown[];
    if (typeof name === 'string' && typeof id === 'string' && isId(id)) return { name, id };
  } catch {
    // Falls through to the error below.
  }
  throw new DomainError('invalid', 'invalid-cursor', 'This cursor is not one of ours.', {
    fields: { cursor: 'must be a nextCursor' },
  });
}
