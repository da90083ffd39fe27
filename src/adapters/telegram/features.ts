import { AdapterError, type Capabilities, capabilitiesOf, type Features } from '../../sdk/index.js';

export type Verbs = {
  message: Features['send']['message'];
  edit: NonNullable<Features['edits']>['message'];
  delete: NonNullable<Features['deletions']>['message'];
  react: NonNullable<Features['reactions']>['set'];
  typing: NonNullable<Features['typing']>['set'];
  members: NonNullable<Features['members']>['list'];
};

/**
 * What a bot can do in a chat. Longer texts take several messages, at most five. It is told nothing of presence, of what
 * was read, or of what was said before it came. Telegram takes 30 messages a second from a bot, and one a second in a chat
 * but for short bursts; a group's limit of 20 a minute it tells by itself (429).
 */
export function telegramFeatures(verbs: Verbs): Features {
  return {
    send: {
      maxLength: 5 * 4_096,
      formatting: 'full',
      attachments: 'full',
      replies: 'full',
      buttons: 'full',
      idempotent: false,
      proves: 'sent',
      pace: { account: { burst: 30, perMs: 34 }, chat: { burst: 5, perMs: 1_000 } },
      message: verbs.message,
    },
    edits: { message: verbs.edit },
    deletions: { message: verbs.delete },
    reactions: { set: verbs.react },
    typing: { set: verbs.typing },
    presence: false,
    members: { list: verbs.members },
  };
}

const offline = () => Promise.reject(new AdapterError('temporary', 'The account is not connected.'));

/** Of a usual chat, before there is an account. */
export const telegramCapabilities: Capabilities = capabilitiesOf(
  telegramFeatures({
    message: offline,
    edit: offline,
    delete: offline,
    react: offline,
    typing: offline,
    members: offline,
  }),
);
