/** The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 section 6.2.1), by code. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const toExtension = 0x1b;
const extended = new Map<number, string>([
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
]);

const septets = new Map<string, number[]>([
  ...[...basic].map((char, code): [string, number[]] => [char, [code]]).filter(([char]) => char !== '\u001b'),
  ...[...extended].map(([code, char]): [string, number[]] => [char, [toExtension, code]]),
]);

export const isGsm = (text: string): boolean => [...text].every((char) => septets.has(char));

/** One septet an octet, not packed: as short messages travel over SMPP with data coding 0. */
export function encodeGsm(text: string): Buffer {
  return Buffer.from([...text].flatMap((char) => septets.get(char) ?? septets.get('?') ?? []));
}

export function decodeGsm(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index++) {
    const code = bytes[index] ?? 0;
    if (code !== toExtension) text += basic[code & 0x7f];
    else text += extended.get(bytes[++index] ?? 0) ?? ' ';
  }
  return text;
}

export const encodeUcs2 = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

export function decodeUcs2(bytes: Uint8Array): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return even.swap16().toString('utf16le');
}

/** Texts short enough for one message each, cut between characters: GSM 160 or 153, UCS-2 70 or 67 units. */
export function cutText(text: string): { gsm: boolean; parts: Buffer[] } {
  const gsm = isGsm(text);
  const encode = gsm ? encodeGsm : encodeUcs2;
  const whole = encode(text);
  if (whole.length <= (gsm ? 160 : 140)) return { gsm, parts: [whole] };
  const room = gsm ? 153 : 134;
  const parts: Buffer[] = [];
  let part: Buffer[] = [];
  let used = 0;
  for (const char of text) {
    const bytes = encode(char);
    if (used + bytes.length > room) {
      parts.push(Buffer.concat(part));
      part = [];
      used = 0;
    }
    part.push(bytes);
    used += bytes.length;
  }
  parts.push(Buffer.concat(part));
  return { gsm, parts };
}

/** Which part of which long message; from a user data header (3GPP TS 23.040 sections 9.2.3.24.1 and .8). */
export type Part = { reference: number; total: number; index: number };

export function concatenationHeader({ reference, total, index }: Part): Buffer {
  return Buffer.from([5, 0, 3, reference & 0xff, total, index]);
}

/** Takes the header off a message that begins with one. */
export function splitHeader(bytes: Buffer): { body: Buffer; part?: Part } {
  const length = (bytes[0] ?? 0) + 1;
  const header = bytes.subarray(1, length);
  const body = bytes.subarray(length);
  for (let at = 0; at + 1 < header.length; at += 2 + (header[at + 1] ?? 0)) {
    const element = header[at];
    if (element === 0x00) {
      return { body, part: { reference: header[at + 2] ?? 0, total: header[at + 3] ?? 1, index: header[at + 4] ?? 1 } };
    }
    if (element === 0x08) {
      const reference = header.readUInt16BE(at + 2);
      return { body, part: { reference, total: header[at + 4] ?? 1, index: header[at + 5] ?? 1 } };
    }
  }
  return { body };
}
