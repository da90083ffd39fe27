import { randomBytes } from 'node:crypto';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import { bearer } from 'better-auth/plugins/bearer';
import { newId } from '../../core/ids.js';
import type { PrismaClient } from '../database/prisma.js';

const DAY_S = 24 * 60 * 60;
export const SESSION_S = 30 * DAY_S;
/** A session used after this long gets a new lease. */
export const RENEW_AFTER_S = DAY_S;
export const IP_HEADER = 'x-parley-client';

/**
 * The auth library over our own tables: email and password, sessions of 30 days that roll. Only its server-side
 * calls are used, none of its routes; so the secret signs nothing that leaves the process.
 */
export function createAuth(prisma: PrismaClient) {
  return betterAuth({
    baseURL: 'http://parley.invalid',
    secret: randomBytes(32).toString('base64url'),
    database: prismaAdapter(prisma, { provider: 'postgresql' }),
    user: { additionalFields: { role: { type: 'string', required: false, input: false } } },
    session: { modelName: 'authSession', expiresIn: SESSION_S, updateAge: RENEW_AFTER_S },
    account: { modelName: 'authAccount' },
    verification: { modelName: 'authVerification' },
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 1, maxPasswordLength: 128 },
    plugins: [bearer()],
    advanced: { database: { generateId: () => newId() }, ipAddress: { ipAddressHeaders: [IP_HEADER] } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
  });
}

export type Auth = ReturnType<typeof createAuth>;
