import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { RawClient } from '../support/irc-lab-peer.js';
import { chats, endAll, open, presences, send, signIn } from '../support/irc-rig.js';
import { labOrSkip } from '../support/lab.js';

const lab = await labOrSkip(['inspircd']);
afterEach(endAll);

let people = 0;

if (lab) {
  const { inspircd } = lab;
  const secure = {
    ...{ server: inspircd.host, port: inspircd.tlsPort, tls: 'on', pace: '50' },
    certificate: readFileSync(inspircd.caFile, 'utf8'),
  };
  const certificate = {
    clientCertificate: readFileSync(inspircd.client.certFile, 'utf8').replaceAll('\n', ' '),
    clientKey: readFileSync(inspircd.client.keyFile, 'utf8').replaceAll('\n', ' '),
  };
  const password = inspircd.accounts.find(({ name }) => name === 'parley')?.password;

  const enter = async (input: Record<string, unknown>) => {
    const nick = `me${process.pid % 1000}x${++people}`;
    const opened = open(await signIn({ nick, ...input }));
    await opened.host.untilState('online');
    return { ...opened, nick };
  };
  const person = async (...caps: string[]) => {
    const client = await RawClient.signIn(inspircd.port, `p${process.pid % 1000}x${++people}`);
    if (caps.length > 0) client.write(`CAP REQ :${caps.join(' ')}`);
    await client.fence();
    return client;
  };

  describe('InspIRCd', { timeout: 30_000 }, () => {
    test('takes us by SCRAM where there is a password', async () => {
      const { host } = await enter({ ...secure, account: 'parley', password });
      await host.until(() => host.sessions.at(-1)?.mechanism === 'SCRAM-SHA-256', 'the mechanism');
    });

    test('takes us by our certificate, without any password', async () => {
      const { nick } = await enter({ ...secure, ...certificate });
      const other = await person();
      other.write(`WHOIS ${nick}`);
      expect(await other.line(/ 330 /)).toContain(' parley ');
      other.leave();
    });

    test('refuses a certificate that nobody knows, and says so', async () => {
      const foreign = {
        clientCertificate: readFileSync(inspircd.caFile, 'utf8'),
        clientKey: readFileSync(inspircd.caFile.replace('cert.pem', 'key.pem'), 'utf8'),
      };
      const { host } = open(await signIn({ nick: 'stranger', ...secure, ...foreign }));
      await host.untilState('needs-login');
      expect(host.why()).toMatch(/refused your certificate/);
    });

    test('is reached by WebSocket, and comes back after a cut', async () => {
      const other = await person('message-tags');
      const server = `ws://${inspircd.host}:${inspircd.webSocketPort}/`;
      const { host, connection, nick } = await enter({ server, tls: 'off', pace: '50' });
      const text = `${'日本語 größer 👩‍👩‍👧‍👦 '.repeat(40)}end`;
      await send(connection, other.nick, text);
      await other.line(/end$/);
      other.write(`PRIVMSG ${nick} :hello over there, größer`);
      expect(await host.untilMessage('hello over there, größer')).toMatchObject({ from: { address: other.nick } });
      await connection.chat(other.nick).typing?.set(true);
      await other.line(/\+typing=active.* TAGMSG/);
      await inspircd.restart();
      await host.passing(50, () => host.states.filter((one) => one.is === 'online').length === 2, 'to be back');
      expect(host.states.find((one) => one.is === 'waiting')).toMatchObject({ why: expect.stringMatching(/\S/) });
    });

    test('is reached by WebSocket over TLS, by our certificate, if its own is trusted', async () => {
      const server = `wss://${inspircd.host}:${inspircd.secureWebSocketPort}/`;
      const { host, connection, nick } = await enter({ ...secure, ...certificate, server, port: '' });
      await host.until(() => host.sessions.at(-1)?.mechanism === 'EXTERNAL', 'the mechanism');
      await send(connection, nick, 'to myself');
      const stranger = open(await signIn({ nick: 'doubter', server }));
      await stranger.host.untilState('waiting');
      expect(stranger.host.why()).toContain('is self-signed and not trusted');
    });

    test('says what is wrong where a WebSocket is asked for and none is there', async () => {
      const { host } = open(
        await signIn({ nick: 'lost', server: `ws://${inspircd.host}:${inspircd.port}/irc`, tls: 'off' }),
      );
      await host.passing(500, () => host.current?.is === 'waiting', 'state waiting');
      expect(host.why()).toContain(String(inspircd.port));
    });

    test('passes on reactions, replies, members, who is away, topics and invitations', async () => {
      const other = await person('message-tags', 'echo-message');
      const { host, connection, nick } = await enter({ ...secure, account: 'parley', password });
      const channel = `#deep${people}`;
      other.write(`JOIN ${channel}`);
      other.write(`AWAY :out`);
      await other.fence();
      await connection.resolve(channel, { join: true });
      await host.until(() => chats(host).some((one) => one.memberCount === 2), 'the count');
      const chat = connection.chat(channel);
      const members = await chat.members?.list(AbortSignal.timeout(5_000));
      expect(members?.map(({ buddy, role, presence }) => [buddy.address, role, presence])).toEqual(
        expect.arrayContaining([
          [other.nick, 'moderator', 'away'],
          [nick, 'member', 'online'],
        ]),
      );
      other.write(`PRIVMSG ${channel} :what do you think?`);
      const { id } = await host.untilMessage('what do you think?');
      await chat.reactions?.set(id, '👍', true);
      expect(await other.line(/TAGMSG/)).toContain('+draft/react=👍');
      const sent = await send(connection, channel, 'I agree', {
        replyTo: { remoteId: id, text: 'what do you think?', senderName: other.nick },
      });
      expect(await other.line(/:I agree$/)).toContain(`+draft/reply=${id}`);
      other.write(`@+draft/react=🎉;+draft/reply=${sent.remoteId} TAGMSG ${channel}`);
      await host.until(() => host.events.some((one) => one.type === 'reaction' && one.target === sent.remoteId), 'it');
      other.write('AWAY');
      await host.until(() => presences(host, other.nick).at(-1) === 'online', 'to be back');
      await expect(chat.topic?.set('not mine to set')).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringMatching(/topic|operator/i),
      });
      other.write(`MODE ${channel} +o ${nick}`);
      await other.fence();
      await chat.topic?.set('mine now');
      await other.line(/TOPIC \S+ :mine now$/);
      const third = await person();
      await chat.invites?.invite(third.nick);
      await third.line(new RegExp(`INVITE ${third.nick} :?${channel}`));
      await expect(chat.invites?.invite('nobodyatall')).rejects.toMatchObject({ kind: 'rejected' });
      third.leave();
      other.leave();
    });
  });
}
