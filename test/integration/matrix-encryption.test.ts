import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { FakeHost } from '../../src/sdk/testing/fake-host.js';
import { labOrSkip } from '../support/lab.js';
import { Account } from '../support/matrix-account.js';
import { OtherDevice } from '../support/matrix-other-device.js';
import { MatrixPerson } from '../support/matrix-person.js';

/** End-to-end encryption against Synapse, with matrix-nio (libolm) on the other side. */
const lab = await labOrSkip(['synapse']);

const file = (name: string, type: string, text: string) => {
  const bytes = new TextEncoder().encode(text);
  return { name, type, size: bytes.length, open: async () => new Blob([bytes]).stream() };
};

if (lab) {
  describe('an encrypted chat', () => {
    let account: Account;
    let alice: MatrixPerson;
    let room: string;
    afterAll(async () => {
      await account?.stop();
      await alice?.stop();
    });
    const inMemory = async () => (await indexedDB.databases()).filter(({ name }) => name?.startsWith('parley-')).length;

    test('is opened encrypted, and read at both ends', async () => {
      account = await (await Account.signIn(lab.synapse.url, 'parley')).online();
      alice = await MatrixPerson.signIn(lab.synapse, 'alice');
      const { chat } = await account.connection.resolve('@alice:lab.test', { join: false });
      expect(chat).toMatchObject({ kind: 'direct', name: 'Alice', encrypted: true });
      room = chat.id;
      await alice.saw('the invitation', ({ event, room: id }) => event === 'invite' && id === room);
      await alice.do('join', { room });
      await account.send(room, 'a secret');
      expect(await alice.heard('a secret')).toMatchObject({ encrypted: true });
      await alice.text(room, 'and mine');
      expect(await account.got('and mine')).toMatchObject({ from: { name: 'Alice' }, chat: { encrypted: true } });
    });

    test('carries edits, reactions, deletions and replies', async () => {
      const { remoteId = '' } = await account.send(room, 'first words');
      await alice.heard('first words');
      const features = account.connection.chat(room);
      await features.edits?.message(remoteId, { key: crypto.randomUUID(), text: 'better words' });
      const edit = await alice.heard('better words');
      expect(edit).toMatchObject({
        encrypted: true,
        content: { 'm.relates_to': { rel_type: 'm.replace', event_id: remoteId } },
      });
      const quoted = { 'm.relates_to': { 'm.in_reply_to': { event_id: remoteId } } };
      const answer = await alice.text(room, 'an answer', quoted);
      expect(await account.got('an answer')).toMatchObject({ replyTo: remoteId });
      await alice.text(room, '* a better answer', {
        'm.new_content': { msgtype: 'm.text', body: 'a better answer' },
        'm.relates_to': { rel_type: 'm.replace', event_id: answer },
      });
      await account.event('edit', ({ target, text }) => target === answer && text === 'a better answer', 'the edit');
      await alice.do('redact', { room, target: answer });
      await account.event('deletion', ({ target }) => target === answer, 'the deletion');
    });

    test('carries files both ways, and the server sees none of them', async () => {
      await account.send(room, '', { attachments: [file('plan.txt', 'text/plain', 'the plan')] });
      const seen = await alice.saw('the file', ({ content }) => content?.body === 'plan.txt');
      expect(seen.content).toMatchObject({ msgtype: 'm.file', file: { v: 'v2' } });
      expect(await alice.do('fetch', { content: seen.content })).toMatchObject({ text: 'the plan' });
      const { url } = z.object({ file: z.object({ url: z.string() }) }).parse(seen.content).file;
      const raw = await alice.do('fetch', { content: { url } });
      expect(raw.text).not.toContain('the plan');
      await alice.do('file', {
        room,
        name: 'photo.png',
        type: 'image/png',
        text: 'not really a picture',
        kind: 'm.image',
      });
      const got = await account.host.until(
        () => account.host.events.find((one) => one.type === 'message' && one.attachments?.[0]?.name === 'photo.png'),
        'the picture',
      );
      if (got.type !== 'message') throw new Error('not a message');
      expect(new TextDecoder().decode(got.attachments?.[0]?.content)).toBe('not really a picture');
      expect(got.attachments?.[0]?.type).toBe('image/png');
    });

    test('survives being killed again and again, in both directions', async () => {
      for (const round of [1, 2, 3]) {
        await account.send(room, `before ${round}`);
        await alice.text(room, `hers before ${round}`);
        await account.got(`hers before ${round}`);
        account = await account.kill();
        await alice.text(room, `while away ${round}`);
        await account.online();
        expect(await account.got(`while away ${round}`)).not.toHaveProperty('unreadable');
        await account.send(room, `after ${round}`);
        await alice.heard(`before ${round}`);
        expect(await alice.heard(`after ${round}`)).toMatchObject({ encrypted: true });
      }
      expect(await inMemory()).toBeLessThanOrEqual(2);
      expect(alice.events.filter(({ event }) => event === 'unreadable')).toEqual([]);
      expect(account.host.events.filter((one) => one.type === 'message' && one.unreadable !== undefined)).toEqual([]);
    });

    test('tells what it cannot open yet, and opens it when the key comes, also after a restart', async () => {
      const held: unknown[] = [];
      const keysCome = (host: FakeHost, come: () => boolean) => {
        const ask = host.fetch.bind(host);
        host.fetch = async (url, init) => {
          const answer = await ask(url, init);
          if (!url.includes('/sync?') || !answer.ok) return answer;
          const body = z
            .looseObject({ to_device: z.looseObject({ events: z.array(z.unknown()) }).optional() })
            .parse(await answer.json());
          held.push(...(body.to_device?.events ?? []));
          return Response.json({ ...body, to_device: { events: come() ? held.splice(0) : [] } });
        };
      };
      keysCome(account.host, () => false);
      const made = await alice.do('create', { invite: ['@parley:lab.test'], encrypted: true, name: 'Late keys' });
      const late = String(made.room);
      await account.event('chat', ({ chat, invite }) => chat.id === late && invite !== undefined, 'the invitation');
      await account.connection.invitations?.accept(late);
      await alice.saw(
        'us',
        ({ room: where, stateKey, content }) =>
          where === late && stateKey === '@parley:lab.test' && content?.membership === 'join',
      );
      const ids = [await alice.text(late, 'locked one'), await alice.text(late, 'locked two')];
      for (const id of ids) {
        const locked = await account.event('message', (one) => one.id === id, 'a locked message');
        expect(locked).toMatchObject({
          text: '',
          unreadable: 'The key of this encrypted message has not arrived yet.',
        });
      }

      account = await account.kill();
      let come = false;
      keysCome(account.host, () => come);
      await account.online();
      expect(account.host.events.filter((one) => one.type === 'message' && one.chat.id === late)).toEqual([]);
      come = true;
      await alice.text(late, 'with the key');
      await account.got('with the key');
      for (const [place, text] of ['locked one', 'locked two'].entries()) {
        const healed = await account.got(text);
        expect(healed.id).toBe(ids[place]);
        expect(healed.unreadable).toBeUndefined();
      }
    });

    test('stores each key once and little at a time', async () => {
      const written: number[] = [];
      const { write } = account.host.vault;
      account.host.vault.write = async (changes) => {
        written.push([...changes.values()].reduce((sum, value) => sum + (value?.length ?? 0), 0));
        await write(changes);
      };
      for (let i = 0; i < 20; i++) await account.send(room, `many ${i}`);
      await alice.heard('many 19');
      account.host.vault.write = write;
      const total = [...account.host.secrets.values()].reduce((sum, value) => sum + value.length, 0);
      expect(written.length).toBeLessThanOrEqual(80);
      expect(Math.max(...written)).toBeLessThan(40_000);
      expect(total).toBeLessThan(300_000);
    });
  });

  test('two accounts of one Parley talk to each other, each with keys of its own', async () => {
    const [ada, ben] = await Promise.all(
      ['ada', 'ben'].map(async (name) => {
        await lab.synapse.addUser(name);
        return (await Account.signIn(lab.synapse.url, name)).online();
      }),
    );
    if (!ada || !ben) throw new Error('no accounts');
    const { chat } = await ada.connection.resolve('@ben:lab.test', { join: false });
    expect(chat.encrypted).toBe(true);
    await ben.event('chat', ({ invite }) => invite !== undefined, 'the invitation');
    await ben.connection.invitations?.accept(chat.id);
    await ada.event('chat', ({ chat: seen }) => seen.memberCount === 2, 'him in the room');
    await ada.send(chat.id, 'from Ada');
    expect(await ben.got('from Ada')).toMatchObject({ from: { id: '@ada:lab.test' }, chat: { encrypted: true } });
    await ben.send(chat.id, 'from Ben');
    await ada.got('from Ben');
    await Promise.all([ada.stop(), ben.stop()]);
  });

  describe('a device that comes later', () => {
    test('is verified with the recovery key; then what it could not open opens, under the same ids', async () => {
      const { name } = await lab.synapse.addUser('dora');
      const other = await OtherDevice.start(lab.synapse, name);
      const bob = await MatrixPerson.signIn(lab.synapse, 'bob');
      try {
        const { room } = await bob.do('create', { invite: [`@${name}:lab.test`], encrypted: true, name: 'Old times' });
        const id = String(room);
        await other.client.joinRoom(id);
        await bob.saw(
          'her',
          ({ type, stateKey, content }) =>
            type === 'm.room.member' && stateKey === `@${name}:lab.test` && content?.membership === 'join',
        );
        const old = await bob.text(id, 'from before');
        await other.backedUp(1);

        const account = await (await Account.signIn(lab.synapse.url, name)).online();
        try {
          const { host, connection } = account;
          const unread = await account.event('message', (one) => one.id === old, 'the old message');
          expect(unread).toMatchObject({ text: '', unreadable: expect.stringContaining('recovery key') });
          const lines = () =>
            Object.fromEntries((connection.setup?.() ?? []).map(({ label, value }) => [label, value]));
          await host.until(() => lines()['This device'], 'the state of the device');
          expect(lines()['This device']).toContain('not verified');

          const wrong = connection.settings?.change({ recoveryKey: 'EsTc 5rmb wrong' });
          await expect(wrong).rejects.toMatchObject({ kind: 'rejected', fields: { recoveryKey: expect.any(String) } });
          await connection.settings?.change({ recoveryKey: other.recoveryKey });
          expect(lines()['This device']).toMatch(/, verified$/);
          expect(lines()['Backup of message keys']).toContain('connected (version');
          const healed = await account.got('from before');
          expect(healed.id).toBe(old);

          const later = account.next();
          await account.stop();
          await later.online();
          await later.host.until(
            () => later.connection.setup?.().some(({ value }) => value.endsWith(', verified')),
            'verified',
          );
          await bob.text(id, 'from now on');
          await later.got('from now on');
          await later.stop();

          const fresh = await (await Account.signIn(lab.synapse.url, name)).inherit(later).online();
          const { items = [] } = {
            items: (await fresh.connection.chat(id).history?.before({}, 50, new AbortController().signal))?.events,
          };
          expect(items.flatMap((one) => (one.type === 'message' ? [one.text] : []))).toEqual([
            'from before',
            'from now on',
          ]);
          await fresh.stop();
        } finally {
          await account.stop();
        }
      } finally {
        other.stop();
        await bob.stop();
      }
    });
  });
}
