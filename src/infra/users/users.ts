import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import { DomainError, notFound } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { OwnPresence } from '../../core/presence/own.js';
import type { UserChange, UserService } from '../../core/users/service.js';
import type { AudienceView, Role, Scope, TokenView, UserView } from '../../core/users/views.js';
import type { Page, PageRequest } from '../../core/views.js';
import { newPersonalToken, tokenHash } from '../auth/tokens.js';
import type { Prisma, User } from '../database/generated/client.js';
import type { PrismaClient } from '../database/prisma.js';
import { userView, withProfiles } from '../database/views/users.js';
import { insertUser } from './new-user.js';
import { audienceView, tokenView } from './rows.js';

const MOST_TOKENS = 100;
const cursorId = z.uuid();

class DatabaseUsers implements UserService {
  readonly #prisma: PrismaClient;

  constructor(
    prisma: PrismaClient,
    private readonly changed: (userId: string) => void,
  ) {
    this.#prisma = prisma;
  }

  async get(userId: string): Promise<UserView> {
    const row = await this.#prisma.user.findUnique({
      where: { id: userId },
      include: withProfiles,
    });
    if (row === null) throw notFound('user');
    return userView(row);
  }

  async patch(userId: string, change: UserChange): Promise<UserView> {
    return this.#change(userId, ({ settings }) => ({
      ...change,
      settings: { ...asObject(settings), ...asObject(change.settings) },
    }));
  }

  /** Changes the user's own row, so that all their clients hear of it. */
  async #change(userId: string, data: (row: User) => Prisma.UserUpdateInput): Promise<UserView> {
    const row = await this.#prisma.$transaction(async (tx) => {
      // The first statement is also the lock that puts a user's commits in order.
      const [locked] = await tx.user.updateManyAndReturn({ where: { id: userId }, data: { rev: { increment: 1 } } });
      if (!locked) throw notFound('user');
      const where = { id: userId };
      return tx.user.update({ where, data: { ...data(locked), ownRev: locked.rev }, include: withProfiles });
    });
    this.changed(userId);
    return userView(row);
  }

  async create(person: { email: string; password: string; name: string; role: Role }): Promise<UserView> {
    const passwordHash = await hashPassword(person.password);
    const id = await this.#prisma.$transaction((tx) => insertUser(tx, { ...person, passwordHash }));
    return this.get(id);
  }

  async createToken(userId: string, wanted: { name: string; scopes: Scope[] }): Promise<TokenView> {
    if ((await this.#prisma.apiToken.count({ where: { userId } })) >= MOST_TOKENS)
      throw new DomainError('conflict', 'too-many-tokens', `There can be ${MOST_TOKENS} tokens; revoke one first.`);
    const token = newPersonalToken();
    const row = await this.#prisma.apiToken.create({
      data: { id: newId(), userId, name: wanted.name, scopes: [...new Set(wanted.scopes)], hash: tokenHash(token) },
    });
    return { ...tokenView(row), token };
  }

  async tokens(userId: string, page: PageRequest): Promise<Page<TokenView>> {
    const rows = await this.#prisma.apiToken.findMany({
      where: { userId, ...(page.cursor === undefined ? {} : { id: { lt: cursorOf(page.cursor) } }) },
      orderBy: { id: 'desc' },
      take: page.limit + 1,
    });
    const items = rows.slice(0, page.limit).map(tokenView);
    return { items, nextCursor: rows.length > page.limit ? (items.at(-1)?.id ?? null) : null };
  }

  async deleteToken(userId: string, id: string): Promise<void> {
    const { count } = await this.#prisma.apiToken.deleteMany({ where: { id, userId } });
    if (count === 0) throw notFound('token');
  }

  async setPresence(userId: string, wanted: OwnPresence & { audience?: string }): Promise<UserView> {
    const note = wanted.note ?? null;
    if (wanted.audience === undefined) {
      return this.#change(userId, () => ({ presence: wanted.state, presenceNote: note }));
    }
    const { count } = await this.#prisma.audience.updateMany({
      where: { userId, name: wanted.audience },
      data: { presence: wanted.state, note },
    });
    if (count === 0)
      throw new DomainError('invalid', 'unknown-audience', 'There is no such audience.', {
        fields: { audience: 'is not one of your audiences' },
      });
    return this.get(userId);
  }

  async audiences(userId: string): Promise<AudienceView[]> {
    const rows = await this.#prisma.audience.findMany({ where: { userId }, orderBy: { name: 'asc' } });
    return rows.map(audienceView);
  }

  async putAudiences(userId: string, wanted: { name: string; contactIds: string[] }[]): Promise<AudienceView[]> {
    const names = wanted.map((audience) => audience.name);
    if (new Set(names).size < names.length)
      throw new DomainError('invalid', 'same-name-twice', 'Two audiences have the same name.', {
        fields: { items: 'must have different names' },
      });
    const contactIds = [...new Set(wanted.flatMap((audience) => audience.contactIds))];
    await this.#prisma.$transaction(async (tx) => {
      const known = await tx.contact.count({ where: { userId, id: { in: contactIds } } });
      if (known < contactIds.length)
        throw new DomainError('invalid', 'unknown-contact', 'An audience names a contact that does not exist.', {
          fields: { items: 'must name your own contacts' },
        });
      await tx.audience.deleteMany({ where: { userId, name: { notIn: names } } });
      for (const { name, contactIds: members } of wanted)
        await tx.audience.upsert({
          where: { userId_name: { userId, name } },
          create: { id: newId(), userId, name, contactIds: members },
          update: { contactIds: members },
        });
    });
    return this.audiences(userId);
  }
}

function cursorOf(text: string): string {
  const id = cursorId.safeParse(text);
  if (id.success) return id.data;
  throw new DomainError('invalid', 'invalid-cursor', 'This is not a cursor of this list.', {
    fields: { cursor: 'must be a nextCursor of this list' },
  });
}

const asObject = (value: unknown): Prisma.InputJsonObject =>
  typeof value === 'object' && value !== null ? (value as Prisma.InputJsonObject) : {};

/** `changed` is called once a user's own row has. */
export const createUsers = (prisma: PrismaClient, changed: (userId: string) => void): UserService =>
  new DatabaseUsers(prisma, changed);
