import type { Page } from 'playwright-core';

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
