import { describe, expect, it } from 'vitest';
import { TelegramPeer } from '../../../test/support/telegram-peer.js';
import { messagesIn, online, outgoing, sessionOf, signedIn } from '../../../test/support/telegram-rig.js';
import { alice, forumChat } from '../../../test/support/telegram-world.js';
import type { OutgoingAttachment } from '../../sdk/index.js';

const me = String(alice.id);
const file = (name: string, type: string, content = 'bytes'): OutgoingAttachment => {
  const bytes = new TextEncoder().encode(content);
  return { name, type, size: bytes.length, open: async () => new Blob([bytes]).stream() };
};
const answer = (method: string, code: number, description: string, parameters?: object) => ({
  method,
  status: code,
  body: JSON.stringify({ ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) }),
});

describe('sending', () => {
  it('formatted text, an answer, buttons', () =>
    online(async ({ peer, connection }) => {
      const buttons = [
        [
          { label: 'Yes', value: 'y' },
          { label: 'Web', url: 'https://e.org' },
        ],
        [{ label: 'Plain' }],
      ];
      const replyTo = { remoteId: '17', text: 'x', senderName: 'A' };
      const more = { html: '<p>so <strong>bold</strong></p>', replyTo, buttons };
      const sent = await connection.chat(me).send.message(outgoing('so bold', more));
      expect(sent).toMatchObject({ proof: 'sent', parts: 1 });
      expect(peer.world.posted).toMatchObject([
        {
          id: Number(sent.remoteId),
          text: 'so bold',
          entities: [{ type: 'bold', offset: 3, length: 4 }],
          replyTo: 17,
          keyboard: [
            [
              { text: 'Yes', callback_data: 'y' },
              { text: 'Web', url: 'https://e.org' },
            ],
            [{ text: 'Plain', callback_data: 'Plain' }],
          ],
        },
      ]);
      await connection.chat(`${forumChat.id}:7`).send.message(outgoing('in the topic'));
      expect(peer.world.posted[1]).toMatchObject({ chat: forumChat.id, thread: 7 });
    }));

  it('files of each kind, the text below the first', () =>
    online(async ({ peer, connection }) => {
      const attachments = [
        file('a.png', 'image/png', 'picture'),
        file('b.mp4', 'video/mp4'),
        file('c.gif', 'image/gif'),
        file('d.ogg', 'audio/ogg'),
        file('e.mp3', 'audio/mpeg'),
        file('../../f"1".txt', 'text/plain', 'grüße'),
      ];
      const sent = await connection.chat(me).send.message(outgoing('look', { attachments }));
      expect(sent).toMatchObject({ parts: 6, providerId: peer.world.posted.map(({ id }) => id).join(',') });
      expect(peer.world.posted.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
        'photo look',
        'video ',
        'animation ',
        'voice ',
        'audio ',
        'document ',
      ]);
      expect(peer.world.posted[0]?.file).toMatchObject({
        name: 'a.png',
        type: 'image/png',
        bytes: Buffer.from('picture'),
      });
      expect(peer.world.posted[5]?.file?.bytes.toString()).toBe('grüße');
      expect(peer.world.posted[5]?.file?.name).not.toContain('/');
    }));

  it('a picture that Telegram cannot show goes as a file', () =>
    online(async ({ peer, connection }) => {
      peer.replies.push(answer('sendPhoto', 400, 'Bad Request: PHOTO_INVALID_DIMENSIONS'));
      await connection.chat(me).send.message(outgoing('', { attachments: [file('long.png', 'image/png')] }));
      expect(peer.world.posted).toMatchObject([{ kind: 'document', file: { name: 'long.png' } }]);
    }));

  it.each([
    [400, 'Bad Request: chat not found', 'rejected', 'press Start'],
    [403, "Forbidden: bot can't initiate conversation with a user", 'rejected', 'press Start'],
    [403, 'Forbidden: bot was blocked by the user', 'rejected', 'has blocked the bot'],
    [403, 'Forbidden: user is deactivated', 'rejected', 'deleted their Telegram account'],
    [403, 'Forbidden: bot was kicked from the supergroup chat', 'rejected', 'may not write here'],
    [400, 'Bad Request: TOPIC_CLOSED', 'rejected', 'topic is closed'],
    [400, 'Bad Request: something new', 'rejected', 'something new'],
    [429, 'Too Many Requests: retry after 7', 'rate-limited', '7 s'],
    [500, 'Internal Server Error', 'unknown-outcome', 'trouble of its own'],
  ])('%i %s', (code, description, kind, words) =>
    online(async ({ peer, connection, host }) => {
      peer.replies.push(answer('sendMessage', code, description, code === 429 ? { retry_after: 7 } : undefined));
      const sending = connection.chat(me).send.message(outgoing('hello'));
      await expect(sending).rejects.toMatchObject({
        kind,
        message: expect.stringContaining(words),
        ...(code === 429 ? { retryAfterMs: 7_000 } : {}),
      });
      expect(peer.called('sendMessage')).toHaveLength(1);
      expect(host.current?.is).toBe('online');
      await connection.chat(me).send.message(outgoing('works'));
    }),
  );

  it('does not know the outcome where the answer is lost or cannot be read', () =>
    online(async ({ peer, connection }) => {
      peer.cutAfter = 'sendMessage';
      await expect(connection.chat(me).send.message(outgoing('lost'))).rejects.toMatchObject({
        kind: 'unknown-outcome',
      });
      expect(peer.count('lost')).toBe(1);
      peer.cutAfter = undefined;
      for (const body of ['<html>', '{}', 'null', '{"ok":true,"result":{"message_id":"x"}}', '[1']) {
        peer.replies.push({ method: 'sendMessage', status: 200, body });
        const sending = connection.chat(me).send.message(outgoing('odd'));
        await expect(sending, body).rejects.toMatchObject({ kind: 'unknown-outcome' });
      }
    }));

  it('goes on with what came only in part, also after a restart', async () => {
    const peer = await TelegramPeer.start();
    const session = await sessionOf(peer);
    const message = outgoing(`${'one '.repeat(1_024)}${'two '.repeat(1_024)}three`);
    let cursor: unknown;
    await signedIn(peer, async ({ host, connection }) => {
      await host.untilState('online');
      await peer.say('hi');
      await host.untilMessage('hi');
      const sending = connection.chat(me).send.message(message);
      peer.world.onPost = () => peer.replies.push(answer('sendMessage', 429, 'Too Many Requests', { retry_after: 1 }));
      await expect(sending).rejects.toMatchObject({ kind: 'rate-limited', message: expect.stringContaining('1 of 3') });
      peer.world.onPost = () => {};
      cursor = JSON.parse(JSON.stringify(host.cursor));
    });
    await signedIn(
      peer,
      async ({ host, connection }) => {
        await host.untilState('online');
        const sent = await connection.chat(me).send.message(message);
        expect(sent).toMatchObject({ parts: 3, remoteId: String(peer.world.posted[0]?.id) });
        expect(peer.world.posted.map(({ text }) => text.trim().slice(-5))).toEqual(['e one', 'o two', 'three']);
        // An answer to any part is one to the whole.
        peer.push({
          message: peer.message({
            text: 'to the third',
            reply_to_message: peer.message({ message_id: peer.world.posted[2]?.id }),
          }),
        });
        await host.untilMessage('to the third');
        expect(messagesIn(host).at(-1)).toMatchObject({ replyTo: sent.remoteId });
        await connection.chat(me).edits?.message(sent.remoteId ?? '', { key: 'e', text: 'short now' });
        expect(peer.texts()).toEqual(['short now']);
      },
      { cursor: cursor as never, session },
    );
    await peer.stop();
  });

  it('a group that moved is found at its new id with the next try', () =>
    online(async ({ peer, connection }) => {
      peer.world.chats.set(-77, { id: -77, type: 'group', title: 'Walkers', moved: -1001 });
      const message = outgoing('where are you');
      await expect(connection.chat('-77').send.message(message)).rejects.toMatchObject({
        kind: 'temporary',
        retryAfterMs: 0,
      });
      const sent = await connection.chat('-77').send.message(message);
      expect(peer.world.posted).toMatchObject([{ chat: -1001 }]);
      expect(sent.remoteId).toMatch(/^n\d+$/);
    }));
});

describe('changing', () => {
  it('edits texts and captions, deletes, reacts, types, leaves', () =>
    online(async ({ peer, connection }) => {
      const chat = connection.chat(me);
      const text = await chat.send.message(outgoing('first'));
      const picture = await chat.send.message(outgoing('below', { attachments: [file('a.png', 'image/png')] }));
      await chat.edits?.message(text.remoteId ?? '', { key: 'a', text: 'second', html: '<b>second</b>' });
      await chat.edits?.message(text.remoteId ?? '', { key: 'a', text: 'second', html: '<b>second</b>' });
      await chat.edits?.message(picture.remoteId ?? '', { key: 'b', text: 'under' });
      expect(peer.world.posted.map((one) => `${one.kind} ${one.text}`)).toEqual(['text second', 'photo under']);
      expect(peer.world.posted[0]?.entities).toMatchObject([{ type: 'bold', offset: 0, length: 6 }]);
      await chat.reactions?.set('17', '❤️', true);
      expect(peer.world.reactions.get('42.17')).toEqual(['❤']);
      await chat.reactions?.set('17', '❤️', false);
      expect(peer.world.reactions.get('42.17')).toEqual([]);
      await expect(chat.reactions?.set('17', '🥑', true)).rejects.toMatchObject({
        message: expect.stringContaining('no reaction 🥑'),
      });
      await chat.typing?.set(true);
      await chat.typing?.set(false);
      expect(peer.world.actions).toEqual(['42 typing']);
      await chat.deletions?.message(text.remoteId ?? '');
      expect(peer.world.posted).toHaveLength(1);
      peer.replies.push(answer('deleteMessage', 400, "Bad Request: message can't be deleted"));
      await expect(chat.deletions?.message(picture.remoteId ?? '')).rejects.toMatchObject({
        message: expect.stringContaining('48 hours'),
      });
      await expect(chat.edits?.message('press.1', { key: 'c', text: 'x' })).rejects.toMatchObject({ kind: 'rejected' });
      await connection.leave?.('-1001');
      expect(peer.world.chats.has(-1001)).toBe(false);
      await expect(connection.leave?.(`${forumChat.id}:7`)).rejects.toMatchObject({ kind: 'rejected' });
      await expect(connection.leave?.(me)).rejects.toMatchObject({ kind: 'rejected' });
    }));

  it('an edit that needs more messages than there are is refused', () =>
    online(async ({ connection }) => {
      const sent = await connection.chat(me).send.message(outgoing('short'));
      const edit = connection.chat(me).edits?.message(sent.remoteId ?? '', { key: 'e', text: 'x'.repeat(5_000) });
      await expect(edit).rejects.toMatchObject({ kind: 'rejected', message: expect.stringContaining('4096') });
    }));
});
