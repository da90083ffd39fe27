import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { Account } from '../support/matrix-account.js';
import { RawUser } from '../support/matrix-lab-peer.js';

/** What of an account's rooms comes from elsewhere: other people's doing, and other devices of ours. */
const lab = await labOrSkip(['synapse']);
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

if (lab) {
  const { synapse } = lab;
  const raw = (name: string) => {
    const user = synapse.users.find((one) => one.name === name);
    if (!user) throw new Error(`no user ${name}`);
    return new RawUser(synapse, user);
  };
  const at = (room: string, rest: string) => `/rooms/${encodeURIComponent(room)}${rest}`;

  describe('rooms', () => {
    const [me, alice] = [raw('parley'), raw('alice')];
    const mine = '@parley:lab.test';
    let account: Account;
    let direct: string;
    let group: string;
    beforeAll(async () => {
      account = await (await Account.signIn(synapse.url, 'parley')).online();
      direct = (await account.connection.resolve('@alice:lab.test', { join: false })).chat.id;
      await alice.ask('POST', at(direct, '/join'), {});
      group = String((await alice.ask('POST', '/createRoom', { name: 'Group', invite: [mine] })).room_id);
      await account.event('chat', ({ chat, invite }) => chat.id === group && invite !== undefined, 'the invitation');
    });
    afterAll(() => account?.stop());

    test('an invitation names the room and who asks; accepted, we are in it', async () => {
      const asked = await account.event('chat', ({ chat, invite }) => chat.id === group && invite !== undefined, 'it');
      expect(asked).toMatchObject({ chat: { kind: 'group', name: 'Group' }, invite: { from: { name: 'Alice' } } });
      await account.connection.invitations?.accept(group);
      await account.event('chat', ({ chat, joined }) => chat.id === group && joined === true, 'that we are in');
    });

    test('an invitation that is declined is gone', async () => {
      const room = String((await alice.ask('POST', '/createRoom', { name: 'No thanks', invite: [mine] })).room_id);
      await account.event('chat', ({ chat, invite }) => chat.id === room && invite !== undefined, 'the invitation');
      await account.connection.invitations?.decline(room);
      const { chunk } = await alice.ask('GET', at(room, '/members'));
      expect(JSON.stringify(chunk)).toContain('"membership":"leave"');
    });

    test('what another device of ours writes and reads is ours', async () => {
      const question = await alice.send(group, 'read me');
      await account.got('read me');
      await me.ask('POST', at(group, `/receipt/m.read/${encodeURIComponent(question)}`), {});
      await account.event('seen', ({ target }) => target === question, 'that we have seen it');
      const own = await me.send(group, 'from my phone');
      const seen = await account.got('from my phone');
      expect(seen).toMatchObject({ id: own });
      expect(seen.from).toBeUndefined();
    });

    test('a reaction that is taken back after a restart is known as one', async () => {
      const { remoteId = '' } = await account.send(group, 'react to me');
      const relation = { 'm.relates_to': { rel_type: 'm.annotation', event_id: remoteId, key: '👍' } };
      const { event_id: id } = await alice.ask('PUT', at(group, '/send/m.reaction/one'), relation);
      await account.event('reaction', ({ target, on }) => target === remoteId && on, 'the reaction');
      const next = account.next();
      await account.stop();
      account = await next.online();
      await alice.ask('PUT', at(group, `/redact/${encodeURIComponent(String(id))}/two`), {});
      const gone = await account.event('reaction', ({ target, on }) => target === remoteId && !on, 'its end');
      expect(gone).toMatchObject({ emoji: '👍', from: { id: '@alice:lab.test' } });
    });

    test('names are known after a restart, before anybody speaks', async () => {
      const next = account.next();
      await account.stop();
      account = await next.online();
      await me.send(direct, 'to her, from my phone');
      expect((await account.got('to her, from my phone')).chat.name).toBe('Alice');
    });

    test('a thread is told by its root, and an edit by somebody else is none', async () => {
      const root = await alice.send(group, 'a root');
      const related = {
        rel_type: 'm.thread',
        event_id: root,
        is_falling_back: true,
        'm.in_reply_to': { event_id: root },
      };
      await alice.send(group, 'in the thread', { 'm.relates_to': related });
      const got = await account.got('in the thread');
      expect(got).toMatchObject({ thread: root });
      expect(got.replyTo).toBeUndefined();
      const { remoteId = '' } = await account.send(group, 'these are my words');
      const forged = { msgtype: 'm.text', body: 'forged' };
      await alice.send(group, '* forged', {
        'm.new_content': forged,
        'm.relates_to': { rel_type: 'm.replace', event_id: remoteId },
      });
      await alice.send(group, 'after that');
      await account.got('after that');
      expect(account.host.events.filter(({ type }) => type === 'edit')).toEqual([]);
    });

    test('an answer begins a thread where it is to be in one', async () => {
      const root = await alice.send(group, 'who comes along?');
      await account.got('who comes along?');
      const replyTo = { remoteId: root, text: 'who comes along?', senderName: 'Alice', thread: root };
      const { remoteId = '' } = await account.send(group, 'I do', { replyTo });
      const event = await alice.ask('GET', at(group, `/event/${encodeURIComponent(remoteId)}`));
      expect(event).toMatchObject({
        content: { 'm.relates_to': { rel_type: 'm.thread', event_id: root, is_falling_back: true } },
      });
    });

    test('the picture of somebody we chat with, and its end', async () => {
      const upload = await fetch(`${synapse.url}/_matrix/media/v3/upload`, {
        ...{ method: 'POST', body: pixel },
        headers: { authorization: `Bearer ${alice.user.token}`, 'content-type': 'image/png' },
      });
      const { content_uri: address } = (await upload.json()) as { content_uri: string };
      await alice.ask('PUT', `/profile/${alice.user.id}/avatar_url`, { avatar_url: address });
      const { avatar } = await account.event(
        'contact',
        ({ avatar: one }) => one !== undefined && one !== null,
        'the picture',
      );
      expect(avatar).toMatchObject({ id: address, type: 'image/png' });
      expect(avatar?.content.length).toBeGreaterThan(20);
    });

    test('blocking goes to the network and comes back from it', async () => {
      await account.connection.blocking?.set('@bob:lab.test', true);
      await account.event(
        'contact',
        ({ buddy, blocked }) => buddy.id === '@bob:lab.test' && blocked === true,
        'the block',
      );
      const { ignored_users: listed } = await me.ask('GET', `/user/${mine}/account_data/m.ignored_user_list`);
      expect(listed).toEqual({ '@bob:lab.test': {} });
      await account.connection.blocking?.set('@bob:lab.test', false);
      await account.event('contact', ({ blocked }) => blocked === false, 'its end');
    });

    test('what may not be done is not offered', async () => {
      expect(account.connection.chat(direct).topic).toBeDefined();
      expect(account.connection.chat(group).topic).toBeUndefined();
      await expect(account.connection.resolve('@nobody:lab.test', { join: false })).rejects.toMatchObject({
        kind: 'rejected',
      });
      await expect(account.connection.resolve('#nowhere:lab.test', { join: true })).rejects.toMatchObject({
        kind: 'rejected',
      });
    });

    test('who is put out is out', async () => {
      await alice.ask('POST', at(group, '/kick'), { user_id: mine, reason: 'enough' });
      await account.event('chat', ({ chat, joined }) => chat.id === group && joined === false, 'that we are out');
      await expect(account.send(group, 'still there?')).rejects.toMatchObject({ kind: 'rejected' });
    });
  });
}
