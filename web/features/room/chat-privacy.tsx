'use client';
import type { Conversation } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { useUser } from '../../lib/sync/hooks';
import { Field } from '../../ui/field';
import { patchChat } from '../chat/patch-chat';

type Setting = 'sendTyping' | 'sendReceipts';

const settings: {
  name: Setting;
  label: 'room.typing' | 'room.receipts';
  can: (conversation: Conversation) => boolean;
}[] = [
  {
    name: 'sendTyping',
    label: 'room.typing',
    can: ({ chats }) => chats.some((chat) => chat.capabilities?.typing),
  },
  {
    name: 'sendReceipts',
    label: 'room.receipts',
    can: ({ chats }) => chats.some((chat) => chat.capabilities?.readReceipts),
  },
];

const toValue = { user: null, on: true, off: false } as const;
type Choice = keyof typeof toValue;
const choiceOf = (value: boolean | null | undefined): Choice => (value == null ? 'user' : value ? 'on' : 'off');

/** What the others in this conversation learn, where its networks would tell them. */
export function ChatPrivacy({ conversation }: { conversation: Conversation }) {
  const user = useUser();
  const shown = settings.filter(({ can }) => can(conversation));
  if (shown.length === 0) return null;
  return (
    <section className="section" aria-label={t('room.learn')}>
      <h3>{t('room.learn')}</h3>
      {shown.map(({ name, label }) => (
        <Field key={name} label={t(label)}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={choiceOf(conversation[name])}
              onChange={(event) => void patchChat(conversation.id, { [name]: toValue[event.target.value as Choice] })}
            >
              <option value="user">{(user?.[name] ?? true) ? t('room.as-mine-on') : t('room.as-mine-off')}</option>
              <option value="on">{t('room.on')}</option>
              <option value="off">{t('room.off')}</option>
            </select>
          )}
        </Field>
      ))}
    </section>
  );
}
