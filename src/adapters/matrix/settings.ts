import { z } from 'zod';
import { AdapterError, type JsonObject } from '../../sdk/index.js';

/** What the sign-in stored. The password is there until it has been exchanged for an access token. */
const settings = z.object({
  /** As it was typed: a server name, or the address of its client API. */
  homeserver: z.string().min(1).max(500),
  /** A certificate to trust besides the usual authorities: DER as base64. */
  certificate: z.string().max(20_000).optional(),
  deviceName: z.string().min(1).max(100),
  username: z.string().max(300).optional(),
  password: z.string().max(1000).optional(),
  accessToken: z.string().max(2000).optional(),
  /** The token came from the person, and is theirs to end. */
  given: z.boolean().optional(),
  userId: z.string().max(300).optional(),
  deviceId: z.string().max(300).optional(),
  /** Until it has been used. */
  recoveryKey: z.string().max(500).optional(),
});

export type Settings = z.infer<typeof settings>;

/** @throws AdapterError `auth` for a session that is not one */
export function readSettings(session: JsonObject): Settings {
  const read = settings.safeParse(session);
  if (read.success && (read.data.accessToken !== undefined || read.data.password !== undefined)) return read.data;
  throw new AdapterError('auth', 'What was stored of this sign-in cannot be read. Please sign in again.');
}

/** As JSON: what is not set is not there. */
export const sessionOf = (value: Settings): JsonObject => JSON.parse(JSON.stringify(value));
