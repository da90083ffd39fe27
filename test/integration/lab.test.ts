import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ImapFlow } from 'imapflow';
import { Redis } from 'ioredis';
import { createTransport } from 'nodemailer';
import smpp, { type PDU, type Session } from 'smpp';
import { afterAll, describe, expect, it } from 'vitest';
import { loadAdapters } from '../../src/adapters/loader.js';
import { loginContext } from '../../src/sdk/testing/login-context.js';
import { runLine } from '../lab/console.js';
import { startLab } from '../lab/index.js';
import { labProcesses } from '../lab/processes.js';
import { labForms, labSheet } from '../lab/sheet.js';
import { host, until } from '../lab/wait.js';
import { IrcLines } from '../support/irc-lines.js';
import { labOrSkip } from '../support/lab.js';
import { isFree } from '../support/ports.js';

const lab = await labOrSkip(['inspircd', 'ngircd', 'mail', 'smsc', 'redis']);
const ending: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ending.splice(0)) await end();
});

if (lab) {
  describe('InspIRCd', () => {
    const { inspircd } = lab;
    const connect = async (nick: string, options: { tls?: boolean; caps?: string } = {}) => {
      const port = options.tls ? inspircd.tlsPort : inspircd.port;
      const client = await IrcLines.connect(port, options.tls ? await readFile(inspircd.caFile, 'utf8') : undefined);
      ending.push(() => client.end());
      client.say(`CAP REQ :${options.caps ?? 'server-time'}`);
      await client.line(/CAP \S+ ACK/);
      client.say('CAP END', `NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
      await client.line(/ 001 /);
      return client;
    };

    it('offers what a modern client asks for', async () => {
      const client = await IrcLines.connect(inspircd.port);
      ending.push(() => client.end());
      client.say('CAP LS 302');
      const offered = await client.line(/CAP \S+ LS :/);
      const names = offered.slice(offered.indexOf(' :') + 2).split(' ');
      for (const name of ['server-time', 'echo-message', 'message-tags', 'labeled-response', 'batch', 'account-tag'])
        expect(names).toContain(name);
      for (const name of ['away-notify', 'account-notify', 'extended-join', 'multi-prefix', 'setname', 'chghost'])
        expect(names).toContain(name);
      expect(names).toContain('sasl=EXTERNAL,PLAIN,SCRAM-SHA-256');
      client.say('NICK lister', 'USER lister 0 * :x', 'CAP END');
      await client.line(/ 005 .*MONITOR=/);
    });

    it('signs an account in by SASL PLAIN, and refuses a wrong password', async () => {
      const [account] = inspircd.accounts;
      if (!account) throw new Error('no account');
      for (const [password, answer] of [
        ['wrong', / 904 /],
        [account.password, / 903 /],
      ] as const) {
        const client = await IrcLines.connect(inspircd.tlsPort, await readFile(inspircd.caFile, 'utf8'));
        ending.push(() => client.end());
        client.say('CAP REQ :sasl', `NICK sasl${password.length}`, 'USER sasl 0 * :x');
        await client.line(/CAP \S+ ACK :sasl/);
        client.say('AUTHENTICATE PLAIN');
        await client.line(/^AUTHENTICATE :?\+$/);
        client.say(`AUTHENTICATE ${Buffer.from(`\0${account.name}\0${password}`).toString('base64')}`);
        await client.line(answer);
      }
    });

    it('carries messages with time, id, echo and account over TLS and in the clear', async () => {
      const caps = 'server-time message-tags echo-message labeled-response batch account-tag away-notify';
      const ann = await connect('ann', { tls: true, caps });
      const ben = await connect('ben', { caps });
      ann.say('JOIN #lab');
      await ann.line(/ 366 /);
      ben.say('JOIN #lab');
      await ben.line(/ 366 /);
      ann.say('@label=x1 PRIVMSG #lab :Grüße 😀');
      expect(await ann.line(/PRIVMSG #lab :Grüße 😀/)).toMatch(/^@\S*label=x1/);
      expect(await ben.line(/PRIVMSG #lab :Grüße 😀/)).toMatch(/^@(?=\S*time=\d{4}-)(?=\S*msgid=)/);
      ben.say('PRIVMSG ann :only you');
      await ann.line(/:ben!\S+ PRIVMSG ann :only you/);
      ben.say('AWAY :lunch');
      await ann.line(/:ben!\S+ AWAY :?lunch/);
    });

    it('watches nicks', async () => {
      const watcher = await connect('watcher');
      watcher.say('MONITOR + guest');
      await watcher.line(/ 731 /);
      const guest = await connect('guest');
      await watcher.line(/ 730 \S+ :guest(!|$)/);
      guest.say('QUIT');
      await watcher.line(/ 731 \S+ :guest/);
    });

    it('lets a hundred clients in from one address at once', async () => {
      const clients = await Promise.all(Array.from({ length: 100 }, (_, at) => connect(`many${at}`)));
      await Promise.all(clients.map((client) => client.end()));
    });

    it('refuses while it is down and serves on the same port afterwards, services linked', async () => {
      await inspircd.down();
      await expect(IrcLines.connect(inspircd.port)).rejects.toThrow('ECONNREFUSED');
      await inspircd.up();
      await inspircd.restart();
      const client = await IrcLines.connect(inspircd.port);
      ending.push(() => client.end());
      client.say('CAP LS 302');
      await client.line(/sasl=\S*PLAIN/);
    });
  });

  it('ngIRCd carries messages without IRCv3', async () => {
    const [ann, ben] = await Promise.all([IrcLines.connect(lab.ngircd.port), IrcLines.connect(lab.ngircd.port)]);
    ending.push(() => Promise.all([ann.end(), ben.end()]));
    for (const [client, nick] of [[ann, 'ann'] as const, [ben, 'ben'] as const]) {
      client.say(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
      await client.line(/ 001 /);
      client.say('JOIN #lab');
      await client.line(/ 366 /);
    }
    ann.say('PRIVMSG #lab :hello');
    await ben.line(/^:ann!\S+ PRIVMSG #lab :hello$/);
    await lab.ngircd.restart();
    const again = await IrcLines.connect(lab.ngircd.port);
    ending.push(() => again.end());
    again.say('NICK ann', 'USER ann 0 * :ann');
    await again.line(/ 001 /);
  });

  describe('the mail server', () => {
    const { mail } = lab;
    const person = (name: string) => {
      const user = mail.users.find(({ username }) => username === name);
      if (!user) throw new Error(`no ${name}`);
      return user;
    };
    const alice = person('alice');
    const bob = person('bob');

    const openImap = async (options: { tls: boolean; password?: string }) => {
      const client = new ImapFlow({
        host,
        port: options.tls ? mail.imapsPort : mail.imapPort,
        secure: options.tls,
        auth: { user: bob.username, pass: options.password ?? bob.password },
        tls: { ca: await readFile(mail.caFile, 'utf8') },
        logger: false,
      });
      ending.push(() => client.close());
      await client.connect();
      return client;
    };
    const submit = async (how: 'starttls' | 'tls', subject: string, auth = alice) => {
      const sender = createTransport({
        host,
        port: how === 'tls' ? mail.smtpsPort : mail.submissionPort,
        secure: how === 'tls',
        requireTLS: how === 'starttls',
        auth: { user: auth.username, pass: auth.password },
        tls: { ca: await readFile(mail.caFile, 'utf8') },
      });
      ending.push(() => sender.close());
      return sender.sendMail({ from: alice.address, to: bob.address, subject, text: 'Grüße 😀' });
    };

    it('takes mail by STARTTLS and by TLS, and shows it over IMAP as it comes', async () => {
      const imap = await openImap({ tls: true });
      await imap.mailboxOpen('INBOX');
      const arrived = new Promise((resolve) => imap.once('exists', resolve));
      void imap.idle();
      await submit('starttls', 'one');
      await arrived;
      await submit('tls', 'two');
      await until('two mails', async () => {
        await imap.noop();
        const subjects = (await imap.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope?.subject);
        expect(subjects).toEqual(expect.arrayContaining(['one', 'two']));
      });
      expect(await readdir(join(mail.maildir(bob.address), 'cur'))).not.toEqual([]);
    });

    it('takes mail for its domain from strangers, and none for elsewhere', async () => {
      const stranger = createTransport({ host, port: mail.smtpPort, tls: { rejectUnauthorized: false } });
      ending.push(() => stranger.close());
      const letter = { from: 'carol@elsewhere.test', subject: 'three', text: 'x' };
      await stranger.sendMail({ ...letter, to: bob.address });
      await expect(stranger.sendMail({ ...letter, to: 'dave@elsewhere.test' })).rejects.toThrow(/554|relay/i);
      await expect(stranger.sendMail({ ...letter, to: 'nobody@lab.test' })).rejects.toThrow(/550/);
    });

    it('returns what it cannot deliver to the one who wrote it', async () => {
      const sender = createTransport({
        host,
        port: mail.smtpsPort,
        secure: true,
        auth: { user: bob.username, pass: bob.password },
        tls: { rejectUnauthorized: false },
      });
      ending.push(() => sender.close());
      await sender.sendMail({ from: bob.address, to: 'dave@elsewhere.test', subject: 'four', text: 'x' });
      const imap = await openImap({ tls: false });
      await imap.mailboxOpen('INBOX');
      await until('the bounce', async () => {
        await imap.noop();
        const subjects = (await imap.fetchAll('1:*', { envelope: true })).map(({ envelope }) => envelope?.subject);
        expect(subjects.some((subject) => /undelivered/i.test(subject ?? ''))).toBe(true);
      });
    });

    it('refuses a wrong password, and keeps mail over a restart', async () => {
      await expect(openImap({ tls: true, password: 'wrong' })).rejects.toThrow();
      await expect(submit('tls', 'never', { ...alice, password: 'wrong' })).rejects.toThrow(/535/);
      await mail.down();
      expect(await Promise.all([mail.imapPort, mail.imapsPort, mail.smtpPort, mail.smtpsPort].map(isFree))).toEqual(
        Array(4).fill(true),
      );
      await mail.up();
      const imap = await openImap({ tls: true });
      const box = await imap.mailboxOpen('INBOX');
      expect(box.exists).toBeGreaterThanOrEqual(3);
    });
  });

  const texts = [
    ['short', 'hello'],
    ['GSM with its extension', 'Grüße & 5 € {x} [y] + %20 = 100%'],
    ['UCS-2', 'Привет 😀'],
    ['long GSM', `${'0123456789 '.repeat(30)}end`],
    ['long UCS-2', `${'длинный 😀 '.repeat(25)}конец`],
  ] as const;

  describe('the SMS centre over SMPP', () => {
    const { smsc } = lab;
    type Client = { session: Session; heard: PDU[] };

    const bind = async (password = smsc.smpp.password): Promise<Client> => {
      const session = smpp.connect({ url: `smpp://${host}:${smsc.smpp.port}` });
      ending.push(() => session.destroy());
      const heard: PDU[] = [];
      session.on('error', () => {});
      session.on('deliver_sm', (pdu: PDU) => {
        heard.push(pdu);
        session.send(pdu.response());
      });
      await new Promise((resolve) => session.once('connect', resolve));
      const answer = await new Promise<PDU>((resolve) =>
        session.bind_transceiver({ system_id: smsc.smpp.systemId, password }, resolve),
      );
      if (answer.command_status !== 0) throw new Error(`bind refused: ${answer.command_status}`);
      return { session, heard };
    };
    const submit = ({ session }: Client, to: string, more: object) =>
      new Promise<PDU>((resolve) =>
        session.submit_sm({ source_addr: smsc.smpp.number, destination_addr: to, ...more }, resolve),
      );
    const receiptsFor = ({ heard }: Client, id: unknown) =>
      heard.filter((pdu) => Number(pdu.esm_class) === 4 && String(bodyOf(pdu)).startsWith(`id:${id} `));

    it('refuses a wrong password', async () => {
      await expect(bind('wrong')).rejects.toThrow('bind refused: 14');
    });

    it.each(texts)('takes and gives a text: %s', async (name, text) => {
      const client = await bind();
      const phone = `+4477009003${String(texts.findIndex(([one]) => one === name)).padStart(2, '0')}`;
      const answer = await submit(client, phone, {
        ...{ message_payload: text, data_coding: name.includes('UCS-2') ? 8 : 0, registered_delivery: 1 },
      });
      expect(answer.command_status).toBe(0);
      expect(smsc.received(phone).map((sms) => [sms.via, sms.from, sms.text])).toEqual([
        ['smpp', smsc.smpp.number, text],
      ]);
      await until('the receipt', () => expect(receiptsFor(client, answer.message_id)).toHaveLength(1));
      expect(String(bodyOf(receiptsFor(client, answer.message_id)[0]))).toContain('stat:DELIVRD');

      await smsc.sendFromPhone('smpp', phone, smsc.smpp.number, text);
      const parts = () => client.heard.filter((pdu) => Number(pdu.esm_class) !== 4);
      await until('the text', () => expect(parts().map(bodyOf).join('')).toBe(text));
      if (name.startsWith('long')) expect(parts().length).toBeGreaterThan(1);
      expect(new Set(parts().map((pdu) => String(pdu.source_addr)))).toEqual(new Set([phone.slice(1)]));
    });

    it('puts concatenated parts together in any order', async () => {
      const client = await bind();
      const part = (index: number, message: string) =>
        submit(client, '+447700900320', {
          esm_class: 0x40,
          short_message: { udh: Buffer.from([5, 0, 3, 7, 2, index]), message },
        });
      await part(2, 'world');
      expect(smsc.received('+447700900320')).toEqual([]);
      await part(1, 'hello ');
      expect(smsc.received('+447700900320').map(({ text }) => text)).toEqual(['hello world']);
    });

    it('reports a phone that is switched off, and a number that is none', async () => {
      const client = await bind();
      smsc.setReachable('+447700900321', false);
      const answer = await submit(client, '+447700900321', { short_message: 'hello', registered_delivery: 1 });
      await until('the receipt', () => expect(receiptsFor(client, answer.message_id)).toHaveLength(1));
      expect(String(bodyOf(receiptsFor(client, answer.message_id)[0]))).toContain('stat:UNDELIV');
      expect(smsc.received('+447700900321')).toEqual([]);
      smsc.setReachable('+447700900321', true);
      await submit(client, '+447700900321', { short_message: 'again' });
      expect(smsc.received('+447700900321').map(({ text }) => text)).toEqual(['again']);
      expect((await submit(client, 'nonsense', { short_message: 'x' })).command_status).toBe(0xb);
    });

    it('keeps a text from a phone until a client has it, also over a cut and a restart', async () => {
      const first = await bind();
      first.session.removeAllListeners('deliver_sm');
      const closed = new Promise((resolve) => first.session.once('close', resolve));
      await smsc.sendFromPhone('smpp', '+447700900322', smsc.smpp.number, 'kept');
      smsc.cut();
      await closed;
      await smsc.restart();
      const second = await bind();
      await until('the text', () => expect(second.heard.map(bodyOf)).toEqual(['kept']));
    });
  });

  describe('Kannel', () => {
    const { smsc } = lab;
    const calls: URL[] = [];
    const listener = createServer((request, response) => {
      calls.push(new URL(request.url ?? '/', 'http://callback.test'));
      response.end();
    });
    ending.push(() => new Promise((resolve) => listener.close(resolve)));
    ending.push(() => listener.closeAllConnections());
    const listening = new Promise<string>((resolve) =>
      listener.listen(0, host, () => resolve(`http://${host}:${(listener.address() as AddressInfo).port}`)),
    );
    const send = async (to: string, text: string, more: Record<string, string> = {}) => {
      const { url, username, password, number } = smsc.http;
      const query = { username, password, from: number, to, text, charset: 'UTF-8', ...more };
      const response = await fetch(`${url}?${new URLSearchParams(query)}`);
      return { status: response.status, body: await response.text() };
    };

    it('refuses a wrong password', async () => {
      expect(await send('+447700900400', 'x', { password: 'wrong' })).toMatchObject({ status: 403 });
    });

    it.each(texts)('takes and gives a text: %s', async (name, text) => {
      const base = await listening;
      const number = texts.findIndex(([one]) => one === name);
      const phone = `+4477009004${String(number).padStart(2, '0')}`;
      const unicode = name.includes('UCS-2');
      const report = `${base}/dlr?phone=${number}&status=%d`;
      const sent = await send(phone, text, { coding: unicode ? '2' : '0', 'dlr-mask': '31', 'dlr-url': report });
      expect(sent.status).toBe(202);
      await until('the phone', () => expect(smsc.received(phone).map((sms) => sms.text)).toEqual([text]));
      expect(smsc.received(phone)[0]).toMatchObject({ via: 'http', from: smsc.http.number });
      const statuses = () =>
        calls
          .filter((call) => call.pathname === '/dlr' && call.searchParams.get('phone') === String(number))
          .map((call) => call.searchParams.get('status'));
      await until('the delivery report', () => expect(statuses()).toContain('1'));

      if (number === 0) await smsc.http.setCallback(`${base}/incoming?secret=s`);
      await smsc.sendFromPhone('http', phone, smsc.http.number, text);
      const incoming = () => calls.filter((call) => call.searchParams.get('from') === phone);
      await until('the callback', () => expect(incoming()).toHaveLength(1));
      const query = Object.fromEntries(incoming()[0]?.searchParams ?? []);
      expect(query).toMatchObject({ secret: 's', to: smsc.http.number, text, charset: 'UTF-8' });
      expect(query.id).toMatch(/^[0-9a-f-]{36}$/);
    });

    it("takes a callback in Kannel's own words, and keeps lines apart", async () => {
      const base = await listening;
      await smsc.http.setCallback(`${base}/own?who=%p&what=%b`);
      await smsc.sendFromPhone('http', '+447700900410', smsc.http.number, 'one\ntwo');
      const own = () => calls.find((call) => call.pathname === '/own')?.searchParams;
      await until('the callback', () => expect(own()?.get('what')).toBe('one\ntwo'));
      expect(own()?.get('who')).toBe('+447700900410');
      await send('+447700900410', 'three\nfour');
      await until('the phone', () =>
        expect(smsc.received('+447700900410').map(({ text }) => text)).toEqual(['three\nfour']),
      );
    });
  });

  it('Redis keeps its data over a restart', async () => {
    const redis = new Redis(lab.redis.url, { lazyConnect: true, retryStrategy: () => null });
    ending.push(() => redis.disconnect());
    redis.on('error', () => {});
    await redis.connect();
    expect(await redis.ping()).toBe('PONG');
    await redis.set('lab', 'kept');
    redis.disconnect();
    await lab.redis.restart();
    await redis.connect();
    expect(await redis.get('lab')).toBe('kept');
  });

  describe('npm run lab', () => {
    const quiet = { debug: () => {}, info: () => {}, warn: () => {} };

    it('says what the sign-in forms take, in their words', async () => {
      const { adapters } = await loadAdapters([], quiet);
      const forms = labForms(lab);
      expect(forms.map(({ network }) => network)).toEqual(['irc', 'irc', 'email', 'sms', 'sms']);
      for (const form of forms) {
        const adapter = adapters.get(form.network);
        if (!adapter) throw new Error(`there is no network ${form.network}`);
        expect(form.networkName).toBe(adapter.manifest.name);
        const flow = adapter.manifest.loginFlows.find(({ id }) => id === form.flow);
        if (adapter.manifest.loginFlows.length > 1) expect(form.flowLabel).toBe(flow?.label);
        const login = adapter.login(form.flow, loginContext());
        const step = await login.start();
        if (step.type !== 'form') throw new Error('no form');
        for (const { name, label, value, choice, advanced } of form.fields) {
          const field = step.fields.find((one) => one.name === name);
          expect(field).toMatchObject({ label });
          expect(Boolean(field?.advanced)).toBe(Boolean(advanced));
          if (field?.choices) expect(field.choices).toContainEqual({ value, label: choice });
        }
        const entered = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
        expect(await login.next(entered)).toMatchObject({ type: 'done' });
      }
      for (const { fields } of forms) for (const { label } of fields) expect(labSheet(lab)).toContain(label);
    });

    it('takes commands, and answers mistakes in words', async () => {
      const { smsc } = lab;
      const { url, username, password, number } = smsc.http;
      const shown: string[] = [];
      smsc.onReceived((phone, { text }) => shown.push(`${phone} ${text}`));
      await smsc.http.setCallback(`http://${host}:9/`);
      expect(await runLine(lab, 'sms +447700900501 Hello there')).toContain(smsc.smpp.number);
      expect(await runLine(lab, 'sms-http +447700900501 2 words')).toBe(`sent from +447700900501 to ${number}`);
      const query = new URLSearchParams({ username, password, from: number, to: '+447700900501', text: 'Hi' });
      await fetch(`${url}?${query}`);
      await until('the phone', () => expect(shown).toEqual(['+447700900501 Hi']));
      expect(await runLine(lab, 'phone +44 7700 900501')).toContain(`from ${number} (http): Hi`);
      expect(await runLine(lab, 'down ngircd')).toBe('ngircd is down');
      expect(await isFree(lab.ngircd.port)).toBe(true);
      expect(await runLine(lab, 'up ngircd')).toBe('ngircd is up');
      expect(await runLine(lab, 'callback http://127.0.0.1:9/hook')).toMatch(/\/hook\/incoming\?token=/);
      for (const line of ['sms hello', 'phone', 'off x', 'down', 'down everything', 'callback x', 'constructor'])
        expect(await runLine(lab, line)).toMatch(/^(Type|Name one|There is no)/);
      expect(await runLine({}, 'cut')).toContain('not part');
    });

    it('signs in to the mail server with the address as the user name', async () => {
      const form = labForms(lab).find(({ network }) => network === 'email');
      const entered = Object.fromEntries(form?.fields.map(({ name, value }) => [name, value]) ?? []);
      const client = new ImapFlow({
        host,
        port: Number(entered.imapPort),
        secure: false,
        auth: { user: String(entered.address), pass: entered.password },
        tls: { rejectUnauthorized: false },
        logger: false,
      });
      ending.push(() => client.close());
      await client.connect();
      const sender = createTransport({
        host,
        port: Number(entered.smtpPort),
        ignoreTLS: true,
        auth: { user: String(entered.address), pass: entered.password },
      });
      ending.push(() => sender.close());
      expect(await sender.verify()).toBe(true);
    });
  });

  it('what is up may be told to start, and what is down to stop, once more', async () => {
    for (const server of [lab.inspircd, lab.ngircd, lab.smsc, lab.redis]) {
      await server.up();
      await server.down();
      await server.down();
      await server.up();
    }
  });

  it('a second lab runs beside the first and leaves nothing behind', async () => {
    const other = await startLab();
    const ports = [other.inspircd.port, other.ngircd.port, other.mail.imapPort, other.mail.smtpPort];
    const all = [...ports, other.smsc.smpp.port, Number(new URL(other.smsc.http.url).port)];
    expect(other.folder).not.toBe(lab.folder);
    expect(labProcesses(other.folder).length).toBeGreaterThanOrEqual(8);
    await other.stop();
    expect(labProcesses(other.folder)).toEqual([]);
    expect(existsSync(other.folder)).toBe(false);
    expect(await Promise.all(all.map(isFree))).toEqual(all.map(() => true));
    expect(labProcesses(lab.folder).length).toBeGreaterThanOrEqual(8);
    const client = await IrcLines.connect(lab.inspircd.port);
    ending.push(() => client.end());
    client.say('CAP LS 302');
    await client.line(/CAP \S+ LS/);
  });

  it('a launcher killed with -9 leaves no server and no folder', async () => {
    const index = fileURLToPath(new URL('../lab/index.ts', import.meta.url));
    const script = `import { startLab } from ${JSON.stringify(index)}; const lab = await startLab(); console.log(lab.folder); setInterval(() => {}, 1e6);`;
    const launcher = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    ending.push(() => launcher.kill('SIGKILL'));
    const folder = await new Promise<string>((resolve, reject) => {
      launcher.once('exit', (code) => reject(new Error(`the launcher ended with ${code}`)));
      launcher.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    });
    const running = labProcesses(folder);
    expect(running.length).toBeGreaterThanOrEqual(8);
    launcher.kill('SIGKILL');
    await until('the end of all servers', () => expect(labProcesses(folder)).toEqual([]), 20_000);
    await until('the end of the folder', () => expect(existsSync(folder)).toBe(false), 20_000);
  });
}

/** A text in a PDU: the library decodes it by its data coding. */
function bodyOf(pdu: PDU | undefined): string {
  const body = pdu?.short_message;
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
  return String(body);
}
