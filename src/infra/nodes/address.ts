import os from 'node:os';

const WILDCARDS = new Set(['0.0.0.0', '::']);

/** Where other machines reach this process: where it listens on all addresses, by the first that is not its own alone. */
export function nodeAddress(host: string, listening: string): string {
  if (!WILDCARDS.has(host)) return listening;
  const addresses = Object.values(os.networkInterfaces()).flatMap((all) => all ?? []);
  const outer = addresses.find(({ internal, family }) => !internal && family === 'IPv4');
  const { port } = new URL(listening);
  return outer === undefined ? listening : `http://${outer.address}:${port}`;
}
