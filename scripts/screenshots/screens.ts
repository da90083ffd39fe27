import type { Browser, WebSocketRoute } from 'playwright-core';
import { desktop, phone, Visitor } from '../../test/support/browser.ts';
import { tokenOf } from '../../test/support/caller.ts';
import { OWNER, type Parley } from '../../test/support/parley.ts';
import { keep } from './camera.ts';
import { loudness, voice } from './drawn.ts';
import { timezone } from './here.ts';
import { type Places, type Screen, screens } from './list.ts';
import type { Played } from './play.ts';
import { day, type Story } from './story.ts';

const scale = Number(process.env.SCREENSHOT_SCALE ?? 1);
const owner = { ...OWNER, name: 'Robin Hale', email: 'robin@hale.example' };

const looks = {
  light: { viewport: desktop, theme: 'light' },
  dark: { viewport: desktop, theme: 'dark' },
  phone: { viewport: phone, theme: 'light' },
  'phone-dark': { viewport: phone, theme: 'dark' },
  tablet: { viewport: { width: 834, height: 1112 }, theme: 'light' },
  wide: { viewport: { width: 1680, height: 1000 }, theme: 'light' },
  arabic: { viewport: desktop, theme: 'light', language: 'ar' },
  'arabic-phone': { viewport: phone, theme: 'light', language: 'ar' },
  'wide-dark': { viewport: { width: 1680, height: 1000 }, theme: 'dark' },
} as const;
export type LookName = keyof typeof looks;

/** Somebody whose connection can be cut. */
async function come(browser: Browser, parley: Parley, look: LookName): Promise<Visitor> {
  const visitor = await Visitor.come(browser, parley.url, { ...looks[look], scale, timezone });
  await visitor.page.routeWebSocket(/\/stream/, (socket) => {
    if (cut.has(visitor)) return void socket.close();
    streams.set(visitor, socket);
    socket.connectToServer();
  });
  return visitor;
}
const streams = new Map<Visitor, WebSocketRoute>();
const cut = new Set<Visitor>();

async function connect(visitor: Visitor, on: boolean): Promise<void> {
  await visitor.offline(!on);
  if (on) return void cut.delete(visitor);
  cut.add(visitor);
  await streams.get(visitor)?.close();
}

const fits = (name: string, only: readonly string[]) => only.length === 0 || only.some((one) => name.startsWith(one));

async function still({ page }: Visitor): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.mouse.move(0, 0);
  // What was pressed last is not what the picture is of.
  await page.evaluate(() => {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && activeElement.matches('[role=tab], .sound button'))
      activeElement.blur();
  });
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(400);
}

/** The one who sets Parley up, as far as the first network; answers their token. */
export async function firstRun(browser: Browser, parley: Parley, only: readonly string[]): Promise<string> {
  for (const look of ['light', 'dark'] as const) {
    const name = (screen: string) => (look === 'light' ? screen : `${screen}-${look}`);
    const fresh = await come(browser, parley, look);
    await fresh.to();
    await (look === 'light'
      ? setUp(fresh, async () => shoot(name('set-up')))
      : signIn(fresh, () => shoot(name('sign-in'))));
    async function shoot(file: string): Promise<void> {
      await still(fresh);
      if (fits(file, only)) await keep(fresh, file);
    }
    await fresh.heading(/^Welcome/).waitFor();
    await shoot(name('first-run'));
    await fresh.to('#/add');
    await fresh.heading('Add a network').waitFor();
    await shoot(name('add-first-network'));
    await fresh.leave();
  }
  return tokenOf(await parley.ok('POST', '/sessions', { email: owner.email, password: owner.password }));
}

async function setUp(fresh: Visitor, shoot: () => Promise<void>): Promise<void> {
  await fresh.fill('Name', owner.name);
  await fresh.fill('Email', owner.email);
  await fresh.fill('Password', owner.password);
  await fresh.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await shoot();
  await fresh.button('Create account').click();
}

async function signIn(visitor: Visitor, shoot?: () => Promise<void>): Promise<void> {
  await visitor.fill('Email', owner.email);
  await visitor.fill('Password', owner.password);
  await shoot?.();
  await visitor.button('Sign in').click();
  await visitor.list.waitFor();
}

async function speak({ page }: Visitor, look: LookName): Promise<void> {
  const { language } = { language: null, ...looks[look] };
  if (language === null) return;
  await page.evaluate((tag) => localStorage.setItem('parley.language', tag), language);
  await page.reload();
}

/** Takes the pictures of who is signed in, each screen in each of its looks. */
export async function take(
  browser: Browser,
  parley: Parley,
  story: Story,
  played: Played,
  only: readonly string[],
): Promise<void> {
  const places = await prepare(parley, story, played);
  for (const look of Object.keys(looks) as LookName[]) {
    const due = screens(places)
      .filter((screen) => (screen.looks ?? ['light', 'dark']).includes(look))
      .map((screen) => ({ screen, file: look === 'light' ? screen.name : `${screen.name}-${look}` }))
      .filter(({ file }) => fits(file, only));
    if (due.length === 0) continue;
    const visitor = await come(browser, parley, look);
    await visitor.to();
    await signIn(visitor);
    await speak(visitor, look);
    for (const { screen, file } of due) await one(visitor, parley, screen, file);
    await visitor.leave();
  }
}

async function one(visitor: Visitor, parley: Parley, screen: Screen, file: string): Promise<void> {
  try {
    if (screen.settings) await parley.ok('PATCH', '/me', { settings: screen.settings });
    await visitor.to('#/starred');
    await visitor.to(screen.at);
    if (screen.offline) {
      await still(visitor);
      await connect(visitor, false);
    }
    await screen.act?.(visitor);
    await still(visitor);
    await keep(visitor, file);
    await screen.end?.(visitor);
  } catch (error) {
    await visitor.picture(file);
    console.error(`${file}: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
    process.exitCode = 1;
  } finally {
    if (screen.offline) await connect(visitor, true);
    await visitor.page.keyboard.press('Escape').catch(() => {});
    if (screen.settings) await parley.ok('PATCH', '/me', { settings: screen.after ?? {} });
  }
}

/** What the user did with it: stars, pins, drafts, reminders, what goes out later, and a message to many. */
async function prepare(parley: Parley, story: Story, played: Played): Promise<Places> {
  const [club, api, noor, sofia, mail] = await Promise.all(
    ['Boat club', 'Tide table API', 'Noor Haddad', 'Sofia Marchetti', 'Yuki Tanaka'].map((name) =>
      story.conversation(name),
    ),
  );
  if (!club || !api || !noor || !sofia || !mail) throw new Error('a conversation is missing');
  const names = ['Samuel Osei', 'Hana Kobayashi', 'Ingrid Hale', 'Amara Okafor'];
  const others = await Promise.all(names.map((name) => story.conversation(name)));
  for (const id of [noor, sofia, ...others]) await parley.ok('POST', `/conversations/${id}/accept`);
  const thread = await story.message(club, 'Who takes the safety boat');
  const [map, hers, figures] = await Promise.all([
    story.message(club, 'print the course map'),
    story.message(noor, 'This morning, before'),
    story.message(api, 'I measured again'),
  ]);
  for (const id of [map, hers, figures]) await parley.ok('PATCH', `/messages/${id}/marks`, { starred: true });
  for (const id of [thread, map]) await parley.ok('PATCH', `/messages/${id}/marks`, { pinned: true });
  const later = (ms: number) => new Date(Date.now() + ms).toISOString();
  await parley.ok('PUT', `/messages/${map}/reminder`, { at: later(day * 0.8) });
  await parley.ok('PUT', `/conversations/${mail}/reminder`, { at: later(2 * day) });
  await parley.ok('PATCH', `/conversations/${sofia}`, { draft: 'Thank you! I will fetch it on' });
  await parley.ok('PATCH', `/conversations/${noor}`, { pinned: true });
  await parley.ok('PATCH', `/conversations/${others[1]}`, { mutedUntil: later(day) });
  await parley.ok('POST', `/conversations/${others[2]}/messages`, {
    text: 'Happy birthday! We call you in the afternoon.',
    sendAt: later(day),
  });
  await parley.ok('POST', `/conversations/${club}/messages`, {
    text: 'Slip opens at nine. Bring the life jackets you took home.',
    sendAt: later(day * 0.7),
  });
  await sayAloud(parley, noor);
  const everyone = (await parley.ok('GET', '/contacts?limit=100')).items;
  const [contact] = everyone.filter((one: { name: string }) => one.name === 'Ada Lindqvist');
  if (contact) await parley.ok('PATCH', `/contacts/${contact.id}`, { favourite: true });
  return { ...played, club, api, noor, sofia, thread };
}

/** A voice message of the user's own, as the page sends it. */
async function sayAloud(parley: Parley, conversation: string): Promise<void> {
  const bytes = voice(12, 9);
  const told = { filename: 'Voice message.wav', filetype: 'audio/wav' };
  const metadata = { ...told, voice: JSON.stringify({ durationMs: 12_000, waveform: loudness(9) }) };
  const headers = { authorization: `Bearer ${parley.token}`, 'tus-resumable': '1.0.0' };
  const made = await fetch(`${parley.url}/api/v1/uploads`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(bytes.length),
      'upload-metadata': Object.entries(metadata)
        .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
        .join(','),
    },
  });
  const place = new URL(made.headers.get('location') ?? '', parley.url);
  await fetch(place, {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: new Uint8Array(bytes),
  });
  const attachments = [place.pathname.split('/').at(-1)];
  await parley.ok('POST', `/conversations/${conversation}/messages`, { text: '', attachments });
}
