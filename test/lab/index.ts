import { missingPackages } from '../../scripts/packages.mjs';
import { startEjabberd } from './ejabberd.ts';
import { startInspircd } from './inspircd.ts';
import { startMail } from './mail.ts';
import { startNgircd } from './ngircd.ts';
import { startProsody } from './prosody.ts';
import { startRedis } from './redis.ts';
import { asRoot, openSite, type Site } from './site.ts';
import { startSmsc } from './smsc.ts';
import { startSwift } from './swift.ts';
import { startSynapse } from './synapse.ts';
import { startTelegram } from './telegram.ts';
import { type Lab, LabMissing, type LabServer } from './types.ts';

export type { Lab, LabServer, ReceivedSms } from './types.ts';
export { LabMissing } from './types.ts';

export const labServers: readonly LabServer[] = [
  'inspircd',
  'ngircd',
  'mail',
  'smsc',
  'prosody',
  'ejabberd',
  'synapse',
  'telegram',
  'redis',
  'swift',
];

type Running = Partial<Lab> & Pick<Lab, 'stop' | 'folder'>;

/**
 * Starts the named servers (all by default) on free loopback ports with data under a new temporary folder, all at
 * once. Throws LabMissing, naming the Debian packages to install, where a program is absent. When one server does not
 * start, the others are stopped and the reason is thrown with the end of its log.
 */
export function startLab<S extends LabServer = LabServer>(
  servers?: readonly S[],
): Promise<Pick<Lab, S | 'stop' | 'folder'>>;
export async function startLab(servers: readonly LabServer[] = labServers): Promise<Running> {
  checkPrograms(servers);
  const site = await openSite();
  const lab: Running = { folder: site.folder, stop: () => stop(lab, site) };
  const starting = servers.map(async (server) => {
    switch (server) {
      case 'inspircd':
        lab.inspircd = await onFreePorts(() => startInspircd(site));
        return;
      case 'ngircd':
        lab.ngircd = await onFreePorts(() => startNgircd(site));
        return;
      case 'mail':
        lab.mail = await onFreePorts(() => startMail(site));
        return;
      case 'smsc':
        lab.smsc = await onFreePorts(() => startSmsc(site));
        return;
      case 'prosody':
        lab.prosody = await onFreePorts(() => startProsody(site));
        return;
      case 'ejabberd':
        lab.ejabberd = await onFreePorts(() => startEjabberd(site));
        return;
      case 'synapse':
        lab.synapse = await onFreePorts(() => startSynapse(site));
        return;
      case 'telegram':
        lab.telegram = await onFreePorts(() => startTelegram());
        return;
      case 'redis':
        lab.redis = await onFreePorts(() => startRedis(site));
        return;
      case 'swift':
        lab.swift = await onFreePorts(() => startSwift(site));
        return;
    }
  });
  const failed = (await Promise.allSettled(starting)).find((outcome) => outcome.status === 'rejected');
  if (!failed) return lab;
  await lab.stop();
  throw failed.reason;
}

async function stop(lab: Running, site: Site): Promise<void> {
  const { inspircd, ngircd, mail, smsc, prosody, ejabberd, synapse, telegram, redis, swift } = lab;
  await Promise.allSettled(
    [inspircd, ngircd, mail, smsc, prosody, ejabberd, synapse, telegram, redis, swift].map((server) => server?.down()),
  );
  await site.close();
}

function checkPrograms(servers: readonly LabServer[]): void {
  const missing = missingPackages(servers);
  if (missing.length > 0) throw new LabMissing(missing);
  if (servers.includes('mail') && !asRoot()) {
    throw new LabMissing([], 'the mail server of the lab runs only as root: Postfix insists on it');
  }
}

/** Between looking for a free port and using it another program may take it: then other ports are tried. */
async function onFreePorts<T>(start: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      const taken = error instanceof Error && /address already in use|could not bind|EADDRINUSE/i.test(error.message);
      if (!taken || tries === 3) throw error;
    }
  }
}
