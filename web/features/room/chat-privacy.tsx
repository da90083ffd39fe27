'use client';
import type { Conversation } from '../../lib/api/types';
import { useUser } from '../../lib/sync/hooks';
import { Field } from '../../ui/field';
import { patchChat } from '../chat/chat-head';

type Setting = 'sendTyping' | 'sendReceipts';

const settings: { name: Setting; label: string; can: (conversation: Conversation) => boolean }[] = [
  {
    name: 'sendTyping',
    label: 'Show that I am writing',
    can: ({ chats }) => chats.some((chat) => chat.capabilities?.typing),
  },
  {
    name: 'sendReceipts',
    label: 'Show what I have read',
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
    <section className="section" aria-label="What others learn here">
      <h3>What others learn here</h3>
      {shown.map(({ name, label }) => (
        <Field key={name} label={label}>
          {(ids) => (
            <select
              className="input"
              {...ids}
              value={choiceOf(conversation[name])}
              onChange={(event) => void patchChat(conversation.id, { [name]: toValue[event.target.value as Choice] })}
            >
              <option value="user">As in my settings ({(user?.[name] ?? true) ? 'on' : 'off'})</option>
              <option value="on">On</option>
              <option value="off">Off</option>
            </select>
          )}
        </Field>
      ))}
    </section>
  );
}
