import { DomainError } from '../../core/errors.js';
import { newId } from '../../core/ids.js';
import type { Role } from '../../core/users/views.js';
import type { Prisma } from '../database/prisma.js';

type NewUser = { email: string; passwordHash: string; name: string; role: Role };

/** Adds a user with a password and a default profile. Throws `conflict` for an address that is taken. */
export async function insertUser(tx: Prisma.TransactionClient, person: NewUser): Promise<string> {
  const id = newId();
  const email = person.email.toLowerCase();
  if ((await tx.user.findUnique({ where: { email }, select: { id: true } })) !== null) throw taken();
  await tx.user
    .create({
      data: {
        id,
        email,
        name: person.name,
        role: person.role,
        profiles: { create: { id: newId(), name: person.name, isDefault: true } },
        logins: { create: { id: newId(), accountId: id, providerId: 'credential', password: person.passwordHash } },
      },
    })
    .catch((error: unknown) => {
      throw error instanceof Error && 'code' in error && error.code === 'P2002' ? taken() : error;
    });
  return id;
}

const taken = () =>
  new DomainError('conflict', 'email-taken', 'There is a user with this address already.', {
    fields: { email: 'is taken' },
  });
