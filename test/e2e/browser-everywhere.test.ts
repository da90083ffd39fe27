import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { desktop, openBrowser, phone, Visitor } from '../support/browser.js';
import { type Places, setTheStage } from '../support/everything.js';
import { labOrSkip } from '../support/lab.js';
import { Parley } from '../support/parley.js';
import { type Looking, overlays, type Screen, screens } from '../support/screens.js';
import { Stage } from '../support/stage.js';
import { wordsOf } from '../support/words.js';

/** Every screen, dialog and menu: for those who see little, use the keyboard, have a phone, or read from the right. */
const ready = await labOrSkip([], ['browser']);

const expected = [/status of (401|404|422)/];
/** As wide as a page is at 400 % on a window of 1280 (WCAG 1.4.10). */
const narrow = { width: 320, height: 640 };

if (ready) {
  describe('everywhere', () => {
    let stage: Stage;
    let parley: Parley;
    let browser: Browser;
    let places: Places;

    beforeAll(async () => {
      stage = await Stage.make();
      [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
      await parley.setUp();
      places = await setTheStage(parley, stage);
    });
    afterAll(async () => {
      await browser?.close();
      await parley?.remove();
    });

    async function come(viewport: typeof desktop, language = 'en'): Promise<Looking> {
      const visitor = await Visitor.signedIn(browser, parley.url, { viewport });
      const { page } = visitor;
      if (language !== 'en') {
        await page.evaluate((chosen) => localStorage.setItem('parley.language', chosen), language);
        await page.reload();
        await page.locator(`html[lang=${language}] .sidebar-list`).waitFor({ state: 'attached' });
      }
      return { visitor, page, word: wordsOf(language) };
    }

    async function open({ hash, steps, over }: Screen, looking: Looking): Promise<void> {
      const { visitor, page } = looking;
      await visitor.to(hash);
      await page.locator('.pane[aria-busy=true]').waitFor({ state: 'detached' });
      for (const step of steps) await step(looking);
      // Some is fetched when it is first shown.
      if (over) await page.locator(`:is(${overlays}) *`).first().waitFor();
    }

    /** Esc ends whatever was begun and closes whatever lies over the page; then the focus is somewhere. */
    async function close({ over, name }: Screen, { page }: Looking): Promise<void> {
      await page.keyboard.press('Escape');
      if (!over) return;
      await page.locator(overlays).first().waitFor({ state: 'detached', timeout: 3000 });
      const lost = await page.evaluate(() => document.activeElement === document.body);
      expect.soft(lost, `${name}: the focus is lost`).toBe(false);
    }

    async function visit(looking: Looking, check: (name: string) => Promise<void>): Promise<void> {
      const failed: string[] = [];
      for (const screen of screens(places)) {
        try {
          await open(screen, looking);
          await check(screen.name);
          await close(screen, looking);
        } catch (error) {
          failed.push(`${screen.name}: ${error} ${await looking.visitor.picture(screen.name)}`);
          await looking.page.reload();
        }
      }
      expect.soft(failed).toEqual([]);
      expect.soft(looking.visitor.unexpected(...expected)).toEqual([]);
      await looking.visitor.leave();
    }

    test.each([
      ['desktop', desktop],
      ['phone', phone],
    ] as const)('is without fault in the light, in the dark and with high contrast: %s', async (_name, viewport) => {
      const looking = await come(viewport);
      const { visitor } = looking;
      await visit(looking, async (name) => {
        expect.soft(await visitor.violations({ targets: true }), name).toEqual([]);
        expect.soft(await visitor.overflow({ reach: true }), `${name}: wider than the window`).toEqual([]);
      });
    });

    test('reads from the right in Arabic', async () => {
      const looking = await come(phone, 'ar');
      const { visitor, page } = looking;
      expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl');
      await visit(looking, async (name) => {
        expect.soft(await visitor.violations({ looks: false }), name).toEqual([]);
        expect.soft(await visitor.overflow({ reach: true }), `${name}: wider than the window`).toEqual([]);
      });
    });

    test('fits a window of 640 and of 320 pixels, as at a magnification of 200 and 400 %', async () => {
      const looking = await come(narrow);
      const { visitor, page } = looking;
      await visit(looking, async (name) => {
        expect.soft(await visitor.overflow({ reach: true }), `${name}: out of the window at 320`).toEqual([]);
        if ((await page.locator(overlays).count()) > 0) return;
        await page.setViewportSize({ width: 640, height: 400 });
        expect.soft(await visitor.overflow({ reach: true }), `${name}: out of the window at 640`).toEqual([]);
        await page.setViewportSize(narrow);
      });
    });
  });
}
