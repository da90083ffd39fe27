import { createHash } from 'node:crypto';
import type { Element } from '@xmpp/client';
import { ns } from './ns.js';
import { capsNode, capsOf } from './presence.js';
import { el } from './wire.js';

/** What others are told that we can do; `+notify` asks servers to send what contacts publish. */
const features = [
  ns.avatarMetadata,
  `${ns.avatarMetadata}+notify`,
  `${ns.activity}+notify`,
  ns.caps,
  ns.chatStates,
  ns.discoInfo,
  ns.muc,
  ns.ping,
  ns.invitation,
  ns.oob,
  ns.time,
  ns.markers,
  ns.fallback,
  ns.correct,
  ns.retract,
  ns.reactions,
  ns.receipts,
  ns.reply,
].sort();

const identity = { category: 'client', type: 'web', name: 'Parley' };
/** XEP-0115, 5.1. */
const ver = createHash('sha1')
  .update(`${identity.category}/${identity.type}//${identity.name}<${features.map((one) => `${one}<`).join('')}`)
  .digest('base64');

export const ownCaps = (): Element => capsOf(ver);

/** Answers what others may ask of a client; undefined for what it does not know. */
export function answerQuery(child: Element, now: number): Element | undefined | 'done' {
  const key = `${child.name} ${child.getNS() ?? ''}`;
  return answers[key]?.(child, now);
}

const answers: Record<string, (child: Element, now: number) => Element | 'done' | undefined> = {
  [`ping ${ns.ping}`]: () => 'done',
  [`query ${ns.discoInfo}`]: ({ attrs: { node } }) =>
    node === undefined || node === `${capsNode}#${ver}`
      ? el(
          'query',
          { xmlns: ns.discoInfo, node },
          el('identity', identity),
          ...features.map((one) => el('feature', { var: one })),
        )
      : undefined,
  [`query ${ns.discoItems}`]: () => el('query', { xmlns: ns.discoItems }),
  [`time ${ns.time}`]: (_child, now) =>
    el('time', { xmlns: ns.time }, el('tzo', {}, '+00:00'), el('utc', {}, new Date(now).toISOString())),
};
