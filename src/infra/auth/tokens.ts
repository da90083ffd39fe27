import { createHash, randomBytes } from 'node:crypto';

const PERSONAL = /^ply_[A-Za-z0-9_-]{43}$/;
const SESSION = /^[A-Za-z0-9]{32}$/;

/** `ply_` and 32 random bytes: long enough that a plain digest of it cannot be searched back. */
export const newPersonalToken = (): string => `ply_${randomBytes(32).toString('base64url')}`;

export const isPersonalToken = (text: string): boolean => PERSONAL.test(text);
export const isSessionToken = (text: string): boolean => SESSION.test(text);

export const tokenHash = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(token).digest());
