import { readFileSync } from 'node:fs';
import { afterAll, describe, test } from 'vitest';
import { WebSocket } from 'ws';
import { IrcPeer } from '../support/irc-peer.js';
import { keepingCaps } from '../support/irc-peer-server.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { Scene, type SceneMessage } from '../support/scene.js';
import { WeechatPerson } from '../support/weechat.js';

/**
 * A network of a real server, InspIRCd, with WeeChat on the other side; then, for what servers in Debian lack, a
 * scripted server that keeps messages.
 */
const lab = await labOrSkip(['inspircd'], ['people']);

type Chat = { id: string; accountId: string; joined: boolean; invited?: boolean; topic?: string };
type Conversation = { id: string; name: string; contactId: string | null; chats: Chat[] };
type Message = SceneMessage & { conversationId: string };

if (lab) {
  const { inspircd } = lab;
  describe('an IRC account', { timeout: 120_000 }, async () => {
    const parley = await Parley.start();
    const wanda = await WeechatPerson.join(inspircd.port, 'wanda');
    const peer = await IrcPeer.start({ caps: keepingCaps, mechanisms: ['SCRAM-SHA-256', 'PLAIN'] });
    afterAll(async () => {
      wanda.leave();
      await parley.remove();
      await peer.stop();
    });

    const scene = new Scene('irc');
    const frames: { type: string; name?: string; on?: boolean }[] = [];

    const timeline = async (where: string): Promise<Message[]> =>
      (await parley.ok('GET', `/conversations/${where}/messages?limit=100`)).items;
    const named = (account: string, name: string, fits: (one: Conversation) => boolean = () => true) =>
      eventually(async () =>
        ((await parley.ok('GET', '/conversations?limit=100')).items as Conversation[]).find(
          (one) => one.name === name && one.chats[0]?.accountId === account && fits(one),
        ),
      );
    const seen = (where: string, text: string, fits: (message: Message) => boolean = () => true) =>
      eventually(async () => (await timeline(where)).find((one) => one.text === text && fits(one)));
    const write = async (where: string, body: Record<string, unknown>): Promise<string> => {
      const { message } = await parley.ok('POST', `/conversations/${where}/messages`, body);
      await eventually(async () => {
        const { status } = await parley.ok('GET', `/messages/${message.id}`);
        return ['sent', 'failed'].includes(status) || undefined;
      });
      return message.id;
    };
    const listen = () =>
      new Promise<void>((resolve) => {
        const socket = new WebSocket(`${parley.url.replace('http', 'ws')}/api/v1/stream`, {
          headers: { authorization: `Bearer ${parley.token}` },
        });
        socket.on('message', (frame) => void frames.push(JSON.parse(String(frame))));
        socket.on('error', () => {});
        socket.once('open', () => resolve());
      });
    /** What Wanda's program was told, without its tags. */
    const told = async (match: RegExp) => (await wanda.line(match)).replace(/^@\S+ /, '');
    const idOf = (line: string) => /[@;]msgid=([^;\s]+)/.exec(line)?.[1] ?? 'none';
    const presence = async (contact: string, state: string) =>
      eventually(async () => (await parley.ok('GET', `/contacts/${contact}`)).presence.state === state || undefined);

    test('against InspIRCd', async () => {
      await parley.setUp();
      await listen();

      scene.act('you sign in by your certificate, over TLS');
      const account = await parley.signIn('irc', 'server', {
        ...{ server: inspircd.host, port: inspircd.tlsPort, tls: 'on', nick: 'robin', account: 'parley' },
        ...{ certificate: readFileSync(inspircd.caFile, 'utf8'), channels: '#lab', pace: '50' },
        clientCertificate: readFileSync(inspircd.client.certFile, 'utf8'),
        clientKey: readFileSync(inspircd.client.keyFile, 'utf8'),
      });
      await parley.online(account.id);
      await wanda.enter('#lab');
      await wanda.type('/whois robin');
      scene.note('the server', (await told(/ 330 wanda robin /)).replace(/^\S+ 330 wanda /, ''));

      scene.act('Wanda writes; you answer and react; she reacts');
      await wanda.say('robin', 'Hello from WeeChat');
      await wanda.quote('PRIVMSG robin :\x01ACTION waves\x01');
      const { id: chat, contactId } = await named(account.id, 'wanda');
      const hello = await seen(chat, 'Hello from WeeChat');
      await parley.ok('POST', `/conversations/${chat}/accept`);
      await write(chat, { text: 'Hello Wanda', replyTo: hello.id });
      const answer = await wanda.line(/PRIVMSG wanda :Hello Wanda$/);
      scene.note("Wanda's program", `an answer ${/[@;]\+reply=/.test(answer) ? 'that names what it answers' : ''}`);
      await parley.ok('PUT', `/messages/${hello.id}/reactions/${encodeURIComponent('👋')}`);
      const reaction = /\+draft\/react=([^;\s]+)/.exec(await wanda.line(/\+draft\/react=.* TAGMSG :?wanda/))?.[1];
      scene.note("Wanda's program", `a reaction ${reaction}`);
      await wanda.quote(`@+draft/react=🎉;+draft/reply=${idOf(answer)} TAGMSG robin`);
      await seen(chat, 'Hello Wanda', (message) => message.reactions.length === 1);
      await write(chat, { text: '/me waves back' });
      await wanda.shown(/robin waves back/);

      scene.act('both type');
      await parley.ok('PUT', `/conversations/${chat}/typing`, { on: true });
      scene.note('WeeChat shows', await wanda.typing(/^typing;robin$/));
      await wanda.quote('@+typing=active TAGMSG robin');
      const typing = await eventually(() => frames.find((frame) => frame.type === 'typing' && frame.on));
      scene.note('Parley shows', `${typing.name} is typing`);

      scene.act('Wanda is away, comes back, and is somebody else for a while');
      await wanda.type('/away gone fishing');
      await presence(contactId ?? '', 'away');
      await wanda.type('/away');
      await presence(contactId ?? '', 'online');
      await wanda.type('/nick wandering');
      await seen(chat, 'is now known as wandering');
      await presence(contactId ?? '', 'offline');
      await wanda.type('/nick wanda');
      await presence(contactId ?? '', 'online');
      scene.note('Parley', 'away, online, offline, online');

      scene.act('a channel: its topic and its people');
      const { id: room } = await named(account.id, '#lab');
      await parley.ok('PATCH', `/conversations/${room}`, { topic: 'Tests, and tea' });
      scene.note('WeeChat shows', (await wanda.shown(/Tests, and tea/)).replace(/^.* \| /, ''));
      const members = await eventually(async () => {
        const { items } = await parley.ok('GET', `/conversations/${room}/members`);
        return items.length === 2 && items.some((one: { role: string }) => one.role === 'moderator')
          ? items
          : undefined;
      });
      const sorted = members.sort((a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name));
      for (const { name, role } of sorted) scene.note('in #lab', `${name}, ${role}`);
      await wanda.say('#lab', '\x02Bold\x02 and plain');
      await seen(room, 'Bold and plain');

      scene.act('invitations, both ways');
      await wanda.enter('#den');
      await wanda.type('/invite robin #den');
      const den = await named(account.id, '#den', (one) => one.chats[0]?.invited === true);
      await parley.ok('POST', `/conversations/${den.id}/accept`);
      await told(/:robin!\S+ JOIN #den/);
      await wanda.type('/part #lab');
      await told(/:wanda!\S+ PART :?#lab/);
      await parley.ok('POST', `/conversations/${room}/members`, { address: 'wanda' });
      scene.note("Wanda's program", (await told(/INVITE wanda :?#lab/)).replace(/^:(\w+)!\S+/, '$1'));
      await wanda.enter('#lab');

      scene.act('what programs ask each other');
      for (const question of ['VERSION', 'CLIENTINFO']) {
        await wanda.type(`/ctcp robin ${question}`);
        scene.note(
          'robin answers',
          (await told(new RegExp(`NOTICE wanda :\x01${question}`))).replace(/^.*\x01(.*)\x01$/, '$1'),
        );
        // One question in two seconds is answered.
        await new Promise((resolve) => setTimeout(resolve, 2_100));
      }

      scene.act('you ignore somebody');
      await parley.ok('PUT', `/accounts/${account.id}/settings`, { input: { ignore: 'wandering' } });
      await wanda.type('/nick wandering');
      await wanda.say('#lab', 'you cannot hear me');
      await wanda.type('/nick wanda');
      await wanda.say('#lab', 'you can hear me');
      await seen(room, 'you can hear me');
      const unheard = (await timeline(room)).some((message) => message.text === 'you cannot hear me');
      scene.note('Parley', unheard ? 'shows it all the same' : 'shows nothing of it');

      scene.act('a long text, in lines');
      await write(room, { text: Array.from({ length: 12 }, (_, at) => `line ${at + 1}`).join('\n') });
      await wanda.shown(/line 12$/);
      scene.note('WeeChat shows', `${wanda.lines.filter((line) => /:line \d+$/.test(line)).length} lines, in order`);

      scene.act('Parley is away; the server plays back what was said in a channel that remembers');
      await parley.ok('POST', `/conversations/${den.id}/messages`, { text: 'back in a moment' });
      await wanda.shown(/back in a moment/);
      await wanda.type('/mode #den +H 20:1h');
      await told(/MODE #den \+H/);
      await wanda.say('#den', 'remember this');
      await seen(den.id, 'remember this');
      // The server keeps whole seconds: what it plays back is to come after this.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await parley.down();
      await told(/:robin!\S+ QUIT/);
      await wanda.say('#den', 'said while you were away');
      await parley.up();
      await parley.online(account.id);
      await listen();
      await seen(den.id, 'said while you were away');
      await wanda.say('robin', 'there you are');
      await seen(chat, 'there you are');
      await write(chat, { text: 'here I am' });
      await wanda.shown(/here I am/);

      scene.timeline('wanda', await timeline(chat));
      scene.timeline('#lab', await timeline(room));
      scene.timeline('#den', await timeline(den.id));
    });

    test('against a scripted server that keeps messages', async () => {
      scene.act('a scripted server that keeps messages: you sign in by SCRAM');
      peer.stepMs = 1;
      for (let at = 1; at <= 120; at++) peer.keep('alice', 'alice', `PRIVMSG robin :old ${at}`);
      const account = await parley.signIn('irc', 'server', {
        ...peer.login.inputs[0],
        nick: 'robin',
        account: 'parley',
      });
      await parley.online(account.id);
      const line = peer.received.find((one) => one.startsWith('AUTHENTICATE '));
      const passwords = peer.received.filter((one) => one.startsWith('PASS')).length;
      scene.note('the server', `${line}; the password itself ${passwords} times`);

      scene.act('an old conversation is opened, page by page');
      const opened = await parley.ok('POST', '/chats', { accountId: account.id, address: 'alice' });
      const chat: string = opened.conversation.id;
      await peer.say('the newest');
      await seen(chat, 'the newest');
      await parley.ok('POST', `/conversations/${chat}/accept`).catch(() => {});
      for (let page = 0; page < 30; page++) {
        const { history } = await parley.ok('POST', `/conversations/${chat}/history`);
        if (history === 'end') break;
      }
      const all: Message[] = (await parley.ok('GET', `/conversations/${chat}/messages?limit=200`)).items;
      const texts = all.map((message) => message.text).reverse();
      scene.note(
        'Parley',
        `${texts.length} messages from "${texts[0]}" to "${texts.at(-1)}", each once: ${new Set(texts).size === texts.length}`,
      );

      scene.act('Parley is away, and catches up');
      await parley.down();
      for (let at = 1; at <= 300; at++) peer.keep('alice', 'alice', `PRIVMSG robin :missed ${at}`);
      await parley.up();
      await parley.online(account.id);
      await seen(chat, 'missed 300');
      const caught: Message[] = (await parley.ok('GET', `/conversations/${chat}/messages?limit=200`)).items;
      const missed = caught.map((message) => message.text).filter((text) => text.startsWith('missed'));
      scene.note(
        'Parley',
        `of the last 200: ${missed.length} that were missed, each once: ${new Set(missed).size === missed.length}`,
      );

      scene.act('you paste a poem as one message, and take a message back');
      await write(chat, { text: 'Roses are red\n\nviolets are blue' });
      const poem = await eventually(() => peer.heardBy.find(({ text }) => text.startsWith('Roses')));
      scene.note('alice sees', `one message of ${poem.text.split('\n').length} lines`);
      const wrong = await write(chat, { text: 'wrong window' });
      await parley.ok('DELETE', `/messages/${wrong}`);
      await peer.line(/REDACT alice \S+$/);
      peer.client.from('alice', 'PRIVMSG robin :oh no', { msgid: 'oops' });
      await seen(chat, 'oh no');
      peer.client.from('alice', 'REDACT robin oops :not meant');
      await eventually(async () => !(await timeline(chat)).some((one) => one.text === 'oh no') || undefined);

      scene.act('what is read is told to your other clients, and heard from them');
      await peer.say('read me');
      const readMe = await seen(chat, 'read me');
      await parley.ok('PATCH', `/conversations/${chat}`, { readMessageId: readMe.id });
      await eventually(() => peer.markers.get('alice'));
      scene.note('the server', 'has the read marker');
      await peer.say('read elsewhere');
      const elsewhere = await seen(chat, 'read elsewhere');
      peer.client.server(`MARKREAD alice timestamp=${new Date(peer.now()).toISOString()}`);
      await eventually(async () => {
        const { readMessageId } = await parley.ok('GET', `/conversations/${chat}`);
        return readMessageId === elsewhere.id || undefined;
      });
      scene.note('Parley', 'shows it as read');
      scene.timeline('alice, the end of it', (await timeline(chat)).slice(0, 7));
      await scene.end();
    });
  });
}
