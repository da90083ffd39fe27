import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Adapter, Log } from '../sdk/index.js';

const SDK_MAJOR = 1;
const NETWORK_ID = /^[a-z][a-z0-9-]{0,31}$/;

/** An adapter that was left out, and why. */
export type Skipped = { from: string; why: string };
export type LoadedAdapters = { adapters: ReadonlyMap<string, Adapter>; skipped: Skipped[] };

/**
 * Loads every adapter folder of `home` (beside this file by default), then the named npm packages. One that fails to load, was written for
 * another SDK or takes a network id that is already there is reported and skipped; it never stops the start.
 */
export async function loadAdapters(
  packages: readonly string[],
  log: Log,
  home = import.meta.dirname,
): Promise<LoadedAdapters> {
  const own = readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entryOf(path.join(home, entry.name)))
    .filter((file) => file !== undefined)
    .map((file) => ({ from: path.basename(path.dirname(file)), specifier: pathToFileURL(file).href }));
  const adapters = new Map<string, Adapter>();
  const skipped: Skipped[] = [];
  for (const { from, specifier } of [...own, ...packages.map((name) => ({ from: name, specifier: name }))]) {
    try {
      const adapter = adapterOf(await import(specifier));
      if (adapters.has(adapter.manifest.id)) throw new Error(`there is a network "${adapter.manifest.id}" already`);
      adapters.set(adapter.manifest.id, adapter);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      skipped.push({ from, why });
      log.warn('an adapter was skipped', { adapter: from, why });
    }
  }
  return { adapters, skipped };
}

/** Compiled in a build, a source in tests. */
const entryOf = (folder: string): string | undefined =>
  ['index.js', 'index.ts'].map((name) => path.join(folder, name)).find((file) => existsSync(file));

/** The default export, if it has the shape of the contract. @throws Error in words for the log */
function adapterOf(module: unknown): Adapter {
  const found = isObject(module) ? module.default : undefined;
  if (
    !isObject(found) ||
    typeof found.login !== 'function' ||
    typeof found.open !== 'function' ||
    !isObject(found.manifest)
  )
    throw new Error('its default export is not an adapter');
  const { id, sdk, name, loginFlows, capabilities } = found.manifest;
  if (sdk !== SDK_MAJOR) throw new Error(`it was written for SDK ${String(sdk)}, and this is SDK ${SDK_MAJOR}`);
  if (typeof id !== 'string' || !NETWORK_ID.test(id))
    throw new Error('its network id is not lower-case letters, digits and dashes');
  if (typeof name !== 'string' || !Array.isArray(loginFlows) || loginFlows.length === 0 || !isObject(capabilities))
    throw new Error('its manifest lacks a name, a sign-in or its capabilities');
  return found as unknown as Adapter;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
