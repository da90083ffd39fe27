'use client';
import { type FormEvent, useState } from 'react';
import { call, messageOf } from '../../lib/api/client';
import type { Message } from '../../lib/api/types';
import { applyChange } from '../../lib/sync/apply';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/menu';
import { notify } from '../../ui/notice';

/** In a room so few are named, more are counted. */
const mostNamed = 2;
const usual = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀'];

export async function react(message: Message, emoji: string, on: boolean): Promise<void> {
  try {
    const value = await call(on ? 'addReaction' : 'removeReaction', { params: { id: message.id, emoji } });
    applyChange({ kind: 'message', id: value.id, rev: value.rev, value });
  } catch (error) {
    notify(messageOf(error));
  }
}

/** One button an emoji, with who or how many gave it; pressing it adds or takes back one's own. */
export function Reactions({ message, possible, room }: { message: Message; possible: boolean; room: boolean }) {
  if (message.reactions.length === 0) return null;
  const byEmoji = Map.groupBy(message.reactions, (reaction) => reaction.emoji);
  return (
    <ul className="reactions" aria-label="Reactions">
      {[...byEmoji].map(([emoji, given]) => {
        const mine = given.some((reaction) => reaction.mine);
        const names = given.map((reaction) => (reaction.mine ? 'You' : reaction.name)).join(', ');
        return (
          <li key={emoji}>
            <button
              type="button"
              className="reaction"
              aria-pressed={mine}
              aria-label={`${emoji} ${given.length}: ${names}`}
              title={names}
              disabled={!possible}
              onClick={() => void react(message, emoji, !mine)}
            >
              <span aria-hidden="true">{emoji}</span> {room && given.length <= mostNamed ? names : given.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

export function ReactMenu({ message }: { message: Message }) {
  return (
    <Menu label="React" title="React" role="dialog" trigger={<Icon name="react" />}>
      {(close) => (
        <ReactForm
          onChoose={(emoji) => {
            close();
            void react(message, emoji, true);
          }}
        />
      )}
    </Menu>
  );
}

function ReactForm({ onChoose }: { onChoose: (emoji: string) => void }) {
  const [other, setOther] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const emoji = other.trim();
    if (emoji && !/\s/.test(emoji)) onChoose(emoji);
  };
  return (
    <form className="react-form" onSubmit={submit}>
      <div className="react-usual">
        {usual.map((emoji) => (
          <button key={emoji} type="button" className="icon-button" data-roving onClick={() => onChoose(emoji)}>
            {emoji}
          </button>
        ))}
      </div>
      <input
        className="input"
        aria-label="Another emoji"
        placeholder="Another emoji"
        maxLength={32}
        value={other}
        onChange={(event) => setOther(event.target.value)}
      />
    </form>
  );
}
