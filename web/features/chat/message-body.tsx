'use client';
import { useState } from 'react';
import type { Message } from '../../lib/api/types';
import { PlainText } from './plain-text';
import { RichText } from './rich-text';

const longText = 3000;
const longHtml = 100_000;

/** What was said. Mail shows what its writer typed, the whole letter on request; very long text is cut at first. */
export function MessageBody({ message, mail }: { message: Message; mail: boolean }) {
  const [whole, setWhole] = useState(false);
  const { text, html, format } = message;
  if (message.deletedAt) {
    return (
      <p className="message-gone">{message.status === 'cancelled' ? 'Cancelled before it was sent' : 'Deleted'}</p>
    );
  }
  const rich = html !== undefined && html.length <= longHtml;
  if (rich && (!mail || whole || !text.trim())) {
    return (
      <>
        <RichText html={html} />
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

function Edited({ at }: { at: string }) {
  return (
    <span className="message-edited" title={new Date(at).toLocaleString()}>
      {' '}
      edited
    </span>
  );
}

function Toggle({ label, on = false, onClick }: { label: string; on?: boolean; onClick: () => void }) {
  return (
    <button type="button" className="message-more" aria-expanded={on} onClick={onClick}>
      {label}
    </button>
  );
}

/** Never cuts a character in two. */
const sliceWell = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
