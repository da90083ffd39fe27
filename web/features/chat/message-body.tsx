'use client';
import { useMemo, useState } from 'react';
import { base } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
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
  if (message.deletedAt) {
    return (
      <p className="message-gone">{message.status === 'cancelled' ? 'Cancelled before it was sent' : 'Deleted'}</p>
    );
  }
  if (message.unreadable) return <Unreadable message={message} why={message.unreadable} />;
  const rich = isRich(message);
  if (rich && html !== undefined && (!mail || whole || !text.trim())) {
    return (
      <>
        <Rich id={message.id} html={html} />
        {message.editedAt && <Edited at={message.editedAt} />}
        {mail && whole && <Toggle on label="Show less" onClick={() => setWhole(false)} />}
      </>
    );
  }
  if (!text.trim()) return null;
  const cut = !whole && text.length > longText;
  return (
    <>
      <p className="message-text" dir="auto">
        {format === 'action' && <span className="message-actor">{message.sender.name} </span>}
        <PlainText text={cut ? `${sliceWell(text, longText)}…` : text} />
        {message.editedAt && <Edited at={message.editedAt} />}
      </p>
      {cut && <Toggle label={`Show all ${text.length.toLocaleString()} characters`} onClick={() => setWhole(true)} />}
      {!cut && mail && rich && <Toggle label="Show the whole mail" onClick={() => setWhole(true)} />}
    </>
  );
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
        <Toggle label="Show images" title="They are loaded from other servers" onClick={() => setShown(true)} />
      )}
    </>
  );
}

function Edited({ at }: { at: string }) {
  return (
    <span className="message-edited" title={new Date(at).toLocaleString()}>
      {' '}
      edited
    </span>
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
