import pg from 'pg';
import { expect, test } from 'vitest';
import { embeddedUrl } from '../faults/invariants.js';
import { looks, openBrowser, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { Parley } from '../support/parley.js';
import { person, Stage, said } from '../support/stage.js';

const ready = await labOrSkip([], ['browser']);

if (ready) {
  test('what was set aside is shown with its reason, tried again, and discarded', { timeout: 120_000 }, async () => {
    const stage = await Stage.make();
    const [parley, browser] = await Promise.all([Parley.start(stage.env), openBrowser()]);
    const database = new pg.Client(embeddedUrl(parley.folder));
    await database.connect();
    try {
      await parley.setUp();
      const account = await parley.signIn('stage', 'name', { name: 'robin' });
      await parley.online(account.id);
      const visitors: Visitor[] = [];
      for (const look of looks) {
        const visitor = await Visitor.come(browser, parley.url, look);
        await visitor.to();
        await visitor.heading('Sign in').waitFor();
        await visitor.signIn();
        await visitor.to('#/settings');
        visitors.push(visitor);
      }
      const region = (visitor: Visitor) => visitor.page.getByRole('region', { name: 'Set aside' });
      await region(visitors[0]!).getByText('Nothing was set aside').waitFor();

      const ada = { from: person('ada') };
      await database.query(`ALTER TABLE messages ADD CONSTRAINT fault CHECK (text !~ '^poison') NOT VALID`);
      await stage.deliver('robin', said('poison of one kind', 'ada', ada));
      await stage.deliver('robin', said('poison of another', 'ada', ada), said('and on we go', 'ada', ada));
      for (const [index, visitor] of visitors.entries()) {
        await visitor.page.reload();
        const lines = region(visitor).getByRole('listitem');
        await lines.nth(1).waitFor();
        expect.soft(await visitor.violations(), looks[index]!.name).toEqual([]);
        expect.soft(await visitor.overflow(), looks[index]!.name).toEqual([]);
      }
      const [visitor] = visitors;
      const lines = region(visitor!).getByRole('listitem');
      const last = lines.filter({ hasText: 'poison of one kind' });
      await last.getByRole('button', { name: 'Try again' }).click();
      await last.getByText('It could not be stored this time either.').waitFor();
      await database.query('ALTER TABLE messages DROP CONSTRAINT fault');
      await last.getByRole('button', { name: 'Try again' }).click();
      await last.waitFor({ state: 'detached' });
      await lines.getByRole('button', { name: 'Discard' }).click();
      await visitor!.page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
      await region(visitor!).getByText('Nothing was set aside').waitFor();
      const { items } = await parley.ok('GET', '/search?q=poison');
      expect(items.map(({ text }: { text: string }) => text)).toContain('poison of one kind');
      expect(items.map(({ text }: { text: string }) => text)).not.toContain('poison of another');
    } finally {
      await database.end();
      await browser.close();
      await parley.remove();
    }
  });
}
