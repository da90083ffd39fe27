import type { Page } from 'playwright-core';
import { eventually } from './parley.js';

const mostPresses = 60;

/** The name of what has the focus. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const one = document.activeElement;
    if (!(one instanceof HTMLElement)) return '';
    const label = one instanceof HTMLInputElement ? one.labels?.[0]?.textContent : undefined;
    return (
      one.getAttribute('aria-label') ??
      label ??
      one.querySelector('.row-name')?.textContent ??
      one.textContent ??
      ''
    ).trim();
  });

/** Presses a key until this has the focus, once at least. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let presses = 0; presses < mostPresses; presses++) {
    await page.keyboard.press(key);
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    passed.push(now.slice(0, 40));
  }
  throw new Error(`${key} does not lead to ${name}, but to ${passed.join(' | ')}`);
}

/** Somebody without a mouse, who must always know where they are: what has the focus after each key is looked at. */
export class Typist {
  constructor(private readonly page: Page) {}

  /** Keys one after the other; each leaves the focus somewhere on the page. */
  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await eventually(async () => {
        const lost = await this.page.evaluate(() => document.activeElement === document.body);
        if (lost) throw new Error(`after ${key} the focus is lost`);
        return true;
      }, 3000);
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async to(name: string | RegExp, key = 'Tab'): Promise<void> {
    await tabTo(this.page, name, key);
  }

  /** Waits until this has the focus, by itself. */
  async at(name: string | RegExp): Promise<void> {
    await eventually(async () => {
      const now = await focused(this.page);
      if (typeof name === 'string' ? now === name : name.test(now)) return true;
      throw new Error(`${now.slice(0, 60)} has the focus, not ${name}`);
    });
  }

  /** Goes there with a key, and presses it. */
  async choose(name: string | RegExp, key = 'Tab'): Promise<void> {
    await this.to(name, key);
    await this.press('Enter');
  }
}
