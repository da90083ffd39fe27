import { afterAll, test } from 'vitest';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { Scene, type SceneMessage } from '../support/scene.js';

/**
 * One account with two gateways: the lab's SMS centre over SMPP, and Kannel over HTTP behind it. On the other side are
 * phones, which the centre and Kannel reach by their own code and protocols.
 */
const lab = await labOrSkip(['smsc']);

const [anna, ben] = ['+447700900601', '+447700900602'];
const [annaName, benName] = ['+44 7700 900601', '+44 7700 900602'];

type Message = SceneMessage & { conversationId: string };
type Conversation = { id: string; name: string };
type Attempt = {
  outcome: string;
  reason?: string;
  provider?: string;
  parts?: number;
  cost?: { amount: string; currency: string };
};

if (lab) {
  const { smsc } = lab;
  const parley = await Parley.start();
  afterAll(() => parley.remove());
  const scene = new Scene('sms');

  const timeline = async (where: string): Promise<Message[]> =>
    (await parley.ok('GET', `/conversations/${where}/messages?limit=200`)).items;
  const conversation = (name: string) =>
    eventually(async () => {
      const { items } = await parley.ok('GET', '/conversations?limit=200');
      return (items as Conversation[]).find((one) => one.name === name);
    });
  const seen = (where: string, text: string) =>
    eventually(async () => (await timeline(where)).find((one) => one.text === text));
  /** Sends, and answers the ledger's last line once there is nothing more to come. */
  const write = async (where: string, text: string, ends = 'delivered'): Promise<string> => {
    const { message } = await parley.ok('POST', `/conversations/${where}/messages`, { text });
    return eventually(async () => {
      const [delivery] = (await parley.ok('GET', `/messages/${message.id}/deliveries`)).items;
      if (delivery.status !== ends) throw new Error(`${text.slice(0, 30)} is ${JSON.stringify(delivery)}`);
      const attempt: Attempt = delivery.attempts.at(-1);
      return [
        delivery.status,
        attempt.parts === undefined ? [] : `${attempt.parts} ${attempt.parts === 1 ? 'segment' : 'segments'}`,
        attempt.provider === undefined ? [] : `by ${attempt.provider === 'localhost' ? 'Kannel' : 'the centre'}`,
        attempt.cost === undefined ? [] : `${attempt.cost.amount} ${attempt.cost.currency}`,
      ]
        .flat()
        .join(', ');
    }, 30_000);
  };
  const phone = (number: string) => smsc.received(number).map(({ from, text, via }) => ({ from, text, via }));
  const shows = async (name: string, number: string, text: string) => {
    const sms = await eventually(() => phone(number).find((one) => one.text === text));
    const short = text.length > 60 ? `${text.slice(0, 30)}… (${text.length} characters)` : text;
    scene.note(`${name}'s phone`, `"${short}" from ${sms.from}`);
  };
  const gateways = async (account: string): Promise<string[]> => {
    const { setup } = await parley.ok('GET', `/accounts/${account}`);
    return (setup as { label: string; value: string }[])
      .filter(({ label }) => /^Gateway \d, \S+$/.test(label))
      .map(({ value }) => value.split(':')[0] ?? '');
  };

  test('two gateways, two phones', async () => {
    await parley.setUp();
    scene.act('an account on the SMS centre gets Kannel as its second gateway, and prices');
    const { host, port, systemId, password, number } = smsc.smpp;
    const second = smsc.http.url.replace('127.0.0.1', 'localhost');
    const from = `${number}, ${smsc.http.number}`;
    const { id: account } = await parley.signIn('sms', 'smpp', { host, port, systemId, password, from });
    await parley.online(account);
    const input = {
      ...{
        second: 'http',
        secondAddress: second,
        secondUsername: smsc.http.username,
        secondPassword: smsc.http.password,
      },
      ...{ price: '0.05', secondPrice: '0.075', currency: 'EUR' },
    };
    await parley.ok('PUT', `/accounts/${account}/settings`, { input });
    await eventually(async () => (await gateways(account)).join() === 'online,online' || undefined, 30_000);
    const { setup } = await parley.ok('GET', `/accounts/${account}`);
    const incoming = (setup as { label: string; value: string }[]).find(({ label }) =>
      label.endsWith('(Kannel)'),
    )?.value;
    await smsc.http.setCallback(incoming ?? '');
    scene.note('Parley', 'both gateways are online');

    scene.act('Anna writes to the first number, and is answered from it');
    await smsc.sendFromPhone('smpp', anna, number, 'Is the parcel there?');
    const { id: withAnna } = await conversation(annaName);
    await seen(withAnna, 'Is the parcel there?');
    await parley.ok('POST', `/conversations/${withAnna}/accept`);
    scene.note('the ledger', await write(withAnna, 'It came this morning'));
    await shows('Anna', anna, 'It came this morning');

    scene.act('Ben writes to the second number, through Kannel');
    await smsc.sendFromPhone('http', ben, smsc.http.number, 'Wann öffnet ihr?');
    const { id: withBen } = await conversation(benName);
    await seen(withBen, 'Wann öffnet ihr?');
    await parley.ok('POST', `/conversations/${withBen}/accept`);
    scene.note('the ledger', await write(withBen, 'Um neun'));
    await shows('Ben', ben, 'Um neun');

    scene.act('long messages, both ways');
    const [plain, wide] = ['every word of it '.repeat(30).trim(), 'щедрый 😀 '.repeat(20).trim()];
    scene.note('the ledger', await write(withAnna, plain));
    await shows('Anna', anna, plain);
    scene.note('the ledger', await write(withAnna, wide));
    await shows('Anna', anna, wide);
    await smsc.sendFromPhone('smpp', anna, number, wide);
    await seen(withAnna, wide);
    await smsc.sendFromPhone('http', ben, smsc.http.number, plain);
    await seen(withBen, plain);

    scene.act('a phone that is off');
    smsc.setReachable(anna, false);
    scene.note('the ledger', await write(withAnna, 'Are you there?', 'failed'));
    smsc.setReachable(anna, true);

    scene.act('the SMS centre goes away in the middle, and comes back');
    scene.note('the ledger', await write(withAnna, 'one'));
    await smsc.smpp.centre.down();
    await eventually(async () => (await gateways(account))[0] === 'waiting' || undefined, 30_000);
    const { state } = await parley.ok('GET', `/accounts/${account}`);
    scene.note('Parley', `the first gateway waits, the account is ${state.is}`);
    scene.note('the ledger', await write(withAnna, 'two'));
    await shows('Anna', anna, 'two');
    await smsc.smpp.centre.up();
    await parley.ok('POST', `/accounts/${account}/reconnect`);
    await eventually(async () => (await gateways(account)).join() === 'online,online' || undefined, 30_000);
    scene.note('the ledger', await write(withAnna, 'three'));

    scene.act('Parley is away while Anna writes, and comes back');
    await parley.down();
    await smsc.sendFromPhone('smpp', anna, number, 'while you were away');
    await parley.up();
    await parley.online(account);
    await seen(withAnna, 'while you were away');
    await eventually(async () => (await gateways(account)).join() === 'online,online' || undefined, 30_000);
    scene.note('the ledger', await write(withBen, 'Still the same number'));
    await shows('Ben', ben, 'Still the same number');

    scene.act('Ben says STOP, and START again');
    await smsc.sendFromPhone('http', ben, smsc.http.number, 'Stop');
    await seen(withBen, 'Stop');
    const confirmed = await eventually(() => phone(ben).find(({ text }) => text.includes('Reply START')));
    scene.note("Ben's phone", `"${confirmed.text}"`);
    const refused = await parley.call('POST', `/conversations/${withBen}/messages`, { text: 'But we have an offer' });
    scene.note('Parley', `${(refused.json as { code?: string }).code}`);
    await parley.restart();
    await parley.online(account);
    const again = await parley.call('POST', `/conversations/${withBen}/messages`, { text: 'But we have an offer' });
    scene.note('Parley, after a restart', `${(again.json as { code?: string }).code}`);
    await eventually(async () => (await gateways(account)).join() === 'online,online' || undefined, 30_000);
    await smsc.sendFromPhone('http', ben, smsc.http.number, 'START');
    await seen(withBen, 'START');
    scene.note('the ledger', await write(withBen, 'Welcome back'));
    await shows('Ben', ben, 'Welcome back');

    scene.act('a landline is refused');
    const landline = await parley.call('POST', '/chats', { accountId: account, address: '+44 20 7946 0000' });
    scene.note('Parley', `${(landline.json as { detail?: string }).detail}`);

    scene.timeline(annaName, shortened(await timeline(withAnna)));
    scene.timeline(benName, shortened(await timeline(withBen)));
    await scene.end();
  });

  const shortened = (messages: Message[]): Message[] =>
    messages.map((message) => ({
      ...message,
      text: message.text.length > 90 ? `${message.text.slice(0, 30)}…` : message.text,
    }));
}
