import { describe, expect, it } from 'vitest';
import { reactionOf } from './emoji.js';
import { readAddress, readMessageId, readPlace } from './ids.js';
import { fileName, stepsOf } from './steps.js';

const file = (type: string, size = 10) => ({ name: 'f', type, size, open: async () => new Blob([]).stream() });

describe('what a message takes', () => {
  it('a text of five pages takes five messages, the buttons below the last', () => {
    const steps = stepsOf({ text: 'x'.repeat(5 * 4_096), attachments: [], buttons: [[{ label: 'Yes', value: 'y' }]] });
    expect(steps.map((step) => step.markup !== undefined)).toEqual([false, false, false, false, true]);
  });

  it('a short text goes below the first file, a long one before it', () => {
    const attachments = [
      file('image/png'),
      file('video/mp4'),
      file('image/gif'),
      file('audio/ogg'),
      file('text/plain'),
    ];
    const kinds = (text: string) => stepsOf({ text, attachments }).map((step) => step.kind);
    expect(kinds('x'.repeat(1_024))).toEqual(['photo', 'animation', 'video', 'voice', 'document'].toSorted(asSent));
    expect(kinds('x'.repeat(1_025))[0]).toBe('text');
    expect(kinds('')).toHaveLength(5);
    expect(stepsOf({ text: '', attachments: [file('image/jpeg', 11_000_000)] })[0]?.kind).toBe('document');
  });

  it.each([
    [{ text: ' \n', attachments: [] }, 'empty'],
    [{ text: 'x', attachments: [], buttons: [[{ label: '', value: 'v' }]] }, 'label'],
    [{ text: 'x', attachments: [], buttons: [[{ label: 'a', url: 'javascript:alert(1)' }]] }, 'web address'],
    [{ text: 'x', attachments: [], buttons: [[{ label: 'a', value: 'ü'.repeat(33) }]] }, '64 bytes'],
  ])('refuses %j', (message, word) => {
    expect(() => stepsOf(message)).toThrow(word);
  });

  it('what was spoken goes as a voice message where Telegram takes its kind of sound', () => {
    const voice = { durationMs: 900, waveform: [1] };
    const kind = (type: string) => stepsOf({ text: '', attachments: [{ ...file(type), voice }] })[0]?.kind;
    expect(['audio/ogg', 'audio/mp4', 'audio/webm'].map(kind)).toEqual(['voice', 'voice', 'document']);
    expect(stepsOf({ text: '', attachments: [file('audio/mp4')] })[0]?.kind).toBe('audio');
  });

  it('keeps names in their folder', () => {
    expect(fileName('../../etc/pass\r\nwd')).toBe('passwd');
    expect(fileName('..\\x.txt')).toBe('x.txt');
    expect(fileName('/')).toBe('file');
  });
});

const order = ['photo', 'video', 'animation', 'voice', 'document'];
const asSent = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);

describe('ids', () => {
  it('reads what it gave out, and nothing else', () => {
    expect(readPlace('-1002:7')).toEqual({ chat: -1002, thread: 7 });
    expect(readPlace('42')).toEqual({ chat: 42 });
    for (const bad of ['', '0', '42:', '42:0', ':7', '4 2', '42\n', '99999999999999999999', '1e5']) {
      expect(readPlace(bad), bad).toBeUndefined();
      expect(readMessageId(bad) === undefined || bad === '42', bad).toBe(true);
    }
    expect(readMessageId('n17')).toEqual({ number: 17, moved: true });
  });

  it.each([
    ['@walkers', '@walkers'],
    ['https://t.me/walkers', '@walkers'],
    ['t.me/walkers', '@walkers'],
    [' 42 ', { chat: 42 }],
    ['@no', undefined],
    ['@two words', undefined],
  ])('takes %j as an address', (typed, read) => {
    expect(readAddress(typed)).toEqual(read);
  });

  it('knows the reactions of Telegram, however they are written', () => {
    expect(reactionOf('❤️')).toBe('❤');
    expect(reactionOf('👍')).toBe('👍');
    expect(reactionOf('👍🏽')).toBeUndefined();
    expect(reactionOf('x')).toBeUndefined();
  });
});
