/** SMPP 3.4 as far as a message centre needs it; section numbers are those of the specification, issue 1.2. */

export type Pdu = { command: number; status: number; sequence: number; body: Buffer };

/** Section 5.1.2.1; an answer has the top bit set. */
export const command = {
  genericNack: 0x80000000,
  bindReceiver: 0x1,
  bindTransmitter: 0x2,
  submitSm: 0x4,
  deliverSm: 0x5,
  unbind: 0x6,
  bindTransceiver: 0x9,
  enquireLink: 0x15,
} as const;

export const answerTo = (asked: number): number => (asked | 0x80000000) >>> 0;

/** Section 5.1.3. */
export const status = {
  ok: 0x0,
  badLength: 0x2,
  badCommand: 0x3,
  notBound: 0x4,
  alreadyBound: 0x5,
  badDestination: 0xb,
  badPassword: 0xe,
  badSystemId: 0xf,
  permanentlyRefused: 0x65,
  rejected: 0x66,
} as const;

/** Optional parameters, section 5.3.2. */
export const tag = {
  receiptedMessageId: 0x1e,
  partReference: 0x20c,
  partTotal: 0x20e,
  partIndex: 0x20f,
  payload: 0x424,
  messageState: 0x427,
} as const;

const headerLength = 16;
const maxLength = 70_000;

export function encodePdu({ command: id, status: code, sequence, body }: Pdu): Buffer {
  const header = Buffer.alloc(headerLength);
  header.writeUInt32BE(headerLength + body.length, 0);
  header.writeUInt32BE(id, 4);
  header.writeUInt32BE(code, 8);
  header.writeUInt32BE(sequence, 12);
  return Buffer.concat([header, body]);
}

/** Cuts the stream into PDUs. Throws on a length that cannot be one: after that the stream means nothing. */
export function pduReader(onPdu: (pdu: Pdu) => void): (bytes: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= headerLength) {
      const length = rest.readUInt32BE(0);
      if (length < headerLength || length > maxLength) throw new Error(`a PDU of ${length} octets`);
      if (rest.length < length) return;
      onPdu({
        command: rest.readUInt32BE(4),
        status: rest.readUInt32BE(8),
        sequence: rest.readUInt32BE(12),
        body: Buffer.from(rest.subarray(headerLength, length)),
      });
      rest = rest.subarray(length);
    }
  };
}

/** Reads the fields of a PDU's body in their order; throws where it is too short. */
export function fields(body: Buffer) {
  let at = 0;
  const take = (length: number) => {
    if (at + length > body.length) throw new RangeError('the PDU ends too early');
    at += length;
    return body.subarray(at - length, at);
  };
  return {
    text(): string {
      const end = body.indexOf(0, at);
      if (end < 0) throw new RangeError('a text without end');
      const value = body.toString('latin1', at, end);
      at = end + 1;
      return value;
    },
    octet: (): number => take(1)[0] ?? 0,
    bytes: take,
    optional(): Map<number, Buffer> {
      const found = new Map<number, Buffer>();
      while (at + 4 <= body.length) {
        const head = take(4);
        found.set(head.readUInt16BE(0), take(head.readUInt16BE(2)));
      }
      return found;
    },
  };
}

export type ShortMessage = {
  from: string;
  to: string;
  esmClass: number;
  registered: number;
  dataCoding: number;
  message: Buffer;
  optional: Map<number, Buffer>;
};

/** The body of submit_sm (4.4.1), which is that of deliver_sm (4.6.1). International numbers come back with a `+`. */
export function readShortMessage(body: Buffer): ShortMessage {
  const field = fields(body);
  const address = () => {
    const international = field.octet() === 1;
    field.octet();
    return `${international ? '+' : ''}${field.text()}`;
  };
  field.text();
  const from = address();
  const to = address();
  const esmClass = field.octet();
  field.bytes(2);
  field.text();
  field.text();
  const registered = field.octet();
  field.octet();
  const dataCoding = field.octet();
  field.octet();
  const message = field.bytes(field.octet());
  const optional = field.optional();
  return { from, to, esmClass, registered, dataCoding, message: optional.get(tag.payload) ?? message, optional };
}

export function writeShortMessage(sms: ShortMessage): Buffer {
  const optional = [...sms.optional].map(([name, value]) => {
    const head = Buffer.alloc(4);
    head.writeUInt16BE(name, 0);
    head.writeUInt16BE(value.length, 2);
    return Buffer.concat([head, value]);
  });
  return Buffer.concat([
    Buffer.from([0]),
    writeAddress(sms.from),
    writeAddress(sms.to),
    Buffer.from([sms.esmClass, 0, 0, 0, 0, sms.registered, 0, sms.dataCoding, 0, sms.message.length]),
    sms.message,
    ...optional,
  ]);
}

export const cText = (text: string): Buffer => Buffer.from(`${text}\0`, 'latin1');

/** Type of number and numbering plan (5.2.5, 5.2.6): international, national, or a name. */
function writeAddress(address: string): Buffer {
  const kind = address.startsWith('+') ? [1, 1] : /^\d+$/.test(address) ? [0, 1] : [5, 0];
  return Buffer.concat([Buffer.from(kind), cText(address.replace(/^\+/, ''))]);
}
