import type { Log } from '../core/log.js';
import type { Peers } from '../core/nodes/peers.js';
import type { Services } from '../core/services.js';
import type { IdempotencyStore } from '../core/users/idempotency.js';
import type { Identity } from '../core/users/identity.js';
import type { UserService } from '../core/users/service.js';

export type ReadinessCheck = { ok: boolean; detail?: string; ms?: number };

export type ApiConfig = {
  /** Our own origin as people reach it, if it was configured. */
  publicUrl: string | undefined;
  version: string;
  /** Folder of the exported web client. */
  webRoot?: string;
};

/** All that the API is made of; it builds nothing itself. */
export type ApiDeps = {
  services: Services;
  identity: Identity;
  users: UserService;
  idempotency: IdempotencyStore;
  config: ApiConfig;
  log: Log;
  /** The other processes of this Parley; absent where it is the only one. */
  peers?: Peers;
  /** @throws DomainError while nothing new may be accepted */
  room?: () => Promise<void>;
  /** One entry per dependency. A failing `database` makes the answer of `/ready` a 503. */
  readiness: () => Promise<Record<string, ReadinessCheck>>;
};

/** Injection tokens: the parts of `ApiDeps`, by name. */
export const SERVICES = Symbol('services');
export const IDENTITY = Symbol('identity');
export const USERS = Symbol('users');
export const IDEMPOTENCY = Symbol('idempotency');
export const CONFIG = Symbol('config');
export const LOG = Symbol('log');
export const ROOM = Symbol('room');
export const READINESS = Symbol('readiness');
export const PEERS = Symbol('peers');

export const API_PREFIX = '/api/v1';
export const JSON_LIMIT = 1024 * 1024;
export const UPLOAD_LIMIT = 25 * 1024 * 1024;
