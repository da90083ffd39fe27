import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ChatInfo } from '../../src/sdk/index.js';
import { openBrowser, Visitor } from '../support/browser.js';
import { Typist } from '../support/keyboard.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, OWNER, Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';

/** The main job from an empty server to signing out, without a mouse, and never without a place on the page. */
const ready = await labOrSkip([], ['browser']);

const room: ChatInfo = { id: '#boats', kind: 'group', name: 'Boat shed' };
const notSignedIn = /status of 401/;

if (ready) {
  describe('the keyboard alone', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let robin: Visitor;
    let hands: Typist;
    const inRoom = (from: string, text: string, more = {}) =>
      said(text, from, { chat: room, from: person(from), ...more });
    const sent = (text: string) =>
      stage.asked('robin', ({ what, value }) => what === 'send' && JSON.stringify(value).includes(text));

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      robin = await Visitor.come(browser, parley.url);
      hands = new Typist(robin.page);
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });
    beforeEach(({ task, onTestFailed }) => {
      onTestFailed(async () => console.error(`the page: ${await robin.picture(task.name)}\n${parley.said}`));
    });

    test('sets up, and adds a network', async () => {
      await robin.to();
      await hands.at('Name');
      await hands.type(OWNER.name);
      await hands.press('Tab');
      await hands.type(OWNER.email);
      await hands.press('Tab');
      await hands.type(OWNER.password);
      await hands.press('Enter');
      await robin.heading(/^Welcome/).waitFor();
      await hands.choose(/^Stage/);
      await robin.page.getByRole('group', { name: 'Sign in by' }).waitFor();
      await hands.to('Your name there');
      await hands.type('robin');
      await hands.press('Enter');
      await robin.button('Start a conversation').waitFor();
      parley.token = (await parley.ok('POST', '/sessions', { email: OWNER.email, password: OWNER.password })).token;
      await parley.ok('PATCH', '/me', { undoSeconds: 0 });
      const members = ['ada', 'ben'].map((id) => ({ buddy: person(id) }));
      await stage.order('robin', { do: 'members', chat: room.id, members });
      await stage.deliver(
        'robin',
        ...['ada', 'ben', 'cleo'].map((id) => ({ type: 'contact', buddy: person(id), listed: true }) as const),
        { type: 'chat', chat: room, joined: true },
        said('Good morning', 'ada', { from: person('ada') }),
        inRoom('ada', 'Who takes the boat out?', { id: 'root' }),
        inRoom('ben', 'I could', { thread: 'root', replyTo: 'root' }),
      );
      await parley.ok('POST', `/conversations/${await parley.idOf('conversations', 'Ada')}/accept`);
    });

    test('finds a place, and writes there with a mention, an emoji and a file', async () => {
      const { page } = robin;
      await robin.entry('Boat shed').waitFor();
      await hands.press('Control+k');
      await hands.at(/^Go to a person/);
      await hands.type('boat');
      await page.getByRole('option', { name: /Boat shed/ }).waitFor();
      await hands.press('Enter');
      await robin.message('I could').waitFor();
      await hands.press('Alt+w');
      await hands.at('Message');
      await hands.type('Ask @be');
      await page.getByRole('option', { name: /Ben/ }).waitFor();
      await hands.press('Enter');
      await hands.type('please :sailboat');
      await page.getByRole('option', { name: /sailboat/ }).waitFor();
      await hands.press('Tab');
      await eventually(async () => /^Ask @?ben:? please ⛵/i.test(await robin.box.inputValue()));
      const chooser = page.waitForEvent('filechooser');
      await hands.choose('Attach files');
      await (await chooser).setFiles({ name: 'map.txt', mimeType: 'text/plain', buffer: Buffer.from('north') });
      await page.locator('.uploads').getByText('map.txt').waitFor();
      await hands.press('Alt+w', 'Enter');
      await robin.message('please').getByText('map.txt').waitFor();
      await sent('please');
    });

    test('answers, in a thread too; edits, stars, pins and passes on', async () => {
      const { page } = robin;
      await hands.at('Message');
      await hands.to(/^You, .*please/, 'Shift+Tab');
      await hands.to(/^Ben, .*I could/, 'ArrowUp');
      await hands.press('Alt+Shift+r');
      await hands.at('Message');
      await hands.type('Thank you Ben');
      await hands.press('Enter');
      await robin
        .message('Thank you Ben')
        .getByRole('button', { name: /^Answers Ben/ })
        .waitFor();

      await hands.to(/^You, .*Thank you/, 'Shift+Tab');
      await hands.to(/^Ada, .*Who takes/, 'ArrowUp');
      await hands.choose(/messages? in thread/);
      const thread = page.getByRole('complementary', { name: 'Thread' });
      await thread.getByText('I could', { exact: true }).waitFor();
      await hands.to('Answer in the thread');
      await hands.type('Me too');
      await hands.press('Enter');
      await thread.getByText('Me too').waitFor();
      await hands.at('Answer in the thread');
      await hands.press('Escape');
      await thread.waitFor({ state: 'detached' });
      await sent('Me too');

      await hands.press('Alt+w');
      await hands.type('A tyop');
      await hands.press('Enter');
      await robin
        .message('A tyop')
        .getByRole('link', { name: /^Delivery/ })
        .waitFor();
      await hands.press('ArrowUp');
      await hands.at('Edit the message');
      await hands.press('Control+a');
      await hands.type('A typo');
      await hands.press('Enter');
      await robin.message('A typo').getByText('edited').waitFor();
      await hands.at('Message');

      await hands.to(/^You, .*A typo/, 'Shift+Tab');
      await hands.press('Alt+Shift+s');
      await robin.message('A typo').getByRole('img', { name: 'Starred' }).waitFor();
      await hands.press('Alt+Shift+p');
      await page.getByRole('region', { name: 'Pinned messages' }).waitFor();
      await hands.press('Alt+Shift+v');
      await page.getByRole('dialog').waitFor();
      await hands.type('ada');
      await page.getByRole('checkbox', { name: /Ada/ }).waitFor();
      await page.getByRole('checkbox', { name: /Boat shed/ }).waitFor({ state: 'detached' });
      await hands.press('Enter');
      await hands.choose('Forward');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await robin.heading('Ada').waitFor();
      await robin.message('A typo').waitFor();
    });

    test('merges two people in the list, and narrows it', async () => {
      const { page } = robin;
      await hands.press('Alt+Shift+l');
      await robin.entry('Cleo').waitFor();
      await hands.press('Alt+l');
      await hands.press('Home');
      await hands.to('Ben', 'ArrowDown');
      await hands.press('Shift+F10');
      await page.getByRole('menu', { name: 'Actions for Ben' }).waitFor();
      await hands.choose('Merge with…', 'ArrowDown');
      await page.getByRole('dialog').waitFor();
      await hands.type('cleo');
      await hands.choose(/^Cleo/);
      await hands.choose('Merge');
      await robin.entry('Cleo').waitFor({ state: 'detached' });
      await hands.press('Alt+Shift+z');
      await robin.entry('Cleo').waitFor();
      await hands.press('Alt+Shift+f');
      await hands.at('Filter the list');
      await hands.type('ad');
      await robin.entry('Ben').waitFor({ state: 'detached' });
      await hands.press('Escape');
      await robin.entry('Ben').waitFor();
    });

    test('goes to the settings by the command bar, changes one, and signs out', async () => {
      const { page } = robin;
      await hands.press('Control+k');
      await hands.type('settings');
      await page.getByRole('option', { name: /Settings/ }).waitFor();
      await hands.press('Enter');
      await robin.heading('Settings').waitFor();
      await hands.to('Sign out');
      await hands.to(/^Light|^Theme|^As the system|^System/);
      await hands.press('ArrowRight');
      await hands.to('Sign out', 'Shift+Tab');
      await page.keyboard.press('Enter');
      await robin.heading('Sign in').waitFor();
      await hands.at('Email');
      expect(robin.unexpected(notSignedIn)).toEqual([]);
    });
  });
}
