import { afterAll, describe, expect, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { MatrixPerson } from '../support/matrix-person.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson, MailPerson } from '../support/people.js';
import { Resident } from '../support/resident.js';
import { XmppPerson } from '../support/xmpp-person.js';

/**
 * Two people on one Parley, with accounts on the same server and in the same room: each sees what their own account
 * sees, once, and nothing of the other's. A third person, at a program that is not ours, writes to both.
 */
const lab = await labOrSkip(['inspircd', 'mail', 'prosody', 'synapse'], ['people']);

type Side = {
  resident: Resident;
  account: string /** Where the third person reaches this account. */;
  address: string;
};

type Scene = {
  /** Signs both in, to be online and in the room where there is one. */
  signIn(ann: Resident, bob: Resident): Promise<[Side, Side]>;
  /** What the third person writes where both hear it. Undefined where a network has no rooms. */
  toBoth?(text: string): Promise<void>;
  toOne(side: Side, text: string): Promise<void>;
  /** The third person has got this from one of ours. */
  heard(text: string): Promise<void>;
  leave(): void | Promise<void>;
};

if (lab) {
  const parley = await Parley.start();
  const ann = await Resident.first(parley);
  const bob = await Resident.another(parley, 'Bob');
  await Promise.all([ann.listen(), bob.listen()]);
  afterAll(async () => {
    ann.deafen();
    bob.deafen();
    await parley.remove();
  });

  const scenes: Record<string, () => Promise<Scene>> = {
    irc: async () => {
      const ada = await IrcPerson.join(lab.inspircd.port, 'ada');
      const { port } = lab.inspircd;
      const enter = async (resident: Resident, nick: string): Promise<Side> => {
        const input = { server: '127.0.0.1', port, tls: 'off', nick, channels: '#common' };
        const { id } = await resident.signIn('irc', 'server', input);
        await resident.online(id);
        return { resident, account: id, address: nick };
      };
      await ada.enter('#common');
      return {
        signIn: async (one, other) => [await enter(one, 'ann'), await enter(other, 'bob')],
        toBoth: (text) => ada.say('#common', text),
        toOne: (side, text) => ada.say(side.address, text),
        heard: async (text) => {
          const windows = ['#common', 'ann', 'bob'];
          await expect.poll(() => windows.flatMap((from) => ada.heard(from)), { timeout: 20_000 }).toContain(text);
        },
        leave: () => ada.leave(),
      };
    },
    email: async () => {
      const alice = new MailPerson(lab.mail, 'alice');
      const enter = async (resident: Resident, index: number): Promise<Side> => {
        const user = lab.mail.users[index];
        const input = {
          ...{ address: user?.address, username: user?.username, password: user?.password, backfill: '0' },
          ...{ imapHost: '127.0.0.1', imapPort: lab.mail.imapPort, imapTls: 'off' },
          ...{ smtpHost: '127.0.0.1', smtpPort: lab.mail.submissionPort, smtpTls: 'off' },
        };
        const { id } = await resident.signIn('email', 'password', input);
        await resident.online(id);
        return { resident, account: id, address: user?.address ?? '' };
      };
      return {
        signIn: async (one, other) => [await enter(one, 0), await enter(other, 2)],
        toOne: (side, text) => alice.write(side.address, { subject: 'Between us', text }),
        heard: async (text) => {
          const texts = async () => (await alice.inbox()).map((mail) => mail.text?.trim());
          await expect.poll(texts, { timeout: 20_000 }).toContain(text);
        },
        leave: () => {},
      };
    },
    xmpp: async () => {
      const { prosody } = lab;
      const [one, alice, two] = prosody.users;
      if (!one || !alice || !two) throw new Error('the lab has three people on XMPP');
      const third = await XmppPerson.signIn(alice, prosody);
      const room = `common@${prosody.rooms}`;
      await third.do('join', { room, nick: 'alice', configure: { 'muc#roomconfig_persistentroom': true } });
      const enter = async (resident: Resident, { jid, password }: typeof one): Promise<Side> => {
        const input = { jid, password, host: prosody.host, port: String(prosody.port), tls: 'off' };
        const { id } = await resident.signIn('xmpp', 'password', input);
        await resident.online(id);
        await resident.ok('POST', '/chats', { accountId: id, join: room });
        return { resident, account: id, address: jid };
      };
      return {
        signIn: async (ann, bob) => [await enter(ann, one), await enter(bob, two)],
        toBoth: async (text) => void (await third.do('send', { to: room, body: text, type: 'groupchat' })),
        toOne: async (side, text) => void (await third.do('send', { to: side.address, body: text })),
        heard: async (text) => void (await third.message(({ body }) => body === text, text, 20_000)),
        leave: () => third.leave(),
      };
    },
    matrix: async () => {
      const { synapse } = lab;
      const third = await MatrixPerson.signIn(synapse, 'alice');
      const names = ['parley', 'bob'];
      const idOf = (name: string) => `@${name}:${synapse.domain}`;
      const { room: common } = await third.do('create', { name: 'Common', public: true, alias: 'common' });
      const direct = new Map<string, string>();
      for (const name of names)
        direct.set(name, String((await third.do('create', { direct: true, invite: [idOf(name)] })).room));
      const enter = async (resident: Resident, username: string): Promise<Side> => {
        const input = { homeserver: synapse.url, username, password: `${username}-matrix` };
        const { id } = await resident.signIn('matrix', 'password', input);
        await resident.online(id);
        await resident.ok('POST', '/chats', { accountId: id, join: `#common:${synapse.domain}` });
        const invited = await eventually(async () =>
          (await resident.ok('GET', '/conversations?limit=100')).items.find(
            (one: { chats: { accountId: string; invited: boolean }[] }) =>
              one.chats.some((chat) => chat.accountId === id && chat.invited),
          ),
        );
        await resident.ok('POST', `/conversations/${invited.id}/accept`);
        return { resident, account: id, address: username };
      };
      return {
        signIn: async (ann, bob) => [await enter(ann, 'parley'), await enter(bob, 'bob')],
        toBoth: async (text) => void (await third.text(String(common), text)),
        toOne: async (side, text) => void (await third.text(direct.get(side.address) ?? '', text)),
        heard: async (text) => void (await third.heard(text)),
        leave: () => third.stop(),
      };
    },
  };

  describe.each(Object.keys(scenes))('%s', (network) => {
    test('two accounts on one server see only their own, also after a restart', async () => {
      const scene = await scenes[network]!();
      try {
        const [a, b] = await scene.signIn(ann, bob);
        await scene.toOne(a, `for ann alone ${network}-secret-a`);
        await scene.toOne(b, `for bob alone ${network}-secret-b`);
        const toAnn = await ann.untilSees(`${network}-secret-a`);
        const toBob = await bob.untilSees(`${network}-secret-b`);
        expect(toAnn.accountId).toBe(a.account);
        expect(toBob.accountId).toBe(b.account);

        if (scene.toBoth) {
          await scene.toBoth(`for both ${network}-common`);
          const [first, second] = [await ann.untilSees(`${network}-common`), await bob.untilSees(`${network}-common`)];
          expect(first.id).not.toBe(second.id);
          expect(first.conversationId).not.toBe(second.conversationId);
        }

        await ann.ok('POST', `/conversations/${toAnn.conversationId}/accept`);
        await ann.ok('POST', `/conversations/${toAnn.conversationId}/messages`, { text: `${network}-answer-a` });
        await scene.heard(`${network}-answer-a`);
        await ann.untilSees(`${network}-answer-a`);

        const check = async () => {
          const annsWords = await ann.everything(network);
          const bobsWords = await bob.everything(network);
          expect(annsWords).not.toContain(`${network}-secret-b`);
          expect(annsWords).not.toContain(b.account);
          for (const word of [`${network}-secret-a`, `${network}-answer-a`, a.account])
            expect(bobsWords).not.toContain(word);
          for (const { resident } of [a, b]) {
            const common = (await resident.messages()).filter(({ text }) => text.includes(`${network}-common`));
            expect(common).toHaveLength(scene.toBoth ? 1 : 0);
          }
        };
        await check();
        await strangersDoor(bob, a, toAnn);
        await parley.restart();
        await Promise.all([ann.listen(), bob.listen(), ann.online(a.account), bob.online(b.account)]);
        await scene.toOne(a, `after the restart ${network}-secret-a2`);
        await ann.untilSees(`${network}-secret-a2`);
        expect(await bob.everything(network)).not.toContain(`${network}-secret-a2`);
        await check();
      } finally {
        await scene.leave();
      }
    });
  });

  /** Whatever of the other one's is asked for by its id is not there. */
  async function strangersDoor(stranger: Resident, { account }: Side, message: { id: string; conversationId: string }) {
    const doors = [
      ['GET', `/accounts/${account}`],
      ['GET', `/accounts/${account}/settings`],
      ['GET', `/messages/${message.id}`],
      ['GET', `/messages/${message.id}/deliveries`],
      ['GET', `/conversations/${message.conversationId}`],
      ['GET', `/conversations/${message.conversationId}/messages`],
      ['GET', `/conversations/${message.conversationId}/members`],
    ] as const;
    for (const [method, address] of doors) {
      const { status, text } = await stranger.call(method, address);
      expect([404, 405], `${method} ${address}: ${text}`).toContain(status);
    }
  }
}
