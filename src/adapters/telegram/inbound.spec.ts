import { describe, expect, it } from 'vitest';
import { TelegramPeer } from '../../../test/support/telegram-peer.js';
import { messagesIn, online, sessionOf, signedIn, type TelegramRig } from '../../../test/support/telegram-rig.js';
import { alice, bot, forumChat, groupChat } from '../../../test/support/telegram-world.js';

const bob = { id: 43, is_bot: false, first_name: 'Bob' };
const channel = { id: -1003, type: 'channel', title: 'News' };

/** Pushes one message and answers the event it became. */
async function received({ peer, host }: TelegramRig, more: Record<string, unknown>, kind = 'message') {
  const before = host.events.length;
  peer.push({ [kind]: peer.message(more) });
  await host.until(() => host.events.length > before, 'the event');
  return host.events.slice(before);
}

const file = (id: string, more: object = {}) => ({ file_id: id, file_unique_id: `u${id}`, ...more });

describe('what is shown of a message', () => {
  it('words, wherever they are written', () =>
    online(async (rig) => {
      expect(
        await received(rig, { text: '/start', entities: [{ type: 'bot_command', offset: 0, length: 6 }] }),
      ).toMatchObject([
        {
          text: '/start',
          format: 'plain',
          chat: { id: '42', kind: 'direct', name: 'Alice Adler' },
          from: { id: '42', name: 'Alice Adler' },
        },
      ]);
      expect(
        await received(rig, { text: 'so bold', entities: [{ type: 'bold', offset: 3, length: 4 }] }),
      ).toMatchObject([{ text: 'so bold', html: 'so <b>bold</b>', format: 'html' }]);
      expect(await received(rig, { text: 'hi all', chat: groupChat, from: bob })).toMatchObject([
        { chat: { id: '-1001', kind: 'group', name: 'Walkers' }, from: { id: '43', name: 'Bob' } },
      ]);
      const post = { text: 'news', chat: channel, from: undefined, sender_chat: channel, author_signature: 'Eve' };
      expect(await received(rig, post, 'channel_post')).toMatchObject([
        { chat: { id: '-1003', kind: 'channel' }, from: { id: 'c-1003', name: 'News (Eve)' } },
      ]);
      const [own] = await received(rig, { text: 'my own', from: bot });
      expect(own).toMatchObject({ text: 'my own', to: { id: '42', name: 'Alice Adler' } });
      expect(own).not.toHaveProperty('from');
    }));

  it.each([
    [{ location: { latitude: 52.52, longitude: 13.405 } }, 'Location\ngeo:52.52,13.405'],
    [{ location: { latitude: 1, longitude: 2, live_period: 60 } }, 'Live location\ngeo:1,2'],
    [
      { venue: { title: 'Café', address: 'Street 1', location: { latitude: 1, longitude: 2 } } },
      'Café\nStreet 1\ngeo:1,2',
    ],
    [{ contact: { phone_number: '+49123', first_name: 'Eva', last_name: 'E' } }, 'Contact: Eva E, +49123'],
    [{ poll: { question: 'When?', options: [{ text: 'now' }, { text: 'later' }] } }, 'Poll: When?\n- now\n- later'],
    [{ dice: { emoji: '🎲', value: 4 } }, '🎲 4'],
    [{ text: 'x', forward_origin: { type: 'user', sender_user: bob } }, 'Forwarded from Bob:\nx'],
    [{ giveaway: {} }, 'Alice Adler sent something that can only be seen on Telegram'],
    [{ chat: groupChat, new_chat_members: [bob, { id: 7, first_name: 'Cy' }] }, 'Alice Adler added Bob, Cy'],
    [{ chat: groupChat, from: bob, new_chat_members: [bob] }, 'Bob joined'],
    [{ chat: groupChat, from: bob, left_chat_member: bob }, 'Bob left'],
    [{ chat: groupChat, pinned_message: { text: 'rules' } }, 'Alice Adler pinned “rules”'],
    [{ chat: groupChat, new_chat_title: 'Runners' }, 'Alice Adler named the chat “Runners”'],
  ])('%j', (more, text) =>
    online(async (rig) => {
      expect((await received(rig, more))[0]).toMatchObject({ type: 'message', text });
    }),
  );

  it('files: the largest photo, voice, stickers; what is too large or gone is named', () =>
    online(async (rig) => {
      const { files } = rig.peer.world;
      files.set('big', { path: 'photos/b 1.jpg', bytes: Buffer.from('large photo') });
      files.set('doc', { path: 'd.pdf', bytes: Buffer.from('%PDF') });
      files.set('voice', { path: 'v', bytes: Buffer.from('OggS') });
      files.set('sticker', { path: 's', bytes: Buffer.from('RIFF') });
      files.set('huge', { path: 'h', bytes: Buffer.from(''), size: 30 * 1024 * 1024 });
      const photo = [file('small', { width: 90, height: 90 }), file('big', { width: 900, height: 900 })];
      const caption = { caption: 'me', caption_entities: [{ type: 'bold', offset: 0, length: 2 }] };
      expect((await received(rig, { photo, ...caption }))[0]).toMatchObject({
        text: 'me',
        html: '<b>me</b>',
        attachments: [{ name: expect.stringMatching(/^photo-\d+\.jpg$/), type: 'image/jpeg', size: 11 }],
      });
      const document = file('doc', { file_name: 'a.pdf', mime_type: 'application/pdf' });
      expect((await received(rig, { document }))[0]).toMatchObject({
        text: '',
        attachments: [{ name: 'a.pdf', size: 4 }],
      });
      expect((await received(rig, { voice: file('voice') }))[0]).toMatchObject({
        attachments: [{ name: 'voice.ogg', type: 'audio/ogg' }],
      });
      expect((await received(rig, { sticker: file('sticker', { emoji: '😀' }) }))[0]).toMatchObject({
        text: 'Sticker 😀',
        attachments: [{ name: 'sticker.webp' }],
      });
      const video = (size?: number) => file('huge', { file_name: 'film.mp4', ...(size && { file_size: size }) });
      const said = '[film.mp4: 30 MB, more than a bot is given (20 MB)]';
      const before = rig.peer.called('getFile').length;
      expect((await received(rig, { video: video(30 * 1024 * 1024) }))[0]).toMatchObject({
        text: said,
        attachments: [],
      });
      expect(rig.peer.called('getFile')).toHaveLength(before);
      expect((await received(rig, { video: video(), caption: 'look' }))[0]).toMatchObject({ text: `look\n${said}` });
      expect((await received(rig, { document: file('none', { file_name: 'gone' }) }))[0]).toMatchObject({
        text: expect.stringMatching(/^\[gone: Telegram refused: /),
      });
    }));

  it('times of just now as now, old ones as they are, and none from the future', () =>
    online(async (rig) => {
      const at = async (date: number) => {
        const [event] = await received(rig, { text: 'x', date });
        return event && 'at' in event ? event.at - rig.host.clock.now() : undefined;
      };
      const now = Math.floor(Date.now() / 1_000);
      expect(await at(now)).toBeGreaterThan(-500);
      expect(await at(now - 3_600)).toBeLessThan(-3_590_000);
      expect(await at(now + 3_600)).toBeLessThanOrEqual(0);
      expect(await at(0)).toBeGreaterThan(-500);
    }));
});

describe('what belongs to another message', () => {
  it('replies, edits, reactions and pressed buttons', () =>
    online(async (rig) => {
      const { peer, host } = rig;
      const [asked] = await received(rig, { text: 'first' });
      const id = asked?.type === 'message' ? asked.id : '';
      const number = Number(id);
      expect(
        await received(rig, { text: 'again', reply_to_message: peer.message({ message_id: number }) }),
      ).toMatchObject([{ replyTo: id }]);
      const edited = { message_id: number, text: 'first!', edit_date: 1_795_000_000 };
      expect(await received(rig, edited, 'edited_message')).toMatchObject([
        { type: 'edit', target: id, text: 'first!', chat: { id: '42' } },
      ]);
      const react = (old: string[], now: string[]) => {
        const as = (emoji: string) => ({ type: 'emoji', emoji });
        const [chat, date] = [{ ...alice, type: 'private' }, 1_795_000_000];
        peer.push({
          message_reaction: {
            chat,
            message_id: number,
            user: alice,
            date,
            old_reaction: old.map(as),
            new_reaction: now.map(as),
          },
        });
      };
      react([], ['👍']);
      react(['👍'], ['❤']);
      await host.until(() => host.ofType('reaction').length === 3, 'the reactions');
      expect(host.ofType('reaction').map(({ emoji, on }) => `${emoji} ${on}`)).toEqual([
        '👍 true',
        '👍 false',
        '❤️ true',
      ]);
      const keyboard = { inline_keyboard: [[{ text: 'Yes, please', callback_data: 'y' }]] };
      const press = {
        id: 'p1',
        from: alice,
        data: 'y',
        message: peer.message({ message_id: number, reply_markup: keyboard }),
      };
      peer.push({ callback_query: press });
      expect(await host.untilMessage('pressed: Yes, please')).toMatchObject({ id: 'press.p1', replyTo: id });
      await peer.until(() => peer.world.answeredPresses.includes('p1'), 'the answer');
    }));

  it('topics are chats of their own, with their names', () =>
    online(async (rig) => {
      const { peer, host } = rig;
      const topic = { chat: forumChat, is_topic_message: true, message_thread_id: 7 };
      const opening = peer.message({ ...topic, message_id: 7, forum_topic_created: { name: 'Plans' } });
      const opened = await received(rig, { ...topic, message_id: 7, forum_topic_created: { name: 'Plans' } });
      expect(opened[0]).toMatchObject({ chat: { id: '-1002:7', name: 'Club / Plans' }, format: 'system' });
      const [said] = await received(rig, { ...topic, text: 'in it', reply_to_message: opening });
      expect(said).toMatchObject({ chat: { id: '-1002:7', name: 'Club / Plans' }, text: 'in it' });
      expect(said).not.toHaveProperty('replyTo');
      await received(rig, { ...topic, forum_topic_edited: { name: 'Old plans' } });
      expect((await received(rig, { ...topic, text: 'later', reply_to_message: opening }))[0]).toMatchObject({
        chat: { name: 'Club / Old plans' },
      });
      const id = said?.type === 'message' ? Number(said.id) : 0;
      peer.push({
        message_reaction: {
          chat: forumChat,
          message_id: id,
          user: alice,
          date: 1,
          old_reaction: [],
          new_reaction: [{ type: 'emoji', emoji: '🔥' }],
        },
      });
      await host.until(() => host.ofType('reaction')[0], 'the reaction');
      expect(host.ofType('reaction')[0]).toMatchObject({ chat: { id: '-1002:7' }, target: String(id) });
      expect((await received(rig, { chat: forumChat, text: 'general' }))[0]).toMatchObject({ chat: { id: '-1002' } });
    }));

  it('a group that moved goes on as the same chat, and its messages do not mix', async () => {
    const peer = await TelegramPeer.start();
    const old = { id: -77, type: 'group', title: 'Walkers' };
    let cursor: unknown;
    await signedIn(peer, async (rig) => {
      await rig.host.untilState('online');
      await received(rig, { chat: old, text: 'before', message_id: 5 });
      await received(rig, { chat: old, migrate_to_chat_id: groupChat.id });
      peer.push({ message: peer.message({ chat: groupChat, message_id: 1, migrate_from_chat_id: old.id }) });
      expect((await received(rig, { chat: groupChat, text: 'after', message_id: 5 }))[0]).toMatchObject({
        chat: { id: '-77' },
        id: 'n5',
      });
      cursor = rig.host.cursor;
    });
    const again = { cursor: JSON.parse(JSON.stringify(cursor)), session: await sessionOf(peer) };
    await signedIn(
      peer,
      async (rig) => {
        await rig.host.untilState('online');
        expect((await received(rig, { chat: groupChat, text: 'later', message_id: 9 }))[0]).toMatchObject({
          chat: { id: '-77' },
          id: 'n9',
        });
        await expect(rig.connection.chat('-77').reactions?.set('5', '👍', true)).rejects.toMatchObject({
          kind: 'rejected',
        });
        await rig.connection.chat('-77').reactions?.set('n9', '👍', true);
        expect(peer.world.reactions.get('-1001.9')).toEqual(['👍']);
      },
      again,
    );
    await peer.stop();
  });
});

describe('who is there', () => {
  const member = (status: string, user: object = bot) => ({ status, user });
  const change = (chat: object, was: string, is: string, user?: object) => ({
    chat,
    from: alice,
    date: Math.floor(Date.now() / 1_000),
    old_chat_member: member(was, user),
    new_chat_member: member(is, user),
  });

  it('being blocked, unblocked, added and removed', () =>
    online(async ({ peer, host }) => {
      const direct = { ...alice, type: 'private' };
      for (const [chat, was, is] of [
        [direct, 'member', 'kicked'],
        [direct, 'kicked', 'member'],
        [groupChat, 'left', 'member'],
        [groupChat, 'member', 'administrator'],
        [groupChat, 'administrator', 'kicked'],
      ] as const)
        peer.push({ my_chat_member: change(chat, was, is) });
      peer.push({ chat_member: change(groupChat, 'member', 'administrator', bob) });
      await host.untilMessage('Bob is an administrator now');
      expect(messagesIn(host).map(({ text, format }) => `${format}: ${text}`)).toEqual([
        'system: Alice Adler blocked the bot',
        'system: Alice Adler unblocked the bot',
        'system: Alice Adler added the bot',
        'system: Alice Adler removed the bot',
        'system: Bob is an administrator now',
      ]);
      expect(host.ofType('chat').map(({ chat, joined }) => `${chat.id} ${joined}`)).toEqual([
        '42 false',
        '42 true',
        '-1001 true',
        '-1001 false',
      ]);
    }));

  it('pictures of people, once, and again when they change', () =>
    online(async ({ peer, host }) => {
      peer.world.avatars.set(alice.id, 'face');
      peer.world.files.set('face', { path: 'face.jpg', bytes: Buffer.from('jpeg!') });
      const say = async (text: string) => {
        await peer.say(text);
        await host.untilMessage(text);
        host.clock.skip(1_000);
      };
      await say('one');
      const [contact] = await host.until(
        () => host.ofType('contact').length > 0 && host.ofType('contact'),
        'the picture',
      );
      expect(contact).toMatchObject({ buddy: { id: '42' }, avatar: { id: 'u-face', type: 'image/jpeg' } });
      await say('two');
      host.clock.skip(25 * 3_600_000);
      peer.world.avatars.delete(alice.id);
      await host.untilState('online');
      await say('three');
      await host.until(() => host.ofType('contact').length === 2, 'the picture to go');
      expect(host.ofType('contact')[1]).toMatchObject({ avatar: null });
      expect(peer.called('getUserProfilePhotos')).toHaveLength(2);
    }));

  it('members as far as Telegram tells, and chats by number or name', () =>
    online(async ({ peer, host, connection }) => {
      peer.world.chats.set(channel.id, { ...channel, username: 'the_news' });
      await connection.resolve('-1001', { join: false });
      const members = await connection.chat('-1001').members?.list(new AbortController().signal);
      expect(members).toMatchObject([
        { buddy: { id: String(bot.id), name: '@parley_inbox_bot' } },
        { buddy: { id: '42' }, role: 'owner' },
      ]);
      expect(host.ofType('chat')).toMatchObject([{ chat: { id: '-1001', memberCount: 10_000 } }]);
      expect(await connection.resolve('@the_news', { join: true })).toMatchObject({
        chat: { id: '-1003', kind: 'channel' },
      });
      await expect(connection.resolve('4711', { join: false })).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining('press Start'),
      });
      await expect(connection.resolve('@nothing_there', { join: true })).rejects.toMatchObject({
        message: expect.stringContaining('has to add it'),
      });
    }));
});
