import { expect, test } from 'vitest';
import { type Target, targetOf } from './target';

const person = (networks: Extract<Target, { is: 'write' }>['networks'], address: string, words = { text: '' }) => ({
  is: 'write',
  networks,
  address,
  join: false,
  words,
});
const room = (network: string, address: string) => ({ ...person([network], address), join: true });

test.each([
  ['mailto:ada@example.org', person('email', 'ada@example.org')],
  ['MAILTO:ada%40example.org', person('email', 'ada@example.org')],
  ['mailto:?to=ada@example.org', person('email', 'ada@example.org')],
  [
    'mailto:ada@example.org,tomas@example.org?subject=Boats%20%26%20oars&body=At%20ten%3F',
    { ...person('email', 'ada@example.org'), words: { text: 'At ten?', subject: 'Boats & oars' } },
  ],
  ['sms:+46701234567', person('sms', '+46701234567')],
  ['sms:+46%2070%20123-45-67?body=On%20my%20way', person('sms', '+46701234567', { text: 'On my way' })],
  ['sms:+46701234567;?&body=Hi', person('sms', '+46701234567', { text: 'Hi' })],
  ['irc://irc.example.org/boats', room('irc', '#boats')],
  ['ircs://irc.example.org:6697/%23boats', room('irc', '#boats')],
  ['irc://irc.example.org/#boats', room('irc', '#boats')],
  ['irc://irc.example.org/##boats', room('irc', '##boats')],
  ['irc://irc.example.org/ada,isnick', person(['irc'], 'ada')],
  ['xmpp:ada@example.org', person(['xmpp'], 'ada@example.org')],
  ['xmpp:boats@rooms.example.org?join', room('xmpp', 'boats@rooms.example.org')],
  ['xmpp:ada@example.org?message;body=Hello%20Ada', person(['xmpp'], 'ada@example.org', { text: 'Hello Ada' })],
  ['matrix:u/ada:example.org?action=chat', person(['matrix'], '@ada:example.org')],
  ['matrix:r/boats:example.org', room('matrix', '#boats:example.org')],
  ['matrix:roomid/abc:example.org?via=example.org', room('matrix', '!abc:example.org')],
  ['web+parley:c/0190', { is: 'place', to: '#/c/0190' }],
  ['web+parley://c/0190/person', { is: 'place', to: '#/c/0190/person' }],
])('%s', (uri, target) => expect(targetOf(uri)).toEqual(target));

test.each([
  '',
  'nothing',
  'javascript:alert(1)',
  'https://example.org',
  'mailto:',
  'mailto:%',
  'sms:',
  'irc://host',
  'matrix:x/y',
  'web+parley:c/<b>',
])('%j leads nowhere', (uri) => expect(targetOf(uri)).toEqual({ is: 'unknown' }));
