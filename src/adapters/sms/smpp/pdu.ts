import smpp from 'smpp';
import { z } from 'zod';

/**
 * The library's PDU classes without its session: that one stops reading for good after a PDU it cannot parse, has no
 * timeouts, and calls listeners outside its guard. Its text filter is passed by when reading, as it decodes each
 * segment alone and forgets the bytes.
 */
class RawPdu extends smpp.PDU {
  override _filter(direction: 'encode' | 'decode'): void {
    if (direction === 'encode') super._filter(direction);
  }
}

/** Longest PDU taken, in bytes; the largest sensible one is a receipt with a payload of a few hundred. */
export const maxPduLength = 16_384;
const headerLength = 16;

export type Pdu = { command: string; isResponse: boolean; status: number; sequence: number; fields: unknown };

export class MalformedPdu extends Error {
  constructor(readonly sequence: number) {
    super('malformed PDU');
  }
}

export function encodePdu(command: string, sequence: number, status: number, fields: Record<string, unknown>): Buffer {
  return new smpp.PDU(command, { ...fields, sequence_number: sequence, command_status: status }).toBuffer();
}

/** Throws `MalformedPdu` where the fields do not fit the length; the frame itself is sound. */
function decodePdu(frame: Buffer): Pdu {
  try {
    const pdu = new RawPdu(frame);
    return {
      command: pdu.command,
      isResponse: pdu.isResponse(),
      status: pdu.command_status,
      sequence: pdu.sequence_number,
      fields: pdu,
    };
  } catch {
    throw new MalformedPdu(frame.readUInt32BE(12));
  }
}

/** Cuts a byte stream into PDUs, holding at most one. `bad-length` means that the stream is not SMPP. */
export class Framer {
  #chunks: Buffer[] = [];
  #size = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  next(): Pdu | 'more' | 'bad-length' {
    if (this.#size < 4) return 'more';
    const first = this.#chunks[0];
    let buffer = first !== undefined && first.length >= 4 ? first : this.#join();
    const length = buffer.readUInt32BE(0);
    if (length < headerLength || length > maxPduLength) return 'bad-length';
    if (this.#size < length) return 'more';
    buffer = this.#join();
    const rest = buffer.subarray(length);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return decodePdu(buffer.subarray(0, length));
  }

  #join(): Buffer {
    const only = this.#chunks.length === 1 ? this.#chunks[0] : undefined;
    const joined = only ?? Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }
}

const bytes = z.instanceof(Buffer);

/** `deliver_sm` and `data_sm` (SMPP 3.4 sections 4.6.1 and 4.7.1), and the optional parameters that matter here. */
export const mobileSchema = z.object({
  source_addr_ton: z.number().default(0),
  source_addr: z.string(),
  destination_addr: z.string().default(''),
  esm_class: z.number().default(0),
  data_coding: z
    .number()
    .nullish()
    .transform((value) => value ?? 0),
  short_message: bytes.optional(),
  message_payload: bytes.optional(),
  receipted_message_id: z.string().optional(),
  message_state: z.number().optional(),
  user_message_reference: z.number().optional(),
  sar_msg_ref_num: z.number().optional(),
  sar_total_segments: z.number().optional(),
  sar_segment_seqnum: z.number().optional(),
});

/** What was sent: `short_message`, or the payload beside it where that is empty; undefined where the PDU ends before both. */
export function bodyOf(mobile: Mobile): Buffer | undefined {
  return mobile.short_message?.length ? mobile.short_message : (mobile.message_payload ?? mobile.short_message);
}
export type Mobile = z.infer<typeof mobileSchema>;

export const submitResponseSchema = z.object({ message_id: z.string().max(200).default('') });
