import { expect, test } from 'vitest';
import { type Capabilities, capabilitiesOf, type FormField, limits } from '../../index.js';
import type { ConformanceSubject } from '../peer.js';
import { withOnline } from './rig.js';
import { isJson } from './sanity.js';

const supports = ['full', 'partial', 'fallback', 'dropped', 'rejected'];
const kinds = ['text', 'password', 'number', 'email', 'phone', 'url', 'choice', 'list'];

const ofSeveral = ['members', 'invites', 'topic'] as const;

export function manifestTests(subject: ConformanceSubject): void {
  const { manifest } = subject.adapter;

  test('has a sound manifest', () => {
    expect(isJson(manifest)).toBe(true);
    expect(manifest.id).toMatch(/^[a-z0-9-]+$/);
    expect(manifest.name.trim()).not.toBe('');
    expect(manifest.addressHint.trim()).not.toBe('');
    expect(['im', 'email', 'sms']).toContain(manifest.channel);
    expect(manifest.sdk).toBe(1);
    expect(manifest.loginFlows.length).toBeGreaterThan(0);
    const ids = manifest.loginFlows.map((flow) => flow.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const flow of manifest.loginFlows) expect(flow.label.trim()).not.toBe('');
    checkCapabilities(manifest.capabilities);
    if (manifest.roomCapabilities) checkCapabilities(manifest.roomCapabilities);
  });

  test('tells how many wire messages a text takes, whatever the text is', () => {
    const { parts } = subject.adapter;
    if (!parts) return;
    const most = manifest.capabilities.send.maxLength;
    expect(parts('hello')).toBe(1);
    const long = parts('x'.repeat(most));
    for (const text of ['', '\0', '\ud800', '\r\n', 'é😀שלום', '\u202e', ' '.repeat(1_000), '€'.repeat(most)]) {
      const count = parts(text);
      expect(Number.isInteger(count) && count >= 0).toBe(true);
      expect(parts(text)).toBe(count);
    }
    expect(long).toBeGreaterThanOrEqual(parts('x'.repeat(Math.floor(most / 2))));
  });

  test('can do in a chat what the manifest says', () =>
    withOnline(subject, async (rig) => {
      const promised = manifest.capabilities;
      const actual = capabilitiesOf(await rig.features());
      checkCapabilities(actual);
      const { send: sendDiffers, ...verbsDiffer } = subject.differs ?? {};
      const { send, ...verbs } = actual;
      const { send: promisedSend, ...promisedVerbs } = promised;
      const expected = { ...promisedVerbs, ...verbsDiffer };
      // A chat of two people need not have what is for several.
      for (const name of ofSeveral) if (!verbs[name]) expected[name] = false;
      expect(verbs).toEqual(expected);
      const lasting = ['formatting', 'attachments', 'replies', 'idempotent'] as const;
      for (const name of lasting) expect(send[name]).toBe({ ...promisedSend, ...sendDiffers }[name]);
    }));
}

function checkCapabilities({ send }: Capabilities): void {
  for (const support of [send.formatting, send.attachments, send.replies]) expect(supports).toContain(support);
  expect(['sent', 'delivered', 'read']).toContain(send.proves);
  expect(send.maxLength).toBeGreaterThan(0);
  expect(send.maxLength).toBeLessThanOrEqual(limits.textLength);
  if (send.maxBytes !== undefined) expect(send.maxBytes).toBeGreaterThan(0);
  for (const rate of [send.pace?.account, send.pace?.chat]) {
    if (rate === undefined) continue;
    expect(Number.isInteger(rate.burst) && rate.burst >= 1).toBe(true);
    // Slower than one message an hour, or faster than the core can tell, is a mistake.
    expect(rate.perMs).toBeGreaterThanOrEqual(1);
    expect(rate.perMs).toBeLessThanOrEqual(3_600_000);
  }
}

/** A form any UI can draw. */
export function checkFields(fields: FormField[]): void {
  expect(isJson(fields)).toBe(true);
  const names = fields.map((field) => field.name);
  expect(new Set(names).size).toBe(names.length);
  for (const field of fields) {
    expect(field.name).toMatch(/^[a-zA-Z][a-zA-Z0-9]*$/);
    expect(field.label.trim()).not.toBe('');
    expect(kinds).toContain(field.kind);
    if (field.kind === 'choice') expect(field.choices?.length ?? 0).toBeGreaterThan(0);
    const values = (field.choices ?? []).map((choice) => choice.value);
    if (field.kind === 'choice' && field.default !== undefined) expect(values).toContain(field.default);
    if (field.kind === 'password') expect([field.default, field.value]).toEqual([undefined, undefined]);
    if (field.kind === 'choice' && field.value !== undefined) expect(values).toContain(field.value);
  }
}
