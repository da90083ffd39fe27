import type { TelegramApiError } from 'node-telegram-bot-api';
import { AdapterError } from '../../sdk/index.js';

function codeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) {
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
    if (at.name === 'HTTPParserError') return 'HPE_UNKNOWN';
    if ('code' in at && typeof at.code === 'string' && !ownCodes.has(at.code)) return at.code;
  }
  return '';
}

/** Codes of the library's own wrapping, which say less than what they wrap. */
const ownCodes = new Set(['EFETCH', 'ETIMEOUT', 'EUNKNOWN']);

const unreachable: Record<string, (peer: string, host: string) => string> = {
  ECONNREFUSED: (peer) => `connection refused by ${peer}`,
  ENOTFOUND: (_peer, host) => `the name ${host} cannot be resolved (DNS)`,
  EAI_AGAIN: (_peer, host) => `the name ${host} cannot be resolved (DNS)`,
  EAI_NODATA: (_peer, host) => `the name ${host} cannot be resolved (DNS)`,
  EHOSTUNREACH: (peer) => `${peer} cannot be reached from here`,
  ENETUNREACH: (peer) => `${peer} cannot be reached from here`,
  EADDRNOTAVAIL: (peer) => `${peer} cannot be reached from here`,
  ETIMEDOUT: (peer) => `${peer} did not answer in time`,
  UND_ERR_CONNECT_TIMEOUT: (peer) => `${peer} did not answer in time`,
  CERT_HAS_EXPIRED: (_peer, host) => `the certificate of ${host} has expired`,
  CERT_NOT_YET_VALID: (_peer, host) => `the certificate of ${host} is not valid yet`,
  ERR_TLS_CERT_ALTNAME_INVALID: (_peer, host) => `the certificate of ${host} is for another name`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (_peer, host) => `the certificate of ${host} is self-signed and not trusted`,
  SELF_SIGNED_CERT_IN_CHAIN: (_peer, host) => `the certificate of ${host} is not trusted`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (_peer, host) => `the certificate of ${host} is not trusted`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (_peer, host) => `the certificate of ${host} is not trusted`,
};

/** `sent`: whether the request may have reached the other side. */
export type Failure = { why: string; sent: boolean };

/** Says in plain English why there was no answer of `peer`. The words of the cause stay out: they can hold the token. */
export function noAnswer(error: unknown, peer: string): Failure {
  const code = codeOf(error);
  const host = peer.replace(/:\d+$/, '');
  const known = unreachable[code];
  if (known) return { why: known(peer, host), sent: false };
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO')
    return { why: `${peer} did not speak TLS as expected (${code})`, sent: false };
  if (code.startsWith('HPE_')) return { why: `${peer} did not speak HTTP`, sent: true };
  if (code === 'EPARSE' || code === 'ENOTAPI') return { why: `${peer} did not answer as a Bot API server`, sent: true };
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET')
    return { why: `${peer} closed the connection`, sent: true };
  return { why: code === '' ? `no answer from ${peer}` : `no answer from ${peer} (${code})`, sent: true };
}

const mustWriteFirst =
  'A bot cannot write first. Ask the person to open the bot on Telegram and press Start; then answer in the chat that appears.';
const mayNotWrite = 'The bot may not write here: it was removed, or its rights do not allow it.';
/** What a refusal of Telegram means, where a person would not understand its own words. */
const sentences: [pattern: RegExp, sentence: string][] = [
  [/blocked by the user/i, 'This person has blocked the bot.'],
  [/user is deactivated/i, 'This person has deleted their Telegram account.'],
  [/can't initiate conversation|chat not found|PEER_ID_INVALID|user not found/i, mustWriteFirst],
  [/bot was kicked|bot is not a member|not enough rights to send|CHAT_WRITE_FORBIDDEN/i, mayNotWrite],
  [/group chat was deactivated|group chat was deleted/i, 'This group is gone.'],
  [/TOPIC_(CLOSED|DELETED)|message thread not found/i, 'This topic is closed or gone.'],
  [/REACTION_INVALID|REACTION_EMPTY/i, 'Telegram does not allow this emoji as a reaction here.'],
  [/REACTIONS?_(TOO_MANY|UNIQ)/i, 'Telegram allows no more different reactions to this message.'],
  [/message can't be edited|MESSAGE_EDIT_TIME_EXPIRED/i, 'Telegram lets the bot change this message no longer.'],
  [/message can't be deleted/i, 'Telegram lets a bot delete its own messages for 48 hours, and this one no longer.'],
  [/message to (edit|delete|react|be replied) not found|MESSAGE_ID_INVALID/i, 'This message is not there any more.'],
  [/message is too long|caption is too long/i, 'The text is too long for Telegram.'],
  [/file is too big|request entity too large/i, 'The file is too large: a bot may send at most 50 MB.'],
];

/** The error of a refusal (`ok: false`). Nothing of such a request was done. */
export function refusal(error: TelegramApiError, peer: string, secret: string): AdapterError {
  const said = String(error.description ?? '')
    .replaceAll(secret, '…')
    .replace(/\p{C}/gu, ' ')
    .trim()
    .slice(0, 300);
  const code = Number(error.errorCode);
  const retryAfter = Number(error.parameters?.retry_after);
  if (code === 429) {
    const seconds = Number.isFinite(retryAfter) && retryAfter > 0 ? Math.min(retryAfter, 3_600) : 5;
    return new AdapterError('rate-limited', `Telegram asks to wait ${seconds} s (429).`, {
      retryAfterMs: seconds * 1_000,
    });
  }
  if (code === 401 || (code === 404 && /^not found$/i.test(said)))
    return new AdapterError('auth', 'Telegram does not accept the token. Take the current one from @BotFather.');
  if (code === 409) return conflict(said);
  const found = sentences.find(([pattern]) => pattern.test(said))?.[1];
  if (found !== undefined) return new AdapterError('rejected', found);
  if (code >= 400 && code < 500) return new AdapterError('rejected', `Telegram refused: ${said || `code ${code}`}`);
  return new AdapterError('unknown-outcome', `${peer} had trouble of its own${said === '' ? '' : `: ${said}`}.`);
}

/** Two programs cannot both get a bot's updates; asking again at once would only take them from the other. */
function conflict(said: string): AdapterError {
  const why = /webhook/i.test(said)
    ? 'Another program has Telegram call it for this bot (a webhook).'
    : 'Another program reads the messages of this bot too.';
  const advice = 'Stop it, or connect a bot that only Parley uses.';
  return new AdapterError('temporary', `${why} ${advice}`, { retryAfterMs: 30_000 });
}
