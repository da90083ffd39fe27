import { expect, test } from 'vitest';
import { looks, openBrowser, Visitor } from '../support/browser.js';
import { labOrSkip } from '../support/lab.js';
import { eventually, Parley } from '../support/parley.js';

/** A file to a network without files: its link in the ledger, on every look, until its sender ends it. */
const ready = await labOrSkip([], ['browser']);

if (ready) {
  test('the links of a message stand in its ledger and end there', { timeout: 120_000 }, async () => {
    const [parley, browser] = await Promise.all([Parley.start(), openBrowser()]);
    try {
      await parley.down();
      await parley.up({ PARLEY_PUBLIC_URL: parley.url });
      await parley.setUp();
      const echo = await parley.signIn('echo', 'name', { name: 'robin', buddies: 'ben' });
      await parley.online(echo.id);
      const form = new FormData();
      form.set('file', new Blob(['the bytes'], { type: 'image/jpeg' }), 'a photo of the harbour.jpg');
      const headers = { authorization: `Bearer ${parley.token}` };
      const uploaded = await fetch(`${parley.url}/api/v1/attachments`, { method: 'POST', headers, body: form });
      const { id } = (await uploaded.json()) as { id: string };
      const { conversation } = await parley.ok('POST', '/chats', { accountId: echo.id, address: 'ben' });
      const { message } = await parley.ok('POST', `/conversations/${conversation.id}/messages`, {
        text: 'Look',
        attachments: [id],
      });
      const [link] = await eventually(async () => {
        const { items } = await parley.ok('GET', `/messages/${message.id}/links`);
        return items.length > 0 ? items : undefined;
      });
      expect(await (await fetch(link.address)).text()).toBe('the bytes');

      for (const [index, look] of looks.entries()) {
        const visitor = await Visitor.come(browser, parley.url, look);
        await visitor.to();
        await visitor.heading('Sign in').waitFor();
        await visitor.signIn();
        await visitor.to(`#/c/${conversation.id}/m/${message.id}`);
        const links = visitor.page.getByRole('region', { name: 'Links' });
        await links.getByText('a photo of the harbour.jpg').waitFor();
        if (index === 0) await links.getByText(/as a link until/).waitFor();
        expect.soft(await visitor.violations(), look.name).toEqual([]);
        expect.soft(await visitor.overflow(), look.name).toEqual([]);
        if (process.env.PARLEY_PICTURES) await visitor.picture(`links in the ledger, ${look.name}`);
        if (index > 0) continue;
        await links.getByRole('button', { name: 'End this link' }).click();
        await links.getByText(/as a link, ended/).waitFor();
        expect(await links.getByRole('button').count()).toBe(0);
        expect((await fetch(link.address)).status).toBe(410);
      }
    } finally {
      await browser.close();
      await parley.remove();
    }
  });
}
