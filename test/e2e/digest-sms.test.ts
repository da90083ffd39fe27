import { afterAll, expect, test } from 'vitest';
import { labForms } from '../lab/sheet.ts';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson } from '../support/people.js';

/** Two people on ngIRCd, told of by one text through Kannel; answers by SMS go to the one whose number they begin with. */
const lab = await labOrSkip(['ngircd', 'smsc'], ['people']);

const POCKET = '+447700900777';

if (lab) {
  const parley = await Parley.start();
  const people = await Promise.all(['ann', 'bea'].map((nick) => IrcPerson.join(lab.ngircd.port, nick)));
  const [ann, bea] = people as [IrcPerson, IrcPerson];
  afterAll(async () => {
    for (const person of people) person.leave();
    await parley.remove();
  });
  const texts = () => lab.smsc.received(POCKET).map(({ text }) => text);
  const answer = (text: string) => lab.smsc.sendFromPhone('smpp', POCKET, lab.smsc.smpp.number, text);

  test('missed on IRC, told by SMS, answered by SMS, heard on IRC', { timeout: 120_000 }, async () => {
    await parley.setUp();
    const accounts: Record<string, { id: string }> = {};
    for (const form of labForms(lab).filter(({ flow }) => flow !== 'http')) {
      const input = Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
      accounts[form.network] = await parley.signIn(form.network, form.flow, input);
    }
    for (const { id } of Object.values(accounts)) await parley.online(id);
    for (const { nick } of people) await parley.ok('POST', '/chats', { accountId: accounts.irc?.id, address: nick });
    await parley.ok('PUT', '/digest', {
      ...{ enabled: true, accountId: accounts.sms?.id, address: POCKET, awayMinutes: 30, everyMinutes: 60 },
      ...{ include: 'direct', quiet: null },
    });
    await ann.say('parley', 'Are you coming?');
    await eventually(async () => ((await parley.ok('GET', '/search?q=coming')).items.length === 1 ? true : undefined));
    await bea.say('parley', 'Where are you?');
    await eventually(async () => ((await parley.ok('GET', '/search?q=where')).items.length === 1 ? true : undefined));
    await parley.ok('POST', '/digest/send');
    await eventually(() => texts()[0]);
    expect(texts()).toEqual(['Parley: 2 missed\n1 bea: Where are you?\n2 ann: Are you coming?\nAnswer such as: 1 OK']);

    await answer('2 Yes, at eight');
    await eventually(() => ann.heard('parley')[0], 30_000);
    await answer('On my way');
    await eventually(() => texts()[1], 30_000);
    expect(texts()[1]).toMatch(/^Not sent: your answer\. Begin it with the number/);
    await parley.kill();
    await parley.up();
    for (const { id } of Object.values(accounts)) await parley.online(id);
    await answer('1 On my way');
    await eventually(() => bea.heard('parley')[0], 30_000);
    expect(ann.heard('parley')).toEqual(['Yes, at eight']);
    expect(bea.heard('parley')).toEqual(['On my way']);
    expect(texts()).toHaveLength(2);
  });
}
