import { isIP } from 'node:net';
import { z } from 'zod';
import type { Log } from '../../sdk/index.js';
import { Api, makeClient } from './client.js';
import type { Who } from './link.js';
import { oneLine } from './reasons.js';
import type { Settings } from './settings.js';
import type { Wire } from './wire.js';

const wellKnown = z.looseObject({ 'm.homeserver': z.looseObject({ base_url: z.string().max(500) }) });
const loginAnswer = z.looseObject({
  user_id: z.string().min(1).max(300),
  access_token: z.string().min(1).max(2000),
  device_id: z.string().min(1).max(300),
});
const whoAnswer = z.looseObject({
  user_id: z.string().min(1).max(300),
  device_id: z.string().min(1).max(300).optional(),
});

/** The address of a homeserver's API, or undefined for what cannot be one. */
export function addressFrom(typed: string): { url: string; named: boolean } | undefined {
  const text = typed.trim().replace(/\/+$/, '');
  const named = !/^https?:\/\//i.test(text);
  const url = URL.parse(named ? `https://${text}` : text);
  if (!url || /[\s\p{Cc}]/u.test(text) || url.username !== '' || url.search !== '' || url.hash !== '') return undefined;
  if (!url.hostname || (named && !/^(?:\[[^\]]+\]|[^:/]+)(?::\d+)?$/.test(text))) return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) === 0 && !/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(host)) return undefined;
  return { url: url.href.replace(/\/+$/, ''), named };
}

/** The name people know a server by. */
export const serverName = (homeserver: string): string =>
  URL.parse(addressFrom(homeserver)?.url ?? '')?.host ?? homeserver;

/** The host of a server's name or address. */
export const hostOf = (homeserver: string): string =>
  new URL(addressFrom(homeserver)?.url ?? homeserver).hostname.replace(/^\[(.*)\]$/, '$1');

/** A name may say at its well-known place where its server is; an address is taken as it is. */
export async function findApi(homeserver: string, wire: Wire, log: Log): Promise<string> {
  const address = addressFrom(homeserver);
  if (!address) throw new Error('not an address of a server');
  if (!address.named) return address.url;
  const api = new Api(await makeClient({ baseUrl: address.url, wire, log }), address.url);
  try {
    const found = wellKnown.parse(await api.open('GET', '/.well-known/matrix/client', { prefix: '' }));
    return addressFrom(found['m.homeserver'].base_url)?.url ?? address.url;
  } catch {
    return address.url;
  }
}

type Proof = { password: string; username: string } | { loginToken: string };

/** Signs in and answers the new device. */
export async function signIn(api: Api, proof: Proof, deviceName: string): Promise<Who> {
  const how =
    'password' in proof
      ? { type: 'm.login.password', identifier: { type: 'm.id.user', user: proof.username }, password: proof.password }
      : { type: 'm.login.token', token: proof.loginToken };
  const body = { ...how, initial_device_display_name: oneLine(deviceName, 100) };
  const {
    user_id: userId,
    access_token: accessToken,
    device_id: deviceId,
  } = loginAnswer.parse(await api.open('POST', '/login', { body }));
  return { userId, accessToken, deviceId };
}

/** Whose token it is. A token without a device cannot have keys; it gets the name of one. */
export async function whoIs(settings: Settings, baseUrl: string, wire: Wire, log: Log): Promise<Who> {
  const { accessToken = '', userId = '@unknown:unknown', deviceId = 'UNKNOWN' } = settings;
  const client = await makeClient({ baseUrl, wire, log, who: { userId, deviceId, accessToken } });
  const found = whoAnswer.parse(await new Api(client, baseUrl).get('/account/whoami'));
  return { userId: found.user_id, deviceId: found.device_id ?? 'NODEVICE', accessToken };
}
