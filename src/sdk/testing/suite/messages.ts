import { expect, test } from 'vitest';
import { AdapterError } from '../../index.js';
import type { ConformanceSubject } from '../peer.js';
import { mark, pause, type Rig, refusal, withOnline } from './rig.js';

const letters = 'Grüße, Ελλάδα, Москва, 日本語, שלום עולם, مرحبا, e\u0301a\u030a\u0332, 👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽';

export function messageTests(subject: ConformanceSubject): void {
  test('delivers what the partner writes, once', () =>
    withOnline(subject, async (rig) => {
      const marked = mark();
      await rig.peer.say(`hello ${marked}`);
      const event = await rig.arrived(marked);
      expect(event.text).toBe(`hello ${marked}`);
      expect(event.chat.kind).not.toBe('channel');
      expect(event.from?.id).toBeTruthy();
      const { buddy } = await rig.partner();
      if (buddy) expect(event.from?.id).toBe(buddy.id);
      await rig.resolve(event.from?.address ?? '');
      await rig.works();
      expect(rig.host.events.filter((one) => one.type === 'message' && one.text.includes(marked))).toHaveLength(1);
    }));

  test('answers in the chat of a message', () =>
    withOnline(subject, async (rig) => {
      const [asked, answered] = [mark(), mark()];
      await rig.peer.say(`a question ${asked}`);
      const event = await rig.arrived(asked);
      const replyTo = { remoteId: event.id, text: event.text, senderName: event.from?.name ?? 'Partner' };
      const { replies } = rig.connection.chat(event.chat.id).send;
      await rig.send(`an answer ${answered}`, { chat: event.chat.id, ...(replies !== 'rejected' && { replyTo }) });
      await rig.peer.heard(answered, 30_000);
    }));

  test('sends what the partner then reads, once, and tells its echo', () =>
    withOnline(subject, async (rig) => {
      const [marked, key] = [mark(), crypto.randomUUID()];
      const sent = await rig.send(`hello ${marked}`, { key });
      if (subject.adapter.parts && sent.parts !== undefined)
        expect(sent.parts).toBe(subject.adapter.parts(`hello ${marked}`));
      await rig.peer.heard(marked, 30_000);
      await rig.works();
      expect(await rig.peer.count(marked)).toBe(1);
      for (const echo of rig.messages(marked)) {
        expect(echo.from).toBeUndefined();
        expect(echo.key === key || (sent.remoteId !== undefined && echo.id === sent.remoteId)).toBe(true);
      }
    }));

  test('gives receipts only for what was sent', () =>
    withOnline(subject, async (rig) => {
      const ids = new Set<string | undefined>();
      for (let i = 0; i < 3; i++) ids.add((await rig.send(`with a receipt ${mark()}`)).remoteId);
      await pause(500);
      for (const event of rig.host.events) if (event.type === 'receipt') expect(ids).toContain(event.target);
    }));

  test('carries every script, both ways', () =>
    withOnline(subject, async (rig) => {
      const [there, back] = [mark(), mark()];
      await rig.send(`${there} ${letters} ${there}`);
      await rig.peer.heard(`${there} ${letters} ${there}`, 30_000);
      await rig.peer.say(`${back} ${letters} ${back}`);
      expect((await rig.arrived(back)).text).toBe(`${back} ${letters} ${back}`);
    }));

  test('carries every line of a text', () =>
    withOnline(subject, async (rig) => {
      const [first, second, last] = [mark(), mark(), mark()];
      await rig.send(`first ${first}\nsecond ${second}\n\n\tlast ${last}`);
      for (const line of [`first ${first}`, `second ${second}`, `last ${last}`]) await rig.peer.heard(line, 30_000);
      expect(await rig.peer.count(first)).toBe(1);
    }));

  test('carries the longest text it allows', () =>
    withOnline(subject, async (rig) => {
      const { maxLength } = (await rig.features()).send;
      const [start, end] = [mark(), mark()];
      const room = maxLength - start.length - end.length - 2;
      const words = 'lorem ipsum dolor sit amet '.repeat(Math.ceil(room / 27)).slice(0, room);
      const text = `${start} ${words} ${end}`;
      expect(text.length).toBe(maxLength);
      await rig.send(text);
      await rig.peer.heard(start, 60_000);
      await rig.peer.heard(end, 60_000);
    }));

  test('keeps the order of twenty messages, both ways', () =>
    withOnline(subject, async (rig) => {
      const marks = Array.from({ length: 20 }, mark);
      for (const one of marks) await rig.peer.say(`in ${one}`);
      await Promise.all(marks.map((one) => rig.arrived(one)));
      const texts = rig.host.events.flatMap((event) => (event.type === 'message' ? [event.text] : []));
      const arrived = texts.flatMap((text) => marks.filter((one) => text.includes(one)));
      expect(subject.shuffles ? arrived.sort() : arrived).toEqual(marks);
      const back = Array.from({ length: 20 }, mark);
      for (const one of back) await rig.send(`out ${one}`);
      for (const one of back) await rig.peer.heard(one, 60_000);
      const heard = (await rig.peer.texts?.()) ?? back.map((one) => `out ${one}`);
      const received = heard.flatMap((text) => back.filter((one) => text.includes(one)));
      expect(subject.shuffles ? received.sort() : received).toEqual(back);
      for (const one of back) expect(await rig.peer.count(one)).toBe(1);
    }));

  test('sends no text as a command', () =>
    withOnline(subject, async (rig) => {
      const before = rig.host.states.length;
      for (const lineEnd of ['\r\n', '\n', '\r', '\r\n.\r\n', '\n.\n', '\0', '\0\r\n', '\u2028', '\u0085', '\v']) {
        const marked = mark();
        const text = `hello ${marked}${lineEnd}SMUGGLED one${lineEnd}SMUGGLED two`;
        const error = await rig.send(text).then(() => undefined, asIs);
        if (error === undefined) await rig.peer.heard(marked, 30_000);
        else await refusal(Promise.reject(error), 'rejected');
      }
      await rig.works();
      expect(rig.host.states.slice(before)).toEqual([]);
      expect(smuggled(rig)).toEqual([]);
    }));

  test('lets no chat, subject or reply become a command', () =>
    withOnline(subject, async (rig) => {
      const { chat } = await rig.partner();
      for (const bad of ['\r\nSMUGGLED one', '\nSMUGGLED one', '\rSMUGGLED one', '\0SMUGGLED one', ' SMUGGLED one']) {
        const hostile = { remoteId: `id${bad}`, text: `text${bad}`, senderName: `name${bad}` };
        for (const more of [
          { chat: `${chat.id}${bad}` },
          { subject: `subject${bad}` },
          { replyTo: hostile },
          { key: `key${bad}` },
        ]) {
          const error = await rig.send(`hello ${mark()}`, more).then(() => undefined, asIs);
          if (error !== undefined) await refusal(Promise.reject(error), 'rejected', 'temporary');
        }
      }
      await rig.works();
      expect(rig.host.current).toEqual({ is: 'online' });
      expect(smuggled(rig)).toEqual([]);
    }));

  test('withstands text that no network carries', () =>
    withOnline(subject, async (rig) => {
      for (const text of [
        '\ud800 half a pair',
        'nul \0 here',
        '\u0001\u0002\u001b[31m',
        '\u202e\u2066 turned',
        ' ',
        '\n',
      ]) {
        const error = await rig.send(text).then(() => undefined, asIs);
        if (error !== undefined) await refusal(Promise.reject(error), 'rejected');
      }
      await rig.works();
    }));

  test('finds the partner by address and refuses what is none', () =>
    withOnline(subject, async (rig) => {
      const { chat } = await rig.partner();
      expect((await rig.resolve(rig.peer.partner)).chat.id).toBe(chat.id);
      for (const bad of [...subject.badAddresses, `${rig.peer.partner}\r\nSMUGGLED one`, `\0${rig.peer.partner}`]) {
        await refusal(rig.resolve(bad), 'rejected');
      }
      await refusal(rig.resolve('x'.repeat(100_000)), 'rejected');
      expect(smuggled(rig)).toEqual([]);
    }));

  test('takes or refuses attachments as it says', () =>
    withOnline(subject, async (rig) => {
      const marked = mark();
      const bytes = new TextEncoder().encode('the content of a file');
      const file = {
        name: '../a "file"\r\nof\0ours.txt',
        type: 'text/plain',
        size: bytes.length,
        open: async () => new Blob([bytes]).stream(),
      };
      const { attachments } = (await rig.features()).send;
      const sending = rig.send(`with a file ${marked}`, { attachments: [file] });
      if (attachments === 'rejected') {
        await refusal(sending, 'rejected');
        await rig.works();
        expect(await rig.peer.count(marked)).toBe(0);
      } else {
        await sending;
        await rig.peer.heard(marked, 30_000);
      }
    }));

  test('uses every other feature that it has', () =>
    withOnline(subject, async (rig) => {
      const features = await rig.features();
      const { peer } = rig;
      const asked = mark();
      await peer.say(`hello ${asked}`);
      const event = await rig.arrived(asked);
      const there = rig.connection.chat(event.chat.id);
      await there.typing?.set(true);
      await there.typing?.set(false);
      await there.readReceipts?.upTo(event.id);
      await there.reactions?.set(event.id, '👍', true);
      await there.reactions?.set(event.id, '👍', false);
      const [first, second] = [mark(), mark()];
      const { remoteId } = await rig.send(`will change ${first}`);
      if (features.edits || features.deletions) expect(remoteId).toBeTruthy();
      if (remoteId !== undefined) {
        await features.edits?.message(remoteId, { key: crypto.randomUUID(), text: `has changed ${second}` });
        await features.deletions?.message(remoteId);
      }
      await rig.connection.presence?.({ state: 'away', note: 'lunch\r\nSMUGGLED one' });
      await rig.connection.presence?.({ state: 'online' });
      await rig.works();
      expect(rig.host.current).toEqual({ is: 'online' });
      expect(smuggled(rig)).toEqual([]);
    }));

  test('refuses an edit, deletion or reaction of what is not there', () =>
    withOnline(subject, async (rig) => {
      const { edits, deletions, reactions } = await rig.features();
      for (const doing of [
        edits?.message('no such message', { key: crypto.randomUUID(), text: 'x' }),
        deletions?.message('no such message'),
        reactions?.set('no such message', '👍', true),
      ]) {
        if (doing) await refusal(doing, 'rejected');
      }
      await rig.works();
    }));

  test('ends an aborted send honestly', () =>
    withOnline(subject, async (rig) => {
      await rig.partner();
      for (const delayMs of [-1, 0, 1, 5, 20]) {
        const marked = mark();
        const abort = new AbortController();
        if (delayMs < 0) abort.abort();
        const outcome = rig.send(`aborted ${marked}`, { signal: abort.signal }).then(() => undefined, asIs);
        if (delayMs === 0) abort.abort();
        else if (delayMs > 0) setTimeout(() => abort.abort(), delayMs);
        const error = await outcome;
        if (error === undefined) await rig.peer.heard(marked, 30_000);
        else await refusal(Promise.reject(error), 'temporary', 'unknown-outcome');
        await rig.works();
        const count = await rig.peer.count(marked);
        if (error instanceof AdapterError && error.kind === 'temporary') expect(count).toBe(0);
        else expect(count).toBeLessThanOrEqual(1);
      }
    }));
}

function smuggled(rig: Rig): string[] {
  return (rig.peer.commands?.() ?? []).filter((line) => /^\s*SMUGGLED/.test(line));
}

const asIs = (error: unknown) => error;
