import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concatIn } from '../../src/adapters/sms/http/concat.js';
import { MalformedBody, readParameters } from '../../src/adapters/sms/http/parameters.js';
import { deliveryStatus } from '../../src/adapters/sms/http/reports.js';
import { readHeader } from '../../src/adapters/sms/reassembly.js';
import { readReport } from '../../src/adapters/sms/receipts.js';
import { encodePdu, Framer, MalformedPdu, maxPduLength, mobileSchema } from '../../src/adapters/sms/smpp/pdu.js';
import { cleanText, decode, encode, split } from '../../src/adapters/sms/text.js';
import { smsRoom } from '../../web/lib/text.js';
import { bytes, holds, json, line, long, patience, quickly, text } from './hostile.js';

describe('texts', () => {
  test(
    'are the parts they are cut into, each as long as a segment may be',
    () =>
      holds(fc.oneof(text, long), (words) => {
        const { parts, encoding, perSegment } = quickly(() => split(words));
        expect(parts.join('')).toBe(cleanText(words));
        for (const part of parts) {
          const coded = encode(part, encoding);
          expect(encoding === 'gsm7' ? coded.length : coded.length / 2).toBeLessThanOrEqual(perSegment);
          expect(part.isWellFormed()).toBe(true);
          // A byte order mark at its beginning is no character of it.
          expect(decode(coded, encoding === 'gsm7' ? 0 : 8)).toBe(part.replace(/^\ufeff/, ''));
        }
      }),
    patience,
  );

  test(
    'take as many segments as the composer says',
    () =>
      holds(fc.oneof(fc.string({ unit: 'grapheme', maxLength: 400 }), text), (words) => {
        const clean = cleanText(words);
        if (clean.includes('\x1b') || clean === '') return;
        expect(smsRoom(clean).parts).toBe(split(clean).parts.length);
      }),
    patience,
  );

  test(
    'of any bytes in any coding are a text',
    () =>
      holds(fc.tuple(bytes, fc.integer({ min: 0, max: 255 })), ([raw, coding]) => {
        expect(decode(raw, coding).isWellFormed()).toBe(true);
        const { concat, body } = readHeader(raw);
        expect(body.length).toBeLessThanOrEqual(raw.length);
        if (concat) expect(concat.index >= 1 && concat.index <= concat.total).toBe(true);
      }),
    patience,
  );
});

describe('reports', () => {
  const word = fc.constantFrom('id:', 'stat:', 'err:', 'DELIVRD', 'UNDELIV', 'text:', 'submit date:', ' ', '001');
  const written = fc.array(fc.oneof(word, line), { maxLength: 12 }).map((words) => words.join(''));
  test(
    'are read or passed over, in bounded time',
    () =>
      holds(fc.tuple(fc.oneof(written, long), fc.option(fc.integer()), fc.option(line)), ([words, state, id]) => {
        const about = { from: '1', ...(state === null ? {} : { state }), ...(id === null ? {} : { id }) };
        const report = quickly(() => readReport(words, about, 0));
        if (report) expect(report.ids.every((one) => one.length <= 100)).toBe(true);
        const status = quickly(() => deliveryStatus(words));
        if (status !== undefined) expect(['sent', 'delivered', 'failed']).toContain(status);
      }),
    patience,
  );
});

describe('calls of gateways', () => {
  const type = fc.constantFrom(
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain; charset=utf-7',
    'a/b+json',
    '',
    'x; charset="',
  );
  test(
    'have parameters, or are refused',
    () =>
      holds(
        fc.tuple(
          type,
          fc.oneof(
            bytes,
            json.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
          ),
          line,
        ),
        ([given, body, value]) => {
          const request = {
            method: 'POST',
            path: '/incoming',
            query: { udh: value, from: value },
            headers: { 'content-type': given },
            body,
          };
          try {
            concatIn(readParameters(request));
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedBody);
          }
        },
      ),
    patience,
  );
});

describe('PDUs', () => {
  const fields = fc.record({
    source_addr: line,
    destination_addr: line,
    esm_class: fc.nat(255),
    data_coding: fc.nat(255),
    short_message: bytes,
  });
  const sound = fields.map(({ short_message, ...rest }) => {
    const [from, to] = [rest.source_addr, rest.destination_addr].map((one) => one.replace(/[^ -~]/g, '').slice(0, 20));
    return encodePdu('deliver_sm', 1, 0, {
      ...rest,
      source_addr: from,
      destination_addr: to,
      short_message: short_message.subarray(0, 254),
    });
  });

  test(
    'of a stream are cut alike wherever a packet ends',
    () =>
      holds(
        fc.tuple(
          fc.array(sound, { maxLength: 4 }),
          fc.oneof(fc.constant(Buffer.alloc(0)), bytes),
          fc.array(fc.nat(), { maxLength: 8 }),
        ),
        ([pdus, end, cuts]) => {
          const stream = Buffer.concat([...pdus, end]);
          expect(cut(stream, cuts)).toEqual(cut(stream, []));
          expect(cut(stream, []).filter((one) => one === 'deliver_sm').length).toBeGreaterThanOrEqual(pdus.length);
        },
      ),
    patience,
  );

  function cut(stream: Buffer, cuts: readonly number[]): string[] {
    const framer = new Framer();
    const found: string[] = [];
    const places = [...new Set(cuts.map((at) => at % (stream.length + 1)))].sort((a, b) => a - b);
    let from = 0;
    for (const to of [...places, stream.length]) {
      framer.push(Buffer.from(stream.subarray(from, to)));
      from = to;
      for (;;) {
        try {
          const next = framer.next();
          if (next === 'more') break;
          if (next === 'bad-length') return [...found, next];
          mobileSchema.safeParse(next.fields);
          found.push(next.command);
        } catch (error) {
          if (!(error instanceof MalformedPdu)) throw error;
          found.push('malformed');
        }
      }
    }
    expect(stream.length - from).toBeLessThanOrEqual(maxPduLength);
    return found;
  }
});
