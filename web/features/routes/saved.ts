'use client';
import { useEffect } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { RoutePolicy, SavedRoute } from '../../lib/api/types';
import { newKey } from '../../lib/new-key';
import { useVersion } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { setUser } from '../../lib/sync/user';

type Known = { owner: string; routes: SavedRoute[] | null; error: string | null };

let known: Known = { owner: '', routes: null, error: null };
let asking = false;
let askedAt = Number.NEGATIVE_INFINITY;
/** Each conversation that is opened wants them; they change seldom. */
const freshMs = 30_000;

function mine(): Known {
  const owner = store.user?.id ?? '';
  if (known.owner !== owner) known = { owner, routes: null, error: null };
  return known;
}

function keep(change: Partial<Known>): void {
  known = { ...mine(), ...change };
  store.touch('routes');
}

/** Asks anew; what is known stays in view meanwhile. */
export async function loadRoutes(): Promise<void> {
  const { owner } = mine();
  if (asking || !owner) return;
  asking = true;
  try {
    const { items } = await call('listRoutes', { query: { limit: 200 } });
    askedAt = performance.now();
    if (store.user?.id === owner) keep({ routes: items, error: null });
  } catch (error) {
    if (store.user?.id === owner) keep({ error: messageOf(error) });
  } finally {
    asking = false;
  }
}

/** Saved routes; null until the server has said which there are. */
export function useRoutes(): Omit<Known, 'owner'> {
  useVersion('routes');
  useEffect(() => {
    if (mine().routes === null || performance.now() - askedAt > freshMs) void loadRoutes();
  }, []);
  return mine();
}

const replaced = (route: SavedRoute): SavedRoute[] => [
  ...(mine().routes ?? []).filter((one) => one.id !== route.id),
  route,
];

export async function saveRoute(id: string | null, body: { name: string; policy: RoutePolicy }): Promise<SavedRoute> {
  const route = id
    ? await call('patchRoute', { params: { id }, body })
    : await call('createRoute', { body, idempotencyKey: newKey() });
  keep({ routes: replaced(route) });
  return route;
}

export async function removeRoute(id: string): Promise<void> {
  await call('deleteRoute', { params: { id } });
  keep({ routes: (mine().routes ?? []).filter((one) => one.id !== id) });
  setUser(await call('me', {}));
}

/** What stands for everybody no nearer choice was made for. */
export async function setDefault(routeId: string | null): Promise<void> {
  const profile = store.user?.profiles.find((one) => one.isDefault) ?? store.user?.profiles[0];
  if (profile) setUser(await call('patchProfile', { params: { id: profile.id }, body: { routeId } }));
}

export const defaultRouteId = (): string | null =>
  (store.user?.profiles.find((one) => one.isDefault) ?? store.user?.profiles[0])?.routeId ?? null;
