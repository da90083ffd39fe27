import { believed, mostAvailable } from '../../../core/presence/availability.js';
import type { AddressView, BuddyView, ContactView } from '../../../core/views.js';
import type { Prisma } from '../prisma.js';
import type { Db } from './accounts.js';

const buddyInclude = {
  account: { select: { network: true, state: true, deletedAt: true } },
} satisfies Prisma.BuddyInclude;

const include = {
  buddies: {
    include: buddyInclude,
    orderBy: { id: 'asc' },
  },
  addresses: { orderBy: { id: 'asc' } },
  conversations: {
    where: { deletedAt: null, mergedInto: null },
    orderBy: { lastMessageAt: { sort: 'desc', nulls: 'last' } },
    take: 1,
    select: { id: true },
  },
} satisfies Prisma.ContactInclude;

type Row = Prisma.ContactGetPayload<{ include: typeof include }>;

export async function contactViews(
  db: Db,
  where: Prisma.ContactWhereInput,
  page: Pick<Prisma.ContactFindManyArgs, 'orderBy' | 'take'> = { orderBy: { id: 'asc' } },
): Promise<ContactView[]> {
  const now = Date.now();
  const rows = await db.contact.findMany({ where: { ...where, deletedAt: null }, include, ...page });
  return rows.map((row) => contactView(row, now));
}

function contactView(row: Row, now: number): ContactView {
  const buddies = row.buddies.filter((buddy) => buddy.account.deletedAt === null).map((buddy) => buddyView(buddy, now));
  const best = mostAvailable(buddies);
  return {
    id: row.id,
    name: row.name,
    buddies,
    addresses: row.addresses.map(({ kind, value }) => ({ kind: kind as AddressView['kind'], value })),
    presence: best?.presence ?? { state: 'unknown' },
    bestBuddyId: best?.id ?? null,
    conversationId: row.conversations[0]?.id ?? null,
    ...(row.note === null ? {} : { note: row.note }),
    ...(row.timeZone === null ? {} : { timeZone: row.timeZone }),
    favourite: row.favourite,
    routeId: row.routeId,
    rev: Number(row.rev),
  };
}

/** Of accounts that are not deleted. */
export async function buddyViews(db: Db, where: Prisma.BuddyWhereInput): Promise<BuddyView[]> {
  const rows = await db.buddy.findMany({ where, include: buddyInclude, orderBy: { id: 'asc' } });
  return rows.filter((row) => row.account.deletedAt === null).map((row) => buddyView(row, Date.now()));
}

function buddyView(row: Row['buddies'][number], now: number): BuddyView {
  const reported = {
    state: row.presence,
    note: row.presenceNote,
    idleSince: row.idleSince,
    activity: row.activity,
    until: row.presenceUntil,
  };
  return {
    id: row.id,
    accountId: row.accountId,
    network: row.account.network,
    address: row.address,
    name: row.name,
    ...(row.avatarUrl === null ? {} : { avatarUrl: row.avatarUrl }),
    presence: believed(reported, row.account.state === 'online', now),
    groups: row.groups,
    listed: row.listed,
    blocked: row.blocked,
    optedOut: row.optedOut,
    ...(row.timeZone === null ? {} : { timeZone: row.timeZone }),
  };
}
