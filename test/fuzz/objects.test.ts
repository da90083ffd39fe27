import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { messageContent, messagesAnswer, oneEvent, syncAnswer } from '../../src/adapters/matrix/events.js';
import { isEventId, isUserId, roomFrom, userFrom } from '../../src/adapters/matrix/ids.js';
import { textOf } from '../../src/adapters/matrix/inbound.js';
import { htmlOf, richOf, splitRich } from '../../src/adapters/telegram/formatting.js';
import { updateSchema } from '../../src/adapters/telegram/wire.js';
import { anything, holds, keyed, long, matrixContent, patience, quickly, text } from './hostile.js';

describe('Matrix', () => {
  const content = matrixContent(0);
  const event = keyed(
    ['type', 'event_id', 'sender', 'origin_server_ts', 'content', 'state_key', 'unsigned', 'redacts'],
    fc.oneof(anything, content),
  );
  const list = keyed(['events', 'limited', 'prev_batch'], fc.oneof(anything, fc.array(event, { maxLength: 4 })));

  test(
    'an answer of the server is read, without what is no event',
    () =>
      holds(fc.tuple(fc.oneof(list, anything), fc.oneof(event, anything)), ([timeline, one]) => {
        const room = { timeline, state: timeline, ephemeral: timeline, summary: one };
        const answer = syncAnswer.parse({
          next_batch: 'x',
          presence: timeline,
          rooms: { join: { '!a:b': room }, invite: { '!a:b': { invite_state: timeline } } },
        });
        for (const found of answer.rooms?.join?.['!a:b']?.timeline?.events ?? [])
          expect(typeof found.event_id).toBe('string');
        expect(messagesAnswer.safeParse({ chunk: [one, null, 1] }).success).toBe(true);
        oneEvent.safeParse(one);
      }),
    patience,
  );

  test(
    'a message says something or nothing, in bounded time',
    () =>
      holds(
        fc.oneof(
          content,
          long.map((words) => ({ body: words, formatted_body: words, format: 'org.matrix.custom.html' })),
        ),
        (given) => {
          const said = quickly(() => textOf(messageContent.parse(given), true));
          expect(typeof said.text).toBe('string');
        },
      ),
    patience,
  );

  test(
    'an id is one id',
    () =>
      holds(text, (words) => {
        for (const id of [userFrom(words, 'x.test'), roomFrom(words, 'x.test')])
          if (id !== undefined) expect(id).not.toMatch(/[\s\0]/);
        if (isEventId(words) || isUserId(words)) expect(words).not.toMatch(/[\r\n\0]/);
      }),
    patience,
  );
});

describe('Telegram', () => {
  const entity = fc.record({
    type: fc.constantFrom(
      'bold',
      'url',
      'text_link',
      'pre',
      'phone_number',
      'email',
      'spoiler',
      'constructor',
      '__proto__',
      'constructor',
      '__proto__',
    ),
    offset: fc.nat(80),
    length: fc.nat(80),
    url: text,
  });

  test(
    'a text with entities is HTML whose tags end in order',
    () =>
      holds(fc.tuple(text, fc.array(entity, { maxLength: 12 })), ([words, entities]) => {
        const html = quickly(() => htmlOf({ text: words, entities }));
        if (html === undefined) return;
        expect(html).not.toMatch(/^undefined|undefined$/);
        const open: string[] = [];
        for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z]+)[^>]*>/g)) {
          if (name === 'br') continue;
          if (slash === '') open.push(name);
          else expect(open.pop()).toBe(name);
        }
        expect(open).toEqual([]);
      }),
    patience,
  );

  test(
    'HTML is a text whose entities lie in it, cut in pieces that fit',
    () =>
      holds(fc.tuple(fc.oneof(text, long), fc.integer({ min: 20, max: 4_096 })), ([html, most]) => {
        const rich = quickly(() => richOf(html));
        for (const piece of quickly(() => splitRich(rich, most))) {
          expect(piece.text.length).toBeLessThanOrEqual(most);
          for (const { offset, length } of piece.entities)
            expect(offset + length).toBeLessThanOrEqual(piece.text.length);
        }
      }),
    patience,
  );

  test(
    'an update is read or refused',
    () =>
      holds(
        keyed(
          ['update_id', 'message', 'edited_message', 'message_reaction', 'callback_query', 'my_chat_member'],
          fc.oneof(
            anything,
            keyed(
              ['message_id', 'date', 'chat', 'from', 'text', 'entities', 'photo', 'old_reaction', 'new_reaction'],
              anything,
            ),
          ),
        ),
        (update) => {
          updateSchema.safeParse(update);
        },
      ),
    patience,
  );
});
