import type { IrcMessage } from 'irc-framework';
import type { People } from './people.js';

/** What a line may make one connection do. */
export type Inner = {
  people(): People;
  quit(message: IrcMessage): void;
  nick(message: IrcMessage): void;
  topic(channel: string, topic: string): void;
  marker(message: IrcMessage): void;
  names(channel: string, names: string): void;
  mode(message: IrcMessage): void;
  who(nick: string, flags: string): void;
  here(nicks: string[]): void;
  gone(nicks: string[]): void;
  userhost(message: IrcMessage): void;
  noUserhost(message: IrcMessage): void;
  pong(token: string): void;
  labelEnd(label: string): void;
  error(message: IrcMessage): void;
};

const last = (message: IrcMessage): string => message.params.at(-1) ?? '';
export const nickOf = (mask: string): string => mask.split('!')[0] ?? '';

/** One entry a command or numeric beside what can be said; error numerics not named here go to `error`. */
export const handlers: Partial<Record<string, (talk: Inner, message: IrcMessage) => void>> = {
  JOIN: (talk, message) => talk.people().onJoin(message),
  PART: (talk, message) => talk.people().onPart(message),
  KICK: (talk, message) => talk.people().onKick(message),
  QUIT: (talk, message) => talk.quit(message),
  NICK: (talk, message) => talk.nick(message),
  TOPIC: (talk, message) => talk.people().onTopic(message),
  INVITE: (talk, message) => talk.people().onInvite(message),
  AWAY: (talk, message) => talk.people().onAway(message.nick, message.params[0] ?? ''),
  CHGHOST: (talk, message) => talk.people().onHost(message),
  MODE: (talk, message) => talk.mode(message),
  MARKREAD: (talk, message) => talk.marker(message),
  PONG: (talk, message) => talk.pong(last(message)),
  ACK: (talk, message) => talk.labelEnd(message.tags.label ?? ''),
  FAIL: (talk, message) => talk.error(message),
  /** RPL_AWAY */
  '301': (talk, message) => talk.people().onAway(message.params[1] ?? '', last(message) || 'Away'),
  /** RPL_USERHOST */
  '302': (talk, message) => talk.userhost(message),
  /** RPL_NOTOPIC, RPL_TOPIC */
  '331': (talk, message) => talk.topic(message.params[1] ?? '', ''),
  '332': (talk, message) => talk.topic(message.params[1] ?? '', last(message)),
  /** RPL_WHOREPLY, RPL_WHOSPCRPL */
  '352': (talk, message) => talk.who(message.params[5] ?? '', message.params[6] ?? ''),
  '354': (talk, message) => talk.who(message.params[2] ?? '', message.params[3] ?? ''),
  /** RPL_NAMREPLY, RPL_ENDOFNAMES */
  '353': (talk, message) => talk.names(message.params[2] ?? '', last(message)),
  '366': (talk, message) => talk.people().onNamesEnd(message.params[1] ?? ''),
  /** RPL_VISIBLEHOST */
  '396': (talk, message) => talk.people().onHost(message),
  /** ERR_UNKNOWNCOMMAND */
  '421': (talk, message) => talk.noUserhost(message),
  /** RPL_TARGUMODEG: not delivered, they take messages only from people they have let in. */
  '716': (talk, message) => talk.error(message),
  /** RPL_MONONLINE, RPL_MONOFFLINE */
  '730': (talk, message) => talk.here(last(message).split(',').map(nickOf)),
  '731': (talk, message) => talk.gone(last(message).split(',').map(nickOf)),
};

/** Errors that answer JOIN or PART. */
export const joinErrors = new Set(
  '403 405 407 437 442 448 461 470 471 473 474 475 476 477 479 480 485 489 495 500 520 544'.split(' '),
);
/** Errors that answer NICK. */
export const nickErrors = new Set('431 432 433 436 447'.split(' '));
/** Errors that answer INVITE and TOPIC rather than a message. */
export const askedErrors = new Set('331 441 442 443 461 482'.split(' '));
