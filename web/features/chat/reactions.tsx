'use client';
import type { Message } from '../../lib/api/types';
import { t } from '../../lib/i18n';
import { noteEmoji, recentEmoji } from '../../ui/emoji/kept';
import { EmojiPicker } from '../../ui/emoji-picker';
import { Icon } from '../../ui/icons';
import { Menu } from '../../ui/menu';
import { react } from './message-verbs';

/** In a room so few are named, more are counted. */
const mostNamed = 2;
const usual = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀'];

/** One button an emoji, with who or how many gave it; pressing it adds or takes back one's own. */
export function Reactions({ message, possible, room }: { message: Message; possible: boolean; room: boolean }) {
  if (message.reactions.length === 0) return null;
  const byEmoji = Map.groupBy(message.reactions, (reaction) => reaction.emoji);
  return (
    <ul className="reactions" aria-label={t('message.reactions')}>
      {[...byEmoji].map(([emoji, given]) => {
        const mine = given.some((reaction) => reaction.mine);
        const names = given.map((reaction) => (reaction.mine ? t('message.you') : reaction.name)).join(', ');
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
              <span className="emoji" aria-hidden="true">
                {emoji}
              </span>{' '}
              {room && given.length <= mostNamed ? names : given.length}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Those used last, then the usual ones, and all others below. */
const quick = (): string[] => [...new Set([...recentEmoji().slice(0, 4), ...usual])].slice(0, usual.length);

export function ReactMenu({ message }: { message: Message }) {
  return (
    <Menu label={t('message.react')} title={t('message.react')} role="dialog" trigger={<Icon name="react" />}>
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
  return (
    <div className="react-form">
      <div className="react-usual">
        {quick().map((emoji) => (
          <button
            key={emoji}
            type="button"
            className="icon-button emoji"
            data-roving
            onClick={() => {
              noteEmoji(emoji);
              onChoose(emoji);
            }}
          >
            {emoji}
          </button>
        ))}
      </div>
      <div className="emoji-place react-all">
        <EmojiPicker onPick={onChoose} />
      </div>
    </div>
  );
}
