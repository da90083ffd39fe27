import type { Element } from '@xmpp/client';
import type { Jid } from './ids.js';
import { readJid } from './ids.js';
import { ns } from './ns.js';
import { Ended, retry, saslReason } from './reasons.js';
import { hashes, Scram, type ScramMechanism } from './scram.js';
import type { Settings } from './settings.js';
import type { Stream } from './stream.js';
import { el, visible } from './wire.js';

export type Negotiated =
  | { resumed: true; h: number }
  /** `sm`: stream management is on; with an id it can be taken up again. */
  | { resumed: false; jid: Jid; sm: { id: string | undefined } | undefined };

/** An earlier session to take up again, with how much of it was handled. */
export type Earlier = { id: string; handled: number };

/** From a fresh socket to a session: encryption, sign-in, and the session itself, old or new. @throws Ended */
export async function negotiate(stream: Stream, settings: Settings, own: Jid, earlier?: Earlier): Promise<Negotiated> {
  let features = await stream.begin();
  if (settings.tls === 'starttls') features = await encrypt(stream, features);
  await signIn(stream, features, settings, own);
  features = await stream.begin();
  if (earlier && features.getChild('sm', ns.sm)) {
    const h = await resume(stream, earlier);
    if (h !== undefined) return { resumed: true, h };
  }
  const jid = await bind(stream, features, settings.resource);
  return { resumed: false, jid, sm: features.getChild('sm', ns.sm) ? await enable(stream) : undefined };
}

async function encrypt(stream: Stream, features: Element): Promise<Element> {
  if (!features.getChild('starttls', ns.tls)) {
    throw new Ended(retry(`${stream.at} offers no encryption; nothing was sent to it`, 60_000));
  }
  stream.send(el('starttls', { xmlns: ns.tls }));
  const answer = await stream.next();
  if (!answer.is('proceed', ns.tls)) throw new Ended(retry(`${stream.at} refused to encrypt`, 60_000));
  await stream.startTls();
  return stream.begin();
}

async function signIn(stream: Stream, features: Element, settings: Settings, own: Jid): Promise<void> {
  const offered = new Set(
    (features.getChild('mechanisms', ns.sasl)?.getChildren('mechanism') ?? []).slice(0, 50).map((one) => one.text()),
  );
  const scram = (Object.keys(hashes) as ScramMechanism[]).find((mechanism) => offered.has(mechanism));
  if (scram) return withScram(stream, new Scram(scram, own.local, settings.password));
  if (!offered.has('PLAIN')) {
    const names = visible([...offered].join(', '), 200) || 'none';
    throw new Ended({
      next: 'needs-login',
      why: `${stream.at} offers no way to sign in that fits (it offers: ${names})`,
    });
  }
  if (!stream.isSecure) {
    const why = `${stream.at} wants the password in the clear; without encryption it is not sent`;
    throw new Ended({ next: 'needs-login', why });
  }
  await outcome(stream, auth('PLAIN', `\0${own.local}\0${settings.password}`));
}

async function withScram(stream: Stream, scram: Scram): Promise<void> {
  stream.send(auth(scram.mechanism, scram.begin()));
  const challenge = await stream.next();
  if (challenge.is('failure', ns.sasl)) throw new Ended(refused(challenge));
  let response: string;
  try {
    response = await scram.answer(decode(challenge));
  } catch {
    throw new Ended(retry(`${stream.at} does not follow the sign-in protocol`));
  }
  let success = await outcome(stream, el('response', { xmlns: ns.sasl }, encode(response)));
  if (success.is('challenge', ns.sasl)) {
    const verified = scram.verifies(decode(success));
    success = await outcome(stream, el('response', { xmlns: ns.sasl }));
    if (verified) return;
  }
  if (scram.verifies(decode(success))) return;
  throw new Ended(retry(`${stream.at} could not prove that it knows the password; it may be another server`, 60_000));
}

/** What comes of it: success, or another challenge. @throws Ended for a failure */
async function outcome(stream: Stream, request: Element): Promise<Element> {
  stream.send(request);
  const answer = await stream.next();
  if (answer.is('success', ns.sasl) || answer.is('challenge', ns.sasl)) return answer;
  if (answer.is('failure', ns.sasl)) throw new Ended(refused(answer));
  throw new Ended(retry(`${stream.at} does not follow the sign-in protocol`));
}

function refused(failure: Element) {
  const condition = failure.getChildElements().find((child) => child.getName() !== 'text');
  return saslReason(
    condition?.getName().slice(0, 100) ?? 'not-authorized',
    visible(failure.getChildText('text') ?? '', 200),
  );
}

async function resume(stream: Stream, { id, handled }: Earlier): Promise<number | undefined> {
  stream.send(el('resume', { xmlns: ns.sm, h: String(handled), previd: id }));
  const answer = await stream.next();
  const h = Number(answer.attrs.h ?? Number.NaN);
  return answer.is('resumed', ns.sm) && Number.isSafeInteger(h) ? h : undefined;
}

async function bind(stream: Stream, features: Element, resource: string): Promise<Jid> {
  if (!features.getChild('bind', ns.bind)) throw new Ended(retry(`${stream.at} opens no session`, 60_000));
  const answer = await ask(stream, el('bind', { xmlns: ns.bind }, el('resource', {}, resource)));
  const jid = readJid(answer.getChild('bind', ns.bind)?.getChildText('jid')?.trim());
  if (answer.attrs.type !== 'result' || !jid) throw new Ended(retry(`${stream.at} opened no session for us`));
  const session = features.getChild('session', ns.session);
  if (session && !session.getChild('optional')) await ask(stream, el('session', { xmlns: ns.session }));
  return jid;
}

async function enable(stream: Stream): Promise<{ id: string | undefined } | undefined> {
  stream.send(el('enable', { xmlns: ns.sm, resume: 'true' }));
  const answer = await stream.next();
  if (!answer.is('enabled', ns.sm)) return undefined;
  const resumable = ['true', '1'].includes(answer.attrs.resume ?? '');
  return { id: resumable ? answer.attrs.id?.slice(0, 4_000) : undefined };
}

async function ask(stream: Stream, child: Element): Promise<Element> {
  const id = crypto.randomUUID();
  stream.send(el('iq', { type: 'set', id }, child));
  const answer = await stream.next();
  if (!answer.is('iq') || answer.attrs.id !== id) throw new Ended(retry(`${stream.at} opens no session`));
  return answer;
}

const auth = (mechanism: string, text: string) => el('auth', { xmlns: ns.sasl, mechanism }, encode(text));
const encode = (text: string) => Buffer.from(text).toString('base64');
const decode = (element: Element) => Buffer.from(element.text(), 'base64').toString();
