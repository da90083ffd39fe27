/** The part of npm `smpp` 0.5.1 this adapter, its scripted peer and the lab's test use; the package brings no types. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events';
  import type { Server as NetServer, Socket } from 'node:net';

  class PDU {
    constructor(command: string | Buffer, options?: Record<string, unknown>);
    command: string;
    command_length: number;
    command_id: number;
    command_status: number;
    sequence_number: number;
    [field: string]: unknown;
    toBuffer(): Buffer;
    isResponse(): boolean;
    response(options?: Record<string, unknown>): PDU;
    _filter(direction: 'encode' | 'decode'): void;
    static maxLength: number;
  }

  class Session extends EventEmitter {
    socket: Socket;
    send(pdu: PDU, onResponse?: (pdu: PDU) => void): boolean;
    bind_transceiver(options: Record<string, unknown>, onResponse?: (pdu: PDU) => void): boolean;
    submit_sm(options: Record<string, unknown>, onResponse?: (pdu: PDU) => void): boolean;
    deliver_sm(options: Record<string, unknown>, onResponse?: (pdu: PDU) => void): boolean;
    enquire_link(onResponse?: (pdu: PDU) => void): boolean;
    unbind(onResponse?: (pdu: PDU) => void): boolean;
    destroy(): void;
  }

  const smpp: {
    PDU: typeof PDU;
    errors: Record<string, number>;
    connect(options: { url: string }): Session;
    createServer(onSession: (session: Session) => void): NetServer;
  };
  export default smpp;
  export type { PDU, Session };
}
