import type { Locator, Page } from 'playwright-core';
import type { Visitor } from './browser.js';
import type { Places } from './everything.js';
import type { Values, Word } from './words.js';

/** Somebody who looks, and what the page calls things in their language. */
export type Looking = { visitor: Visitor; page: Page; word: Word };
type Step = (looking: Looking) => Promise<void>;
/** Where it is, what to do there, and whether it then lies over the page. */
export type Screen = { name: string; hash: string; steps: Step[]; over: boolean };

/** Everything that lies over the page. */
export const overlays = 'dialog[open], .menu:popover-open, .viewer';

const press =
  (name: string, values?: Values): Step =>
  ({ page, word }) =>
    page
      .getByRole('button', { name: word(name, values), exact: true })
      .first()
      .click();
const within = (scope: string, step: (scope: Locator, looking: Looking) => Promise<void>): Step => {
  return (looking) => step(looking.page.locator(scope).last(), looking);
};
const item = (name: string, values?: Values): Step =>
  within('.menu:popover-open', (menu, { word }) =>
    menu
      .locator('button')
      .filter({ hasText: word(name, values) })
      .first()
      .click(),
  );
const keys =
  (...all: string[]): Step =>
  async ({ page }) => {
    for (const one of all) await page.keyboard.press(one);
  };
const message =
  (text: string): Step =>
  ({ visitor }) =>
    visitor.message(text).last().focus();
/** A button of the message that has the focus. */
const ofMessage = (name: string): Step =>
  within('article:focus-within', (row, { word }) => row.getByRole('button', { name: word(name) }).click());
const box = (text: string): Step => within('.composer-text', (field) => field.fill(text));
const side = (side: 'chats' | 'people'): Step => within(`#tab-${side}`, (tab) => tab.click());
const rowMenu =
  (name: string): Step =>
  ({ page }) =>
    page
      .locator('.sidebar-list a')
      .filter({ has: page.locator('.row-name').getByText(name, { exact: true }) })
      .first()
      .click({ button: 'right' });
const more = press('compose.more');
const seen = (selector: string): Step => within(selector, (one) => one.waitFor());

/** Every screen, dialog and menu, in a browser that belongs to whom `setTheStage` set it. */
export function screens(at: Places): Screen[] {
  const page = (name: string, hash: string, ...steps: Step[]): Screen => ({ name, hash, steps, over: false });
  const over = (name: string, hash: string, ...steps: Step[]): Screen => ({ name, hash, steps, over: true });
  const home = '#/';
  const ada = `#/c/${at.ada}`;
  const room = `#/c/${at.room}`;
  const person = `#/p/${at.adaContact}`;
  return [
    page('list of conversations', home, side('chats')),
    page('list of people', home, side('people'), seen('.row-person')),
    over('view and filters of people', home, side('people'), press('buddies.view')),
    over('menu of a person', home, side('people'), rowMenu('Ada')),
    over('menu of a conversation in the list', home, side('chats'), rowMenu('Boat shed')),
    over('menu of a request in the list', home, side('chats'), rowMenu('Stranger')),
    over('new', home, press('buddies.new')),
    over('new chat', home, press('buddies.new'), item('buddies.new-chat')),
    over('new contact', home, press('buddies.new'), item('buddies.new-contact')),
    over(
      'own presence',
      home,
      within('button.own', (own) => own.click()),
    ),
    over('command bar', home, keys('Control+k', 'b', 'o')),
    over('shortcuts', home, keys('Control+/')),
    page('conversation', ada, seen('article')),
    over('conversation menu', ada, press('chat.actions')),
    over('look of a conversation', ada, keys('Alt+v')),
    over('snooze', ada, keys('Alt+z')),
    over('remind', ada, keys('Alt+r')),
    over('notifications of a conversation', ada, keys('Alt+m')),
    over('jump to a date', ada, seen('article'), keys('Alt+j')),
    over('menu of a message', ada, message('Mine'), ofMessage('message.more-actions')),
    over('reactions', ada, message('Good morning'), ofMessage('message.react'), seen('.emoji')),
    over('forward', ada, message('Good morning'), keys('Alt+Shift+v')),
    over('delete', ada, message('Mine'), keys('Alt+Shift+Delete')),
    over(
      'earlier wordings',
      ada,
      message('Saturday at ten'),
      ofMessage('message.more-actions'),
      item('message.earlier'),
    ),
    page('selection', ada, message('Good morning'), keys('Alt+Shift+x'), seen('.selection-bar')),
    page('editing a message', ada, message('Mine'), keys('Alt+Shift+e'), seen('article textarea')),
    page('answering', ada, message('Good morning'), keys('Alt+Shift+r'), seen('.replying')),
    over(
      'a picture',
      ada,
      within('article a:has(img)', (picture) => picture.click()),
    ),
    over('emoji', ada, press('compose.emoji'), seen('.emoji')),
    over('ways to send', ada, keys('Alt+y')),
    over('more ways to send', ada, more),
    over('when it goes', ada, keys('Alt+s')),
    over('insert a template', ada, keys('Alt+t')),
    over('save a template', ada, box('Words to keep'), more, item('compose.save-template')),
    page('formatting', ada, press('compose.markdown'), seen('.format-bar')),
    page('who gets what', ada, box('Who gets this?'), keys('Alt+g'), seen('.composer-part b')),
    page(
      'names offered',
      ada,
      box(''),
      within('.composer-text', (field) => field.pressSequentially('@be')),
      seen('.offers'),
    ),
    page('pins', `${ada}/pins`, seen('.panel')),
    page('ledger', `${ada}/m/${at.mine}`, seen('.ledger-list')),
    page('about a person', `${ada}/person`, seen('.person')),
    page('room', room, seen('article')),
    page('about a room', `${room}/person`, seen('.person')),
    over('leave a room', `${room}/person`, press('room.leave')),
    page('thread', `${room}/t/${at.root}`, seen('.thread')),
    over(
      'who has read it',
      room,
      seen('article'),
      within('.readers', (readers) => readers.first().click()),
    ),
    page('group', `#/c/${at.group}`),
    page('about a group', `#/c/${at.group}/person`, seen('.person')),
    over('delete a group', `#/c/${at.group}/person`, press('groups.delete')),
    over('people of a group', `#/c/${at.group}/person`, press('groups.add-or-remove')),
    page('request', `#/c/${at.request}`, seen('article')),
    page('invitation', `#/c/${at.invitation}`),
    page('nothing can be written', `#/c/${at.closed}`, seen('.closed')),
    page('person', person, seen('.person')),
    over('merge', person, press('person.merge-with')),
    over('block', person, press('person.block')),
    over('remove a person', person, press('person.remove')),
    over(
      'groups of a person',
      person,
      within('.person .line .icon-button', (menu) => menu.click()),
      item('person.edit-groups'),
    ),
    page('networks', '#/networks', seen('.account')),
    over('menu of an account', '#/networks', press('accounts.actions-for', { name: 'robin' })),
    over('rename an account', '#/networks', press('accounts.actions-for', { name: 'robin' }), item('accounts.rename')),
    over('remove an account', '#/networks', press('accounts.actions-for', { name: 'robin' }), item('accounts.remove')),
    page('settings of an account', `#/networks/${at.account}`),
    page('a sign-in that is gone', '#/networks?login=01900000-0000-7000-8000-000000000000'),
    page('all networks', '#/add', seen('.choices')),
    page('sign-in form', '#/add/irc', seen('form')),
    page('new group', '#/new-group', seen('form')),
    page('broadcasts', '#/broadcasts', seen('.pane')),
    page('new broadcast', '#/broadcasts/new', seen('form')),
    page('broadcast', `#/broadcasts/${at.broadcast}`, seen('.pane')),
    page('scheduled', '#/scheduled', seen('.scheduled')),
    over('menu of a scheduled message', '#/scheduled', press('later.actions-for', { name: 'Ben' })),
    over(
      'change a scheduled message',
      '#/scheduled',
      press('later.actions-for', { name: 'Ben' }),
      item('later.change-it'),
    ),
    over('do not send', '#/scheduled', press('later.actions-for', { name: 'Ben' }), item('later.do-not-send')),
    page('reminders', '#/reminders', seen('.pane li')),
    page('starred', '#/starred', seen('.kept')),
    page('link of another program', `#/open/${encodeURIComponent('xmpp:nobody@stage.example')}`),
    page('nothing to share', '#/share'),
    page('administration', '#/admin', seen('.pane')),
    page('settings', '#/settings', seen('.section')),
    over('new user', '#/settings', press('settings.new-user')),
    over('new token', '#/settings', press('settings.new-token')),
    over('revoke a token', '#/settings', press('settings.revoke-name', { name: 'backup' })),
    over('menu of an audience', '#/settings', press('settings.actions-for', { name: 'Crew' })),
    over('edit an audience', '#/settings', press('settings.actions-for', { name: 'Crew' }), item('settings.edit')),
    over('menu of a route', '#/settings', press('routes.actions-for', { name: 'Family' })),
    over('edit a route', '#/settings', press('routes.actions-for', { name: 'Family' }), item('routes.edit')),
    over('delete a route', '#/settings', press('routes.actions-for', { name: 'Family' }), item('routes.delete')),
    over('edit a template', '#/settings', press('templates.actions-for', { name: 'Thanks' }), item('templates.edit')),
    over(
      'delete a template',
      '#/settings',
      press('templates.actions-for', { name: 'Thanks' }),
      item('templates.delete'),
    ),
  ];
}
