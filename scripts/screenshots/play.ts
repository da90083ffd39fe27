import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { eventually } from '../../test/support/parley.ts';
import type { Scene } from './scene.ts';

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

export type Played = {
  shown: string;
  tried: { conversation: string; message: string };
  group: { conversation: string; message: string };
  room: string;
  letter: string;
  account: string;
  broadcast: string;
};

/** People write, are merged, and are answered; answers what there is to show. */
export async function play(scene: Scene): Promise<Played> {
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
    `A. Lindqvist <${ada.mail}>`,
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
  await scene.unite('Ada Lindqvist', ['Ada Lindqvist', 'ada', 'A. Lindqvist', named(ada.phone)]);
  await scene.unite('Tomas Ferreira', ['tomas', named(tomas.phone)]);
  await scene.unite('Priya Nair', [named(priya.phone)]);
  await scene.unite('Yuki Tanaka', ['Yuki Tanaka']);
  await scene.unite('Harbour office', ['Harbour office']);
  const broadcast = await brief(scene);
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
  smsc.submitMode = 'answer';
  smsc.reportState = 'DELIVRD';
  await scene.parley.online(accounts.sms);
  const [room, letter] = [await scene.conversation('#boatshed'), await scene.conversation('Harbour office')];
  return { shown: shown.id, tried, group, room: room.id, letter: letter.id, account: accounts.irc, broadcast };
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

const members =
  'Aino Virtanen,Bram de Wit,Carla Fuentes,David Mensah,Elin Berg,Farid Amini,Greta Olsen,Hugo Martin,Isla Campbell,Jun Park,Kaja Nowak,Liam Doyle,Mina Sato,Nadia Rahman,Oskar Lund,Petra Novak,Quentin Roy,Rosa Lima,Stefan Weber,Tara Singh,Uma Pillai,Viktor Horn,Wanda Kowalska,Zeno Rossi'.split(
    ',',
  );

/** One message to each member of the club, who have no more than a phone; what they would answer is put away. */
async function brief({ parley, smsc }: Scene): Promise<string> {
  const to = await Promise.all(
    members.map(async (name, place) => {
      const value = `+4477009005${String(place).padStart(2, '0')}`;
      return (await parley.ok('POST', '/contacts', { name, addresses: [{ kind: 'phone', value }] })).id;
    }),
  );
  smsc.reports = 'late';
  smsc.submitStatuses.push(0, 0, 0, NO_SUCH_NUMBER, 0, 0, 0, 0, 0, 0, NO_SUCH_NUMBER);
  const { id } = await parley.ok('POST', '/broadcasts', {
    name: 'Regatta briefing',
    text: 'Briefing for everybody who starts on Saturday: 09:30 at the slip. Bring the number of your boat.',
    to,
  });
  await eventually(async () => {
    const { progress } = await parley.ok('GET', `/broadcasts/${id}`);
    return progress.delivered === members.length - 2 || undefined;
  }, 60_000);
  smsc.reports = 'none';
  const { items } = await parley.ok('GET', '/conversations?limit=100');
  for (const one of items)
    if (members.includes(one.name)) await parley.ok('PATCH', `/conversations/${one.id}`, { archived: true });
  return id;
}
