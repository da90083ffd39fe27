import type { Visitor } from '../../test/support/browser.ts';
import type { Played } from './play.ts';
import type { LookName } from './screens.ts';

export type Places = Played & {
  club: string;
  api: string;
  noor: string;
  sofia: string;
  thread: string;
};

/** One picture, or one for each look; without looks, a light and a dark one. */
export type Screen = {
  name: string;
  at: string;
  looks?: LookName[];
  act?: (visitor: Visitor) => Promise<void>;
  end?: (visitor: Visitor) => Promise<void>;
  /** Without a connection to the server. */
  offline?: boolean;
  /** While it is taken, and what comes after. */
  settings?: Record<string, unknown>;
  after?: Record<string, unknown>;
};

const people = async ({ list }: Visitor) => list.getByRole('tab', { name: 'People' }).click();
const chats = async ({ list }: Visitor) => list.getByRole('tab', { name: 'Chats' }).click();
const dialog = ({ page }: Visitor) => page.getByRole('dialog');

/** The parts of the settings page are far below each other. */
const part = (name: string) => async (visitor: Visitor) =>
  visitor.page
    .getByRole('heading', { name, exact: true })
    .first()
    .evaluate((heading) => heading.scrollIntoView({ block: 'start' }));

export function screens(at: Places): Screen[] {
  const shown = `#/c/${at.shown}`;
  const [club, api, noor] = [`#/c/${at.club}`, `#/c/${at.api}`, `#/c/${at.noor}`];
  return [
    {
      name: 'conversation',
      at: shown,
      looks: ['light', 'dark', 'phone', 'tablet'],
      act: async (visitor) => {
        if ((visitor.page.viewportSize()?.width ?? 0) > 1000) await visitor.via(/IM \+ email \+ SMS/);
      },
    },
    { name: 'list', at: '#/', looks: ['phone', 'phone-dark'] },
    { name: 'people', at: `${shown}/person`, act: people, end: chats },
    {
      name: 'people-list',
      at: '#/',
      looks: ['phone'],
      act: people,
      end: chats,
    },
    { name: 'room', at: club, looks: ['light', 'dark', 'phone', 'phone-dark', 'arabic', 'arabic-phone'] },
    { name: 'side-by-side', at: `#/c/${at.shown}?before=${at.club}&after=${at.noor}`, looks: ['wide', 'wide-dark'] },
    { name: 'first-steps', at: '#/welcome', looks: ['light', 'dark', 'phone', 'arabic'] },
    { name: 'room-about', at: `${club}/person` },
    { name: 'thread', at: `${club}/t/${at.thread}` },
    { name: 'pins', at: `${club}/pins` },
    { name: 'code', at: api, looks: ['light', 'dark', 'phone'] },
    {
      name: 'voice',
      at: noor,
      act: async (visitor) => {
        await visitor.button(/^Play/).first().click();
        await visitor.log.locator('.wave').nth(1).waitFor();
        await visitor.page.waitForTimeout(2500);
        await visitor
          .button(/^Pause/)
          .first()
          .click();
      },
    },
    {
      name: 'viewer',
      at: club,
      looks: ['light', 'dark', 'phone'],
      act: async (visitor) => {
        await visitor.log.getByRole('link', { name: 'harbour-noon.jpg' }).click();
        await dialog(visitor).locator('img').first().waitFor();
      },
    },
    {
      name: 'emoji',
      at: club,
      looks: ['light', 'dark', 'phone'],
      act: async (visitor) => {
        await visitor.button('Emoji').click();
        await visitor.page
          .getByPlaceholder('Find an emoji')
          .waitFor()
          .catch(() => {});
      },
    },
    {
      name: 'writing',
      at: club,
      act: async (visitor) => {
        await visitor.page.getByRole('button', { name: 'Format with Markdown' }).click();
        await visitor.box.fill(
          'Five copies are **done**, the A3 one is at the printer. It says:\n\n> out of cyan\n\nThanks @He',
        );
        await visitor.box.press('End');
        await visitor.box.pressSequentially('n');
        await visitor.page.locator('form.composer input[type=file]').setInputFiles({
          name: 'course-map.pdf',
          mimeType: 'application/pdf',
          buffer: Buffer.alloc(420_000, '%PDF-1.7 '),
        });
        await visitor.page.locator('.uploads').getByText('course-map.pdf').waitFor();
        await visitor.page.locator('.offers').waitFor();
      },
      end: async (visitor) => {
        await visitor.page.keyboard.press('Escape');
        await visitor.box.fill('');
        await visitor.page.getByRole('button', { name: 'Remove course-map.pdf' }).click();
        await visitor.page.getByRole('button', { name: /Markdown/ }).click();
      },
    },
    {
      name: 'message-menu',
      at: club,
      act: async (visitor) => {
        const message = visitor.message('print the course map').last();
        await message.hover();
        await message.getByRole('button', { name: 'More actions' }).click();
      },
    },
    {
      name: 'forward',
      at: noor,
      act: async (visitor) => {
        const message = visitor.message('This morning, before');
        await message.hover();
        await message.getByRole('button', { name: 'More actions' }).click();
        await visitor.page.getByRole('menuitem', { name: 'Forward' }).click();
        await dialog(visitor).getByText('Tomas Ferreira').first().click();
        await dialog(visitor).getByText('Priya Nair').first().click();
      },
    },
    {
      name: 'command-bar',
      at: club,
      act: async (visitor) => {
        await visitor.page.keyboard.press('Control+k');
        await visitor.page.keyboard.type('boat', { delay: 20 });
        await visitor.page.getByRole('option').first().waitFor();
      },
    },
    {
      name: 'shortcuts',
      at: club,
      act: async (visitor) => visitor.page.keyboard.press('Control+/'),
    },
    { name: 'mail', at: `#/c/${at.letter}`, act: async (visitor) => visitor.button('Show the whole mail').click() },
    { name: 'ledger', at: `#/c/${at.tried.conversation}/m/${at.tried.message}` },
    { name: 'group', at: `#/c/${at.group.conversation}/m/${at.group.message}`, looks: ['light', 'dark', 'phone'] },
    { name: 'channel', at: `#/c/${at.room}/person` },
    { name: 'networks', at: '#/networks' },
    { name: 'add-network', at: '#/add/irc' },
    { name: 'account', at: `#/networks/${at.account}` },
    { name: 'settings', at: '#/settings' },
    { name: 'notifications', at: '#/settings', act: part('Notifications') },
    { name: 'broadcast', at: `#/broadcasts/${at.broadcast}` },
    { name: 'new-broadcast', at: '#/broadcasts/new' },
    { name: 'starred', at: '#/starred' },
    { name: 'reminders', at: '#/reminders' },
    { name: 'scheduled', at: '#/scheduled' },
    { name: 'new-group', at: '#/new-group' },
    { name: 'admin', at: '#/admin' },
    {
      name: 'scene',
      at: noor,
      act: async (visitor) => {
        await visitor.page.keyboard.press('Alt+v');
        await dialog(visitor).waitFor();
      },
    },
    {
      name: 'offline',
      at: noor,
      looks: ['light', 'dark', 'phone'],
      offline: true,
      act: async (visitor) => {
        await visitor.write('On the ferry, no signal. Sunday works!');
        if ((visitor.page.viewportSize()?.width ?? 0) > 700)
          await visitor.page.getByText('You are offline').first().waitFor();
      },
      end: async (visitor) => visitor.button('Discard').click(),
    },
    {
      name: 'contrast',
      at: club,
      settings: { contrast: 'high', density: 'compact' },
      after: { contrast: 'system', density: 'comfortable' },
    },
  ];
}
