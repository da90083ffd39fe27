'use client';
import { Fragment, useMemo, useState } from 'react';
import { base } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { fullTime } from '../../lib/format';
import { t } from '../../lib/i18n';
import { Code } from '../media/code';
import { blocksOf } from '../media/fences';
import { LinkPreviews } from '../media/link-previews';
import { ask } from './action-dialogs';
import { PlainText } from './plain-text';
import { RichText } from './rich-text';
import { Unreadable } from './unreadable';

const longText = 3000;
const longHtml = 100_000;

/** Whether the message is drawn from its HTML, some of it on request. */
export const isRich = ({ html }: Message): boolean => html !== undefined && html.length <= longHtml;

/** What was said. Mail shows what its writer typed, the whole letter on request; very long text is cut at first. */
export function MessageBody({ message, mail }: { message: Message; mail: boolean }) {
  const [whole, setWhole] = useState(false);
  const { text, html, format } = message;
  const previews = mail || !text.includes('://') ? null : <LinkPreviews message={message} />;
  if (message.deletedAt) {
    return (
      <p className="message-gone">{message.status === 'cancelled' ? t('content.cancelled') : t('content.deleted')}</p>
    );
  }
  if (message.unreadable) return <Unreadable message={message} why={message.unreadable} />;
  const rich = isRich(message);
  if (rich && html !== undefined && (!mail || whole || !text.trim())) {
    return (
      <>
        <Rich id={message.id} html={html} />
        <Edited message={message} />
        {mail && whole && <Toggle on label={t('content.show-less')} onClick={() => setWhole(false)} />}
        {previews}
      </>
    );
  }
  if (!text.trim()) return null;
  const cut = !whole && text.length > longText;
  const actor = format === 'action' ? message.sender.name : undefined;
  return (
    <>
      <Words text={cut ? `${sliceWell(text, longText)}…` : text} actor={actor} message={message} />
      {cut && <Toggle label={t('content.show-all', { count: text.length })} onClick={() => setWhole(true)} />}
      {!cut && mail && rich && <Toggle label={t('content.show-mail')} onClick={() => setWhole(true)} />}
      {previews}
    </>
  );
}

type WordsProps = { text: string; actor: string | undefined; message: Message };

/** As it was written; where blocks of code stand in it, they are drawn as such. */
function Words({ text, actor, message }: WordsProps) {
  const blocks = useMemo(() => (text.includes('```') ? blocksOf(text) : [{ is: 'text' as const, text }]), [text]);
  return blocks.map((block, index) => {
    const last = index === blocks.length - 1;
    if (block.is === 'code') {
      return (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text have no other name
        <Fragment key={index}>
          <Code code={block.code} language={block.language} />
          {last && <Edited message={message} />}
        </Fragment>
      );
    }
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of a text have no other name
      <p key={index} className="message-text" dir="auto">
        {actor && index === 0 && <span className="message-actor">{actor} </span>}
        <PlainText text={block.text} />
        {last && <Edited message={message} />}
      </p>
    );
  });
}

/** Images of other servers tell their senders that and when they are looked at: they wait for a word. */
function Rich({ id, html }: { id: string; html: string }) {
  const [shown, setShown] = useState(false);
  const remote = useMemo(
    () => (shown ? (url: string) => `${base}/messages/${id}/images?url=${encodeURIComponent(url)}` : null),
    [id, shown],
  );
  return (
    <>
      <RichText html={html} remote={remote} />
      {!shown && html.includes('data-remote-src') && (
        <Toggle label={t('content.show-images')} title={t('content.images-why')} onClick={() => setShown(true)} />
      )}
    </>
  );
}

/** Leads to what it said before, where that is kept. */
function Edited({ message }: { message: Message }) {
  const { editedAt, edits } = message;
  if (!editedAt) return null;
  const title = fullTime(editedAt);
  if (edits === undefined) {
    return (
      <span className="message-edited" title={title}>
        {' '}
        {t('content.edited')}
      </span>
    );
  }
  return (
    <>
      {' '}
      <button type="button" className="message-edited" title={title} onClick={() => ask({ is: 'edits', message })}>
        {t('content.edited')}
      </button>
    </>
  );
}

type ToggleProps = { label: string; title?: string; on?: boolean; onClick: () => void };

function Toggle({ label, title, on = false, onClick }: ToggleProps) {
  return (
    <button type="button" className="message-more" aria-expanded={on} title={title} onClick={onClick}>
      {label}
    </button>
  );
}

/** Never cuts a character in two. */
const sliceWell = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
