import type { CDPSession, Page } from 'playwright-core';
import type { Frames } from './client-report.ts';
import { spread } from './statistics.ts';

const waitMs = 60_000;

/** In the page before anything of ours runs: remembers when what is waited for was painted, and every long task. */
export const probe = () => {
  const seen: Record<string, number> = {};
  const tasks: number[] = [];
  Object.assign(globalThis, { benchSeen: seen, benchTasks: tasks });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) tasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const wanted = new Map([
    ['list', '.sidebar-list .row-name'],
    ['wholeList', '#__next .sidebar-list .row-name'],
    ['conversation', '[role=log] .message-text'],
  ]);
  const look = () => {
    for (const [name, selector] of wanted) {
      if (!document.querySelector(selector)) continue;
      wanted.delete(name);
      // What comes after the frame: it is painted by then.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        seen[name] = performance.now();
      };
      requestAnimationFrame(() => port2.postMessage(null));
    }
  };
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
};

/** In the page before anything of ours runs: presses a row of the list as soon as that is painted, whatever of the page is there. */
export const pressAtOnce = () => {
  const seen = Reflect.get(globalThis, 'benchSeen');
  const look = () => {
    if (seen.list === undefined) return requestAnimationFrame(look);
    const [, row] = document.querySelectorAll<HTMLElement>('.sidebar-list a[href^="#/c/"]');
    seen.pressed = performance.now();
    row?.click();
  };
  requestAnimationFrame(look);
};

/** When, after the navigation began, what is named was first painted or done. */
export async function seenAt(page: Page, name: 'list' | 'wholeList' | 'conversation' | 'pressed'): Promise<number> {
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

/** Between coming to a row and pressing it. */
const dwellMs = 150;
/** Between the button's way down and up. */
const pressMs = 60;

/** From the click, in ms, until the conversation is painted, and until all of the page follows: the list says where it is. */
export type Pressed = { painted: number; followed: number };

/** Presses a row of the list as a hand does. */
export async function pressAndPaint(page: Page, id: string): Promise<Pressed> {
  await page.locator(`.sidebar-list a[href="#/c/${id}"]`).first().hover();
  await page.waitForTimeout(dwellMs);
  await page.evaluate(
    ([conversation, ms]) => {
      let begun = 0;
      document.addEventListener(
        'click',
        ({ timeStamp }) => {
          begun = timeStamp;
        },
        { capture: true, once: true },
      );
      const isPainted = () => {
        const pane = document.querySelector(`.pane-frame[data-pane="${conversation}"]:not([data-kept])`);
        return pane?.querySelector('[role=log] .message-text')?.checkVisibility() ?? false;
      };
      const isMarked = () =>
        document.querySelector(`.sidebar-list a[href="#/c/${conversation}"][aria-current]`) !== null;
      const untilPainted = (isThere: () => boolean) =>
        new Promise<number>((resolve, reject) => {
          const watch = new MutationObserver(() => {
            if (begun === 0 || !isThere()) return;
            watch.disconnect();
            // What comes after the frame: it is painted by then.
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => resolve(performance.now() - begun);
            requestAnimationFrame(() => port2.postMessage(null));
          });
          watch.observe(document.body, {
            childList: true,
            subtree: true,
            attributeFilter: ['data-kept', 'aria-current'],
          });
          setTimeout(() => reject(new Error('the conversation did not come')), ms);
        });
      const seen = Promise.all([untilPainted(isPainted), untilPainted(isMarked)]);
      Object.assign(globalThis, { benchPressed: seen.then(([painted, followed]) => ({ painted, followed })) });
    },
    [id, waitMs] as const,
  );
  await page.mouse.down();
  await page.waitForTimeout(pressMs);
  await page.mouse.up();
  return page.evaluate(() => Reflect.get(globalThis, 'benchPressed'));
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
