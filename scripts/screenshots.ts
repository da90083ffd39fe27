import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { desktop, openBrowser, phone, Visitor } from '../test/support/browser.ts';
import { tokenOf } from '../test/support/caller.ts';
import { IrcPeer } from '../test/support/irc-peer.ts';
import { MailPeer, own as ownMail } from '../test/support/mail-peer.ts';
import { eventually, OWNER, Parley } from '../test/support/parley.ts';
import { SmscPeer } from '../test/support/sms-peer.ts';

/**
 * `npm run screenshots`: plays a small scene on a Parley of its own, with scripted servers on the other side that speak
 * the networks' protocols, and writes the pictures of the README, and the ledger of one message as JSON.
 */
const folder = path.resolve('docs/screenshots');
const example = path.resolve('docs/ledger-example.json');
const minute = 60_000;
const hour = 60 * minute;

const ada = { nick: 'ada', mail: 'ada@lindqvist.example', phone: '+447700900142' };
const tomas = { nick: 'tomas', phone: '+447700900187' };
const priya = { phone: '+447700900163', mail: 'priya@nair.example' };
const yuki = { mail: 'yuki.tanaka@harbour.example' };
const office = { mail: 'office@harbour.example' };
const all = { mode: 'all', channels: ['im', 'email', 'sms'] };
const smsElseMail = { steps: [{ channels: ['sms'] }, { channels: ['email'], unless: 'sent', within: 'PT2M' }] };
/** SMPP: the message queue is full; the number is not valid. */
const [BUSY, NO_SUCH_NUMBER] = [0x14, 0x0b];

/** A British mobile number as people write it. */
const named = (phone: string): string => phone.replace(/^(\+44)(\d{4})(\d{6})$/, '$1 $2 $3');

/** The scene takes place in the early afternoon, whenever it is played. */
const timezone = (() => {
  const shift = 14 - new Date().getUTCHours();
  return shift === 0 ? 'UTC' : `Etc/GMT${shift > 0 ? '-' : '+'}${Math.abs(shift)}`;
})();

type Named = { id: string; name: string; contactId?: string | null };

class Scene {
  readonly #start = Date.now();

  constructor(
    readonly parley: Parley,
    readonly irc: IrcPeer,
    readonly second: IrcPeer,
    readonly mail: MailPeer,
    readonly smsc: SmscPeer,
    readonly chart: Buffer,
  ) {}

  #time(agoMs: number): string {
    return new Date(this.#start - agoMs).toISOString();
  }

  /** Without a time: now. */
  says(agoMs: number | undefined, nick: string, target: string, text: string): void {
    const tags: Record<string, string> = agoMs === undefined ? {} : { time: this.#time(agoMs) };
    this.irc.client.from(nick, `PRIVMSG ${target} :${text}`, tags);
  }

  weSaid(agoMs: number, target: string, text: string): void {
    const msgid = `own${agoMs}`;
    this.irc.client.own(`PRIVMSG ${target} :${text}`, { time: this.#time(agoMs), msgid });
  }

  letter(agoMs: number, from: string, subject: string, text: string): void {
    const at = new Date(this.#start - agoMs);
    this.mail.append(
      `From: ${from}\nTo: ${ownMail}\nSubject: ${subject}\nMessage-ID: <${agoMs}@example.org>\nDate: ${at.toUTCString()}\n` +
        `Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n${text}\n`,
      at,
    );
  }

  /** With a picture that came along and one of another server. */
  illustrated(agoMs: number, from: string, subject: string, html: string): void {
    const at = new Date(this.#start - agoMs);
    const part = (head: string, body: string) => `--part\n${head}\n\n${body}\n`;
    this.mail.append(
      `From: ${from}\nTo: ${ownMail}\nSubject: ${subject}\nMessage-ID: <${agoMs}@example.org>\nDate: ${at.toUTCString()}\n` +
        'MIME-Version: 1.0\nContent-Type: multipart/related; boundary=part\n\n' +
        part('Content-Type: text/html; charset=utf-8', html) +
        part(
          'Content-Type: image/png; name=chart.png\nContent-Transfer-Encoding: base64\nContent-ID: <chart@harbour>',
          this.chart.toString('base64'),
        ) +
        '--part--\n',
      at,
    );
  }

  async text(from: string, text: string): Promise<void> {
    await this.smsc.deliver({ source_addr: from.slice(1), short_message: { message: text } });
  }

  async contact(name: string): Promise<Named> {
    return eventually(async () => {
      const { items } = await this.parley.ok('GET', '/contacts?limit=100');
      return items.find((one: Named) => one.name === name);
    });
  }

  async conversation(name: string): Promise<Named> {
    return eventually(async () => {
      const { items } = await this.parley.ok('GET', '/conversations?limit=100');
      return items.find((one: Named) => one.name === name);
    });
  }

  async unite(name: string, [first, ...others]: string[]): Promise<void> {
    const { id } = await this.contact(first ?? '');
    for (const other of others) {
      const { id: contactId } = await this.contact(other);
      await this.parley.ok('POST', `/contacts/${id}/merge`, { contactId });
    }
    await this.parley.ok('PATCH', `/contacts/${id}`, { name });
    const { id: conversation } = await this.conversation(name);
    await this.parley.ok('POST', `/conversations/${conversation}/accept`);
    await this.read(conversation);
  }

  async read(conversation: string): Promise<void> {
    const { items } = await this.parley.ok('GET', `/conversations/${conversation}/messages?limit=1`);
    await this.parley.ok('PATCH', `/conversations/${conversation}`, { readMessageId: items[0].id });
  }

  /** Writes, and waits until every delivery is in one of these states. */
  async write(conversation: Named, body: Record<string, unknown>, ...ends: string[]): Promise<string> {
    const { message } = await this.parley.ok('POST', `/conversations/${conversation.id}/messages`, body);
    await eventually(async () => {
      const { items } = await this.parley.ok('GET', `/messages/${message.id}/deliveries`);
      return items.every(({ status }: { status: string }) => ends.includes(status)) || undefined;
    }, 90_000);
    return message.id;
  }
}

async function signIn(scene: Scene): Promise<Record<'irc' | 'mail' | 'sms', string>> {
  const { parley, irc, second, mail, smsc } = scene;
  const add = async (name: string, network: string, { flow, inputs }: Login, more = {}): Promise<string> => {
    const { id } = await parley.signIn(network, flow, { ...inputs[0], ...more });
    await parley.ok('PATCH', `/accounts/${id}`, { name });
    await parley.online(id);
    return id;
  };
  for (const server of [irc, second]) server.accounts.add('robin');
  irc.topics.set('#boatshed', 'Open Saturday from nine · keys with Ada · tide table pinned');
  for (const nick of ['ada', 'tomas', 'noor', 'eske']) irc.people.set(nick, nick === 'tomas');
  const accounts = {
    irc: await add('irc.boatshed.example', 'irc', irc.login, { nick: 'robin', channels: '#boatshed' }),
    mail: await add('robin@hale.example', 'email', mail.login),
    sms: await add('Phone', 'sms', smsc.login),
  };
  const other = await add('irc.harbour.example', 'irc', second.login, { nick: 'robin' });
  await second.down();
  await eventually(async () => (await parley.ok('GET', `/accounts/${other}`)).state.is === 'waiting');
  return accounts;
}
type Login = { flow: string; inputs: Record<string, unknown>[] };

type Played = {
  shown: string;
  tried: { conversation: string; message: string };
  group: { conversation: string; message: string };
  room: string;
  letter: string;
  account: string;
};

/** People write, are merged, and are answered; answers what there is to show. */
async function play(scene: Scene): Promise<Played> {
  const accounts = await signIn(scene);
  const { irc, smsc } = scene;
  const day = 24 * hour;
  scene.says(day + 3 * hour, 'ada', 'robin', 'The new oars are here. They are longer than I thought.');
  scene.weSaid(day + 3 * hour - 2 * minute, 'ada', 'Good, the old ones were splinters held together by paint.');
  scene.says(day + 3 * hour - 3 * minute, 'ada', 'robin', 'Shall we take the blue boat out on Saturday?');
  for (const nick of ['ada', 'tomas', 'noor', 'eske', 'hugo', 'inge']) irc.client.from(nick, 'JOIN #boatshed');
  scene.says(95 * minute, 'noor', '#boatshed', 'Who has the second key?');
  scene.says(93 * minute, 'eske', '#boatshed', 'Ada, I think. She locked up on Sunday.');
  scene.says(88 * minute, 'ada', '#boatshed', 'I do. It hangs in the kitchen, I bring it on Saturday.');
  scene.says(41 * minute, 'tomas', 'robin', 'Can you look at the engine before the weekend?');
  scene.letter(
    75 * minute,
    `Ada Lindqvist <${ada.mail}>`,
    'Tide table',
    'High water on Saturday is at 10:40.\nIf we are on the slip by ten, we need not carry her.',
  );
  scene.letter(
    3 * hour,
    `Yuki Tanaka <${yuki.mail}>`,
    'Mooring permit',
    'Your permit is ready. Please collect it before Friday, room 12.',
  );
  scene.illustrated(
    2 * hour,
    `Harbour office <${office.mail}>`,
    'Tides and works in week 48',
    '<p>Dear members,</p><p>High water on Saturday is at <b>10:40</b>, and the slip is free until noon.</p>' +
      '<p><img src="cid:chart@harbour" alt="Tide on Saturday" width="440" height="150"></p>' +
      '<ul><li>Crane out of service on Thursday</li><li>Berth fees are due on the 30th</li></ul>' +
      '<p><img src="https://harbour.example/banner.png" alt="Banner of the harbour office" width="440" height="60"></p>',
  );
  await scene.text(ada.phone, 'Running late for the bakery, go ahead without me');
  await scene.text(priya.phone, 'Is there room for one more on Saturday?');
  await scene.text(tomas.phone, 'My number, in case the chat is down again. Tomas');
  await scene.unite('Ada Lindqvist', ['ada', 'Ada Lindqvist', named(ada.phone)]);
  await scene.unite('Tomas Ferreira', ['tomas', named(tomas.phone)]);
  await scene.unite('Priya Nair', [named(priya.phone)]);
  await scene.unite('Yuki Tanaka', ['Yuki Tanaka']);
  await scene.unite('Harbour office', ['Harbour office']);
  const tried = await tryTwoChannels(scene);
  const group = await gather(scene);
  await scene.text(priya.phone, 'I can bring a second life jacket');
  irc.client.from('kestrel', 'PRIVMSG robin :Hi! Eske said you might know about sails?');

  const shown = await scene.conversation('Ada Lindqvist');
  smsc.reports = 'late';
  smsc.submitStatuses.push(0x58);
  await scene.write(
    shown,
    { text: 'Ten on the slip it is. I bring coffee, you bring the key.', route: all },
    'sent',
    'delivered',
  );
  scene.says(undefined, 'ada', 'robin', 'And cinnamon buns, if the bakery still has any.');
  await scene.write(shown, { text: 'Deal. Text me when you are on your way.', via: accounts.irc }, 'sent');
  smsc.reportState = 'UNDELIV';
  await scene.write(shown, { text: 'Wind is turning west, pack a jacket', via: accounts.sms }, 'failed');
  await scene.read(shown.id);
  const engine = await scene.conversation('Tomas Ferreira');
  smsc.submitMode = 'cut';
  await scene.write(engine, { text: 'I look at it on Thursday', via: accounts.sms }, 'unknown');
  const [room, letter] = [await scene.conversation('#boatshed'), await scene.conversation('Harbour office')];
  return { shown: shown.id, tried, group, room: room.id, letter: letter.id, account: accounts.irc };
}

/** Twice by SMS, in vain, then by email: three tries on two channels. */
async function tryTwoChannels(scene: Scene): Promise<Played['tried']> {
  const { parley, smsc } = scene;
  const person = await scene.contact('Priya Nair');
  const addresses = [
    { kind: 'phone', value: priya.phone },
    { kind: 'email', value: priya.mail },
  ];
  await parley.ok('PATCH', `/contacts/${person.id}`, { addresses });
  const conversation = await scene.conversation('Priya Nair');
  smsc.submitStatuses.push(BUSY, NO_SUCH_NUMBER);
  const text = 'There is room for one more. Be on the slip by ten.';
  const message = await scene.write(conversation, { text, route: smsElseMail }, 'failed', 'sent');
  const { items: deliveries } = await parley.ok('GET', `/messages/${message}/deliveries`);
  const ledger = { message: await parley.ok('GET', `/messages/${message}`), deliveries };
  writeFileSync(example, `${JSON.stringify(ledger, null, 2)}\n`);
  return { conversation: conversation.id, message };
}

/** One conversation with people on three channels, who answer each on their own. */
async function gather(scene: Scene): Promise<Played['group']> {
  const { parley, smsc } = scene;
  const names = ['Ada Lindqvist', 'Tomas Ferreira', 'Priya Nair', 'Yuki Tanaka'];
  const people = await Promise.all(names.map((name) => scene.contact(name)));
  const group = await parley.ok('POST', '/groups', { name: 'Regatta crew', contactIds: people.map((one) => one.id) });
  smsc.reports = 'late';
  const via = { mode: 'first', channels: ['sms', 'im', 'email'] };
  const text = 'The regatta is on Saturday. Who can carry the blue boat at nine?';
  await scene.write(group, { text, route: via }, 'sent', 'delivered');
  await scene.text(tomas.phone, 'I can, if somebody brings gloves');
  await scene.text(ada.phone, 'Me too. Gloves are in the shed.');
  smsc.submitStatuses.push(NO_SUCH_NUMBER);
  const message = await scene.write(
    group,
    { text: 'Thank you both. Nine sharp, then.', route: via },
    'sent',
    'delivered',
    'failed',
  );
  await scene.read(group.id);
  return { conversation: group.id, message };
}

/** Takes the pictures of someone who is signed in, as seen with one look. */
async function take(browser: Browser, parley: Parley, look: Look, shots: Record<string, string>): Promise<void> {
  const visitor = await Visitor.come(browser, parley.url, { ...look, timezone });
  await visitor.to();
  await visitor.signIn();
  for (const [name, hash] of Object.entries(shots)) {
    await visitor.to(hash);
    if (name.startsWith('mail')) await visitor.button('Show the whole mail').click();
    if (name.startsWith('people')) await visitor.list.getByRole('tab', { name: 'People' }).click();
    if (name.startsWith('conversation')) await visitor.via(/IM \+ email \+ SMS/);
    await visitor.page.waitForLoadState('networkidle');
    await visitor.page.mouse.move(0, 0);
    await visitor.page.waitForTimeout(600);
    await save(visitor, name);
  }
  await visitor.leave();
}
type Look = { viewport: typeof phone; theme: 'light' | 'dark'; scale: number };

async function save(visitor: Visitor, name: string): Promise<void> {
  const file = path.join(folder, `${name}.png`);
  await visitor.page.screenshot({ path: file });
  console.log(`${path.relative('.', file)}  ${Math.round(statSync(file).size / 1024)} KiB`);
}

/** The tide of a day, as an office would draw it. */
async function drawChart(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 440, height: 150 } });
  const curve = Array.from({ length: 45 }, (_, x) => `${x * 10},${75 - 48 * Math.sin((x / 44) * 4 * Math.PI - 1.2)}`);
  await page.setContent(
    `<body style="margin:0;background:#eef4f6"><svg width="440" height="150" fill="none" stroke="#2b6a78" stroke-width="2">
    <polyline points="${curve.join(' ')}"/><path d="M0 75h440" stroke="#b9ccd2" stroke-width="1"/></svg></body>`,
  );
  const picture = await page.screenshot();
  await page.close();
  return picture;
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const [parley, browser, irc, second, mail, smsc] = await Promise.all([
    Parley.start(),
    openBrowser(),
    IrcPeer.start(),
    IrcPeer.start(),
    MailPeer.start(),
    SmscPeer.start(),
  ]);
  try {
    const fresh = await Visitor.come(browser, parley.url, { viewport: desktop });
    await fresh.to();
    await fresh.field('Name').fill('Robin Hale');
    await fresh.field('Email').fill('robin@hale.example');
    await fresh.heading('Set up Parley').click();
    await save(fresh, 'setup');
    await fresh.leave();
    parley.token = tokenOf(await parley.ok('POST', '/setup', { ...OWNER, name: 'Robin Hale' }));
    const scene = new Scene(parley, irc, second, mail, smsc, await drawChart(browser));
    const { shown, tried, group, room, letter, account } = await play(scene);
    const wide = { viewport: desktop, scale: 1 };
    const narrow = { viewport: phone, scale: 2 };
    const conversation = `#/c/${shown}`;
    await take(
      browser,
      parley,
      { ...wide, theme: 'light' },
      {
        'conversation-light': conversation,
        ledger: `#/c/${tried.conversation}/m/${tried.message}`,
        group: `#/c/${group.conversation}/m/${group.message}`,
        networks: '#/networks',
        'add-network': '#/add/irc',
        room: `#/c/${room}/person`,
        mail: `#/c/${letter}`,
        account: `#/networks/${account}`,
        settings: '#/settings',
        people: `${conversation}/person`,
      },
    );
    await take(
      browser,
      parley,
      { ...wide, theme: 'dark' },
      {
        'conversation-dark': conversation,
        'room-dark': `#/c/${room}/person`,
        'ledger-dark': `#/c/${tried.conversation}/m/${tried.message}`,
      },
    );
    await take(
      browser,
      parley,
      { ...narrow, theme: 'light' },
      {
        phone: conversation,
        'phone-room': `#/c/${room}/person`,
        'phone-group': `#/c/${group.conversation}/m/${group.message}`,
      },
    );
    await take(browser, parley, { ...narrow, theme: 'dark' }, { 'phone-dark': '#/' });
  } finally {
    await browser.close();
    await parley.remove();
    for (const peer of [irc, second, mail, smsc]) await peer.stop();
  }
}

await main();
