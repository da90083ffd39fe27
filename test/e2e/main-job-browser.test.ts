import type { ParsedMail } from 'mailparser';
import type { Browser, Locator } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Form, labForms } from '../lab/sheet.ts';
import { openBrowser, quoted, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';
import { IrcPerson, MailPerson } from '../support/people.js';

/** The main job in a browser: nothing but the page on our side, clients that are not ours on the other. */
const lab = await labOrSkip(['inspircd', 'ngircd', 'mail', 'smsc'], ['people', 'browser']);

const PHONE = '+447700900321';
/** As numbers of its country are written. */
const PHONE_NAME = '+44 7700 900321';
const starting = (name = '?') => new RegExp(`^${quoted(name)}`);

if (lab) {
  describe('the main job in a browser, from an empty data folder', () => {
    const forms = labForms(lab).filter((form) => form.flow !== 'http');
    const nickOf = (index: number) => forms[index]?.fields.find(({ name }) => name === 'nick')?.value ?? '';
    const ourMail = lab.mail.users[0]?.address ?? '';
    const alice = new MailPerson(lab.mail, 'alice');
    const names: string[] = [];
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    let ada: IrcPerson;
    let adaToo: IrcPerson;
    let letter: ParsedMail;

    beforeAll(async () => {
      [parley, browser, ada, adaToo] = await Promise.all([
        Parley.start(),
        openBrowser(),
        IrcPerson.join(lab.inspircd.port, 'ada'),
        IrcPerson.join(lab.ngircd.port, 'ada_l'),
      ]);
      robin = await Visitor.come(browser, parley.url);
    });
    afterAll(async () => {
      ada?.leave();
      adaToo?.leave();
      await browser?.close();
      await parley?.remove();
    });

    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    /** Set before each thing that must happen without a reload: a new document would not have it. */
    const mark = () => robin.page.evaluate(() => void Reflect.set(globalThis, 'samePage', true));
    const isSamePage = () => robin.page.evaluate(() => Reflect.get(globalThis, 'samePage') === true);
    const texts = () => robin.texts().then((found) => found.map((text) => text.trim()));
    const card = (index: number) =>
      robin.page
        .getByRole('list', { name: 'Accounts' })
        .getByRole('listitem')
        .filter({ hasText: names[index] ?? '?' });
    const online = (one: Locator) => one.getByText('Online', { exact: true });
    const toSms = () => lab.smsc.received(PHONE).map((sms) => sms.text);
    const toMail = async (text: string) => (await alice.inbox()).find((mail) => mail.text?.includes(text));
    const settled = /^Delivery: (\w+ (sent|delivered|read)(, )?)+$/;

    async function signInTo(form: Form): Promise<string> {
      await robin.page.getByRole('list', { name: 'Networks' }).getByRole('link', { name: form.networkName }).click();
      if (form.flowLabel) await robin.page.getByRole('radio', { name: form.flowLabel }).check();
      for (const { label, value, choice, advanced } of form.fields) {
        if (advanced) await robin.page.getByText('More options').click();
        if (choice) await robin.field(label).selectOption({ label: choice });
        else await robin.fill(label, value);
      }
      await robin.button('Sign in').click();
      const heading = robin.page.getByRole('heading', { name: / is added$/ });
      await heading.waitFor();
      await robin.page.getByRole('main').getByText('Online').waitFor();
      return ((await heading.textContent()) ?? '').replace(/ is added$/, '');
    }

    async function mergeInto(name: string, other: string): Promise<void> {
      await robin.entry(name).click();
      await robin.link('About this person').click();
      await robin.button('Merge with…').click();
      await robin.page
        .getByRole('dialog')
        .getByRole('button', { name: starting(other) })
        .click();
      await robin.button('Merge').click();
      await robin.entry(other).waitFor({ state: 'detached' });
    }

    test('set-up, then a sign-in to each network by its form', async () => {
      await robin.to();
      await robin.heading('Set up Parley').waitFor();
      await robin.setUp();
      for (const form of forms) {
        names.push(await signInTo(form));
        await robin.link('Add another network').click();
      }
      expect(new Set(names).size).toBe(4);
      await robin.link('Networks').click();
      for (const index of names.keys()) await online(card(index)).waitFor();
    });

    test('people who write appear by themselves', async () => {
      await robin.to();
      await mark();
      await ada.say(nickOf(0), 'hello from the first server');
      await robin.entry('ada').waitFor();
      await adaToo.say(nickOf(1), 'hello from the second server');
      await robin.entry('ada_l').waitFor();
      await alice.write(ourMail, { subject: 'Lunch', text: 'hello by mail' });
      await robin.entry(alice.address).waitFor();
      await lab.smsc.sendFromPhone('smpp', PHONE, lab.smsc.smpp.number, 'hello by phone');
      await robin.entry(PHONE_NAME).waitFor();
      expect(await isSamePage()).toBe(true);
    });

    test('they are merged into one person with one timeline in the order of time', async () => {
      await mark();
      for (const other of ['ada_l', alice.address, PHONE_NAME]) await mergeInto('ada', other);
      await robin.fill('Name', 'Ada Lovelace');
      await robin.field('Name').press('Enter');
      await robin.entry('Ada Lovelace').waitFor();
      await robin.link('Close').click();
      const accept = robin.button('Accept');
      if (await accept.isVisible()) await accept.click();
      await robin.box.waitFor();
      await eventually(async () => (await texts()).length === 4);
      expect(await texts()).toEqual([
        'hello from the first server',
        'hello from the second server',
        'hello by mail',
        'hello by phone',
      ]);
      expect(await isSamePage()).toBe(true);
    });

    test('one message goes out as IM, as email and as SMS, and its ledger says so', async () => {
      await mark();
      await robin.via(/IM \+ email \+ SMS/);
      await robin.write('one for all');
      const onIrc = () =>
        [...ada.heard(nickOf(0)), ...adaToo.heard(nickOf(1))].filter((said) => said === 'one for all');
      await eventually(() => onIrc().length === 1);
      letter = await eventually(() => toMail('one for all'));
      await eventually(() => toSms().includes('one for all'));
      const delivery = robin.message('one for all').getByRole('link', { name: settled });
      await delivery.waitFor();
      await delivery.click();
      const ledger = robin.page.getByRole('complementary', { name: 'Delivery' });
      const tries = ledger.getByRole('list', { name: 'Tries' });
      await eventually(async () => (await tries.count()) === 3);
      for (const network of ['IRC', 'Email', 'SMS']) await ledger.getByRole('heading', { name: network }).waitFor();
      for (const each of await tries.all()) expect(await each.textContent()).toMatch(/^\d+:\d\d.*(Sent|Delivered)/s);
      await ledger.getByRole('link', { name: 'Close' }).click();
      await ledger.waitFor({ state: 'detached' });
      expect(onIrc()).toHaveLength(1);
      expect(toSms()).toEqual(['one for all']);
      expect(await isSamePage()).toBe(true);
    });

    test('replies on each channel come back to the same conversation', async () => {
      await mark();
      const [answering, index] = ada.heard(nickOf(0)).includes('one for all') ? [ada, 0] : [adaToo, 1];
      await answering.say(nickOf(index), 'answer on irc');
      await robin.message('answer on irc').waitFor();
      await alice.write(ourMail, { subject: 'Re: one for all', text: 'answer by mail', answers: letter });
      await robin.message('answer by mail').waitFor();
      await lab.smsc.sendFromPhone('smpp', PHONE, lab.smsc.smpp.number, 'answer by phone');
      await robin.message('answer by phone').waitFor();
      expect((await texts()).slice(4)).toEqual(['one for all', 'answer on irc', 'answer by mail', 'answer by phone']);
      expect(await isSamePage()).toBe(true);
    });

    test('"send via" picks one account', async () => {
      await robin.via(starting(names[1]));
      await robin.write('only on the second server');
      await eventually(() => adaToo.heard(nickOf(1)).includes('only on the second server'));
      await robin.via(starting(names[3]));
      await robin.write('only by phone');
      await eventually(() => toSms().includes('only by phone'));
      await robin.message('only by phone').getByRole('link', { name: settled }).waitFor();
      expect(ada.heard(nickOf(0))).not.toContain('only on the second server');
      expect(await toMail('only')).toBeUndefined();
      expect(toSms()).toEqual(['one for all', 'only by phone']);
    });

    test('a reload and a restart of the server lose nothing, and the page comes back by itself', async () => {
      const before = await texts();
      expect(before).toHaveLength(10);
      await robin.page.reload();
      await eventually(async () => (await texts()).length === before.length);
      expect(await texts()).toEqual(before);
      await mark();
      await parley.down();
      await robin.page.getByText('Reconnecting to Parley…').first().waitFor();
      await ada.say(nickOf(0), 'is anybody there?');
      await alice.write(ourMail, { subject: 'Re: one for all', text: 'written while you were away', answers: letter });
      await parley.up();
      await robin.message('written while you were away').waitFor();
      await robin.page.getByText('Reconnecting to Parley…').first().waitFor({ state: 'detached' });
      await robin.link('Networks').click();
      for (const index of names.keys()) await online(card(index)).waitFor();
      await robin.entry('Ada Lovelace').click();
      await ada.say(nickOf(0), 'you are back');
      await robin.message('you are back').waitFor();
      await robin.via(starting(names[0]));
      await robin.write('after the restart');
      await eventually(() => ada.heard(nickOf(0)).includes('after the restart'));
      expect(await isSamePage()).toBe(true);
      expect((await texts()).slice(0, before.length)).toEqual(before);
    });

    test('a server that is gone is a state with a reason; the others go on; it heals', async () => {
      await mark();
      await robin.link('Networks').click();
      const others = [0, 2, 3];
      for (const index of names.keys()) await online(card(index)).waitFor();
      await lab.ngircd.down();
      await card(1).getByText('Waiting to try again').waitFor();
      expect(await card(1).locator('.state-why').textContent()).toMatch(/\w+ \w+.*\.$/);
      // Told once: here, where it is mended, and not at the foot of the list as well.
      expect(await robin.list.getByRole('link', { name: starting(names[1]) }).count()).toBe(0);
      for (const index of others) expect(await online(card(index)).isVisible()).toBe(true);
      await ada.say(nickOf(0), 'the first server goes on');
      await robin.list.getByText('the first server goes on').waitFor();
      await lab.ngircd.up();
      await card(1).getByRole('button', { name: 'Try now' }).click();
      await online(card(1)).waitFor();
      expect(await isSamePage()).toBe(true);
    });

    test('nothing went wrong on the page', () => {
      const away = /net::ERR_CONNECTION_REFUSED|WebSocket connection to|status of 503/;
      const before = /401 \(Unauthorized\)/;
      expect(robin.unexpected(away, before)).toEqual([]);
    });
  });
}
