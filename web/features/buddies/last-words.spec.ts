import { expect, test } from 'vitest';
import { lastWords } from './last-words';

const last = {
  id: 'm',
  direction: 'out',
  senderName: 'You',
  network: 'matrix',
  sentAt: '2026-11-28T10:00:00Z',
} as const;
const photo = { name: 'lake.jpg', type: 'image/jpeg' };
const voice = { name: 'voice.ogg', type: 'audio/ogg', voice: true };
const clip = { name: 'clip.mp4', type: 'video/mp4' };
const paper = { name: 'minutes.pdf', type: 'application/pdf' };

test.each([
  ['Look', [photo], 'Look'],
  ['', [photo], 'Photo'],
  [' ', [photo, photo, photo], '3 photos'],
  ['', [voice], 'Voice message'],
  ['', [clip], 'Video'],
  ['', [paper], 'minutes.pdf'],
  ['', [{ name: 'song.mp3', type: 'audio/mpeg' }], 'song.mp3'],
  ['', [paper, paper], '2 files'],
  ['', [photo, clip], '2 files'],
  ['', [], ''],
])('%j with %j is %j', (text, files, words) => {
  expect(lastWords({ ...last, text, files })).toBe(words);
});

test('what was deleted says so', () => {
  expect(lastWords({ ...last, text: '', deleted: true })).toBe('Message deleted');
});
