import type { CDPSession, Page } from 'playwright-core';
import type { Frames } from './figures.ts';
import { spread } from './statistics.ts';

const waitMs = 60_000;

/** In the page before anything of ours runs: remembers when what is waited for was there, and every long task. */
export const probe = () => {
  const seen: Record<string, number> = {};
  const tasks: number[] = [];
  Object.assign(globalThis, { benchSeen: seen, benchTasks: tasks });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const wanted = { list: '.sidebar-list .row-name', conversation: '[role=log] .message-text' };
  const look = () => {
    for (const [name, selector] of Object.entries(wanted)) {
      if (seen[name] === undefined && document.querySelector(selector)) seen[name] = performance.now();
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
};

/** When, after the navigation began, the named place first held something. */
export async function seenAt(page: Page, name: 'list' | 'conversation'): Promise<number> {
  const end = performance.now() + waitMs;
  for (;;) {
    const at = await page.evaluate((key) => Reflect.get(Reflect.get(globalThis, 'benchSeen'), key), name);
    if (typeof at === 'number') return at;
    if (performance.now() > end) throw new Error(`no ${name} within ${waitMs} ms`);
    await page.waitForTimeout(50);
  }
}

/** When, after the navigation began, anything was painted. */
export function firstPaint(page: Page): Promise<number> {
  return page.evaluate(async () => {
    for (;;) {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      if (paint) return paint.startTime;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
}

export async function longTasks(page: Page): Promise<number[]> {
  return page.evaluate(() => Reflect.get(globalThis, 'benchTasks').splice(0));
}

/** Clicks a link and answers the ms from the click until the conversation it leads to is painted. */
export function clickAndPaint(page: Page, id: string): Promise<number> {
  return page.evaluate(
    async ([conversation, ms]) => {
      const link = document.querySelector<HTMLElement>(`.sidebar-list a[href="#/c/${conversation}"]`);
      if (!link) throw new Error('no such row');
      const old = document.querySelector('[role=log]');
      const isThere = () => {
        const log = document.querySelector('[role=log]');
        return log !== null && log !== old && log.querySelector('.message-text') !== null;
      };
      const there = new Promise<void>((resolve, reject) => {
        const watch = new MutationObserver(() => {
          if (!isThere()) return;
          watch.disconnect();
          resolve();
        });
        watch.observe(document.body, { childList: true, subtree: true });
        setTimeout(() => reject(new Error('the conversation did not come')), ms);
      });
      const begun = performance.now();
      link.click();
      await there;
      // What comes after the frame: it is painted by then.
      const { port1, port2 } = new MessageChannel();
      const painted = new Promise((resolve) => {
        port1.onmessage = resolve;
      });
      requestAnimationFrame(() => port2.postMessage(null));
      await painted;
      return performance.now() - begun;
    },
    [id, waitMs] as const,
  );
}

/** Types into what has the focus; answers for each key the ms until after the frame with its letter. */
export async function keystrokes(page: Page, text: string): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { benchKeys: times });
    document.addEventListener(
      'keydown',
      ({ timeStamp }) => requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - timeStamp))),
      { capture: true },
    );
  });
  for (const letter of text) await page.keyboard.press(letter === ' ' ? 'Space' : letter, { delay: 40 });
  await page.waitForTimeout(500);
  return page.evaluate(() => Reflect.get(globalThis, 'benchKeys'));
}

/** Turns the wheel over a place for some seconds and times every frame. */
export async function scrollFrames(page: Page, selector: string, seconds: number, by: number): Promise<Frames> {
  const box = await page.locator(selector).first().boundingBox();
  if (!box) throw new Error(`${selector} is not there`);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const times = page.evaluate(async (ms) => {
    const frames: number[] = [];
    let before = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    for (const end = before + ms; before < end; ) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
      frames.push(now - before);
      before = now;
    }
    return frames;
  }, seconds * 1_000);
  for (const end = performance.now() + seconds * 1_000; performance.now() < end; ) {
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(16);
  }
  const frames = await times;
  return { frames: frames.length, ms: spread(frames), dropped: frames.filter((ms) => ms > 34).length };
}

/** After the garbage was collected: the heap in MiB, and the nodes of the page. */
export async function memoryOf(cdp: CDPSession): Promise<{ mib: number; nodes: number }> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  const value = (name: string) => metrics.find((one) => one.name === name)?.value ?? Number.NaN;
  return { mib: value('JSHeapUsedSize') / 2 ** 20, nodes: value('Nodes') };
}
