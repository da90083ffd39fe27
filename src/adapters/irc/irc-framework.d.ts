/** The part of npm `irc-framework` 4.14 this adapter uses; the package brings no types. */
declare module 'irc-framework' {
  import type { EventEmitter } from 'node:events';

  /** One line taken apart. `nick` is empty where the prefix is a server's. */
  type IrcMessage = {
    tags: Record<string, string>;
    prefix: string;
    nick: string;
    ident: string;
    hostname: string;
    command: string;
    params: string[];
  };

  /** What the library wants of the socket below it. */
  interface Transport extends EventEmitter {
    connect(): void;
    writeLine(line: string, done?: () => void): void;
    close(force?: boolean): void;
    disposeSocket(): void;
    setEncoding(encoding: string): boolean;
  }

  type ClientOptions = {
    host: string;
    port: number;
    nick: string;
    username: string;
    gecos: string;
    password?: string;
    /** An empty object means no SASL. */
    account: { account?: string; password?: string };
    version: string;
    auto_reconnect: false;
    ping_interval: number;
    ping_timeout: number;
    enable_echomessage: boolean;
    enable_chghost: boolean;
    enable_setname: boolean;
    sasl_mechanism?: string;
    /** Called with `new`: a function (no arrow) that returns an object answers that object. */
    transport: () => Transport;
  };

  class Client {
    connect(options: ClientOptions): void;
    requestCap(caps: string[]): void;
    /** Never changed after the client was made. */
    readonly command_handler: { handlers: object };
    readonly network: { cap: { isEnabled(name: string): boolean; available: Map<string, string> } };
  }

  const irc: { Client: typeof Client; ircLineParser(line: string): IrcMessage };
  export default irc;
  export type { Client, ClientOptions, IrcMessage, Transport };
}
