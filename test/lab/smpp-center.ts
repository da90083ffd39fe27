import { createServer, type Server, type Socket } from 'node:net';
import { digits, type Phones } from './phones.ts';
import { outbox } from './smpp-outbox.ts';
import * as wire from './smpp-wire.ts';
import { concatenationHeader, cutText, decodeGsm, decodeUcs2, type Part, splitHeader } from './sms-text.ts';
import type { Switch } from './types.ts';
import { host } from './wait.ts';

export type CenterSettings = { port: number; systemId: string; password: string };

export interface SmppCenter extends Switch {
  sendFromPhone(from: string, to: string, text: string): void;
  setReachable(phone: string, reachable: boolean): void;
  cut(): void;
}

type Bound = 'transmitter' | 'receiver' | 'transceiver';
type Session = { socket: Socket; bound?: Bound; sequence: number };
type Reply = (code: number, body?: Buffer) => void;

const { command, status, tag } = wire;
const binds = new Map<number, Bound>([
  [command.bindReceiver, 'receiver'],
  [command.bindTransmitter, 'transmitter'],
  [command.bindTransceiver, 'transceiver'],
]);

/**
 * A message centre that speaks SMPP 3.4 over TCP: bind with a password, submit_sm with delivery receipts, deliver_sm
 * to whoever is bound as a receiver, repeated until it is answered (also after a reconnect).
 */
export function smppCenter(settings: CenterSettings, phones: Phones): SmppCenter {
  const sessions = new Set<Session>();
  const unreachable = new Set<string>();
  const waiting = outbox(() => [...sessions].findLast((session) => session.bound && session.bound !== 'transmitter'));
  let server: Server | undefined;
  let lastId = 0;
  let lastReference = 0;

  const serve = (socket: Socket) => {
    const session: Session = { socket, sequence: 0 };
    sessions.add(session);
    socket.setNoDelay();
    socket.on('error', () => {});
    socket.on('close', () => {
      sessions.delete(session);
      waiting.lost(session);
    });
    const read = wire.pduReader((pdu) => onPdu(session, pdu));
    socket.on('data', (bytes) => {
      try {
        read(bytes);
      } catch {
        answer(session, { command: command.genericNack, status: status.badLength, sequence: 0, body: Buffer.alloc(0) });
        socket.end();
      }
    });
  };

  const onPdu = (session: Session, pdu: wire.Pdu) => {
    const reply: Reply = (code, body = Buffer.alloc(0)) =>
      answer(session, { command: wire.answerTo(pdu.command), status: code, sequence: pdu.sequence, body });
    const bind = binds.get(pdu.command);
    if (bind) return onBind(session, bind, pdu, reply);
    switch (pdu.command) {
      case command.submitSm:
        return onSubmit(session, pdu, reply);
      case wire.answerTo(command.deliverSm):
        return waiting.answered(session, pdu.sequence, pdu.status);
      case command.enquireLink:
        return reply(status.ok);
      case command.unbind:
        reply(status.ok);
        session.socket.end();
        return;
      case wire.answerTo(command.enquireLink):
      case command.genericNack:
        return;
      default:
        answer(session, { ...pdu, command: command.genericNack, status: status.badCommand, body: Buffer.alloc(0) });
    }
  };

  const onBind = (session: Session, bind: Bound, pdu: wire.Pdu, reply: Reply) => {
    const field = wire.fields(pdu.body);
    const [systemId, password] = [field.text(), field.text()];
    if (session.bound) return reply(status.alreadyBound);
    if (systemId !== settings.systemId) return reply(status.badSystemId);
    if (password !== settings.password) return reply(status.badPassword);
    session.bound = bind;
    reply(status.ok, wire.cText('lab-smsc'));
    waiting.flush();
  };

  const onSubmit = (session: Session, pdu: wire.Pdu, reply: Reply) => {
    if (!session.bound || session.bound === 'receiver') return reply(status.notBound);
    const sms = wire.readShortMessage(pdu.body);
    if (!/^\+?\d{3,15}$/.test(sms.to)) return reply(status.badDestination);
    const id = (++lastId).toString(16).padStart(8, '0');
    reply(status.ok, wire.cText(id));
    const reached = !unreachable.has(digits(sms.to));
    if (reached) phones.arrive({ via: 'smpp', from: sms.from, to: sms.to, ...content(sms) }, decoder(sms.dataCoding));
    const asked = sms.registered & 0b11;
    if (asked === 1 || (asked === 2 && !reached)) waiting.add(receipt(sms, id, reached));
  };

  return {
    up: () =>
      new Promise((resolve, reject) => {
        if (server) return resolve();
        server = createServer(serve);
        server.unref();
        server.once('error', (error) => {
          server = undefined;
          reject(error);
        });
        server.listen(settings.port, host, () => resolve());
      }),
    down: async () => {
      const closing = server;
      server = undefined;
      if (!closing) return;
      await new Promise<void>((resolve) => {
        closing.close(() => resolve());
        for (const { socket } of sessions) socket.destroy();
      });
      waiting.pause();
    },
    cut: () => {
      for (const { socket } of sessions) socket.destroy();
    },
    setReachable: (phone, reachable) => {
      if (reachable) unreachable.delete(digits(phone));
      else unreachable.add(digits(phone));
    },
    sendFromPhone: (from, to, text) => {
      lastReference = (lastReference + 1) & 0xff;
      for (const message of fromPhone(from, to, text, lastReference)) waiting.add(message);
    },
  };
}

function answer(session: Session, pdu: wire.Pdu): void {
  if (!session.socket.destroyed) session.socket.write(wire.encodePdu(pdu));
}

/** The message without its header, and its place in a long one, told by header or by optional parameters. */
function content(sms: wire.ShortMessage): { body: Buffer; part?: Part } {
  if (sms.esmClass & 0x40) return splitHeader(sms.message);
  const [reference, total, index] = [tag.partReference, tag.partTotal, tag.partIndex].map((name) =>
    sms.optional.get(name),
  );
  if (!reference || !total || !index) return { body: sms.message };
  const part = { reference: reference.readUInt16BE(0), total: total[0] ?? 1, index: index[0] ?? 1 };
  return { body: sms.message, part };
}

/** Data coding, section 5.2.19: the default alphabet here is GSM 7-bit, 3 is Latin-1, 8 is UCS-2. */
function decoder(dataCoding: number): (body: Buffer) => string {
  if (dataCoding === 8) return decodeUcs2;
  if (dataCoding === 3) return (body) => body.toString('latin1');
  if (dataCoding === 1) return (body) => body.toString('ascii');
  return decodeGsm;
}

/** Delivery receipt as deliver_sm carries it: Appendix B, and the optional parameters of section 4.6.1. */
function receipt(sms: wire.ShortMessage, id: string, reached: boolean): wire.ShortMessage {
  const now = new Date().toISOString().replace(/\D/g, '').slice(2, 12);
  const state = reached ? 'DELIVRD' : 'UNDELIV';
  const text = `id:${id} sub:001 dlvrd:00${reached ? 1 : 0} submit date:${now} done date:${now} stat:${state} err:${reached ? '000' : '027'} text:`;
  return {
    ...{ from: sms.to, to: sms.from, esmClass: 0x04, registered: 0, dataCoding: 0 },
    message: Buffer.from(text, 'latin1'),
    optional: new Map([
      [tag.receiptedMessageId, wire.cText(id)],
      [tag.messageState, Buffer.from([reached ? 2 : 5])],
    ]),
  };
}

function fromPhone(from: string, to: string, text: string, reference: number): wire.ShortMessage[] {
  const { gsm, parts } = cutText(text);
  return parts.map((part, at) => {
    const header = concatenationHeader({ reference, total: parts.length, index: at + 1 });
    const long = parts.length > 1;
    return {
      ...{ from, to, esmClass: long ? 0x40 : 0, registered: 0, dataCoding: gsm ? 0 : 8, optional: new Map() },
      message: long ? Buffer.concat([header, part]) : part,
    };
  });
}
