import type { ChatInfo, Event, MessageEvent } from '../../src/sdk/index.js';
import { eventually, type Parley } from './parley.js';
import { person, type Stage, said } from './stage.js';
import { avatar, picture, sound } from './stage-files.js';

const room: ChatInfo = { id: '#boats', kind: 'group', name: 'Boat shed', topic: 'Open on Saturday' };
const by = (from: string, text: string, more: Partial<MessageEvent> = {}) =>
  said(text, from, { from: person(from), ...more });
const inRoom = (from: string, text: string, more: Partial<MessageEvent> = {}) =>
  by(from, text, { chat: room, ...more });
const hour = 3_600_000;

/** Where things are on a stage that was set. */
export type Places = Awaited<ReturnType<typeof setTheStage>>;

/** Something of everything there is, for whoever is set up, so that no screen is empty. */
export async function setTheStage(parley: Parley, stage: Stage) {
  const account: string = (await parley.signIn('stage', 'name', { name: 'robin' })).id;
  await parley.online(account);
  const away: string = (await parley.signIn('stage', 'name', { name: 'work' })).id;
  await parley.online(away);
  const conversation = (name: string): Promise<string> => parley.idOf('conversations', name);
  const contact = (name: string): Promise<string> => parley.idOf('contacts', name);
  const deliver = (...events: Event[]) => stage.deliver('robin', ...events);
  const write = async (to: string, body: object): Promise<string> =>
    (await parley.ok('POST', `/conversations/${to}/messages`, body)).message.id;

  await stage.deliver('work', { type: 'contact', buddy: { ...person('ada-at-work'), name: 'A. L.' }, listed: true });
  await deliver(
    { type: 'contact', buddy: person('ada'), listed: true, groups: ['Boats'], avatar },
    { type: 'contact', buddy: person('ben'), listed: true, groups: ['Boats', 'Work'] },
    { type: 'contact', buddy: person('priya'), listed: true, optedOut: true },
    { type: 'chat', chat: room, joined: true },
    { type: 'chat', chat: { id: '#late', kind: 'group', name: 'Late' }, invite: { from: person('ada') } },
    by('ada', 'Good morning', { id: 'morning' }),
    by('ada', 'Saturdey at ten', { id: 'typo' }),
    by('ada', 'The mooring', { attachments: [picture('mooring.png')] }),
    by('ada', 'The bell', { attachments: [sound('bell.wav')] }),
    by('ada', 'try\n```js\nconst boat = "red";\n```'),
    by('ben', 'Are you coming?'),
    by('priya', 'No more please'),
    by('stranger', 'Do we know each other?'),
    inRoom('ada', 'Who takes the boat out?', { id: 'root' }),
    inRoom('ben', 'I could', { thread: 'root', replyTo: 'root' }),
  );
  const adaContact = await contact('Ada');
  await parley.ok('POST', `/contacts/${adaContact}/merge`, { contactId: await contact('A. L.') });
  const ada = await conversation('Ada');
  const ben = await conversation('Ben');
  const rowers = await conversation('Boat shed');
  for (const id of [ada, ben, await conversation('Priya')]) await parley.ok('POST', `/conversations/${id}/accept`);
  const chat = { id: 'ada', kind: 'direct' } as const;
  await deliver(
    { type: 'presence', buddy: person('ada'), state: 'online', note: 'Rowing on Saturday' },
    { type: 'presence', buddy: person('ben'), state: 'dnd', activity: 'call', idleSince: Date.now() - hour },
    { type: 'edit', chat, target: 'typo', text: 'Saturday at ten', at: Date.now() },
    { type: 'reaction', chat, target: 'morning', from: person('ada'), emoji: '👍', on: true, at: Date.now() },
  );
  await parley.ok('PATCH', '/me', { undoSeconds: 0 });
  const mine = await write(ada, { text: 'Mine **in bold**', format: 'markdown' });
  const coffee = await write(rowers, { text: 'Coffee for whom?' });
  await write(ben, { text: 'The rent, as agreed', sendAt: new Date(Date.now() + hour).toISOString() });
  const delivery = await eventually(async () => {
    const { items } = await parley.ok('GET', `/messages/${coffee}/deliveries`);
    return items[0]?.status === 'sent' ? items[0] : undefined;
  });
  await deliver({ type: 'receipt', target: delivery.id, proves: 'read', from: person('ada'), at: Date.now() });

  const { items } = await parley.ok('GET', `/conversations/${ada}/messages`);
  const first = items.find(({ text }: { text: string }) => text === 'Good morning').id;
  await parley.ok('PATCH', `/messages/${first}/marks`, { starred: true, pinned: true });
  await parley.ok('PUT', `/messages/${first}/reminder`, { at: new Date(Date.now() + 24 * hour).toISOString() });
  const contactIds = [adaContact, await contact('Ben')];
  const group = await parley.ok('POST', '/groups', { name: 'Crew of two', contactIds });
  const broadcast = await parley.ok('POST', '/broadcasts', {
    ...{ name: 'Regatta', to: contactIds, text: 'Saturday!' },
    sendAt: new Date(Date.now() + hour).toISOString(),
  });
  await parley.ok('PUT', '/audiences', { items: [{ name: 'Crew', contactIds }] });
  await parley.ok('POST', '/tokens', { name: 'backup', scopes: ['read'] });
  await parley.ok('POST', '/templates', { name: 'Thanks', text: 'Thank you, {firstName}' });
  await parley.ok('POST', '/routes', { name: 'Family', policy: { steps: [{ channels: ['im'] }] } });
  await stage.order('robin', {
    ...{ do: 'settings', setup: [{ label: 'Device', value: 'Not verified' }] },
    fields: [{ name: 'device', label: 'Device name', kind: 'text', required: false }],
  });
  const threads = await parley.ok('GET', `/conversations/${rowers}/messages`);
  const idOf = (text: string): string => threads.items.find((one: { text: string }) => one.text === text).id;
  await stage.order('work', {
    do: 'state',
    state: { is: 'waiting', retryAt: Date.now() + hour, why: 'The server is away' },
  });
  return {
    account,
    ada,
    adaContact,
    room: rowers,
    mine,
    root: idOf('Who takes the boat out?'),
    group: group.id as string,
    request: await conversation('Stranger'),
    invitation: await conversation('Late'),
    closed: await conversation('Priya'),
    broadcast: broadcast.id as string,
  };
}
