import type { OAuthProvider } from './oauth-provider.ts';

/** What is told of each server, and what can be done to it. Addresses are loopback, ports are free ones. */
export type LabServer =
  | 'inspircd'
  | 'ngircd'
  | 'mail'
  | 'smsc'
  | 'prosody'
  | 'ejabberd'
  | 'synapse'
  | 'telegram'
  | 'redis'
  | 'swift';

/** `down` stops a server and leaves its port refusing; `up` starts it again on the same port with the same data. */
export type Switch = { down(): Promise<void>; up(): Promise<void> };
export type Restart = Switch & { restart(): Promise<void> };

export type InspircdLab = Restart & {
  host: string;
  port: number;
  tlsPort: number;
  /** WebSockets, without and with TLS; the path is `/`. */
  webSocketPort: number;
  secureWebSocketPort: number;
  /** SASL accounts. */
  accounts: { name: string; password: string }[];
  /** PEM files of the certificate that signs the first account in by SASL EXTERNAL. */
  client: { certFile: string; keyFile: string };
  /** PEM file of the self-signed certificate, to be trusted by a client that checks. */
  caFile: string;
};

export type NgircdLab = Restart & { host: string; port: number };

export type MailLab = Restart & {
  host: string;
  /** IMAP4rev1 with IDLE; STARTTLS is offered, plain sign-in is allowed. */
  imapPort: number;
  imapsPort: number;
  /** As other servers use it: takes mail for the domain, from anyone; offers STARTTLS and AUTH. */
  smtpPort: number;
  /** As people's programs use it: AUTH first; STARTTLS is offered. */
  submissionPort: number;
  /** The same inside TLS from the first byte. */
  smtpsPort: number;
  domain: string;
  /** parley@, alice@ and bob@ the domain. */
  users: { address: string; username: string; password: string }[];
  /** Gives tokens for these mailboxes, taken by IMAP and SMTP (XOAUTH2, OAUTHBEARER). */
  oauth: OAuthProvider;
  /** The folder that holds the mailbox (`new`, `cur`, `tmp`). */
  maildir(address: string): string;
  caFile: string;
};

export type ReceivedSms = { from: string; text: string; via: 'smpp' | 'http'; at: number };

export type SmscLab = Restart & {
  /** `centre` and `gateway` switch one of the two alone. */
  smpp: { host: string; port: number; systemId: string; password: string; number: string; centre: Switch };
  http: {
    gateway: Switch;
    /** Kannel's sendsms address. */
    url: string;
    username: string;
    password: string;
    number: string;
    /**
     * Where the gateway reports an incoming SMS, by GET with `from`, `to`, `text`, `coding`, `charset`, `udh`, `id`
     * and `time`, or in Kannel's own words where the address has `%` escapes in it. Delivery reports go to the
     * `dlr-url` of each message.
     */
    setCallback(url: string): Promise<void>;
  };
  /** As the person with a phone. Long texts go as concatenated messages. Resolves when the network has taken it. */
  sendFromPhone(via: 'smpp' | 'http', from: string, to: string, text: string): Promise<void>;
  /** What the phone shows, oldest first; long messages are put together. Numbers are compared by their digits. */
  received(phone: string): ReceivedSms[];
  /** Called with the phone's number for each message that a phone shows from now on. */
  onReceived(listener: (phone: string, sms: ReceivedSms) => void): void;
  /** From now on the phone is switched off (or on again): messages over SMPP end in an UNDELIV receipt. */
  setReachable(phone: string, reachable: boolean): void;
  /** Cuts the live SMPP connections and goes on listening. */
  cut(): void;
};

export type XmppLab = Restart & {
  host: string;
  /** STARTTLS and SCRAM are offered; signing in without encryption is allowed. */
  port: number;
  /** TLS from the first byte. */
  tlsPort: number;
  domain: string;
  /** Where rooms are: `name@rooms.<domain>`. */
  rooms: string;
  /** parley@, alice@ and bob@ the domain. */
  users: { name: string; jid: string; password: string }[];
  /** Makes the account where it is not there; changes its password where it is. */
  setPassword(name: string, password: string): Promise<void>;
  caFile: string;
  /** The server's folder. */
  room: string;
};

export type MatrixUser = { id: string; name: string; password: string; token: string };

export type SynapseLab = Restart & {
  host: string;
  port: number;
  url: string;
  /** With the lab's own certificate. */
  tlsUrl: string;
  domain: string;
  /** parley, alice and bob; a password is the name with `-matrix`. */
  users: MatrixUser[];
  addUser(name: string, password?: string): Promise<MatrixUser>;
  /** Whom the sign-on page (SSO) signs in. */
  ssoUser: string;
  /** Restarts it with this limit of messages a second for each user; without one, none is felt. */
  limitMessages(perSecond?: number): Promise<void>;
  caFile: string;
  /** A Python that has matrix-nio, a client of another maker. */
  python: { program: string; args: string[]; env: Record<string, string> };
};

/** A message of the bot's, as the emulator has it now. */
export type TelegramMessage = { id: number; text: string; buttons: string[]; markup: unknown };

/** Somebody at the emulator's own client. */
export type TelegramPerson = {
  /** A text that begins with a slash goes as a command. */
  say(text: string): Promise<void>;
  press(message: TelegramMessage, data: string): Promise<void>;
  /** Everything of the bot that is in the chat now, oldest first. */
  seen(): TelegramMessage[];
};

/** telegram-test-api: a Bot API without files, reactions or topics. What it holds is gone when it goes down. */
export type TelegramLab = Restart & {
  apiRoot: string;
  token: string;
  person(who: {
    userId: number;
    chatId: number;
    firstName: string;
    chatTitle?: string;
    type?: 'private' | 'group';
  }): TelegramPerson;
  /** Called for each message of the bot from now on. */
  onMessage(listener: (message: TelegramMessage & { chatId: number }) => void): void;
};

export type RedisLab = Restart & { url: string };

/** An object store that speaks S3; there is one bucket. `url` is what S3_URL takes. */
export type SwiftLab = Restart & { url: string };

export type Lab = {
  inspircd: InspircdLab;
  ngircd: NgircdLab;
  mail: MailLab;
  smsc: SmscLab;
  prosody: XmppLab;
  ejabberd: XmppLab;
  synapse: SynapseLab;
  telegram: TelegramLab;
  redis: RedisLab;
  swift: SwiftLab;
  /** Where all of it lives; each server has a folder in it with its settings and logs. */
  folder: string;
  /** Ends every server and removes the folder; resolves when no process is left. */
  stop(): Promise<void>;
};

/** A program is absent, or may not be run by this user. */
export class LabMissing extends Error {
  readonly packages: string[];
  constructor(packages: string[], why?: string) {
    super(why ?? `the lab needs Debian packages that are not installed: ${packages.join(' ')}`);
    this.name = 'LabMissing';
    this.packages = packages;
  }
}
