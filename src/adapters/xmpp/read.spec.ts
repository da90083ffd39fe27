import { expect, test } from 'vitest';
import type { Event } from '../../sdk/index.js';
import { readJid } from './ids.js';
import { locate, type Names, open } from './inbound.js';
import { StreamParser } from './parser.js';
import { type Reading, read } from './read.js';
import { Refs } from './refs.js';
import { Room } from './room.js';

const own = readJid('me@example.org/desk');
if (!own) throw new Error('no address');
const now = Date.UTC(2026, 10, 25);
const room = new Room('tea@rooms.example.org', 'me', undefined);
room.is = 'in';
room.givesIds = true;

/** What our client makes of a stanza; ids of writers are made lasting. */
function said(xml: string, refs = new Refs()): Event[] {
  const names: Names = {
    ...{ own: own as Names['own'], now, skewMs: 0, givesIds: true },
    room: (bare) => (bare === room.jid ? room : undefined),
    nameOf: () => undefined,
  };
  const reading: Reading = {
    ...{ refs, ownBare: 'me@example.org', recall: async () => {}, file: () => undefined },
    ...{ bounced: () => false, typing: () => true },
    reacted: (_source, _wire, set) => ({ on: set, off: [] }),
  };
  const events: Event[] = [];
  const parser = new StreamParser({
    onStart: () => {},
    onEnd: () => {},
    onElement: (element) => {
      const envelope = open(element, own as Names['own']);
      const source = envelope && locate(envelope, names);
      const found = source ? read(source, reading) : [];
      if (!Array.isArray(found)) throw new Error('not known at once');
      events.push(...found);
    },
  });
  parser.write(
    Buffer.from(`<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>${xml}`),
  );
  return events;
}

const direct = (inner: string, more = '') =>
  `<message type='chat' from='ann@example.org/x' to='me@example.org' ${more}>${inner}</message>`;
const grouped = (inner: string, nick: string, more = '') =>
  `<message type='groupchat' from='tea@rooms.example.org/${nick}' ${more}>${inner}</message>`;
const lasting = "id='0123456789abcdef'";

test('the id is the writer’s where it lasts, else the archive’s, else made up', () => {
  const given =
    "<stanza-id xmlns='urn:xmpp:sid:0' by='me@example.org' id='a1'/><stanza-id xmlns='urn:xmpp:sid:0' by='evil@x' id='e1'/>";
  expect(said(direct(`<body>x</body>${given}`, lasting))).toMatchObject([{ id: '<0123456789abcdef' }]);
  expect(said(direct(`<body>x</body>${given}`, "id='1'"))).toMatchObject([{ id: '=a1' }]);
  expect(said(direct('<body>x</body>', "id='1'"))).toMatchObject([{ id: expect.stringMatching(/^~/) }]);
});

test('a time is believed only of our server, and never beyond now', () => {
  const delayed = (from: string, stamp: string) =>
    direct(`<body>x</body><delay xmlns='urn:xmpp:delay' from='${from}' stamp='${stamp}'/>`);
  expect(said(delayed('example.org', '2026-11-20T10:00:00Z'))).toMatchObject([{ at: Date.UTC(2026, 10, 20, 10) }]);
  expect(said(delayed('ann@example.org', '2026-11-20T10:00:00Z'))).toMatchObject([{ at: now }]);
  expect(said(delayed('example.org', '2036-11-20T10:00:00Z'))).toMatchObject([{ at: now }]);
  expect(said(delayed('example.org', 'yesterday'))).toMatchObject([{ at: now }]);
});

test('an answer loses the quotation that stands there for others; places count whole characters', () => {
  const reply = "<reply xmlns='urn:xmpp:reply:0' id='fedcba9876543210' to='me@example.org/z'/>";
  const fallback = "<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reply:0'><body start='0' end='5'/></fallback>";
  expect(said(direct(`<body>&gt; 👍x\nyes</body>${reply}${fallback}`, lasting))).toMatchObject([
    { text: 'yes', replyTo: '>fedcba9876543210' },
  ]);
  expect(said(direct(`<body>yes</body>${reply}${fallback}`, lasting))).toMatchObject([{ text: 'yes' }]);
});

test('one can speak of one’s own messages only', () => {
  const edit = "<body>new</body><replace xmlns='urn:xmpp:message-correct:0' id='fedcba9876543210'/>";
  expect(said(direct(edit, lasting))).toMatchObject([{ type: 'edit', target: '<fedcba9876543210', text: 'new' }]);
  const refs = new Refs();
  refs.add({ chat: room.jid, id: '=s1', wire: 'w1', author: 'bob', own: false });
  const wire = "<body>new</body><replace xmlns='urn:xmpp:message-correct:0' id='w1'/>";
  expect(said(grouped(wire, 'bob'), refs)).toMatchObject([{ type: 'edit', target: '=s1' }]);
  const retract = "<retract xmlns='urn:xmpp:message-retract:1' id='s1'/>";
  expect(said(grouped(retract, 'eve'), refs)).toEqual([]);
  expect(said(grouped(retract, 'bob'), refs)).toMatchObject([{ type: 'deletion', target: '=s1' }]);
});

test('carbons count from our own server alone', () => {
  const inner =
    "<message xmlns='jabber:client' type='chat' from='me@example.org/phone' to='ann@example.org' id='0123456789abcdef'><body>hi</body></message>";
  const carbon = (from: string) =>
    `<message from='${from}' to='me@example.org/desk'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></sent></message>`;
  const [event] = said(carbon('me@example.org'));
  expect(event).toMatchObject({ id: '>0123456789abcdef', chat: { id: 'ann@example.org' }, key: '0123456789abcdef' });
  expect(event).not.toHaveProperty('from');
  for (const from of ['me@example.org/other', 'eve@evil.example', 'example.org'])
    expect(said(carbon(from))).toEqual([]);
});

test('receipts, markers, actions and refusals are read', () => {
  const x = 'fedcba9876543210';
  expect(said(direct(`<received xmlns='urn:xmpp:receipts' id='${x}'/>`))).toMatchObject([
    { type: 'receipt', proves: 'delivered', target: `>${x}` },
  ]);
  expect(said(direct(`<displayed xmlns='urn:xmpp:chat-markers:0' id='${x}'/>`))).toMatchObject([
    { type: 'receipt', proves: 'read', target: `>${x}`, upTo: { id: 'ann@example.org' } },
  ]);
  expect(said(direct('<body>/me nods</body>', lasting))).toMatchObject([{ text: 'nods', format: 'action' }]);
  const refused = `<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/><text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>moved away</text></error>`;
  expect(
    said(`<message type='error' id='${x}' from='ann@example.org' to='me@example.org'>${refused}</message>`),
  ).toMatchObject([{ type: 'receipt', proves: 'failed', target: `>${x}`, reason: 'moved away' }]);
});

test('a room we are not in says nothing, and nobody speaks for a room', () => {
  expect(said("<message type='groupchat' from='other@rooms.example.org/x'><body>x</body></message>")).toEqual([]);
  const forged = grouped("<body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='evil@x' id='e1'/>", 'bob', lasting);
  expect(said(forged)).toMatchObject([{ id: '<bob/0123456789abcdef', from: { address: 'tea@rooms.example.org/bob' } }]);
});
