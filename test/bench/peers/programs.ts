import { spawnSync } from 'node:child_process';
import { programPath } from '../../../scripts/packages.mjs';

/** What Parley is measured against, the Debian packages of each, and the programs of them that have to be there. */
export const programs = {
  znc: { name: 'ZNC', packages: { znc: 'znc' } },
  biboumi: { name: 'biboumi with Prosody', packages: { biboumi: 'biboumi', prosody: 'prosody', openssl: 'openssl' } },
  bitlbee: { name: 'BitlBee', packages: { bitlbee: 'bitlbee', prosody: 'prosody', openssl: 'openssl' } },
} satisfies Record<string, { name: string; packages: Record<string, string> }>;

export type Peer = keyof typeof programs;

const peers: Peer[] = ['znc', 'biboumi', 'bitlbee'];

/** The packages that each peer still needs; those with all of theirs are left out. */
export function missingOf(find: (program: string) => string | undefined = programPath): Map<Peer, string[]> {
  return new Map(
    peers.flatMap((peer): [Peer, string[]][] => {
      const missing = Object.entries(programs[peer].packages).flatMap(([name, program]) =>
        find(program) ? [] : [name],
      );
      return missing.length > 0 ? [[peer, missing]] : [];
    }),
  );
}

/** What to do about it, in a sentence; nothing is ever installed from here. */
export function advice(missing: ReadonlyMap<Peer, string[]>): string | undefined {
  if (missing.size === 0) return undefined;
  const names = [...missing.keys()].map((peer) => programs[peer].name);
  const packages = [...new Set([...missing.values()].flat())];
  return `Not installed here, so not measured: ${names.join(', ')}. Install: apt-get install --no-install-recommends ${packages.join(' ')}`;
}

/** `ZNC 1.8.2`, `biboumi 9.0`, as Debian's packages are called and numbered, of what is there. */
export function versions(missing: ReadonlyMap<Peer, string[]>): string {
  const names = peers.filter((peer) => !missing.has(peer)).flatMap((peer) => Object.keys(programs[peer].packages));
  const shown = [...new Set(names)].filter((name) => name !== 'openssl');
  return shown.map((name) => `${name} ${versionOf(name)}`).join(', ');
}

function versionOf(name: string): string {
  const { stdout } = spawnSync('dpkg-query', ['--status', name], { encoding: 'utf8', timeout: 10_000 });
  return upstream(/^Version: (.*)$/m.exec(stdout ?? '')?.[1] ?? '');
}

/** Of Debian's number of a version, without its epoch and revision. */
export function upstream(version: string): string {
  return /^(?:\d+:)?(.+?)(?:-[^-]*)?$/.exec(version.trim())?.[1] ?? 'of unknown version';
}
