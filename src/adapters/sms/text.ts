/**
 * Text of short messages: the GSM 7-bit default alphabet with its extension table (3GPP TS 23.038 section 6.2.1),
 * UCS-2 (sent as UTF-16BE, as every handset reads it), and the split into segments (3GPP TS 23.040 section 9.2.3.24.1).
 */

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const escapeCode = 0x1b;
const extension = new Map<string, number>([
  ['\f', 0x0a],
  ['^', 0x14],
  ['{', 0x28],
  ['}', 0x29],
  ['\\', 0x2f],
  ['[', 0x3c],
  ['~', 0x3d],
  [']', 0x3e],
  ['|', 0x40],
  ['€', 0x65],
]);
const septets = new Map<string, number>([...basic].map((char, code) => [char, code]));
septets.delete('\x1b');
const extensionChars = new Map([...extension].map(([char, code]) => [code, char]));

export type Encoding = 'gsm7' | 'ucs2';
export type Split = { encoding: Encoding; parts: string[]; perSegment: number };

/** Septets (gsm7) or UTF-16 units (ucs2) of one segment: alone, and as part of a longer message. */
const sizes = { gsm7: { single: 160, part: 153 }, ucs2: { single: 70, part: 67 } } as const;

/** What is really sent: well-formed UTF-16, no NUL, line ends as LF. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '').replace(/\r\n?/g, '\n').toWellFormed();
}

function gsmLength(char: string): number | undefined {
  if (septets.has(char)) return 1;
  return extension.has(char) ? 2 : undefined;
}

/** Splits a text into the fewest segments; neither a surrogate pair nor an escaped GSM character is ever cut in two. */
export function split(text: string): Split {
  const chars = [...cleanText(text)];
  const encoding: Encoding = chars.every((char) => gsmLength(char) !== undefined) ? 'gsm7' : 'ucs2';
  const weigh = (char: string) => (encoding === 'gsm7' ? (gsmLength(char) ?? 1) : char.length);
  const { single, part } = sizes[encoding];
  const total = chars.reduce((sum, char) => sum + weigh(char), 0);
  if (total === 0) return { encoding, parts: [], perSegment: single };
  if (total <= single) return { encoding, parts: [chars.join('')], perSegment: single };
  const parts: string[] = [];
  let current = '';
  let used = 0;
  for (const char of chars) {
    const weight = weigh(char);
    if (used + weight > part) {
      parts.push(current);
      current = '';
      used = 0;
    }
    current += char;
    used += weight;
  }
  parts.push(current);
  return { encoding, parts, perSegment: part };
}

/** How many segments a text takes; `perSegment` counts septets (gsm7) or UTF-16 units (ucs2). Empty text takes none. */
export function segments(text: string): { encoding: Encoding; count: number; perSegment: number } {
  const { encoding, parts, perSegment } = split(text);
  return { encoding, count: parts.length, perSegment };
}

/** Encodes for `short_message`: one septet an octet (unpacked), or UTF-16BE. A character GSM lacks becomes `?`. */
export function encode(text: string, encoding: Encoding): Buffer {
  if (encoding === 'ucs2') return Buffer.from(text, 'utf16le').swap16();
  const bytes: number[] = [];
  for (const char of text) {
    const extended = extension.get(char);
    if (extended !== undefined) bytes.push(escapeCode, extended);
    else bytes.push(septets.get(char) ?? 0x3f);
  }
  return Buffer.from(bytes);
}

/** Unpacked GSM 7-bit. An unknown escape shows the basic character, as TS 23.038 asks of a receiver. */
export function decodeGsm(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) {
    const code = (bytes[i] ?? 0) & 0x7f;
    if (code !== escapeCode) {
      text += basic[code];
      continue;
    }
    i++;
    if (i >= bytes.length) break;
    const next = (bytes[i] ?? 0) & 0x7f;
    text += extensionChars.get(next) ?? (next === escapeCode ? ' ' : basic[next]);
  }
  return text;
}

type Alphabet =
  | 'gsm7'
  | 'ucs2'
  | 'binary'
  | 'latin1'
  | 'iso-8859-5'
  | 'iso-8859-8'
  | 'shift_jis'
  | 'iso-2022-jp'
  | 'euc-kr';

/** The alphabet of a `data_coding` (SMPP 3.4 section 5.2.19; groups 0x1_ and 0xF_ as TS 23.038 section 4). */
export function alphabetOf(dataCoding: number): Alphabet {
  if ((dataCoding & 0xf0) === 0xf0) return dataCoding & 0x04 ? 'binary' : 'gsm7';
  if ((dataCoding & 0xf0) === 0x10)
    return (['gsm7', 'binary', 'ucs2', 'gsm7'] as const)[(dataCoding >> 2) & 3] ?? 'gsm7';
  const table: Record<number, Alphabet> = {
    0: 'gsm7',
    1: 'latin1',
    2: 'binary',
    3: 'latin1',
    4: 'binary',
    5: 'shift_jis',
    6: 'iso-8859-5',
    7: 'iso-8859-8',
    8: 'ucs2',
    10: 'iso-2022-jp',
    14: 'euc-kr',
  };
  return table[dataCoding] ?? 'latin1';
}

/** Decodes a whole message. Bytes that are no text are named, so that nothing arrives as an empty message. */
export function decode(bytes: Uint8Array, dataCoding: number): string {
  const alphabet = alphabetOf(dataCoding);
  switch (alphabet) {
    case 'binary':
      return `[binary SMS, ${bytes.length} bytes]`;
    case 'gsm7':
      return cleanText(decodeGsm(bytes));
    case 'ucs2':
      return cleanText(new TextDecoder('utf-16be').decode(bytes));
    case 'latin1':
      return cleanText(Buffer.from(bytes).toString('latin1'));
    default:
      return cleanText(new TextDecoder(alphabet).decode(bytes));
  }
}
