import type { Channel, Conversation, SendBody, Urgency, User, Variants } from '../../lib/api/types';
import type { Way } from './ways';

/** What a message can carry beside its words: its time, its weight, other words per channel. */
export type Extras = {
  urgency: Urgency;
  sendAt: string | null;
  expiresIn: string | null;
  variants: Variants;
  shortenLinks: boolean;
};

export const noExtras: Extras = { urgency: 'normal', sendAt: null, expiresIn: null, variants: {}, shortenLinks: false };

export function extrasBody({ urgency, sendAt, expiresIn, variants, shortenLinks }: Extras): Partial<SendBody> {
  const said = saidVariants(variants);
  return {
    ...(urgency === 'normal' ? {} : { urgency }),
    ...(sendAt ? { sendAt } : {}),
    ...(expiresIn ? { expiresIn } : {}),
    ...(Object.keys(said).length > 0 ? { variants: said } : {}),
    ...(shortenLinks ? { shortenLinks } : {}),
  };
}

export const extrasOf = ({ urgency, sendAt, expiresIn, variants, shortenLinks }: SendBody): Extras => ({
  urgency: urgency ?? 'normal',
  sendAt: sendAt ?? null,
  expiresIn: expiresIn ?? null,
  variants: variants ?? {},
  shortenLinks: shortenLinks ?? false,
});

/** Those that have words. */
export function saidVariants(variants: Variants): Variants {
  const said: Variants = {};
  for (const channel of ['im', 'email', 'sms'] satisfies Channel[]) {
    const words = variants[channel];
    if (words?.text.trim()) said[channel] = words;
  }
  return said;
}

/** How long sending is held back, as the user wants it: all messages, or those that can never be taken back. */
export function undoOf(
  user: User | null,
  { sendAt }: Extras,
  conversation: Conversation,
  targets: Way[],
): Pick<SendBody, 'undo'> {
  const seconds = user?.undoSeconds ?? 0;
  if (seconds === 0 || (sendAt && Date.parse(sendAt) > Date.now())) return {};
  const lasting = conversation.kind !== 'direct' || targets.some((way) => way.channel !== 'im');
  return user?.undoFor === 'all' || lasting ? { undo: `PT${seconds}S` } : {};
}
