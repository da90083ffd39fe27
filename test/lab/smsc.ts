import { freePorts } from '../support/ports.ts';
import { kannel } from './kannel.ts';
import { makePhones } from './phones.ts';
import type { Site } from './site.ts';
import { smppCenter } from './smpp-center.ts';
import { restartable, together } from './switch.ts';
import type { SmscLab } from './types.ts';
import { host } from './wait.ts';

/** Numbers that the British regulator keeps free for stories: no phone has them. */
const smppNumber = '+447700900100';
const httpNumber = '+447700900101';
const systemId = 'parley';
const smppPassword = 'smpppass';

/** An SMPP message centre and Kannel's HTTP gateway, side by side, with the same phones behind both. */
export async function startSmsc(site: Site): Promise<SmscLab> {
  const [smppPort = 0] = await freePorts(1);
  const phones = makePhones();
  const center = smppCenter({ port: smppPort, systemId, password: smppPassword }, phones);
  const gateway = await kannel(site, phones);
  const server = together([center, gateway]);
  await server.up();
  return {
    smpp: { host, port: smppPort, systemId, password: smppPassword, number: smppNumber, centre: center },
    http: { ...gateway.account, number: httpNumber, setCallback: gateway.setCallback, gateway },
    received: phones.received,
    onReceived: phones.onReceived,
    setReachable: center.setReachable,
    cut: center.cut,
    async sendFromPhone(via, from, to, text) {
      if (via === 'smpp') center.sendFromPhone(from, to, text);
      else gateway.sendFromPhone(from, to, text);
    },
    ...restartable(server),
  };
}
