import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import email from '../../src/adapters/email/index.js';
import irc from '../../src/adapters/irc/index.js';
import matrix from '../../src/adapters/matrix/index.js';
import sms from '../../src/adapters/sms/index.js';
import telegram from '../../src/adapters/telegram/index.js';
import xmpp from '../../src/adapters/xmpp/index.js';
import type { Adapter } from '../../src/sdk/index.js';
import type { Peer } from '../../src/sdk/testing/peer.js';
import { pause, type Rig, withOnline } from '../../src/sdk/testing/suite/rig.js';
import { anything, bare, bytes, keyed, line, matrixContent, seed, text } from '../fuzz/hostile.js';
import { IrcPeer } from '../support/irc-peer.js';
import { MailPeer } from '../support/mail-peer.js';
import { MatrixPeer } from '../support/matrix-peer.js';
import { GatewayPeer } from '../support/sms-gateway-peer.js';
import { SmscPeer } from '../support/sms-peer.js';
import { TelegramPeer } from '../support/telegram-peer.js';
import { XmppPeer } from '../support/xmpp-peer.js';

/**
 * Whatever a network says, in its own grammar or next to it: nothing is thrown out of the adapter, what it hands on keeps
 * the contract, and the next sound message comes through both ways. `FUZZ_WIRE` things each (80 by default) of `FUZZ_SEED`.
 */
const count = Number(process.env.FUZZ_WIRE ?? 80);

const things = <T>(arbitrary: fc.Arbitrary<T>): T[] => fc.sample(arbitrary, { seed, numRuns: count });

function withstands<P extends Peer, T>(
  name: string,
  adapter: Adapter,
  start: () => Promise<P>,
  arbitrary: fc.Arbitrary<T>,
  say: (peer: P, thing: T, rig: Rig) => unknown,
): void {
  test(
    name,
    () => {
      let peer: P | undefined;
      const subject = {
        ...{ name, adapter, badAddresses: [], losesWhileAway: true },
        start: async () => {
          peer = await start();
          return peer;
        },
      };
      return withOnline(subject, async (rig) => {
        await rig.works();
        for (const thing of things(arbitrary)) {
          // A connection that was given up comes back before the next thing is said.
          if (rig.host.current?.is !== 'online') await rig.backOnline();
          await Promise.resolve(say(peer!, thing, rig)).catch(() => undefined);
        }
        await pause(500);
        for (let tries = 1; ; tries += 1) {
          await rig.backOnline();
          const worked = await rig.works().then(
            () => true,
            (error: unknown) => (tries === 4 ? Promise.reject(error) : false),
          );
          if (worked) break;
        }
        // What a network says of the time is passed on as it is: the core brings it into bounds.
        rig.host.faults.splice(0, Infinity, ...rig.host.faults.filter((fault) => !/ is not near /.test(fault)));
      });
    },
    120_000 + count * 200,
  );
}

describe('IRC', () => {
  const command = fc.constantFrom(
    ...'PRIVMSG NOTICE JOIN PART KICK QUIT NICK TOPIC INVITE AWAY CHGHOST MODE MARKREAD PONG PING ACK FAIL WARN NOTE BATCH CAP'.split(
      ' ',
    ),
    ...'TAGMSG REDACT SETNAME ACCOUNT RENAME AUTHENTICATE 001 005 301 302 331 332 352 354 353 366 372 376 396 401 403 404 421'.split(
      ' ',
    ),
    ...'432 433 437 465 471 716 730 731 734 900 904 CONSTRUCTOR __PROTO__ 999 X'.split(' '),
  );
  const tag = fc.tuple(
    fc.constantFrom(
      'time',
      'msgid',
      'batch',
      'label',
      'account',
      '+typing',
      '+draft/reply',
      '+draft/react',
      'x',
      '__proto__',
    ),
    line,
  );
  const tags = fc
    .array(tag, { maxLength: 4 })
    .map((all) => all.map(([key, value]) => `${key}=${value.replace(/[ ;]/g, '')}`).join(';'));
  const sender = fc.oneof(
    fc.constantFrom('alice!a@b', 'parley!p@q', 'irc.server', '', '!@', 'me'),
    line.map((words) => words.replace(/ /g, '')),
  );
  const param = fc.oneof(
    fc.constantFrom('#parley', 'parley', 'alice', '*', '+x', '-x', '+chathistory', '', ':'),
    line.map((words) => words.replace(/ /g, '')),
  );
  const spoken = fc
    .tuple(fc.option(tags), fc.option(sender), command, fc.array(param, { maxLength: 16 }), fc.option(line))
    .map(([given, from, verb, params, last]) =>
      [
        given === null ? [] : `@${given}`,
        from === null ? [] : `:${from}`,
        verb,
        ...params,
        last === null ? [] : `:${last}`,
      ]
        .flat()
        .join(' '),
    );
  withstands(
    'any line',
    irc,
    () => IrcPeer.start(),
    spoken,
    (peer, words) => peer.client.raw(words.slice(0, 8_000)),
  );
});

describe('XMPP', () => {
  const ns = fc.constantFrom(
    ...[
      'urn:xmpp:receipts',
      'urn:xmpp:chat-markers:0',
      'urn:xmpp:reactions:0',
      'urn:xmpp:message-correct:0',
      'urn:xmpp:message-retract:1',
    ],
    ...[
      'urn:xmpp:mam:2',
      'urn:xmpp:carbons:2',
      'urn:xmpp:forward:0',
      'urn:xmpp:delay',
      'urn:xmpp:sid:0',
      'jabber:x:oob',
      'jabber:iq:roster',
    ],
    ...[
      'http://jabber.org/protocol/muc#user',
      'http://jabber.org/protocol/chatstates',
      'urn:xmpp:sm:3',
      'vcard-temp',
      'jabber:client',
      'x',
    ],
  );
  const tag = fc.constantFrom(
    ...'body subject thread received displayed reactions reaction replace retract result forwarded message delay x url item query sent active error text stanza-id r a'.split(
      ' ',
    ),
  );
  const inner: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
    node: fc
      .tuple(tag, ns, line, fc.array(fc.oneof({ depthSize: 'small' }, text.map(bare), tie('node')), { maxLength: 3 }))
      .map(
        ([name, space, id, children]) =>
          `<${name} xmlns='${space}' id='${bare(id)}' h='${bare(id)}' from='${bare(id)}' jid='me@scripted.test'>${children.join('')}</${name}>`,
      ),
  })).node;
  const attrs = fc.record({
    from: fc.oneof(
      fc.constantFrom('anna@scripted.test/desk', 'me@scripted.test', 'scripted.test', 'evil@x'),
      line.map(bare),
    ),
    type: fc.oneof(fc.constantFrom('chat', 'groupchat', 'error', 'headline', 'normal'), line.map(bare)),
    id: line.map(bare),
  });
  withstands(
    'any stanza',
    xmpp,
    () => XmppPeer.start(),
    fc.tuple(fc.array(inner, { maxLength: 4 }), attrs),
    (peer, [children, given]) => peer.server.deliver(children.join(''), given),
  );
});

describe('Matrix', () => {
  const content = matrixContent(
    1,
    fc.constantFrom('m.text', 'm.image', 'm.emote', 'join', 'org.matrix.custom.html', 'mxc://x/../y'),
  );
  const type = fc.oneof(
    fc.constantFrom(
      'm.room.message',
      'm.reaction',
      'm.room.redaction',
      'm.room.encrypted',
      'm.room.member',
      'm.room.name',
      'm.room.topic',
      'm.sticker',
      'm.room.encryption',
      'm.room.power_levels',
      'm.room.tombstone',
      'constructor',
      '__proto__',
      'toString',
    ),
    line,
  );
  const event = fc.record(
    {
      type,
      content,
      sender: fc.oneof(fc.constantFrom('@anna:peer.test', '@x:y'), line),
      origin_server_ts: fc.oneof(fc.integer(), fc.double(), fc.constant(4e12)),
    },
    { requiredKeys: ['type', 'content', 'sender'] },
  );
  withstands(
    'any event',
    matrix,
    () => MatrixPeer.start(),
    event,
    (peer, given) => peer.add(peer.room, given as Parameters<MatrixPeer['add']>[1]),
  );
});

describe('Telegram', () => {
  const part = keyed(
    [
      'id',
      'type',
      'title',
      'first_name',
      'offset',
      'length',
      'url',
      'file_id',
      'status',
      'user',
      'emoji',
      'message_id',
      'date',
      'chat',
    ],
    anything,
    1,
  );
  const said = keyed(
    [
      'text',
      'caption',
      'entities',
      'caption_entities',
      'photo',
      'document',
      'voice',
      'location',
      'poll',
      'contact',
      'dice',
      'reply_to_message',
      'forward_origin',
      'sender_chat',
      'new_chat_members',
      'migrate_to_chat_id',
      'message_thread_id',
      'is_topic_message',
      'edit_date',
      'sticker',
      'venue',
      'pinned_message',
      'new_chat_title',
    ],
    fc.oneof(anything, part, fc.array(part, { maxLength: 3 })),
    1,
  );
  const kind = fc.constantFrom(
    'message',
    'edited_message',
    'channel_post',
    'message_reaction',
    'callback_query',
    'my_chat_member',
    'chat_member',
    'poll',
    'unheard_of',
  );
  withstands(
    'any update',
    telegram,
    () => TelegramPeer.start(),
    fc.tuple(kind, said, part),
    (peer, [name, message, more]) =>
      peer.push({ [name]: { ...peer.message(message), ...(name === 'message' ? {} : more) } }),
  );
});

describe('SMS', () => {
  const pdu = fc.record(
    {
      source_addr: line.map((words) => words.replace(/[^ -~]/g, '').slice(0, 20)),
      source_addr_ton: fc.nat(255),
      esm_class: fc.nat(255),
      data_coding: fc.nat(255),
      short_message: bytes.map((raw) => raw.subarray(0, 250)),
      message_payload: bytes,
      receipted_message_id: line.map((words) => words.replace(/[^ -~]/g, '').slice(0, 60)),
      message_state: fc.nat(255),
      sar_msg_ref_num: fc.nat(65_535),
      sar_total_segments: fc.nat(255),
      sar_segment_seqnum: fc.nat(255),
    },
    { requiredKeys: ['short_message'] },
  );
  withstands(
    'any deliver_sm',
    sms,
    () => SmscPeer.start(),
    pdu,
    (peer, fields) => peer.deliver(fields),
  );

  withstands(
    'any bytes of a message centre',
    sms,
    () => SmscPeer.start(),
    bytes,
    async (peer, raw) => {
      peer.raw(raw);
      await peer.cut();
    },
  );

  const query = keyed(
    [
      'from',
      'to',
      'text',
      'id',
      'time',
      'udh',
      'status',
      'key',
      'type',
      'reply',
      'concat-ref',
      'concat-total',
      'concat-part',
      'charset',
      '__proto__',
    ],
    fc.oneof(text, fc.constantFrom('1', '2', 'constructor', 'hasOwnProperty', '447700900100')),
    1,
  ) as fc.Arbitrary<Record<string, string>>;
  const call = fc.tuple(
    fc.constantFrom('/incoming', '/dlr', '/', '/../x', '/constructor'),
    query,
    fc.constantFrom('GET', 'POST', 'PUT'),
    bytes,
    fc.constantFrom('application/json', 'text/plain; charset=x', 'application/x-www-form-urlencoded'),
  );
  withstands(
    'any call of a gateway',
    sms,
    () => GatewayPeer.start(),
    call,
    async (peer, [path, parameters, method, body, type]) => {
      const answer = await peer.call(path, parameters, {
        method,
        ...(method === 'GET' ? {} : { body: new Uint8Array(body), headers: { 'content-type': type } }),
      });
      expect(answer.status).toBeLessThan(500);
    },
  );
});

describe('mail', () => {
  const header = fc
    .tuple(
      fc.constantFrom(
        'From',
        'To',
        'Cc',
        'Subject',
        'Date',
        'Message-ID',
        'References',
        'In-Reply-To',
        'Content-Type',
        'Content-Transfer-Encoding',
        'Return-Path',
        'Auto-Submitted',
        '__proto__',
      ),
      fc.oneof(
        text,
        fc.constantFrom(
          'multipart/mixed; boundary=b',
          'multipart/report; report-type=delivery-status; boundary=b',
          'text/html',
          'alice@parley.test',
          '<a@b>',
          'base64',
        ),
      ),
      fc.constantFrom('\r\n', '\n', '\r\n '),
    )
    .map(([name, value, end]) => `${name}: ${value}${end}`);
  const mail = fc
    .tuple(
      fc.array(header, { maxLength: 10 }),
      fc.array(fc.oneof(text, header, fc.constantFrom('\r\n--b\r\n', '\r\n--b--\r\n', '\r\n\r\n')), { maxLength: 10 }),
    )
    .map(([head, body]) => `${head.join('')}\r\n${body.join('')}`);
  withstands(
    'any mail',
    email,
    () => MailPeer.start(),
    mail,
    (peer, raw) => peer.append(raw),
  );
});
