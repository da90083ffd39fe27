import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { programPath } from '../../scripts/packages.mjs';
import { eventually, OWNER } from './parley.js';

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 844 };

/** Where every screen is looked at; `violations` looks at each in the light, in the dark and with high contrast. */
export const looks = [
  { name: 'desktop, light', viewport: desktop, theme: 'light' },
  { name: 'phone, dark', viewport: phone, theme: 'dark' },
] as const;

type Look = {
  viewport?: { width: number; height: number };
  theme?: 'light' | 'dark';
  /** Used by finger; what is as narrow as a phone is, anyway. */
  touch?: boolean;
  scale?: number;
  timezone?: string;
  /** With the service worker, which keeps the page in the browser; else every page comes from the server. */
  worker?: boolean;
};

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Chromium as it is on this machine, without a window. */
export async function openBrowser(...more: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: programPath('chromium') ?? 'chromium', args: [...flags, ...more] });
}

/** Somebody at a browser of their own: cookies and storage are shared with nobody. */
export class Visitor {
  /** What went wrong on the page: errors, refused content, requests that failed with what the test did not expect. */
  readonly troubles: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly context: BrowserContext,
    private readonly origin: string,
  ) {}

  static async come(browser: Browser, origin: string, look: Look = {}): Promise<Visitor> {
    const { viewport = desktop, theme = 'light', scale = 1, timezone, worker = false } = look;
    const touch = look.touch ?? viewport.width < 600;
    const context = await browser.newContext({
      viewport,
      colorScheme: theme,
      deviceScaleFactor: scale,
      hasTouch: touch,
      isMobile: touch,
      reducedMotion: 'reduce',
      locale: 'en-GB',
      timezoneId: timezone,
      serviceWorkers: worker ? 'allow' : 'block',
    });
    context.setDefaultTimeout(20_000);
    const visitor = new Visitor(await context.newPage(), context, origin);
    visitor.#listen();
    return visitor;
  }

  /** The owner, at the list. */
  static async signedIn(browser: Browser, origin: string, look: Look = {}): Promise<Visitor> {
    const visitor = await Visitor.come(browser, origin, look);
    await visitor.to();
    await visitor.signIn();
    return visitor;
  }

  /** A second window of the same browser. */
  async another(): Promise<Visitor> {
    const visitor = new Visitor(await this.context.newPage(), this.context, this.origin);
    visitor.#listen();
    return visitor;
  }

  /** All windows of this browser. */
  offline(on: boolean): Promise<void> {
    return this.context.setOffline(on);
  }

  #listen(): void {
    const { page, troubles } = this;
    page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      if (message.text().startsWith('Service Worker registration blocked')) return;
      troubles.push(`${message.type()}: ${message.text()} ${message.location().url}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      const own = url.origin === this.origin || url.protocol === 'data:' || url.protocol === 'blob:';
      if (!own) troubles.push(`asked elsewhere: ${request.url()}`);
    });
  }

  /** The troubles but for those that fit one of these. */
  unexpected(...expected: RegExp[]): string[] {
    return this.troubles.filter((trouble) => !expected.some((one) => one.test(trouble)));
  }

  async to(hash = '#/'): Promise<void> {
    await this.page.goto(`${this.origin}/${hash}`);
  }

  async setUp(): Promise<void> {
    await this.fill('Name', OWNER.name);
    await this.fill('Email', OWNER.email);
    await this.fill('Password', OWNER.password);
    await this.button('Create account').click();
    await this.heading(/^Welcome/).waitFor();
  }

  async signIn(): Promise<void> {
    await this.fill('Email', OWNER.email);
    await this.fill('Password', OWNER.password);
    await this.button('Sign in').click();
    await this.list.waitFor();
  }

  /** The field with this label; that it may be left out is part of the label. */
  field(label: string): Locator {
    return this.page.getByLabel(new RegExp(`^${quoted(label)}( optional)?$`));
  }

  async fill(label: string, value: string): Promise<void> {
    await this.field(label).fill(value);
  }

  /** The conversations that are shown; those that stay ready behind them are in the page, too. */
  get panes(): Locator {
    return this.page.locator('.pane-frame:not([data-kept])');
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name: string | RegExp): Locator {
    return this.page.getByRole('link', { name, exact: true });
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  /** Until the page is kept in the browser: what it installs is fetched from 3 s after the page was opened. */
  async workerReady(): Promise<void> {
    const active = async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated';
    await eventually(() => this.page.evaluate(active), 60_000);
  }

  get list(): Locator {
    return this.page.getByRole('navigation', { name: 'Conversations and people' });
  }

  /** The entry of a person or a conversation in the list. */
  entry(name: string): Locator {
    return this.list.getByRole('link').filter({ has: this.page.locator('.row-name').getByText(name, { exact: true }) });
  }

  get log(): Locator {
    return this.page.getByRole('log');
  }

  message(text: string): Locator {
    return this.log.getByRole('article').filter({ hasText: text });
  }

  /** What the messages on the page say, from top to bottom. */
  texts(): Promise<string[]> {
    return this.log.locator('.message-text').allInnerTexts();
  }

  get box(): Locator {
    return this.page.getByRole('textbox', { name: 'Message', exact: true });
  }

  async write(text: string): Promise<void> {
    await this.box.fill(text);
    await this.box.press('Enter');
    await this.message(text).last().waitFor();
  }

  /** Picks in the "send via" menu. */
  async via(choice: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: /^Send via/ }).click();
    await this.page.getByRole('menuitemradio', { name: choice }).click();
  }

  /**
   * What axe-core finds wrong on the page as it is now, one line a kind: all of it in the look that is seen, and whether
   * it can be read in the light, in the dark, and with high contrast. `targets`: also what is too small to be hit.
   */
  async violations({ looks: all = true, targets = false } = {}): Promise<string[]> {
    if (!(await this.page.evaluate(() => 'axe' in globalThis))) await this.page.evaluate(axeSource);
    const found = await this.page.evaluate(examine, { all, targets });
    return (found as Violation[]).map(
      ({ look, id, help, nodes }) =>
        `${look} ${id}: ${help}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join('; ')}`,
    );
  }

  /** What makes the page scroll sideways. `reach`: also what is to be pressed but lies outside of the window for good. */
  async overflow({ reach = false } = {}): Promise<string[]> {
    // What is placed by its size is, once that was told to it.
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    return this.page.evaluate((looked) => {
      const name = (one: Element) => `${one.tagName}.${one.className}`;
      const sticksOut = (one: Element) => {
        const { left, right, width } = one.getBoundingClientRect();
        return width > 1 && (right > innerWidth + 1 || left < -1);
      };
      const scrolls = (one: Element): boolean => {
        for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
          if (/auto|scroll/.test(getComputedStyle(up).overflowX) && up.scrollWidth > up.clientWidth) return true;
        return false;
      };
      const root = document.documentElement;
      if (root.scrollWidth > innerWidth || document.body.scrollWidth > innerWidth)
        return [...document.querySelectorAll('body *')].filter(sticksOut).map(name).slice(0, 5);
      if (!looked) return [];
      return [...document.querySelectorAll('a, button, input, select, textarea')]
        .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((one) => sticksOut(one) && !scrolls(one))
        .map((one) => `out of reach: ${name(one)}`)
        .slice(0, 5);
    }, reach);
  }

  /** Keeps what is seen now for whoever looks into a failed test; answers the file. */
  async picture(name: string): Promise<string> {
    const file = path.join(os.tmpdir(), `parley-${name.replace(/\W+/g, '-').slice(0, 100)}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}

/** Several at once, each named after where or how they look. */
export class Visitors extends Map<string, Visitor> {
  at(name: string): Visitor {
    const visitor = this.get(name);
    if (!visitor) throw new Error(`nobody at ${name}`);
    return visitor;
  }

  /** Keeps what each of them sees now for whoever looks into a failed test, and says where. */
  async pictures(of: string): Promise<void> {
    for (const [name, visitor] of this) console.error(`${name}: ${await visitor.picture(`${of} ${name}`)}`);
  }
}

type Violation = { look: string; id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] };

/** Runs in the page. */
async function examine(asked: { all: boolean; targets: boolean }): Promise<unknown[]> {
  const axe = Reflect.get(globalThis, 'axe');
  const { dataset } = document.documentElement;
  const { theme, contrast } = dataset;
  const wear = (name: 'theme' | 'contrast', value: string | undefined) => {
    if (value === undefined) delete dataset[name];
    else dataset[name] = value;
  };
  // What lies over the page is all there is while it is open.
  const over = [...document.querySelectorAll('dialog[open], .menu:popover-open')].at(-1);
  const rules = { 'target-size': { enabled: asked.targets } };
  const place = over ?? document;
  const all: unknown[] = [];
  const add = (look: string, violations: object[]) => all.push(...violations.map((one) => ({ ...one, look })));
  add('as seen:', (await axe.run(place, { resultTypes: ['violations'], rules })).violations);
  if (!asked.all) return all;
  const dark = theme === 'dark' || (theme === undefined && matchMedia('(prefers-color-scheme: dark)').matches);
  for (const [shade, strength] of [
    [dark ? 'light' : 'dark', contrast],
    ['light', 'high'],
    ['dark', 'high'],
  ] as const) {
    wear('theme', shade);
    wear('contrast', strength);
    const { violations } = await axe.run(place, { resultTypes: ['violations'], runOnly: ['color-contrast'] });
    add(`${shade}, ${strength ?? 'usual'} contrast:`, violations);
  }
  wear('theme', theme);
  wear('contrast', contrast);
  return all;
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
