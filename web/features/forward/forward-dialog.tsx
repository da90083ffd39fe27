'use client';
import { type FormEvent, useDeferredValue, useMemo, useState } from 'react';
import { messageOf } from '../../lib/api/client';
import type { Conversation, Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { markOf, pictureOf } from '../../lib/pictures';
import { go, link } from '../../lib/router';
import { useContacts, useConversations } from '../../lib/sync/hooks';
import { store } from '../../lib/sync/store';
import { Avatar } from '../../ui/avatar';
import { Dialog } from '../../ui/dialog';
import { FormError } from '../../ui/form-error';
import { NetworkGlyph } from '../../ui/network-glyph';
import { notify } from '../../ui/notice';
import { VirtualList } from '../../ui/virtual-list';
import { matches } from '../buddies/matching';
import { Losses } from './losses';
import { inOrder, type Outcome, said, sendOn } from './send-on';
import { useForwardPreview } from './use-preview';

const rowHeight = 44;
const mostPlaces = 20;

/** Passes messages on: where to, with what words, and what each place would lose of them. */
export function ForwardDialog({ messages: given, onClose }: { messages: Message[]; onClose: () => void }) {
  const messages = useMemo(() => inOrder(given), [given]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [text, setText] = useState('');
  const [named, setNamed] = useState(messages.some((one) => one.direction === 'in'));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const preview = useForwardPreview(messages[0], chosen, text, named);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id) && next.size < mostPlaces) next.add(id);
    setChosen(next);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const found = await sendOn(messages, { conversationIds: [...chosen], text: text.trim(), named });
      const failed = found.filter((one) => one.problem !== undefined);
      setOutcomes(failed);
      if (failed.length === 0) {
        notify(said([...chosen].map(nameOf)));
        onClose();
        if (chosen.size === 1) go(link.conversation([...chosen][0] ?? ''));
      } else setChosen(new Set(failed.map((one) => one.conversationId)));
    } catch (caught) {
      setError(messageOf(caught));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('forward.title', { count: messages.length })} onClose={onClose} wide>
      <form className="forward" onSubmit={submit}>
        <Original messages={messages} />
        <Places chosen={chosen} onToggle={toggle} />
        <input
          className="input"
          aria-label={t('forward.comment')}
          placeholder={t('forward.comment')}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <label className="forward-named">
          <input type="checkbox" checked={named} onChange={(event) => setNamed(event.target.checked)} />
          {t('forward.named')}
        </label>
        <Losses preview={preview} several={messages.length > 1} />
        {outcomes.map((one) => (
          <p key={one.conversationId} className="field-error" role="alert">
            {t('forward.refused', { name: nameOf(one.conversationId), why: one.problem ?? '' })}
          </p>
        ))}
        <FormError text={error} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('common.cancel')}
          </button>
          <button type="submit" className="button button-primary" disabled={busy || chosen.size === 0}>
            {chosen.size > 1 ? t('forward.send-to', { count: chosen.size }) : t('forward.send')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const nameOf = (id: string): string => store.conversations.get(id)?.name ?? '';

function Original({ messages }: { messages: Message[] }) {
  const [first] = messages;
  if (!first) return null;
  const files = messages.flatMap((one) => one.attachments);
  return (
    <blockquote className="forward-original">
      <p dir="auto">{first.text.slice(0, 300) || first.attachments[0]?.name}</p>
      {messages.length > 1 && <p className="muted">{t('forward.and-more', { count: messages.length - 1 })}</p>}
      {files.length > 0 && first.text !== '' && (
        <p className="muted">
          {t('forward.files', { count: files.length, names: files.map((one) => one.name).join(', ') })}
        </p>
      )}
    </blockquote>
  );
}

type PlacesProps = { chosen: ReadonlySet<string>; onToggle: (id: string) => void };

/** Conversations that can be written in, the one used last first. */
function Places({ chosen, onToggle }: PlacesProps) {
  const [typed, setTyped] = useState('');
  const query = useDeferredValue(typed);
  const conversations = useConversations();
  const contacts = useContacts();
  const byId = useMemo(() => new Map(contacts.map((contact) => [contact.id, contact])), [contacts]);
  const shown = useMemo(
    () =>
      conversations
        .filter(
          (one) =>
            canWrite(one) &&
            matches(
              query,
              one.name,
              one.chats.map((chat) => chat.name),
            ),
        )
        .sort((a, b) => (a.lastActiveAt < b.lastActiveAt ? 1 : -1)),
    [conversations, query],
  );
  return (
    <fieldset className="picker">
      <legend className="visually-hidden">{t('forward.to')}</legend>
      <input
        className="input"
        type="search"
        aria-label={t('forward.find')}
        placeholder={t('forward.find')}
        data-autofocus
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (shown[0]) onToggle(shown[0].id);
        }}
      />
      <p className="picker-sum" role="status">
        {t('forward.chosen', { count: chosen.size })}
      </p>
      {shown.length === 0 ? (
        <p className="muted forward-none">{t('forward.none')}</p>
      ) : (
        <VirtualList label={t('forward.to')} items={shown} keyOf={(one) => one.id} rowHeight={rowHeight} about={query}>
          {(one) => (
            <label className="person-check">
              <input type="checkbox" data-roving checked={chosen.has(one.id)} onChange={() => onToggle(one.id)} />
              <Avatar
                name={one.name}
                seed={one.contactId ?? one.id}
                url={pictureOf(byId.get(one.contactId ?? ''))}
                size={28}
                mark={markOf(one)}
              />
              <span className="line-text">
                <span className="line-main">{one.name}</span>
              </span>
              <span className="forward-networks">
                {[...new Set(one.chats.map((chat) => chat.network))].slice(0, 4).map((network) => (
                  <NetworkGlyph key={network} network={network} />
                ))}
              </span>
            </label>
          )}
        </VirtualList>
      )}
    </fieldset>
  );
}

const canWrite = ({ kind, group, chats, request }: Conversation): boolean =>
  request === 'none' && (group !== undefined || kind === 'direct' || chats.some((chat) => chat.joined));
